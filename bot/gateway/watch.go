package gateway

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"

	"wenda/sessions"
)

// watch is an agent's tail of one chat. It goes on while they may read it (desk.MayRead),
// and ends with the event that made it the bot's, a colleague's or nobody's. In a queue
// that is not theirs it only sleeps: a page sees nothing of a chat that is back before
// the lists are told again, and would never ask for the rest.
type watch struct {
	a       *agent
	session string
	follow  follower
	typing  atomic.Bool // a typing frame is being written
	mine    atomic.Bool // the agent owns the chat: they may see what the customer types
	asleep  atomic.Bool // the chat waits where the agent may not read it

	// Of the run:
	allowed int64 // seq the session had when the agent was last seen to be allowed to read it
	last    int64 // seq of the newest event written: what it fell asleep with is met again
	told    State
}

func (a *agent) watch(ctx context.Context, f *Watch) *fault {
	g := a.s.g
	s, err := g.Desk.Watch(ctx, a.me(), f.Session)
	if err != nil {
		return a.unseen(s.ID, err)
	}
	after := f.After
	if after > s.Seq {
		a.s.refuse(refuse(CodeCursor).at(f))
		after = 0
	}
	if s.Desk.Mentioned(a.me().ID) {
		if fault := a.looked(ctx, s.ID, s.Seq); fault != nil {
			return fault
		}
	}
	a.unwatch(s.ID)
	w := &watch{a: a, session: s.ID, allowed: s.Seq}
	w.follow = follower{s: a.s, to: w, audience: sessions.Staff}
	a.mu.Lock()
	full := len(a.watches) >= g.Limits.Watches
	if !full {
		a.watches[s.ID] = w
	}
	a.mu.Unlock()
	if full {
		return refuse(CodeFull)
	}
	w.tell(s)
	w.follow.turn(s.ID, after, false)
	w.follow.wake(0)
	return nil
}

// unseen is the fault of a chat that the agent may not watch. If there is one, nobody has
// guessed its id: their list showed it, and it has moved on. It may be back by now, and in
// the list that the page has: so that one comes again, behind the error.
func (a *agent) unseen(session string, err error) *fault {
	fault := faultOf(err)
	if session == "" {
		return fault
	}
	a.unwatch(session)
	fault.innocent = true
	fault.then = func() {
		a.lists.forget()
		a.s.g.lists.touch()
	}
	return fault
}

func (a *agent) unwatch(session string) {
	a.mu.Lock()
	w := a.watches[session]
	a.mu.Unlock()
	if w != nil {
		w.end()
	}
}

func (a *agent) watched() []*watch {
	a.mu.Lock()
	defer a.mu.Unlock()
	all := make([]*watch, 0, len(a.watches))
	for _, w := range a.watches {
		all = append(all, w)
	}
	return all
}

// holding keeps back the tail of a session, if it is watched, while the agent acts
// in it: the ack goes first.
func (a *agent) holding(session string) *watch {
	a.mu.Lock()
	w := a.watches[session]
	a.mu.Unlock()
	if w != nil {
		w.follow.hold()
	}
	return w
}

func (w *watch) release() {
	if w != nil {
		w.follow.release()
	}
}

func (w *watch) deliver(ctx context.Context, e sessions.Event, prev int64) bool {
	if e.Seq > w.allowed && (e.Kind == sessions.Handed || w.asleep.Load()) && !w.mayReadOn(ctx, e, prev) {
		return false
	}
	return e.Seq <= w.last || w.write(e, prev)
}

// mayReadOn reports whether the agent may read what comes after a change of owner:
// because of the new owner, or because the session is theirs again by now. If not,
// that change is the last they read.
func (w *watch) mayReadOn(ctx context.Context, e sessions.Event, prev int64) bool {
	if e.Move != nil && w.mayRead(sessions.Session{State: e.Move.To, Agent: e.Move.Agent, Skill: e.Move.Skill}) {
		w.asleep.Store(false)
		return true
	}
	s, err := w.a.s.g.Store.Load(ctx, w.session)
	switch {
	case errors.Is(err, sessions.ErrNotFound): // erased
		w.end()
	case err != nil:
		w.follow.soon(err)
	case w.mayRead(s):
		w.allowed = s.Seq
		w.asleep.Store(false)
		return true
	default:
		if !w.asleep.Load() {
			w.write(e, prev)
		}
		w.rest(s)
	}
	return false
}

func (w *watch) mayRead(s sessions.Session) bool { return w.a.s.g.Desk.MayRead(w.a.me(), s) }

func (w *watch) write(e sessions.Event, prev int64) bool {
	w.last = e.Seq
	return w.a.s.send(forAgent(w.session, e, prev, w.a.me().ID))
}

// end takes the watch off the agent's, unless a newer one took its place.
func (w *watch) end() {
	w.a.mu.Lock()
	if w.a.watches[w.session] == w {
		delete(w.a.watches, w.session)
	}
	w.a.mu.Unlock()
	w.follow.end()
}

// rest says how a chat stands that the agent may not read any more.
func (w *watch) rest(s sessions.Session) {
	if s.State == sessions.Queued && w.asleep.Swap(true) {
		return
	}
	w.tell(s)
	if s.State != sessions.Queued {
		w.end()
	}
}

// listed wakes the watches of chats that the agent may read again.
func (a *agent) listed(sessions []string) {
	for _, w := range a.watched() {
		if w.asleep.Load() && slices.Contains(sessions, w.session) {
			w.follow.wake(0)
		}
	}
}

// level says who owns the chat now.
func (w *watch) level(ctx context.Context) error {
	s, err := w.a.s.g.Store.Load(ctx, w.session)
	if err != nil {
		if errors.Is(err, sessions.ErrNotFound) { // erased
			w.end()
			return nil
		}
		return err
	}
	if w.mayRead(s) {
		w.tell(s)
	} else {
		w.rest(s)
	}
	return nil
}

func (w *watch) tell(s sessions.Session) {
	me := w.a.me()
	state := State{Type: "state", Session: s.ID, State: s.State, Fence: s.Fence}
	if s.State == sessions.Assigned {
		state.Mine, state.Joined = s.Agent == me.ID, s.Desk.Joined == me.ID
		ctx, cancel := w.a.s.g.operation()
		defer cancel()
		state.Agent = w.a.s.g.Staff.Name(ctx, s.Agent)
	}
	w.mine.Store(state.Mine)
	if state == w.told {
		return
	}
	w.told = state
	w.a.s.send(state)
}

// typed tells the agent that the customer types; what, only who owns the chat.
func (w *watch) typed(who sessions.Speaker, draft string) {
	if who.ID == w.a.me().ID || w.asleep.Load() || !w.typing.CompareAndSwap(false, true) {
		return
	}
	if !w.mine.Load() {
		draft = ""
	}
	w.a.s.g.spawn(func() {
		defer w.typing.Store(false)
		w.a.s.send(Typing{Type: "typing", Session: w.session, From: &who, Text: draft})
	})
}
