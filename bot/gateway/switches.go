package gateway

import (
	"context"

	"wenda/sessions"
)

// toggle is an agent's switch as their desk knows it.
type toggle struct {
	takes bool
	away  string // why it was turned off in their absence
}

// switches tells desks whose agent's switch is not as they know it: it was set on another
// desk, or in their absence.
func (l *look) switches(ctx context.Context, agents []*agent) error {
	if len(agents) == 0 {
		return nil
	}
	flips := make([]int, len(agents)) // before the beats are read: a page that sets its switch meanwhile knows better
	for i, a := range agents {
		flips[i] = a.flipped()
	}
	beats, err := l.g.Store.Beats(ctx)
	if err != nil {
		return err
	}
	now := make(map[string]sessions.Beat, len(beats))
	for _, b := range beats {
		now[b.Agent] = b
	}
	for i, a := range agents {
		b := now[a.me().ID]
		a.turned(toggle{b.Takes, b.Away}, flips[i])
	}
	return nil
}

// flipped counts how often the page set its switch.
func (a *agent) flipped() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.flips
}

// turned tells the desk of the switch, if it knows it otherwise and has not set it since.
func (a *agent) turned(to toggle, flips int) {
	a.mu.Lock()
	if a.flips != flips {
		a.mu.Unlock()
		return
	}
	news := a.greeted != to.takes
	if a.toggle != nil {
		news = *a.toggle != to
	}
	a.toggle = &to
	a.mu.Unlock()
	if news {
		a.s.g.spawn(func() { a.s.send(Available{Type: "available", On: to.takes, Reason: to.away}) })
	}
}
