package inbox

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wenda/internal/sqldb"
	"wenda/internal/testbed"
)

// topics are questions that are not alike.
var topics = []string{"花呗能还房贷吗", "怎么注销账户", "换手机号", "密码忘记"}

// model is what an inbox should be.
type model struct {
	clusters map[string]*modelled // by topic: the one that new items go to
	sources  map[source]*modelled
	deeds    []*modelledDeed
	audited  int
}

type modelled struct {
	topic   string
	items   int
	deed    *modelledDeed // nil: open
	reopens time.Time
}

type modelledDeed struct {
	Deed
	cluster *modelled
	undone  bool
}

func (m *model) stands(d *modelledDeed) bool {
	return !d.undone && !slices.ContainsFunc(m.deeds, func(o *modelledDeed) bool {
		return o.cluster == d.cluster && o.ID > d.ID && !o.undone
	})
}

// machine plays an inbox and its model.
type machine struct {
	*rig
	*model
}

func (p *machine) Asks(t *rapid.T) {
	topic, chat, seq := rapid.SampledFrom(topics).Draw(t, "topic"), rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "chat"), rapid.Int64Range(1, 9).Draw(t, "seq")
	p.take(p.asks(chat, seq, topic))
	if p.sources[source{chat, seq}] != nil {
		return // it is known, whatever it says now
	}
	c := p.clusters[topic]
	if c == nil {
		c = &modelled{topic: topic}
		p.clusters[topic] = c
	}
	c.items++
	p.sources[source{chat, seq}] = c
	if c.deed != nil && !c.reopens.IsZero() && !p.now.Before(c.reopens) {
		c.deed, c.reopens = nil, time.Time{}
	}
}

func (p *machine) Does(t *rapid.T) {
	topic := rapid.SampledFrom(topics).Draw(t, "topic")
	c := p.clusters[topic]
	if c == nil {
		t.Skip("nobody asked")
	}
	id := int64(p.count(`SELECT max(cluster) FROM inbox_item WHERE text = $1`, topic))
	var d Deed
	var err error
	did := rapid.SampledFrom([]Did{AddedPhrasing, StartedDraft, MarkedOutside, Ignored}).Draw(t, "did")
	switch did {
	case AddedPhrasing:
		d, err = p.box.AddPhrasing(p.Context(), "zhou", id, "e", "", "")
	case StartedDraft:
		d, err = p.box.StartDraft(p.Context(), "zhou", id, "", "")
	case MarkedOutside:
		d, err = p.box.MarkOutside(p.Context(), "zhou", id, "")
	case Ignored:
		d, err = p.box.Ignore(p.Context(), "zhou", id, "a joke")
	}
	if c.deed != nil {
		if !errors.Is(err, ErrDone) {
			t.Fatalf("%s again: %v", did, err)
		}
		return
	}
	if err != nil {
		t.Fatalf("%s: %v", did, err)
	}
	c.deed = &modelledDeed{Deed: d, cluster: c}
	if c.reopens = (time.Time{}); did == AddedPhrasing || did == StartedDraft {
		c.reopens = d.At.Add(Reopens)
	}
	p.deeds = append(p.deeds, c.deed)
	p.audited++
}

func (p *machine) Undoes(t *rapid.T) {
	if len(p.deeds) == 0 {
		t.Skip("nothing was done")
	}
	d := rapid.SampledFrom(p.deeds).Draw(t, "deed")
	err := p.box.Undo(p.Context(), "li", d.ID, "")
	if !p.stands(d) {
		if !errors.Is(err, ErrDone) {
			t.Fatalf("undone: %v", err)
		}
		return
	}
	if err != nil {
		t.Fatalf("undo: %v", err)
	}
	d.undone, d.cluster.deed, d.cluster.reopens = true, nil, time.Time{}
	p.audited++
}

func (p *machine) Forgets(t *rapid.T) {
	chat := rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "chat")
	if err := p.box.Forget(p.Context(), chat); err != nil {
		t.Fatal(err)
	}
	for is, c := range p.sources {
		if is.session == chat {
			delete(p.sources, is)
			if c.items--; c.items == 0 {
				delete(p.clusters, c.topic)
			}
		}
	}
}

func (p *machine) Waits(t *rapid.T) { p.now = p.now.Add(Reopens / 2) }

func (p *machine) Restarts(t *rapid.T) { p.box.known = nil }

func (p *machine) check(t *rapid.T) {
	var open, done, drafts, outside []string
	for topic, c := range p.clusters {
		if line := fmt.Sprint(topic, " ", c.items); c.deed == nil {
			open = append(open, line)
		} else {
			done = append(done, line)
		}
	}
	for _, d := range p.deeds {
		if d.token != "" && !d.undone {
			drafts = append(drafts, d.token)
		}
		if d.Did == MarkedOutside && !d.undone && !slices.Contains(outside, d.Texts[0]) {
			outside = append(outside, d.Texts[0])
		}
	}
	var made []string
	for token := range p.base.texts {
		made = append(made, token)
	}
	scope, err := p.box.OutOfScope(p.Context())
	if err != nil {
		t.Fatal(err)
	}
	for what, both := range map[string][2][]string{
		"open": {p.heads(Query{}), open}, "done": {p.heads(Query{State: Done}), done}, "drafts": {made, drafts}, "out of scope": {scope, outside},
	} {
		slices.SortFunc(both[0], cmp.Compare[string])
		slices.SortFunc(both[1], cmp.Compare[string])
		if !slices.Equal(both[0], both[1]) {
			t.Fatalf("%s: %q, want %q", what, both[0], both[1])
		}
	}
	if n := p.count(`SELECT count(*) FROM audit`); n != p.audited {
		t.Fatalf("%d rows of audit for %d acts", n, p.audited)
	}
}

// Whatever editors and customers do, in any order, the inbox is what the model says.
func TestMachine(t *testing.T) {
	checks := flag.Lookup("rapid.checks").Value
	defer func(before string) { _ = checks.Set(before) }(checks.String())
	for name, on := range map[string]struct {
		options func() sqldb.Options
		checks  string // each takes up to a second; with WENDA_PROVE=1 ten times as many
	}{
		"sqlite":   {func() sqldb.Options { return sqldb.Options{Dir: t.TempDir()} }, "15"},
		"postgres": {func() sqldb.Options { return sqldb.Options{URL: testbed.Postgres(t)} }, "6"},
	} {
		t.Run(name, func(t *testing.T) {
			if os.Getenv("WENDA_PROVE") == "1" {
				on.checks += "0"
			}
			_ = checks.Set(on.checks)
			db := opened(t, on.options())
			audited := 0
			rapid.Check(t, func(rt *rapid.T) {
				emptied(t, db)
				p := &machine{newRig(t, db, Options{}), &model{clusters: map[string]*modelled{}, sources: map[source]*modelled{}, audited: audited}}
				defer func() { audited = p.count(`SELECT count(*) FROM audit`) }()
				rt.Repeat(map[string]func(*rapid.T){
					"asks": p.Asks, "does": p.Does, "undoes": p.Undoes, "forgets": p.Forgets, "waits": p.Waits, "restarts": p.Restarts, "": p.check,
				})
			})
		})
	}
}

// emptied leaves the audit, which nobody can empty.
func emptied(t *testing.T, db *sqldb.DB) {
	t.Helper()
	if err := db.Write(t.Context(), func(tx sqldb.Tx) error {
		for _, table := range []string{"inbox_item", "inbox_cluster", "inbox_deed", "inbox_confirmed", "inbox_follow"} {
			if err := tx.Queue(`DELETE FROM ` + table); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}
