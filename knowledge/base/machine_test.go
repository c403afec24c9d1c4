package base

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever several people do in whatever order, the base does what the model does, on
// both engines, and no release that was made ever reads otherwise.
func TestMachine(t *testing.T) {
	for name, rig := range map[string]func(testing.TB) *rig{"sqlite": onSQLite, "postgres": onPostgres} {
		t.Run(name, func(t *testing.T) {
			size(t, "rapid.checks", 8, 300)
			size(t, "rapid.steps", 120, 120)
			r := rig(t)
			rapid.Check(t, func(rt *rapid.T) {
				r.wipe()
				m := &machine{rig: r, model: model{entries: map[string]*entry{}, releases: []map[string]slot{{}}, now: r.clock()}}
				rt.Repeat(map[string]func(*rapid.T){
					"": m.same, "create": m.create, "save": m.save, "review": m.review, "discard": m.discard, "approve": m.approve, "through": m.through,
					"publish": m.publish, "rollback": m.rollback, "retire": m.retire, "clock": m.clock,
				})
				m.history(rt)
			})
		})
	}
}

// size sets how much rapid does, and how much under make prove.
func size(t *testing.T, name string, usual, proof int) {
	value := flag.Lookup(name).Value
	before := value.String()
	t.Cleanup(func() { _ = value.Set(before) })
	if os.Getenv("WENDA_PROVE") != "" {
		usual = proof
	}
	_ = value.Set(strconv.Itoa(usual))
}

// machine does the same to the base and to the model, and compares.
type machine struct {
	*rig
	model model
}

var (
	people = rapid.SampledFrom([]string{"zhou", "li", "wang"})
	ids    = rapid.SampledFrom([]string{"a", "b", "c", "system.x"})
	hours  = rapid.SampledFrom([]int{0, 0, 0, 1, 3})
)

// content is one of few, so that equal ones are drawn too.
func (m *machine) content(rt *rapid.T, id string) Content {
	c := says("问"+rapid.SampledFrom([]string{"一", "二"}).Draw(rt, "text"), "答 {ahead}")
	at := m.model.now.Truncate(time.Hour)
	if h := hours.Draw(rt, "from"); h > 0 {
		c.From = at.Add(time.Duration(h) * time.Hour)
	}
	if h := hours.Draw(rt, "until"); h > 0 && !system(id) {
		c.Until = at.Add(time.Duration(h+3) * time.Hour)
	}
	return c
}

func (m *machine) store(rt *rapid.T) *Store { return m.node(rapid.IntRange(0, 1).Draw(rt, "node")) }

// agree holds an error to the model's.
func agree(rt *rapid.T, got, want error) {
	rt.Helper()
	if !errors.Is(got, want) || (got == nil) != (want == nil) {
		rt.Fatalf("the base says %v, the model %v", got, want)
	}
}

func (m *machine) create(rt *rapid.T) {
	by, id := people.Draw(rt, "by"), ids.Draw(rt, "id")
	c := m.content(rt, id)
	_, err := m.store(rt).Create(context.Background(), by, id, c, "")
	agree(rt, err, m.model.create(by, id, c))
}

// one draws an entry that is there, mostly as it stands.
func (m *machine) one(rt *rapid.T) (id string, version int64) {
	if len(m.model.entries) == 0 {
		rt.Skip("there is none")
	}
	id = rapid.SampledFrom(slices.Sorted(maps.Keys(m.model.entries))).Draw(rt, "id")
	return id, m.model.entries[id].version - int64(rapid.IntRange(0, 9).Draw(rt, "behind")/9)
}

func (m *machine) save(rt *rapid.T) {
	id, version := m.one(rt)
	by, c := people.Draw(rt, "by"), m.content(rt, id)
	_, err := m.store(rt).Save(context.Background(), by, id, version, c, "")
	agree(rt, err, m.model.save(by, id, version, c))
}

func (m *machine) review(rt *rapid.T) {
	id, version := m.one(rt)
	by, s, ctx := people.Draw(rt, "by"), m.store(rt), context.Background()
	mv := rapid.SampledFrom([]move{submits, submits, withdraws, refuses}).Draw(rt, "move")
	do := map[string]func(context.Context, string, string, int64, string) (Head, error){
		submits.code: s.Submit, withdraws.code: s.Withdraw, refuses.code: s.Refuse,
	}
	_, err := do[mv.code](ctx, by, id, version, "why")
	agree(rt, err, m.model.move(id, version, mv.from, mv.to))
}

func (m *machine) discard(rt *rapid.T) {
	id, version := m.one(rt)
	_, err := m.store(rt).Discard(context.Background(), people.Draw(rt, "by"), id, version, "")
	agree(rt, err, m.model.discard(id, version))
}

func (m *machine) approve(rt *rapid.T) {
	id, version := m.one(rt)
	by := Reviewer{ID: people.Draw(rt, "by"), Solo: rapid.IntRange(0, 9).Draw(rt, "solo") == 9}
	_, err := m.store(rt).Approve(context.Background(), by, id, version, "")
	agree(rt, err, m.model.approve(by, id, version))
}

// through has one write and another approve, which chance alone seldom brings about.
func (m *machine) through(rt *rapid.T) {
	ctx, s, id := context.Background(), m.store(rt), ids.Draw(rt, "id")
	c := m.content(rt, id)
	if m.model.entries[id] == nil {
		_, err := s.Create(ctx, "zhou", id, c, "")
		agree(rt, err, m.model.create("zhou", id, c))
	}
	e := m.model.entries[id]
	_, err := s.Save(ctx, "zhou", id, e.version, c, "")
	agree(rt, err, m.model.save("zhou", id, e.version, c))
	_, err = s.Submit(ctx, "zhou", id, e.version, "")
	agree(rt, err, m.model.move(id, e.version, Draft, InReview))
	_, err = s.Approve(ctx, Reviewer{ID: "chen"}, id, e.version, "")
	agree(rt, err, m.model.approve(Reviewer{ID: "chen"}, id, e.version))
}

func (m *machine) publish(rt *rapid.T) {
	id, _ := m.one(rt)
	some := []string{id}
	if rapid.Bool().Draw(rt, "all") {
		some = slices.DeleteFunc(slices.Sorted(maps.Keys(m.model.entries)), func(id string) bool { return m.model.entries[id].ready == 0 })
	}
	_, err := m.store(rt).Publish(context.Background(), publication(some...))
	agree(rt, err, m.model.publish(some))
}

func (m *machine) rollback(rt *rapid.T) {
	to := rapid.IntRange(1, len(m.model.releases)).Draw(rt, "to")
	_, err := m.store(rt).Rollback(context.Background(), "li", int64(to), "bad")
	agree(rt, err, m.model.rollback(to))
}

func (m *machine) retire(rt *rapid.T) {
	id, _ := m.one(rt)
	_, err := m.store(rt).Retire(context.Background(), "li", id, "bad")
	agree(rt, err, m.model.retire(id))
}

func (m *machine) clock(rt *rapid.T) {
	d := time.Duration(rapid.IntRange(10, 150).Draw(rt, "minutes")) * time.Minute
	m.pass(d)
	m.model.now = m.model.now.Add(d)
	for range 2 { // the second finds nothing
		_, err := m.store(rt).Due(context.Background(), nil)
		agree(rt, err, nil)
	}
	if err := m.model.tick(); err != nil && !errors.Is(err, ErrState) {
		rt.Fatal(err)
	}
}

// same holds all heads and the release in force to the model.
func (m *machine) same(rt *rapid.T) {
	heads, err := m.store(rt).Heads(context.Background())
	agree(rt, err, nil)
	var got, want []string
	for _, h := range heads {
		got = append(got, fmt.Sprintf("%s v%d r%d %s ready %d live %d next %d", h.ID, h.Version, h.Newest.Number, h.Newest.State, h.Ready, h.Live, h.Next))
	}
	for _, id := range slices.Sorted(maps.Keys(m.model.entries)) {
		e := m.model.entries[id]
		want = append(want, fmt.Sprintf("%s v%d r%d %s ready %d live %d next %d", id, e.version, len(e.revisions), e.state, e.ready, e.live, e.next))
	}
	if !slices.Equal(got, want) {
		rt.Fatalf("the base has\n%q\nthe model\n%q", got, want)
	}
	current, err := m.store(rt).Current(context.Background())
	agree(rt, err, nil)
	if int(current) != len(m.model.releases)-1 {
		rt.Fatalf("release %d is in force, in the model %d", current, len(m.model.releases)-1)
	}
}

// history reads every release again, and each entry's.
func (m *machine) history(rt *rapid.T) {
	ctx, s := context.Background(), m.store(rt)
	for id := 1; id < len(m.model.releases); id++ {
		want := map[string]int{}
		for entry, in := range m.model.releases[id] {
			if in.live > 0 {
				want[entry] = in.live
			}
		}
		if got := m.inForce(s, int64(id)); !maps.Equal(got, want) {
			rt.Fatalf("release %d holds %v, was made of %v", id, got, want)
		}
		cover, err := s.Release(ctx, int64(id))
		if agree(rt, err, nil); cover.Entries != len(want) || cover.Before != int64(id-1) {
			rt.Fatalf("cover page %+v of %d entries", cover, len(want))
		}
	}
	from, to := rapid.IntRange(0, len(m.model.releases)-1).Draw(rt, "from"), rapid.IntRange(0, len(m.model.releases)-1).Draw(rt, "to")
	changes, err := s.Changes(ctx, int64(from), int64(to))
	agree(rt, err, nil)
	if want := m.model.changes(from, to); !reflect.DeepEqual(changes, want) {
		rt.Fatalf("from %d to %d changed %v, want %v", from, to, changes, want)
	}
	for id, e := range m.model.entries {
		steps, err := s.Steps(ctx, id)
		agree(rt, err, nil)
		revisions, err := s.Revisions(ctx, id)
		agree(rt, err, nil)
		if len(steps) != int(e.version) || len(revisions) != len(e.revisions) {
			rt.Fatalf("%s at version %d of %d revisions has %d steps and %d", id, e.version, len(e.revisions), len(steps), len(revisions))
		}
		for _, r := range revisions {
			if want := e.stateOf(r.Number); r.State != want {
				rt.Fatalf("%s r%d is %s, want %s", id, r.Number, r.State, want)
			}
		}
	}
}
