package script

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"wenda/cmd/loadtest/client"
	"wenda/sessions"
)

// customer is a person with one to three tabs, the first of which they look at.
type customer struct {
	*play
	n    int
	who  string
	rand *rand.Rand
	tabs []*tab
	made int
	past client.View // something the first tab showed a while ago
}

// tab is a tab and how to close it.
type tab struct {
	*client.Tab
	close func()
}

func (p *play) customer(ctx context.Context, n int) *customer {
	c := &customer{play: p, n: n, who: fmt.Sprint("c", n)}
	c.rand = p.dice(c.who, n)
	first := client.NewTab(c.next())
	if p.Token != nil && n%4 == 0 {
		c.signed(first)
	}
	c.open(ctx, first)
	return c
}

// signed lets a tab begin as a customer of the host app.
func (c *customer) signed(t *client.Tab) {
	if token, err := c.Token("known-" + c.who); err == nil {
		t.Identify(token)
	}
}

// next are the options of the customer's next tab.
func (c *customer) next() client.Options {
	o := c.options(c.who, fmt.Sprintf("%s.%d", c.who, c.made), c.n)
	c.made++
	return o
}

func (c *customer) open(ctx context.Context, t *client.Tab) {
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	c.all.Go(func() {
		defer close(ended)
		t.Run(ctx)
	})
	c.tabs = append(c.tabs, &tab{t, func() { cancel(); <-ended }})
}

// habit is what a customer may do next, and how often they do.
type habit struct {
	weight int
	do     func(*customer, context.Context)
}

var habits = []habit{
	{44, (*customer).ask},
	{12, (*customer).burst},
	{6, (*customer).mumble},
	{9, (*customer).wantPerson},
	{6, (*customer).tunnel},
	{6, (*customer).hiccup},
	{4, (*customer).otherTab},
	{3, (*customer).reload},
	{4, (*customer).choose},
	{3, (*customer).vote},
	{3, (*customer).end},
}

func (c *customer) live(ctx context.Context) {
	if c.main().Ready(within(ctx, c.Patience)) != nil && ctx.Err() == nil {
		c.main().Stuck("a first welcome")
	}
	total := 0
	for _, h := range habits {
		total += h.weight
	}
	for ctx.Err() == nil {
		on, quick := c.speak()
		if !on {
			break
		}
		if !quick {
			pause(ctx, c.rand, c.Pace)
			continue
		}
		n := c.rand.IntN(total)
		for _, h := range habits {
			if n -= h.weight; n < 0 {
				h.do(c, ctx)
				break
			}
		}
		pause(ctx, c.rand, c.Pace)
	}
	for _, t := range c.tabs {
		t.Comeback()
	}
}

func (c *customer) main() *client.Tab { return c.tabs[0].Tab }

// any is mostly the tab they look at.
func (c *customer) any() *client.Tab {
	if c.rand.IntN(3) > 0 {
		return c.main()
	}
	return pick(c.rand, c.tabs).Tab
}

func (c *customer) say(t *client.Tab, text string) {
	if c.more() {
		t.Send(text)
	}
}

// heard waits a while until something was said to the customer.
func (c *customer) heard(ctx context.Context, t *client.Tab, spoken int) {
	if c.rand.IntN(4) > 0 {
		_ = t.Until(within(ctx, 3*time.Second), func(v client.View) bool { return v.Spoken > spoken && v.Waiting == 0 })
	}
}

func (c *customer) ask(ctx context.Context) {
	t := c.any()
	before := t.See().Spoken
	c.say(t, c.words.question(c.rand))
	c.heard(ctx, t, before)
}

func (c *customer) mumble(ctx context.Context) {
	t := c.any()
	before := t.See().Spoken
	c.say(t, pick(c.rand, nonsense))
	c.heard(ctx, t, before)
}

func (c *customer) burst(ctx context.Context) {
	t := c.main()
	before := t.See().Spoken
	for _, line := range c.words.burst(c.rand) {
		c.say(t, line)
		pause(ctx, c.rand, 100*time.Millisecond)
	}
	c.heard(ctx, t, before)
}

// wantPerson asks for one and talks to who comes.
func (c *customer) wantPerson(ctx context.Context) {
	t := c.main()
	c.say(t, pick(c.rand, persons))
	for range c.rand.IntN(3) {
		c.say(t, pick(c.rand, toAgent))
	}
	_ = t.Until(within(ctx, 4*time.Second), func(v client.View) bool { return v.State == sessions.Assigned })
	switch v := t.See(); {
	case v.State == sessions.Assigned:
		for range 1 + c.rand.IntN(4) {
			c.say(t, pick(c.rand, toAgent))
			pause(ctx, c.rand, 200*time.Millisecond)
		}
	case v.State == sessions.Queued && c.rand.IntN(3) == 0:
		c.pickChoice(t, sessions.ChooseBot)
	}
}

func (c *customer) pickChoice(t *client.Tab, choice string) {
	if c.more() {
		t.Choose(choice)
	}
}

// tunnel: the connection is gone for a while, and they go on typing.
func (c *customer) tunnel(ctx context.Context) {
	t := c.any()
	t.Leave()
	for range c.rand.IntN(3) {
		c.say(t, c.words.question(c.rand))
	}
	pause(ctx, c.rand, 600*time.Millisecond)
	t.Comeback()
}

// hiccup: the connection breaks just when something was sent.
func (c *customer) hiccup(ctx context.Context) {
	t := c.any()
	c.say(t, c.words.question(c.rand))
	pause(ctx, c.rand, 3*time.Millisecond)
	t.Drop()
}

// otherTab opens another one, on another device if the customer is known, or closes it.
func (c *customer) otherTab(ctx context.Context) {
	if len(c.tabs) > 1 {
		last := c.tabs[len(c.tabs)-1]
		c.tabs = c.tabs[:len(c.tabs)-1]
		if c.rand.IntN(2) == 0 {
			_ = last.Flush(within(ctx, 5*time.Second))
		}
		last.close()
		return
	}
	t := c.main().Again(c.next(), 0)
	if c.Token != nil && c.n%4 == 0 && c.rand.IntN(2) == 0 {
		c.signed(t)
	}
	c.open(ctx, t)
}

// reload closes the tab they look at and opens it anew: with nothing, with what it
// showed, or with what it showed long ago. What it had not sent yet is sent first.
func (c *customer) reload(ctx context.Context) {
	old := c.tabs[0]
	if old.Flush(within(ctx, c.Patience)) != nil {
		return // it is stuck or we are leaving; the end will tell
	}
	v := old.See()
	cursor := int64(0)
	switch c.rand.IntN(3) {
	case 0:
		cursor = v.Cursor
	case 1:
		if c.past.Session == v.Session {
			cursor = c.past.Cursor
		}
	}
	c.past = v
	fresh := old.Again(c.next(), cursor)
	old.close()
	c.open(ctx, fresh)
	last := len(c.tabs) - 1
	c.tabs[0] = c.tabs[last]
	c.tabs = slices.Delete(c.tabs, last, last+1)
}

func (c *customer) choose(ctx context.Context) {
	t := c.main()
	v := t.See()
	if len(v.Choices) == 0 {
		c.ask(ctx)
		return
	}
	c.pickChoice(t, pick(c.rand, v.Choices))
	c.heard(ctx, t, v.Spoken)
}

func (c *customer) vote(context.Context) {
	if v := c.main().See(); v.Votable > 0 {
		c.main().Vote(v.Votable, 1-2*c.rand.IntN(2))
	}
}

// end closes the chat, perhaps rates it; the next message opens another.
func (c *customer) end(ctx context.Context) {
	t := c.main()
	t.End()
	if t.Until(within(ctx, 3*time.Second), func(v client.View) bool { return v.State == sessions.Closed }) == nil && c.rand.IntN(2) == 0 {
		t.Rate(1 + c.rand.IntN(5))
	}
}

// flush waits until everything they said is acked.
func (c *customer) flush(ctx context.Context, patience time.Duration) {
	for _, t := range c.tabs {
		if t.Flush(within(ctx, patience)) != nil && ctx.Err() == nil {
			t.Stuck("acks: its outbox is not empty")
		}
	}
}
