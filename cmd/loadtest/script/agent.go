package script

import (
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"wenda/cmd/loadtest/client"
)

// agent is a person at a desk.
type agent struct {
	*play
	Account
	rand *rand.Rand
	desk *client.Desk
}

func (p *play) agent(n int, account Account) *agent {
	return &agent{
		play: p, Account: account, rand: p.dice(account.Login, n),
		desk: client.NewDesk(p.options(account.ID, account.Login, 1<<20+n), account.Login, account.Password),
	}
}

// atOnce is how many chats an agent takes before looking after them.
const atOnce = 4

func (a *agent) live(ctx context.Context) {
	for ctx.Err() == nil {
		switch v := a.desk.See(); {
		case v.Busy > 1 || !v.Ready:
		case a.clearing.Load():
			a.clearUp(v)
		default:
			a.work(ctx, v)
		}
		pause(ctx, a.rand, 150*time.Millisecond)
	}
}

func (a *agent) clearUp(v client.Lists) {
	for id := range v.Own {
		a.desk.Close(id)
	}
	if len(v.Queue) > 0 {
		a.desk.Claim("")
	}
}

func (a *agent) work(ctx context.Context, v client.Lists) {
	switch dice := a.rand.IntN(1000); {
	case dice < 12:
		a.flap(ctx)
	case dice < 14 && a.Vanish && !a.over.Load():
		a.vanish(ctx)
	case dice < 20:
		a.desk.Take(false)
		pause(ctx, a.rand, 300*time.Millisecond)
		a.desk.Take(true)
	case len(v.Queue) > 0 && len(v.Own) < atOnce && dice < 600:
		a.claim(v)
	case len(v.Own) > 0:
		a.serve(v)
	}
}

func (a *agent) claim(v client.Lists) {
	if a.rand.IntN(2) == 0 {
		a.desk.Claim("")
		return
	}
	a.desk.Claim(pick(a.rand, v.Queue[:min(len(v.Queue), 3)])) // rivals want the same
}

func (a *agent) serve(v client.Lists) {
	var own []string
	for id := range v.Own {
		own = append(own, id)
	}
	slices.Sort(own)
	id := pick(a.rand, own)
	fence := v.Own[id]
	switch dice := a.rand.IntN(100); {
	case dice < 55:
		a.desk.Say(id, pick(a.rand, ofAgent))
	case dice < 65:
		a.desk.Note(id, pick(a.rand, notes))
	case dice < 82:
		a.desk.Return(id, "")
		a.late(id, fence)
	default:
		a.desk.Close(id)
		a.late(id, fence)
	}
}

// late says something more in a chat that was just let go of, as a page does that has
// not heard of it: it must be refused.
func (a *agent) late(id string, fence int64) {
	if a.rand.IntN(3) == 0 {
		a.desk.Forget(id, fence)
		a.desk.Say(id, pick(a.rand, ofAgent))
	}
}

// flap: the connection comes and goes.
func (a *agent) flap(ctx context.Context) {
	for range 1 + a.rand.IntN(4) {
		a.desk.Leave()
		pause(ctx, a.rand, 200*time.Millisecond)
		a.desk.Comeback()
		pause(ctx, a.rand, 300*time.Millisecond)
	}
}

// vanish: nobody is there for longer than chats stay with who is gone.
func (a *agent) vanish(ctx context.Context) {
	a.desk.Leave()
	for end := time.Now().Add(60 * time.Second); time.Now().Before(end) && ctx.Err() == nil && !a.clearing.Load(); {
		pause(ctx, a.rand, time.Second)
	}
	a.desk.Comeback()
}
