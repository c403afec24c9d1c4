package script

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"wenda/cmd/loadtest/client"
	"wenda/cmd/loadtest/history"
	"wenda/internal/leak"
	"wenda/sessions"
)

func TestMain(m *testing.M) { leak.Main(m) }

// The same seed makes the same people, another one others.
func TestSameSeedSamePeople(t *testing.T) {
	w, err := newWords()
	if err != nil {
		t.Fatal(err)
	}
	say := func(seed uint64, n int) (said []string) {
		p := &play{Options: Options{Seed: seed}, words: w}
		dice := p.dice("c", n)
		for range 20 {
			said = append(said, w.question(dice))
			said = append(said, w.burst(dice)...)
		}
		return said
	}
	if !slices.Equal(say(1, 2), say(1, 2)) {
		t.Error("the same customer of the same seed says something else")
	}
	if slices.Equal(say(1, 2), say(2, 2)) || slices.Equal(say(1, 2), say(1, 3)) {
		t.Error("another customer says the same")
	}
	for _, text := range say(3, 4) {
		if text == "" || text != strings.TrimSpace(text) {
			t.Errorf("%q would be kept otherwise than it is sent", text)
		}
	}
	if len(w.questions) < 100 {
		t.Errorf("only %d questions", len(w.questions))
	}
}

// Everybody has an address of their own, and a name in the history.
func TestEverybodyIsSomebody(t *testing.T) {
	p := &play{}
	seen := map[string]bool{}
	for _, n := range []int{0, 1, 127, 128, 129, 16383, 16384, 19999, 1 << 20, 1<<20 + 1} {
		o := p.options("c", "r", n)
		if seen[o.Address] {
			t.Errorf("%d has the address of somebody else: %s", n, o.Address)
		}
		seen[o.Address] = true
	}
}

// Messages are spread by the share of the play that is over.
func TestSpeak(t *testing.T) {
	share := 0.0
	p := &play{Options: Options{Messages: 10, Share: func() float64 { return share }}}
	p.budget.Store(10)
	said := 0
	for _, step := range []struct {
		share float64
		want  int
	}{{0, 1}, {0.5, 6}, {1, 10}} {
		share = step.share
		for {
			on, quick := p.speak()
			if !on || !quick || !p.more() {
				break
			}
			said++
		}
		if said != step.want {
			t.Errorf("%v of the play is over and %d messages are sent, want %d", step.share, said, step.want)
		}
	}
	if on, _ := p.speak(); on {
		t.Error("the budget is spent and they go on")
	}
}

// notOver is a store in which something never ends.
type notOver struct {
	sessions.Store
	queued  int
	owned   []sessions.Session
	pending []sessions.Session
}

func (s notOver) Queue(context.Context, string, int) ([]sessions.Session, int, error) {
	return nil, s.queued, nil
}
func (s notOver) Owned(context.Context, string) ([]sessions.Session, error) { return s.owned, nil }
func (s notOver) Due(context.Context, sessions.Deadlines, int) ([]sessions.Session, error) {
	return s.pending, nil
}

// What never ends is written down as stuck.
func TestStuck(t *testing.T) {
	one := []sessions.Session{{ID: "s1"}}
	for what, s := range map[string]notOver{
		"1 chats in the queue": {queued: 1}, "1 chats of zhou": {owned: one}, "1 chats with a message nobody answered": {pending: one}, "": {},
	} {
		log := history.New()
		p := &play{Options: Options{Store: s, Log: log, Patience: 10 * time.Millisecond}}
		p.agents = []*agent{{Account: Account{Login: "zhou"}}}
		if err := p.cleared(t.Context()); err != nil {
			t.Fatal(err)
		}
		records := log.Records()
		if what == "" && len(records) > 0 || what != "" && (len(records) != 1 || records[0].Op != history.Stuck || records[0].Code != what) {
			t.Errorf("%q: %+v", what, records)
		}
	}
}

// Whoever is nowhere cannot have read everything.
func TestNobodyThere(t *testing.T) {
	log := history.New()
	tab := client.NewTab(client.Options{Who: "c1", Reader: "c1.0", Log: log, Rand: (&play{}).dice("c1", 1)})
	p := &play{Options: Options{Store: empty{}, Log: log, Patience: 10 * time.Millisecond}}
	p.levels(t.Context(), []*client.Tab{tab})
	if !slices.ContainsFunc(log.Records(), func(r history.Record) bool { return r.Op == history.Stuck && r.Reader == "c1.0" }) {
		t.Errorf("%+v", log.Records())
	}
}

type empty struct{ sessions.Store }

func (empty) Transcript(context.Context, string, int64, int) ([]sessions.Event, error) {
	return nil, nil
}
