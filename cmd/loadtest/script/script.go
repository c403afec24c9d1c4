// Package script is a day at the counter, played by a seed: customers who ask, type
// in pieces, ask for a person, lose their connection, open a second tab or a second
// device, come back with an old cursor, close and rate; and agents who claim by hand
// and in order, talk, note, give back, close, vanish and flap.
//
// Play ends when everything has settled: outboxes empty, queues empty, nothing
// pending, every tab level with the store. Who cannot get there in a generous time is
// written into the history as stuck.
//
// The same seed makes the same people; when they meet is up to the machine.
package script

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"wenda/cmd/loadtest/client"
	"wenda/cmd/loadtest/history"
	"wenda/sessions"
)

// Options say who plays, and where.
type Options struct {
	Bases     func() []string
	Customers int
	Messages  int           // that customers send in all; 0 for no end but For
	For       time.Duration // how long they speak at most; 0 for no end but Messages
	Pace      time.Duration // mean time between turns of a customer; default 300 ms
	Agents    []Account
	Vanish    bool // agents may be gone for a minute
	Seed      uint64
	Log       *history.Log
	Figures   *client.Figures
	Store     sessions.Store // to see when all is over

	// Token signs who a known customer is, as a host app does; nil if there are only
	// anonymous ones. A customer who is known may come from two devices.
	Token func(customer string) (string, error)

	// Share says how much of the play may be over by now, 0 to 1: Messages are spread
	// by it. nil lets everybody go as fast as they like.
	Share func() float64

	// Ended is called when nobody speaks any more and before anything is waited for:
	// whoever disturbs shall stop and mend. May be nil.
	Ended func()
	// Patience bounds each wait at the end; default 2 minutes.
	Patience time.Duration
}

// Account is whom an agent logs in as.
type Account struct{ ID, Login, Password string }

// Play plays until everything has settled. The error is of the store or the context.
func Play(ctx context.Context, o Options) error {
	if o.Pace == 0 {
		o.Pace = 300 * time.Millisecond
	}
	if o.Patience == 0 {
		o.Patience = 2 * time.Minute
	}
	if o.Figures == nil {
		o.Figures = &client.Figures{}
	}
	w, err := newWords()
	if err != nil {
		return err
	}
	p := &play{Options: o, words: w}
	p.budget.Store(int64(o.Messages))
	ctx, cancel := context.WithCancel(ctx)
	defer p.all.Wait()
	defer cancel()
	return p.run(ctx)
}

// play is one performance.
type play struct {
	Options
	words    words
	budget   atomic.Int64
	over     atomic.Bool // customers speak no more
	clearing atomic.Bool // agents only clear up
	all      sync.WaitGroup

	customers []*customer
	agents    []*agent
}

func (p *play) run(ctx context.Context) error {
	for n, account := range p.Agents {
		a := p.agent(n, account)
		p.agents = append(p.agents, a)
		p.all.Go(func() { a.desk.Run(ctx) })
		p.all.Go(func() { a.live(ctx) })
	}
	p.onDuty(ctx)
	var speaking sync.WaitGroup
	if p.For > 0 {
		stop := time.AfterFunc(p.For, func() { p.over.Store(true) })
		defer stop.Stop()
	}
	for n := range p.Customers {
		c := p.customer(ctx, n)
		p.customers = append(p.customers, c)
		speaking.Go(func() { c.live(ctx) })
	}
	speaking.Wait()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	p.over.Store(true)
	if p.Ended != nil {
		p.Ended()
	}
	return p.settle(ctx)
}

// onDuty waits a while until agents are there: without any, nobody is handed off.
func (p *play) onDuty(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, p.Patience)
	defer cancel()
	for _, a := range p.agents[:min(len(p.agents), 2)] {
		_ = a.desk.Ready(ctx)
	}
}

// more takes one message of the budget.
func (p *play) more() bool {
	if p.over.Load() || p.Messages > 0 && p.budget.Add(-1) < 0 {
		return false
	}
	return true
}

// speak reports whether customers go on; quick whether they are not too fast.
func (p *play) speak() (on, quick bool) {
	left := p.budget.Load()
	on = !p.over.Load() && (p.Messages == 0 || left > 0)
	if p.Messages == 0 || p.Share == nil {
		return on, true
	}
	return on, float64(int64(p.Messages)-left) <= p.Share()*float64(p.Messages)
}

// dice are a client's or a person's own.
func (p *play) dice(who string, n int) *rand.Rand {
	return rand.New(rand.NewPCG(p.Seed, history.HashText(who)+uint64(n)))
}

func (p *play) options(who, reader string, n int) client.Options {
	return client.Options{
		Who: who, Reader: reader, Bases: p.Bases, Rand: p.dice("client "+reader, n), Log: p.Log, Figures: p.Figures,
		Address: fmt.Sprintf("10.%d.%d.%d", 1+n>>14&0x7f, n>>7&0x7f, 1+n&0x7f),
	}
}

// pause waits a random time of that mean, at most four times as long.
func pause(ctx context.Context, r *rand.Rand, mean time.Duration) {
	wait := min(time.Duration(r.ExpFloat64()*float64(mean)), 4*mean)
	select {
	case <-ctx.Done():
	case <-time.After(wait):
	}
}

// settle waits until all is over, in this order: what was said is acked; the queue is
// empty and nobody owns anything; nothing is pending; all tabs are level.
func (p *play) settle(ctx context.Context) error {
	for _, c := range p.customers {
		c.flush(ctx, p.Patience)
	}
	p.clearing.Store(true)
	if err := p.cleared(ctx); err != nil {
		return err
	}
	var tabs []*client.Tab
	for _, c := range p.customers {
		for _, t := range c.tabs {
			tabs = append(tabs, t.Tab)
		}
	}
	p.levels(ctx, tabs)
	return ctx.Err()
}

// Settle waits until tabs that nobody uses any more have all that they may see.
func Settle(ctx context.Context, store sessions.Store, tabs []*client.Tab, patience time.Duration) error {
	p := &play{Options: Options{Store: store, Patience: patience}}
	if len(tabs) > 0 {
		p.Log = tabs[0].Log
	}
	for _, t := range tabs {
		if t.Flush(within(ctx, patience)) != nil && ctx.Err() == nil {
			t.Stuck("acks: its outbox is not empty")
		}
	}
	if err := p.cleared(ctx); err != nil {
		return err
	}
	p.levels(ctx, tabs)
	return ctx.Err()
}

// levels waits for many tabs, some at a time.
func (p *play) levels(ctx context.Context, tabs []*client.Tab) {
	var all sync.WaitGroup
	turn := make(chan struct{}, 16)
	for _, t := range tabs {
		turn <- struct{}{}
		all.Go(func() {
			defer func() { <-turn }()
			p.level(ctx, t)
		})
	}
	all.Wait()
}

// cleared waits until no chat waits for anybody.
func (p *play) cleared(ctx context.Context) error {
	var left string
	for end := time.Now().Add(p.Patience); ; {
		var err error
		if left, err = p.waiting(ctx); err != nil && ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil && left == "" {
			return nil
		}
		if err != nil {
			left = err.Error()
		}
		if !time.Now().Before(end) { // it was asked once, however short the patience is
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
	now := p.Log.Now()
	p.Log.Add(history.Record{Op: history.Stuck, Who: "everybody", Begin: now, End: now, Code: left})
	return nil
}

// waiting says what is not over yet.
func (p *play) waiting(ctx context.Context) (string, error) {
	if _, queued, err := p.Store.Queue(ctx, "", 1); err != nil || queued > 0 {
		return fmt.Sprintf("%d chats in the queue", queued), err
	}
	for _, a := range p.agents {
		if owned, err := p.Store.Owned(ctx, a.ID); err != nil || len(owned) > 0 {
			return fmt.Sprintf("%d chats of %s", len(owned), a.Login), err
		}
	}
	due, err := p.Store.Due(ctx, sessions.Deadlines{Pending: time.Now().Add(time.Hour)}, 10)
	if err != nil || len(due) > 0 {
		return fmt.Sprintf("%d chats with a message nobody answered", len(due)), err
	}
	return "", nil
}

// level waits until a tab has all that it may see, and writes down what it has.
func (p *play) level(ctx context.Context, t *client.Tab) {
	defer t.Level()
	ctx, cancel := context.WithTimeout(ctx, p.Patience)
	defer cancel()
	for {
		v := t.See()
		behind := !v.Ready
		for _, err := range sessions.Tail(ctx, p.Store, v.Session, v.Cursor, sessions.All) {
			behind = true
			_ = err // it is asked again
			break
		}
		if !behind {
			return
		}
		if ctx.Err() != nil {
			t.Stuck(fmt.Sprintf("the end of its transcript; it is connected: %v", v.Ready))
			return
		}
		_ = t.Until(within(ctx, 500*time.Millisecond), func(now client.View) bool { return now.Cursor > v.Cursor || now.Ready != v.Ready })
	}
}

// within is ctx for a while. The timer is the only thing it holds.
func within(ctx context.Context, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(ctx, d)
	context.AfterFunc(ctx, cancel)
	return ctx
}
