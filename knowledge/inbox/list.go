package inbox

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"wenda/internal/sqldb"
	"wenda/knowledge"
	"wenda/knowledge/segment"
)

// State says whether a cluster still waits for an editor.
type State string

// The states of a cluster.
const (
	Open State = "open"
	Done State = "done" // see Cluster.Deed
)

// Bounds of what a list shows.
const (
	PageSize    = 20 // clusters, if nobody says otherwise
	MaxPage     = 100
	Samples     = 5   // ways a cluster is asked, and answers of agents
	Suggestions = 3   // entries
	MaxItems    = 200 // of one cluster
)

// Query selects clusters for a list. Zero fields do not filter.
type Query struct {
	State  State          // Open if ""
	Kind   Kind           // at least one item of it
	Lang   knowledge.Lang // of the cluster's first question
	Text   string         // stands in one of the questions, in any spelling
	Limit  int            // at most MaxPage; PageSize if 0
	Offset int            // clusters to pass over
}

// Cluster is questions that mean the same.
type Cluster struct {
	ID      int64          `json:"id"`
	State   State          `json:"state"`
	Lang    knowledge.Lang `json:"lang"`
	Head    string         `json:"head"`    // the text asked most
	Samples []string       `json:"samples"` // at most Samples texts, each once, the one asked most first
	Answers []string       `json:"answers"` // at most Samples of what agents said, newest first
	Count   int            `json:"count"`   // items
	Kinds   map[Kind]int   `json:"kinds"`   // items of each kind; one item may have several
	Handoff float64        `json:"handoff"` // 0 to 1: the share of items that ended with a person
	Score   float64        `json:"score"`   // rank; see the package
	First   time.Time      `json:"first"`
	Last    time.Time      `json:"last"`

	Suggestions []Suggestion `json:"suggestions,omitempty"` // most confident first
	Deed        *Deed        `json:"deed,omitempty"`        // if it is done
	Again       int          `json:"again,omitempty"`       // items since the deed
}

// Suggestion is an entry that the matcher would give to a cluster's head now.
type Suggestion struct {
	Entry      string  `json:"entry"`
	Question   string  `json:"question"`
	Confidence float64 `json:"confidence"` // 0 to 1: see knowledge.Match
}

// List returns clusters, highest score first (of equals the older one), or for Done the
// one dealt with last first; and how many there are in all. ErrInvalid for a query that
// makes no sense.
func (s *Store) List(ctx context.Context, q Query) (page []Cluster, all int, err error) {
	if q.State == "" {
		q.State = Open
	}
	if q.Limit == 0 {
		q.Limit = PageSize
	}
	if q.Limit < 0 || q.Limit > MaxPage || q.Offset < 0 || q.State != Open && q.State != Done || q.Kind != "" && !slices.Contains(Kinds, q.Kind) {
		return nil, 0, fmt.Errorf("%w: the list asked for", ErrInvalid)
	}
	ranked, err := s.rank(ctx, q)
	if err != nil {
		return nil, 0, err
	}
	for _, c := range ranked[min(q.Offset, len(ranked)):] {
		if len(page) == q.Limit {
			break
		}
		if err := s.complete(ctx, &c); err != nil {
			return nil, 0, err
		}
		if c.Head != "" { // else it went meanwhile
			page = append(page, c)
		}
	}
	return page, len(ranked), nil
}

// Get returns a cluster with its newest MaxItems items, newest first. ErrNone.
func (s *Store) Get(ctx context.Context, id int64) (Cluster, []Item, error) {
	clusters, err := s.tally(ctx, `c.id = $1`, id)
	if err == nil && len(clusters) == 0 {
		err = ErrNone
	}
	if err != nil {
		return Cluster{}, nil, err
	}
	if err := s.complete(ctx, &clusters[0]); err != nil {
		return Cluster{}, nil, err
	}
	items, err := s.items(ctx, id)
	return clusters[0], items, err
}

// Waiting returns how many clusters are open.
func (s *Store) Waiting(ctx context.Context) (n int, err error) {
	err = s.db.Read(ctx).QueryRow(`SELECT count(*) FROM inbox_cluster AS c WHERE state = 'open'
		AND EXISTS (SELECT 1 FROM inbox_item AS i WHERE i.cluster = c.id AND NOT i.archived)`).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("inbox: %w", err)
	}
	return n, nil
}

// rank returns all clusters that a query selects, in order, with figures only.
func (s *Store) rank(ctx context.Context, q Query) ([]Cluster, error) {
	where, args := `c.state = $1`, []any{q.State}
	if q.Lang != "" {
		args = append(args, q.Lang)
		where += fmt.Sprintf(` AND c.lang = $%d`, len(args))
	}
	if key := segment.Key(q.Text); key != "" {
		args = append(args, "%"+strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(key)+"%")
		where += fmt.Sprintf(` AND EXISTS (SELECT 1 FROM inbox_item AS t WHERE t.cluster = c.id AND NOT t.archived AND t.normal LIKE $%d ESCAPE '!')`, len(args))
	}
	clusters, err := s.tally(ctx, where, args...)
	if err != nil {
		return nil, err
	}
	if q.Kind != "" {
		clusters = slices.DeleteFunc(clusters, func(c Cluster) bool { return c.Kinds[q.Kind] == 0 })
	}
	slices.SortStableFunc(clusters, func(a, b Cluster) int {
		if q.State == Done {
			return cmp.Compare(b.Deed.ID, a.Deed.ID)
		}
		return cmp.Or(cmp.Compare(b.Score, a.Score), cmp.Compare(a.ID, b.ID))
	})
	return clusters, nil
}

// day is what one day gave a cluster.
type day struct {
	cluster     Cluster // without figures
	deed        int64
	number      int64 // of the day, since 1970 in UTC
	chats, n    int
	kinds       [5]int
	people      int // items that ended with a person
	first, last int64
}

const millisOfDay = 24 * 60 * 60 * 1000

// tally reads the figures of the clusters that where selects (as c), by id.
func (s *Store) tally(ctx context.Context, where string, args ...any) ([]Cluster, error) {
	days, err := sqldb.Collect(scanDay)(s.db.Read(ctx).Query(`SELECT c.id, c.state, c.lang, c.deed, i.at / 86400000 AS day, count(DISTINCT i.session), count(*),
		sum(CASE WHEN i.kinds & 1 > 0 THEN 1 ELSE 0 END), sum(CASE WHEN i.kinds & 2 > 0 THEN 1 ELSE 0 END), sum(CASE WHEN i.kinds & 4 > 0 THEN 1 ELSE 0 END),
		sum(CASE WHEN i.kinds & 8 > 0 THEN 1 ELSE 0 END), sum(CASE WHEN i.kinds & 16 > 0 THEN 1 ELSE 0 END), sum(CASE WHEN i.kinds & 24 > 0 THEN 1 ELSE 0 END),
		min(i.at), max(i.at) FROM inbox_cluster AS c JOIN inbox_item AS i ON i.cluster = c.id
		WHERE NOT i.archived AND `+where+` GROUP BY c.id, c.state, c.lang, c.deed, i.at / 86400000 ORDER BY c.id, day`, args...))
	if err != nil {
		return nil, fmt.Errorf("inbox: list: %w", err)
	}
	today := s.Now().UnixMilli() / millisOfDay
	var all []Cluster
	for len(days) > 0 {
		n := 1
		for n < len(days) && days[n].cluster.ID == days[0].cluster.ID {
			n++
		}
		all = append(all, sum(days[:n], today))
		days = days[n:]
	}
	return all, nil
}

func scanDay(r sqldb.Scanner) (d day, err error) {
	return d, r.Scan(&d.cluster.ID, &d.cluster.State, &d.cluster.Lang, &d.deed, &d.number, &d.chats, &d.n,
		&d.kinds[0], &d.kinds[1], &d.kinds[2], &d.kinds[3], &d.kinds[4], &d.people, &d.first, &d.last)
}

// sum adds up a cluster's days.
func sum(days []day, today int64) Cluster {
	c := days[0].cluster
	c.Kinds = map[Kind]int{}
	var weight float64
	people, first, last := 0, days[0].first, days[0].last
	for _, d := range days {
		age := time.Duration(max(today-d.number, 0)) * 24 * time.Hour
		weight += float64(d.chats) * math.Exp2(-float64(age)/float64(HalfLife))
		c.Count += d.n
		people += d.people
		for i, n := range d.kinds {
			if n > 0 {
				c.Kinds[Kinds[i]] += n
			}
		}
		first, last = min(first, d.first), max(last, d.last)
	}
	c.Handoff = float64(people) / float64(c.Count)
	c.Score = weight * (1 + c.Handoff)
	c.First, c.Last = fromMillis(first), fromMillis(last)
	if days[0].deed > 0 {
		c.Deed = &Deed{ID: days[0].deed}
	}
	return c
}

// complete reads what a page shows of a cluster besides its figures.
func (s *Store) complete(ctx context.Context, c *Cluster) (err error) {
	c.Samples, err = s.texts(ctx, `SELECT i.text FROM (SELECT min(number) AS number, count(*) AS n FROM inbox_item
		WHERE cluster = $1 AND NOT archived GROUP BY normal) AS g JOIN inbox_item AS i ON i.number = g.number ORDER BY g.n DESC, g.number LIMIT $2`, c.ID)
	if err != nil || len(c.Samples) == 0 {
		return err
	}
	c.Head = c.Samples[0]
	c.Answers, err = s.texts(ctx, `SELECT answer FROM inbox_item WHERE cluster = $1 AND NOT archived AND answer <> '' ORDER BY number DESC LIMIT $2`, c.ID)
	if err != nil {
		return err
	}
	if c.Deed == nil {
		c.Suggestions = s.suggest(ctx, c.Head)
		return nil
	}
	deed, err := s.deed(s.db.Read(ctx), c.Deed.ID)
	if err != nil {
		return err
	}
	c.Deed = &deed
	err = s.db.Read(ctx).QueryRow(`SELECT count(*) FROM inbox_item WHERE cluster = $1 AND NOT archived AND at > $2`, c.ID, deed.At.UnixMilli()).Scan(&c.Again)
	if err != nil {
		return fmt.Errorf("inbox: list: %w", err)
	}
	return nil
}

func (s *Store) texts(ctx context.Context, query string, cluster int64) ([]string, error) {
	texts, err := sqldb.Collect(func(r sqldb.Scanner) (text string, err error) { return text, r.Scan(&text) })(s.db.Read(ctx).Query(query, cluster, Samples))
	if err != nil {
		return nil, fmt.Errorf("inbox: list: %w", err)
	}
	return texts, nil
}

// suggest asks the matcher. Without its answer the list is as good.
func (s *Store) suggest(ctx context.Context, text string) []Suggestion {
	if s.Matcher == nil {
		return nil
	}
	found, err := s.Matcher.Match(ctx, text, Suggestions)
	if err != nil {
		s.Log.Warn("no entries are suggested in the inbox", "err", err)
		return nil
	}
	var out []Suggestion
	for _, m := range found.Matches {
		out = append(out, Suggestion{Entry: m.Entry, Question: m.Answer.Question, Confidence: m.Confidence})
	}
	return out
}

func (s *Store) items(ctx context.Context, cluster int64) ([]Item, error) {
	items, err := sqldb.Collect(func(r sqldb.Scanner) (i Item, err error) {
		var at, kinds int64
		err = r.Scan(&i.Session, &i.Seq, &at, &i.Lang, &i.Text, &kinds, &i.Answer)
		i.At, i.Kinds = fromMillis(at), kindsOf(kinds)
		return i, err
	})(s.db.Read(ctx).Query(`SELECT session, seq, at, lang, text, kinds, answer FROM inbox_item
		WHERE cluster = $1 AND NOT archived ORDER BY number DESC LIMIT $2`, cluster, MaxItems))
	if err != nil {
		return nil, fmt.Errorf("inbox: items: %w", err)
	}
	return items, nil
}
