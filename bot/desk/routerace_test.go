package desk

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wenda/bot/desk/queue"
	"wenda/bot/desk/roster"
	"wenda/internal/sqldb"
	"wenda/internal/testbed"
	"wenda/sessions"
)

// day is a desk on which everything happens at once: two nodes route with clocks that
// run fast, so that offers lapse and agents fall silent while they are at it.
type day struct {
	*testing.T
	*Desk
	roster *roster.Roster
	agents []sessions.Agent
	chats  []string
	clock  atomic.Int64
}

func TestEverythingAtOnce(t *testing.T) {
	for name, options := range map[string]func() sqldb.Options{
		"SQLite":     func() sqldb.Options { return sqldb.Options{Dir: t.TempDir()} },
		"PostgreSQL": func() sqldb.Options { return sqldb.Options{URL: testbed.Postgres(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDay(t, migrated(t, options()))
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			ctx, stop := context.WithCancel(t.Context())
			var nodes, people sync.WaitGroup
			for range 2 {
				nodes.Go(func() { d.routes(ctx) })
			}
			for i := range 6 {
				people.Go(func() { d.works(rand.New(rand.NewPCG(seed, uint64(i)))) })
			}
			people.Wait()
			stop()
			nodes.Wait()
			for _, id := range d.chats {
				d.oneOwner(id)
			}
		})
	}
}

func newDay(t *testing.T, db *sqldb.DB) *day {
	d := &day{T: t, Desk: deskOn(t, db)}
	d.roster = roster.New(d.Store, d.Live)
	for i := range 3 {
		a := sessions.Agent{ID: fmt.Sprint("a", i), Name: fmt.Sprint("坐席", i), Skills: []string{"", "vip"}, Capacity: 4}
		d.agents = append(d.agents, a)
		if err := d.roster.Beat(t.Context(), []sessions.Agent{a}); err != nil {
			t.Fatal(err)
		}
	}
	d.Desk.Colleague = func(_ context.Context, id string) (Colleague, error) {
		return Colleague{Agent: sessions.Agent{ID: id, Name: id, Capacity: 4}, There: id != "a2", Takes: true}, nil
	}
	for i := range 12 {
		d.chats = append(d.chats, d.queued(t, fmt.Sprint("c", i), []string{"", "vip"}[i%2]).ID)
	}
	return d
}

// routes is a node.
func (d *day) routes(ctx context.Context) {
	var queues []queue.Queue
	for i, skill := range []string{"", "vip"} {
		q := queue.Plain(skill)
		q.Routing = queue.Routings[2+i]
		queues = append(queues, q)
	}
	r := d.Router(d.roster, queue.NewBook(queues, nil))
	r.clock = func() time.Duration { return time.Duration(d.clock.Load()) }
	for ctx.Err() == nil {
		d.clock.Add(int64(2 * time.Second))
		if err := r.round(ctx); err != nil && ctx.Err() == nil && !errors.Is(err, sessions.ErrBusy) {
			d.Errorf("a round: %v", err)
		}
	}
}

// works is what agents, and a sweeper, do at random.
func (d *day) works(chance *rand.Rand) {
	for n := range 60 {
		a, id := d.agents[chance.IntN(len(d.agents))], d.chats[chance.IntN(len(d.chats))]
		s, err := d.Store.Load(d.Context(), id)
		if err == nil {
			err = d.does(chance, a, s, fmt.Sprintf("ref-%d-%06d", chance.Uint64(), n))
		}
		if err != nil && !overtaken(err) && !lawful(err) {
			d.Errorf("an agent: %v", err)
		}
	}
}

func lawful(err error) bool {
	for _, one := range []error{sessions.ErrNotOwner, sessions.ErrEmpty, sessions.ErrBusy, sessions.ErrInvalid, ErrAway} {
		if errors.Is(err, one) {
			return true
		}
	}
	return false
}

func (d *day) does(chance *rand.Rand, a sessions.Agent, s sessions.Session, ref string) error {
	ctx, act := d.Context(), Act{Session: s.ID, Fence: s.Fence, Ref: ref[:min(len(ref), 60)]}
	if chance.IntN(3) > 0 && s.Agent != "" {
		a.ID = s.Agent // mostly it is the owner who acts
	}
	switch chance.IntN(10) {
	case 0:
		return d.roster.Available(ctx, a, true)
	case 1:
		return second(d.Claim(ctx, a, "", ""))
	case 2:
		return second(d.Claim(ctx, a, s.ID, ""))
	case 3:
		return second(d.Refuse(ctx, a, act, ""))
	case 4:
		return second(d.Transfer(ctx, a, act, To{Agent: d.agents[chance.IntN(3)].ID}, "请帮忙"))
	case 5:
		return second(d.Transfer(ctx, a, act, To{Skill: "vip"}, "请帮忙"))
	case 6:
		return d.requeueAll(ctx, a.ID)
	case 7:
		return second(d.Say(ctx, a, act, Words{Text: "您好"}))
	case 8:
		return second(d.Return(ctx, a, act, Leaving{}))
	}
	if s.State == sessions.Bot {
		_, err := d.Store.Commit(ctx, sessions.Actor{Role: sessions.RoleSystem}, s.Queue("", time.Now()), sessions.Event{Kind: sessions.Handed, From: ours})
		return err
	}
	return nil
}

// oneOwner checks that the owners in the log follow each other up to the one of now,
// that each who spoke owned the chat, and that an offer is one of a chat that waits.
func (d *day) oneOwner(id string) {
	owner, agent := sessions.Bot, ""
	for e, err := range sessions.Tail(d.Context(), d.Store, id, 0, sessions.Staff) {
		if err != nil {
			d.Fatal(err)
		}
		if e.Kind == sessions.Message && e.From.Role == sessions.RoleAgent && (owner != sessions.Assigned || agent != e.From.ID) {
			d.Errorf("%s spoke, but the owner was %s %q", e.From.ID, owner, agent)
		}
		if e.Move == nil {
			continue
		}
		if e.Move.From != owner {
			d.Errorf("a move from %s, but the owner was %s", e.Move.From, owner)
		}
		owner, agent = e.Move.To, e.Move.Agent
	}
	s, err := d.Store.Load(d.Context(), id)
	if err != nil || s.State != owner || s.Agent != agent || s.State != sessions.Queued && s.Desk.Offer.To != "" {
		d.Errorf("the log ends with %s %q, the session is %+v, %v", owner, agent, s, err)
	}
}
