package inbox

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wenda/internal/leak"
	"wenda/internal/sqldb"
	"wenda/internal/testbed"
	"wenda/knowledge"
	"wenda/knowledge/segment"
)

func TestMain(m *testing.M) { leak.Main(m, leak.Postgres...) }

var morning = time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)

// letters is a vector of which letters a text holds: enough to tell alike from other.
func letters(text string) []float32 {
	v := make([]float32, 512)
	for _, r := range segment.Key(text) {
		v[r%512]++
	}
	return v
}

// rig is an inbox on an empty database, at a time of its own, with a base beside it.
type rig struct {
	*testing.T
	db   *sqldb.DB
	box  *Store
	base *shelf
	now  time.Time
	mark int
}

// engines runs a test on both.
func engines(t *testing.T, run func(*rig)) {
	for name, options := range map[string]func() sqldb.Options{
		"sqlite":   func() sqldb.Options { return sqldb.Options{Dir: t.TempDir()} },
		"postgres": func() sqldb.Options { return sqldb.Options{URL: testbed.Postgres(t)} },
	} {
		t.Run(name, func(t *testing.T) { run(newRig(t, opened(t, options()), Options{})) })
	}
}

func opened(t testing.TB, o sqldb.Options) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(context.Background()); err != nil {
		t.Fatal(err)
	}
	return db
}

func newRig(t *testing.T, db *sqldb.DB, o Options) *rig {
	t.Helper()
	r := &rig{T: t, db: db, base: &shelf{texts: map[string]string{}}, now: morning}
	o.Vector, o.Drafter, o.Now, o.Matcher = letters, r.base, func() time.Time { return r.now }, r.base
	o.alike = 0.8
	var err error
	if r.box, err = New(db, o); err != nil {
		t.Fatal(err)
	}
	return r
}

// shelf is a base: drafts by token.
type shelf struct {
	mu     sync.Mutex
	made   int
	texts  map[string]string // token: entry and text
	refuse error
	before func() // called before a draft is made
}

func (b *shelf) make(entry, text string) (string, error) {
	if b.before != nil {
		b.before()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refuse != nil {
		return "", b.refuse
	}
	b.made++
	token := fmt.Sprint("t", b.made)
	b.texts[token] = entry + ": " + text
	return token, nil
}

func (b *shelf) AddPhrasing(_ context.Context, _, entry string, _ knowledge.Lang, text, _ string) (string, error) {
	return b.make(entry, text)
}

func (b *shelf) Start(_ context.Context, _ string, _ knowledge.Lang, question, answer, _ string) (string, string, error) {
	token, err := b.make("new", question+"|"+answer)
	return "new-" + token, token, err
}

func (b *shelf) TakeBack(_ context.Context, _, token, _ string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refuse != nil {
		return b.refuse
	}
	delete(b.texts, token)
	return nil
}

// Match suggests an entry whose id is the text's length.
func (b *shelf) Match(_ context.Context, text string, _ int) (knowledge.Result, error) {
	if strings.Contains(text, "坏") {
		return knowledge.Result{}, knowledge.ErrUnavailable
	}
	return knowledge.Result{Matches: []knowledge.Match{{Entry: fmt.Sprint("e", len([]rune(text))), Answer: knowledge.Answer{Question: "?"}, Confidence: 0.5}}}, nil
}

// asks is an item, a minute after what went before.
func (r *rig) asks(session string, seq int64, text string, kinds ...Kind) Item {
	r.now = r.now.Add(time.Minute)
	if kinds == nil {
		kinds = []Kind{Missed}
	}
	return Item{Session: session, Seq: seq, At: r.now, Lang: knowledge.Chinese, Text: text, Kinds: kinds}
}

// take takes items, and moves the mark on.
func (r *rig) take(items ...Item) {
	r.Helper()
	r.takes(Gleaned{Items: items})
}

func (r *rig) takes(g Gleaned) {
	r.Helper()
	if err := r.box.Take(r.Context(), r.marked(), r.next(), g); err != nil {
		r.Fatal(err)
	}
}

func (r *rig) marked() string {
	r.Helper()
	mark, err := r.box.Mark(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	return mark
}

func (r *rig) next() string { r.mark++; return fmt.Sprint("m", r.mark) }

func (r *rig) list(q Query) []Cluster {
	r.Helper()
	page, _, err := r.box.List(r.Context(), q)
	if err != nil {
		r.Fatal(err)
	}
	return page
}

// heads are the heads of a list with their counts.
func (r *rig) heads(q Query) (out []string) {
	r.Helper()
	for _, c := range r.list(q) {
		out = append(out, fmt.Sprint(c.Head, " ", c.Count))
	}
	return out
}

func (r *rig) want(what string, got, want []string) {
	r.Helper()
	if !slices.Equal(got, want) {
		r.Errorf("%s: %q, want %q", what, got, want)
	}
}

func (r *rig) count(query string, args ...any) (n int) {
	r.Helper()
	if err := r.db.Read(context.Background()).QueryRow(query, args...).Scan(&n); err != nil {
		r.Fatal(err)
	}
	return n
}

// What is taken stands in the inbox once, in clusters, those asked most first.
func TestTake(t *testing.T) {
	engines(t, func(r *rig) {
		first := r.asks("a", 1, "花呗能还房贷吗")
		r.take(first, r.asks("b", 3, "换手机号怎么办"))
		r.take(r.asks("b", 3, "换手机号怎么办"), r.asks("c", 1, "花呗能还房贷吗？", Refused), r.asks("d", 1, "花呗能不能还房贷", HandedOff))
		r.take()
		r.want("clusters", r.heads(Query{}), []string{"花呗能还房贷吗 3", "换手机号怎么办 1"})
		c := r.list(Query{})[0]
		if c.Handoff != 1.0/3 || c.Kinds[Missed] != 1 || c.Kinds[Refused] != 1 || c.Kinds[HandedOff] != 1 || !c.First.Equal(first.At) || !c.Last.Equal(r.now) {
			r.Errorf("figures: %+v", c)
		}
		if want := 3 * (1 + 1.0/3); math.Abs(c.Score-want) > 1e-9 {
			r.Errorf("score %v, want %v", c.Score, want)
		}
		r.want("samples", c.Samples, []string{"花呗能还房贷吗", "花呗能不能还房贷"})
		if len(c.Suggestions) != 1 || c.Suggestions[0].Entry != "e7" {
			r.Errorf("suggestions: %+v", c.Suggestions)
		}
		// More became known of an item.
		more := r.asks("a", 1, "something else", HandedOff, Agent)
		more.Answer = "不支持"
		r.take(more)
		got, items, err := r.box.Get(r.Context(), c.ID)
		if err != nil || got.Count != 3 || got.Kinds[Agent] != 1 || !slices.Equal(got.Answers, []string{"不支持"}) || got.Handoff != 2.0/3 {
			r.Errorf("after more became known: %+v, %v", got, err)
		}
		want := first
		want.Kinds, want.Answer = []Kind{Missed, HandedOff, Agent}, "不支持"
		if len(items) != 3 || fmt.Sprint(items[2]) != fmt.Sprint(want) {
			r.Errorf("items %+v, want the last to be %+v", items, want)
		}
		if _, _, err := r.box.Get(r.Context(), 99); !errors.Is(err, ErrNone) {
			r.Errorf("a cluster that is not there: %v", err)
		}
		if n, err := r.box.Waiting(r.Context()); n != 2 || err != nil {
			r.Errorf("%d wait, %v", n, err)
		}
	})
}

// A page is taken from where the mark stands, by whoever comes first, and by nobody twice.
func TestTakeOnce(t *testing.T) {
	engines(t, func(r *rig) {
		other := newRig(r.T, r.db, Options{})
		r.take(r.asks("a", 1, "花呗能还房贷吗"))
		mark := r.marked()
		if err := other.box.Take(r.Context(), mark, "m2", Gleaned{Items: []Item{r.asks("b", 1, "花呗可以还房贷吗")}}); err != nil {
			r.Fatal(err)
		}
		late := Gleaned{Items: []Item{r.asks("c", 1, "换手机号怎么办")}, Confirmed: []Confirmation{{Session: "c", Seq: 1, Text: "x", Entry: "e", Holds: true}}}
		for range 2 { // its leaders are not those of the other
			if err := r.box.Take(r.Context(), mark, "m3", late); !errors.Is(err, ErrMoved) {
				r.Errorf("taken from an old mark: %v", err)
			}
		}
		r.want("after a page that came late", r.heads(Query{}), []string{"花呗能还房贷吗 2"})
		if err := r.box.Take(r.Context(), "m2", "m3", late); err != nil {
			r.Fatal(err)
		}
		if confirmed, err := r.box.Confirmed(r.Context()); err != nil || len(confirmed) != 1 {
			r.Errorf("confirmed %v, %v", confirmed, err)
		}
		r.want("taken", r.heads(Query{}), []string{"花呗能还房贷吗 2", "换手机号怎么办 1"})
		// Many at once: each page is stored once.
		var all sync.WaitGroup
		var mu sync.Mutex
		stored := 0
		for i := range 6 {
			box := newRig(r.T, r.db, Options{}).box
			all.Go(func() {
				take := func() error {
					return box.Take(context.Background(), "m3", "m4", Gleaned{Items: []Item{{Session: fmt.Sprint("r", i), Seq: 1, At: morning, Text: "换手机号怎么办", Kinds: []Kind{Missed}}}})
				}
				err := take()
				for errors.Is(err, sqldb.ErrBusy) { // nothing was taken
					time.Sleep(10 * time.Millisecond)
					err = take()
				}
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					stored++
				} else if !errors.Is(err, ErrMoved) {
					r.Errorf("at once: %v", err)
				}
			})
		}
		all.Wait()
		if n := r.count(`SELECT count(*) FROM inbox_item WHERE session LIKE 'r%'`); stored != 1 || n != 1 {
			r.Errorf("%d takes went through, %d items; want one", stored, n)
		}
	})
}

// Clusters are the same whether the leaders were in memory all the time, or read again
// before each page.
func TestClustersSurviveRestart(t *testing.T) {
	engines(t, func(r *rig) {
		texts := []string{"花呗能还房贷吗", "换手机号怎么办", "花呗能还车贷吗", "手机号换了怎么办呢", "怎么注销账户", "账户怎么注销", "花呗可以还房贷不", "能注销吗"}
		other := newRig(r.T, opened(r.T, sqldb.Options{Dir: r.TempDir()}), Options{})
		for i, text := range texts {
			item := r.asks(fmt.Sprint("s", i), 1, text)
			r.take(item)
			other.take(item)
			other.box.known = nil
		}
		r.want("after restarts", other.heads(Query{}), r.heads(Query{}))
		if n := len(r.list(Query{})); n < 3 || n >= len(texts) {
			r.Errorf("%d clusters of %d texts", n, len(texts))
		}
	})
}

// A list is ranked by chats and handoffs, old ones less, and filtered.
func TestList(t *testing.T) {
	engines(t, func(r *rig) {
		var old []Item
		for i := range 6 {
			old = append(old, r.asks(fmt.Sprint("o", i), 1, "怎么注销账户"))
		}
		for i := range 9 { // one impatient customer
			old = append(old, r.asks("i", int64(i+1), "密码忘记"))
		}
		r.take(old...)
		r.now = r.now.Add(2 * HalfLife)
		english := r.asks("e", 1, "can I pay by card", VotedDown)
		english.Lang = knowledge.English
		r.take(r.asks("a", 1, "花呗还房贷"), r.asks("b", 1, "花呗还房贷"), english, r.asks("h", 1, "换手机号", HandedOff), r.asks("k", 1, "坏_的%"))
		// 2 chats; 1 × 2 with a person; 6 / 4; 1; 1; 1 / 4
		ranked := []string{"花呗还房贷 2", "换手机号 1", "怎么注销账户 6", "can I pay by card 1", "坏_的% 1", "密码忘记 9"}
		r.want("ranked", r.heads(Query{}), ranked)
		r.want("a page", r.heads(Query{Limit: 2, Offset: 2}), ranked[2:4])
		r.want("behind the end", r.heads(Query{Offset: 9}), nil)
		r.want("of a kind", r.heads(Query{Kind: VotedDown}), ranked[3:4])
		r.want("in a language", r.heads(Query{Lang: knowledge.English}), ranked[3:4])
		r.want("with a text", r.heads(Query{Text: "還房貸"}), ranked[:1])
		r.want("with signs", r.heads(Query{Text: "_"}), ranked)
		r.want("done", r.heads(Query{State: Done}), nil)
		if s := r.list(Query{Text: "坏"})[0].Suggestions; s != nil {
			r.Errorf("suggested although the matcher is away: %v", s)
		}
		if _, all, err := r.box.List(r.Context(), Query{Limit: 1}); err != nil || all != len(ranked) {
			r.Errorf("%d in all, %v", all, err)
		}
		for _, q := range []Query{{Limit: MaxPage + 1}, {Limit: -1}, {Offset: -1}, {State: "half"}, {Kind: "other"}} {
			if _, _, err := r.box.List(r.Context(), q); !errors.Is(err, ErrInvalid) {
				r.Errorf("%+v: %v", q, err)
			}
		}
	})
}

// Beyond a number the oldest items leave lists and memory.
func TestArchive(t *testing.T) {
	r := newRig(t, opened(t, sqldb.Options{Dir: t.TempDir()}), Options{mostOpen: 20})
	for i := range 30 {
		r.take(r.asks(fmt.Sprint("s", i), 1, strings.Repeat(string(rune('一'+i)), 3)))
	}
	open := r.count(`SELECT count(*) FROM inbox_item WHERE NOT archived`)
	if open > 20 || open < 19 || r.count(`SELECT count(*) FROM inbox_item`) != 30 {
		t.Errorf("%d of 30 items are open, want at most 20", open)
	}
	if _, all, err := r.box.List(t.Context(), Query{}); err != nil || all != open {
		t.Errorf("%d clusters for %d items, %v", all, open, err)
	}
	r.take(r.asks("again", 1, "一一一")) // its cluster is archived: it begins a new one
	if got := r.heads(Query{Text: "一一一"}); !slices.Equal(got, []string{"一一一 1"}) {
		t.Errorf("asked again: %v", got)
	}
	r.take(r.asks("s0", 1, "一一一", Agent)) // and an archived item is still known
	if n := r.count(`SELECT count(*) FROM inbox_item WHERE session = 's0'`); n != 1 {
		t.Errorf("%d items of one question", n)
	}
}
