package gateway

import (
	"context"
	"math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"wenda/internal/sabotage"
	"wenda/sessions"
)

// reader is who a follower reads for.
type reader interface {
	// deliver writes one event; prev is the one written before it. It returns false if
	// nothing more is to be delivered.
	deliver(ctx context.Context, e sessions.Event, prev int64) bool
	// level is called when everything was delivered and the owner may have changed.
	level(ctx context.Context) error
	// typed says that somebody types, and what, where that may be seen. It must not block.
	typed(who sessions.Speaker, draft string)
}

// follower is the tail of one session on one socket. A wake-up starts a goroutine
// that reads pages until it is level with the store, and ends.
type follower struct {
	s        *socket
	to       reader
	audience sessions.Audience

	mu      sync.Mutex
	session string
	cursor  int64  // everything up to here was delivered, or is not for this reader
	prev    int64  // newest seq delivered
	heard   int64  // newest seq heard of
	turns   int    // goes up when the cursor is moved by hand; an older run delivers nothing more
	moved   bool   // the owner may have changed: call level
	running bool   // there is a goroutine
	dirty   bool   // there may be something to read, even if nothing newer was heard of
	held    bool   // not now
	ended   bool   // never again
	stop    func() // ends the watch; nil if there is none
}

// turn points the follower at the events of a session after a seq. owned says that
// somebody other than the bot may own it. It reads nothing until it is woken.
func (f *follower) turn(session string, after int64, owned bool) {
	f.mu.Lock()
	before, other := f.session, f.session != session
	f.session, f.cursor, f.prev, f.moved = session, after, after, f.moved && !other || owned
	if other {
		f.heard = 0
	}
	f.turns++
	stop := f.stop
	if other {
		f.stop = nil
	}
	f.mu.Unlock()
	if !other {
		return
	}
	if stop != nil {
		stop()
	}
	f.s.g.follows.move(f, before, session)
	f.subscribe()
}

// leave follows no session any more, and forgets what was heard of the last one.
func (f *follower) leave() {
	f.mu.Lock()
	stop, session := f.stop, f.session
	f.session, f.stop, f.cursor, f.prev, f.heard, f.dirty, f.moved = "", nil, 0, 0, 0, false, false
	f.turns++
	f.mu.Unlock()
	if stop != nil {
		stop()
	}
	f.s.g.follows.move(f, session, "")
}

// subscribe begins to be woken. If Live is not reachable the feed wakes us (feed.go),
// and subscribes later.
func (f *follower) subscribe() {
	f.mu.Lock()
	session, ended, subscribed := f.session, f.ended, f.stop != nil
	f.mu.Unlock()
	if ended || subscribed {
		return
	}
	stop, err := f.s.g.Live.Watch(sessions.SessionTopic(session), f.signalled)
	if err != nil {
		f.s.g.follows.deafen(f)
		return
	}
	f.mu.Lock()
	keep := !f.ended && f.session == session && f.stop == nil
	if keep {
		f.stop = stop
	}
	f.mu.Unlock()
	if !keep {
		stop()
	}
}

func (f *follower) signalled(sig sessions.Signal) {
	if sig.Typing.Role != "" && !f.holding() { // what is held may not be theirs to hear
		f.to.typed(sig.Typing, sig.Draft)
	}
	if sig.Seq > 0 {
		f.wake(sig.Seq)
	}
}

// wake says that the session is at seq now; 0 says: look.
func (f *follower) wake(seq int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if seq != 0 && seq <= f.cursor {
		return
	}
	if sabotage.On(sabotage.WakeUpCarriesData) && seq > 0 {
		f.cursor = max(f.cursor, seq-2) // utterance and reply
	}
	f.heard = max(f.heard, seq)
	f.dirty = f.dirty || seq == 0
	f.begin()
}

// due reports whether there may be something to read; f.mu is held.
func (f *follower) due() bool { return f.dirty || f.heard > f.cursor }

// begin starts a run if there is reason to; f.mu is held.
func (f *follower) begin() {
	if !f.due() || f.running || f.held || f.ended {
		return
	}
	f.running = true
	f.s.g.tasks.Add(1) // the socket's own task is not done: it ends us first
	go f.run()
}

// hold keeps back what is not delivered yet until release: an ack goes before what
// its message led to.
func (f *follower) hold() {
	f.mu.Lock()
	f.held = true
	f.mu.Unlock()
}

func (f *follower) holding() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.held
}

func (f *follower) release() {
	f.mu.Lock()
	f.held = false
	f.begin()
	f.mu.Unlock()
}

// give delivers what was committed just now for this very socket, which holds the
// follower meanwhile: it need not be read back. What does not follow on what was
// delivered is left to be read.
func (f *follower) give(ctx context.Context, done sessions.Committed) {
	f.mu.Lock()
	mine := f.held && !f.running && !f.ended && !done.Repeated && f.session == done.Session.ID &&
		len(done.Events) > 0 && f.cursor == done.Events[0].Seq-1
	f.mu.Unlock()
	if !mine { // held and not running: nobody else moves the cursor
		return
	}
	for _, e := range done.Events {
		if f.s.windowFull() {
			f.again()
			return
		}
		if e.Visible(f.audience) && !f.to.deliver(ctx, e, f.prev) {
			return // the socket is gone
		}
		f.given(e)
	}
}

func (f *follower) given(e sessions.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cursor = e.Seq
	if e.Visible(f.audience) {
		f.prev = e.Seq
	}
	if moves(e) {
		f.moved, f.dirty = true, true // who owns the chat now is to be told, too
	}
}

// moves reports whether others may speak after the event than before.
func moves(e sessions.Event) bool { return e.Kind == sessions.Handed || e.Kind == sessions.Joined }

// end stops for good.
func (f *follower) end() {
	f.mu.Lock()
	f.ended = true
	stop, session := f.stop, f.session
	f.stop = nil
	f.mu.Unlock()
	if stop != nil {
		stop()
	}
	f.s.g.follows.move(f, session, "")
}

func (f *follower) at() (session string, prev int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.session, f.prev
}

func (f *follower) run() {
	defer f.s.g.tasks.Done()
	defer func() {
		if p := recover(); p != nil {
			f.s.g.Log.Error("panic in a tail", "side", f.s.name, "stack", string(debug.Stack()))
			f.s.part(closeInternal)
		}
	}()
	for f.goOn() {
		if !f.page() {
			return
		}
	}
}

// goOn takes up what is to be done, or ends the run.
func (f *follower) goOn() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.due() || f.held || f.ended {
		f.running = false
		return false
	}
	f.dirty = false
	return true
}

// page reads until it is level or has to stop, and returns false if the run ended.
func (f *follower) page() bool {
	if f.s.windowFull() {
		return f.await()
	}
	ctx, cancel := f.s.g.operation()
	defer cancel()
	f.mu.Lock()
	session, after, heard, turn := f.session, f.cursor, f.heard, f.turns
	f.mu.Unlock()
	for e, err := range sessions.Tail(ctx, f.s.g.Store, session, after, f.audience) {
		if err != nil {
			f.later(err)
			return false
		}
		prev, ok := f.mayDeliver(turn)
		if !ok || f.s.windowFull() {
			f.again()
			return true
		}
		if !f.to.deliver(ctx, e, prev) {
			f.quit()
			return false
		}
		f.delivered(turn, e)
	}
	if !f.levelled(turn, heard) {
		return true
	}
	if err := f.to.level(ctx); err != nil {
		f.mu.Lock()
		f.moved = true
		f.mu.Unlock()
		f.later(err)
		return false
	}
	return true
}

func (f *follower) mayDeliver(turn int) (prev int64, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.prev, f.turns == turn && !f.held && !f.ended
}

func (f *follower) delivered(turn int, e sessions.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.turns == turn {
		f.cursor, f.prev = e.Seq, e.Seq
		f.moved = f.moved || moves(e)
	}
}

// levelled notes that everything up to heard was read, and reports whether level is due.
func (f *follower) levelled(turn int, heard int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.turns != turn {
		f.dirty = true
		return false
	}
	f.cursor = max(f.cursor, heard)
	if f.held {
		f.dirty = f.dirty || f.moved
		return false
	}
	moved := f.moved
	f.moved = false
	return moved
}

func (f *follower) again() {
	f.mu.Lock()
	f.dirty = true
	f.mu.Unlock()
}

// await ends the run until the client has read what it was sent.
func (f *follower) await() bool {
	f.mu.Lock()
	f.dirty, f.running = true, false
	f.mu.Unlock()
	if !f.s.windowFull() { // it has read meanwhile, and woke us too early
		f.wake(0)
	}
	return false
}

func (f *follower) quit() {
	f.mu.Lock()
	f.running = false
	f.mu.Unlock()
}

// later ends the run and begins another after a while: the store failed.
func (f *follower) later(err error) {
	f.quit()
	f.soon(err)
}

// soon begins another run after a while.
func (f *follower) soon(err error) {
	f.s.g.Log.Warn("a tail could not be read, trying again", "side", f.s.name, "err", err)
	time.AfterFunc(retryFailed/2+rand.N(retryFailed/2), func() { f.wake(0) })
}
