package sessions_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wenda/internal/leak"
	"wenda/internal/sqldb/sqldbtest"
	"wenda/sessions"
	"wenda/sessions/memlive"
	"wenda/sessions/sqlstore"
)

func TestMain(m *testing.M) { leak.Main(m) }

var (
	wang   = sessions.Customer{ID: "wang"}
	phone  = sessions.Actor{Role: sessions.RoleCustomer, ID: "wang", Device: "phone"}
	system = sessions.Actor{Role: sessions.RoleSystem}
	chen   = sessions.Agent{ID: "chen", Skills: []string{""}, Capacity: 5}
	desk   = sessions.Actor{Role: sessions.RoleAgent, ID: "chen"}
)

// house is a store with a count of what was asked of it, and ways to make it fail.
type house struct {
	sessions.Store
	live    *memlive.Live
	loads   atomic.Int64
	commits atomic.Int64
	fail    func() error // before a commit, if not nil
}

func (h *house) Load(ctx context.Context, id string) (sessions.Session, error) {
	h.loads.Add(1)
	return h.Store.Load(ctx, id)
}

func (h *house) Commit(ctx context.Context, by sessions.Actor, next sessions.Session, events ...sessions.Event) (sessions.Committed, error) {
	h.commits.Add(1)
	if h.fail != nil {
		if err := h.fail(); err != nil {
			return sessions.Committed{}, err
		}
	}
	return h.Store.Commit(ctx, by, next, events...)
}

func newHouse(t *testing.T) *house {
	t.Helper()
	db := sqldbtest.New(t)
	return &house{Store: sqlstore.New(db), live: memlive.New()}
}

func (h *house) open(t *testing.T) sessions.Session {
	t.Helper()
	s, err := h.Open(t.Context(), wang, "widget", "zh-CN")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (h *house) say(t *testing.T, by sessions.Actor, id, ref string) (sessions.Committed, error) {
	t.Helper()
	return sessions.Update(t.Context(), h, h.live, id, by, saying(by, ref))
}

func saying(by sessions.Actor, ref string) sessions.Turn {
	return func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		return s, []sessions.Event{{Kind: sessions.Message, From: sessions.Speaker{Role: by.Role, ID: by.ID}, Text: "话", Ref: ref}}, nil
	}
}

// move commits a change and tells nobody, as another node does whose signals are lost.
func (h *house) move(t *testing.T, next sessions.Session) sessions.Session {
	t.Helper()
	done, err := h.Store.Commit(t.Context(), system, next, sessions.Event{Kind: sessions.Handed, From: sessions.Speaker{Role: sessions.RoleSystem}})
	if err != nil {
		t.Fatal(err)
	}
	return done.Session
}

func (h *house) put(t *testing.T, s sessions.Session) {
	t.Helper()
	if err := h.live.Put(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

func wantError(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got error %v, want %v", what, got, want)
	}
}

func (h *house) wantAsked(t *testing.T, loads, commits int64) {
	t.Helper()
	if l, c := h.loads.Swap(0), h.commits.Swap(0); l != loads || c != commits {
		t.Errorf("%d loads and %d commits, want %d and %d", l, c, loads, commits)
	}
}

func TestUpdateUsesTheHotCopy(t *testing.T) {
	h := newHouse(t)
	s := h.open(t)
	if _, err := h.say(t, phone, s.ID, ""); err != nil {
		t.Fatal(err)
	}
	h.wantAsked(t, 1, 1)
	done, err := h.say(t, phone, s.ID, "")
	if err != nil || done.Session.Seq != 2 {
		t.Fatalf("at seq %d, %v", done.Session.Seq, err)
	}
	h.wantAsked(t, 0, 1) // no read
	if hot, ok, err := h.live.Get(t.Context(), s.ID); !ok || hot.Seq != 2 || err != nil {
		t.Errorf("the hot copy is at %d, %v, %v", hot.Seq, ok, err)
	}
}

// Copies that are out of date cost a read, whatever they lead to.
func TestUpdateStaleCopy(t *testing.T) {
	cases := map[string]struct {
		truth func(*testing.T, *house, sessions.Session) sessions.Session // from the hot copy on
		by    sessions.Actor
		turn  func(sessions.Session) (sessions.Session, []sessions.Event, error)
		loads int64
		tries int64
	}{
		"a conflict": {
			truth: func(t *testing.T, h *house, s sessions.Session) sessions.Session {
				return h.move(t, s.Queue("", time.Now()))
			},
			by: phone, turn: saying(phone, ""), loads: 1, tries: 2,
		},
		"not the owner": {
			truth: func(t *testing.T, h *house, s sessions.Session) sessions.Session {
				h.move(t, s.Queue("", time.Now()))
				done, err := h.Store.Claim(t.Context(), chen, s.ID, "")
				if err != nil {
					t.Fatal(err)
				}
				return done.Session
			},
			by: desk, turn: saying(desk, ""), loads: 1, tries: 2,
		},
		"an error of the turn": {
			truth: func(t *testing.T, h *house, s sessions.Session) sessions.Session {
				return h.move(t, s.Queue("", time.Now()))
			},
			by: phone, loads: 1, tries: 1,
			turn: func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
				if s.State != sessions.Queued {
					return s, nil, errors.New("only while queued")
				}
				return saying(phone, "")(s)
			},
		},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			s := h.open(t)
			h.put(t, s)
			truth := c.truth(t, h, s)
			done, err := sessions.Update(t.Context(), h, h.live, s.ID, c.by, c.turn)
			if err != nil || done.Session.Seq != truth.Seq+1 || done.Session.State != truth.State {
				t.Fatalf("it became %+v, %v", done.Session, err)
			}
			h.wantAsked(t, c.loads, c.tries)
			if hot, ok, _ := h.live.Get(t.Context(), s.ID); !ok || hot.Seq != done.Session.Seq {
				t.Errorf("the hot copy is at %d, %v; want %d", hot.Seq, ok, done.Session.Seq)
			}
		})
	}
}

// A copy that claims a seq which never was keeps nobody from going on.
func TestUpdateLyingCopy(t *testing.T) {
	h := newHouse(t)
	s := h.open(t)
	lie := s
	lie.Seq, lie.State, lie.Fence = 1000, sessions.Queued, 9
	h.put(t, lie)
	for i := range 2 {
		if done, err := h.say(t, phone, s.ID, ""); err != nil || done.Session.Seq != int64(i+1) {
			t.Fatalf("message %d: at seq %d, %v", i+1, done.Session.Seq, err)
		}
	}
	h.wantAsked(t, 1, 3)
}

// A failure is no decision: after it nobody knows what happened, and without a ref
// doing it again might double it.
func TestUpdateDoesNotRepeatFailures(t *testing.T) {
	for _, failure := range []error{errors.New("the connection is gone"), sessions.ErrBusy, sessions.ErrRefReuse, context.DeadlineExceeded} {
		h := newHouse(t)
		s := h.open(t)
		h.put(t, s)
		h.fail = func() error { return fmt.Errorf("as if: %w", failure) }
		_, err := h.say(t, phone, s.ID, "")
		wantError(t, "Update", err, failure)
		h.wantAsked(t, 0, 1)
	}
}

func TestUpdateErrors(t *testing.T) {
	h := newHouse(t)
	s := h.open(t)
	_, err := h.say(t, phone, "no-such-session", "")
	wantError(t, "an unknown session", err, sessions.ErrNotFound)
	refused := errors.New("refused")
	turns := 0
	_, err = sessions.Update(t.Context(), h, h.live, s.ID, phone, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		turns++
		return s, nil, refused
	})
	if wantError(t, "an error of the turn", err, refused); turns != 1 {
		t.Errorf("the turn was taken %d times", turns)
	}
	_, err = h.say(t, sessions.Actor{Role: sessions.RoleCustomer, ID: "li"}, s.ID, "")
	wantError(t, "another customer", err, sessions.ErrNotFound)

	h.loads.Store(0)
	h.commits.Store(0)
	h.fail = func() error { return sessions.ErrConflict }
	_, err = h.say(t, phone, s.ID, "")
	wantError(t, "a conflict that does not end", err, sessions.ErrConflict)
	h.wantAsked(t, 9, 8)

	ctx, cancel := context.WithCancel(t.Context())
	h.fail = func() error { cancel(); return sessions.ErrConflict }
	_, err = sessions.Update(ctx, h, h.live, s.ID, phone, saying(phone, ""))
	wantError(t, "a caller who leaves between two tries", err, context.Canceled)
}

func TestUpdateNothing(t *testing.T) {
	h := newHouse(t)
	s := h.open(t)
	done, err := sessions.Update(t.Context(), h, h.live, s.ID, phone, func(s sessions.Session) (sessions.Session, []sessions.Event, error) { return s, nil, nil })
	if err != nil || done.Session.ID != s.ID || len(done.Events) != 0 {
		t.Errorf("nothing became %+v, %v", done, err)
	}
	h.wantAsked(t, 1, 0)
}

// The turn gets a copy of its own each time.
func TestUpdateTurnMayScribble(t *testing.T) {
	h := newHouse(t)
	s := h.open(t)
	s.Memory.Offered = []string{"a"}
	s = h.move(t, s)
	tries := 0
	h.fail = func() error {
		if tries++; tries == 1 {
			return sessions.ErrConflict
		}
		return nil
	}
	_, err := sessions.Update(t.Context(), h, h.live, s.ID, system, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		if !slices.Equal(s.Memory.Offered, []string{"a"}) {
			t.Errorf("the turn sees %q", s.Memory.Offered)
		}
		s.Memory.Offered[0] = "scribble"
		return s, nil, nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// witness watches a topic.
func (h *house) witness(t *testing.T, topic string) *[]sessions.Signal {
	t.Helper()
	var seen []sessions.Signal
	stop, err := h.live.Watch(topic, func(s sessions.Signal) { seen = append(seen, s) }) // memlive calls in our goroutine
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return &seen
}

func TestUpdateWakes(t *testing.T) {
	h := newHouse(t)
	s := h.open(t)
	session, desks := h.witness(t, sessions.SessionTopic(s.ID)), h.witness(t, sessions.DeskTopic)
	step := func(what string, by sessions.Actor, turn sessions.Turn, wakes, deskWakes int) {
		t.Helper()
		done, err := sessions.Update(t.Context(), h, h.live, s.ID, by, turn)
		if err != nil {
			t.Fatal(err)
		}
		if len(*session) != wakes || len(*desks) != deskWakes {
			t.Errorf("%s: %d wake-ups and %d for the desks, want %d and %d", what, len(*session), len(*desks), wakes, deskWakes)
		}
		for _, sig := range *session {
			if sig != (sessions.Signal{Session: s.ID, Seq: done.Session.Seq}) {
				t.Errorf("%s: woken with %+v", what, sig)
			}
		}
		*session, *desks = nil, nil
	}
	step("a message", phone, saying(phone, "wang-0001"), 1, 0)
	step("the same again", phone, saying(phone, "wang-0001"), 0, 0)
	step("into the queue", system, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		return s.Queue("", time.Now()), []sessions.Event{{Kind: sessions.Handed}}, nil
	}, 1, 1)
	step("a message while waiting", phone, saying(phone, ""), 1, 1)
	step("back to the bot", system, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		return s.Return(), []sessions.Event{{Kind: sessions.Handed}}, nil
	}, 1, 1)
}

// away is a Live that is not reachable.
type away struct{ sessions.Live }

var errAway = errors.New("not reachable")

func (away) Get(context.Context, string) (sessions.Session, bool, error) {
	return sessions.Session{ID: "garbage"}, true, errAway
}
func (away) Put(context.Context, sessions.Session) error           { return errAway }
func (away) Drop(context.Context, string) error                    { return errAway }
func (away) Signal(context.Context, string, sessions.Signal) error { return errAway }
func (away) Renew(sessions.Session, ...string)                     {}

func TestUpdateWithoutLive(t *testing.T) {
	h := newHouse(t)
	s := h.open(t)
	for range 3 {
		if _, err := sessions.Update(t.Context(), h, away{}, s.ID, phone, saying(phone, "")); err != nil {
			t.Fatal(err)
		}
	}
	h.wantAsked(t, 3, 3)
}

// The news of a commit go out although the caller left while it was made.
func TestUpdateCallerLeaves(t *testing.T) {
	h := newHouse(t)
	s := h.open(t)
	seen := h.witness(t, sessions.SessionTopic(s.ID))
	ctx, cancel := context.WithCancel(t.Context())
	after := &leaver{house: h, leave: cancel}
	if _, err := sessions.Update(ctx, after, h.live, s.ID, phone, saying(phone, "")); err != nil {
		t.Fatal(err)
	}
	if len(*seen) != 1 {
		t.Errorf("%d wake-ups, want one", len(*seen))
	}
}

type leaver struct {
	*house
	leave func()
}

func (l *leaver) Commit(ctx context.Context, by sessions.Actor, next sessions.Session, events ...sessions.Event) (sessions.Committed, error) {
	done, err := l.house.Commit(ctx, by, next, events...)
	l.leave()
	return done, err
}

// Changes by many at once are all made, although some of them have no event.
func TestUpdateTogether(t *testing.T) {
	h := newHouse(t)
	s := h.open(t)
	const people, each = 6, 10
	var group sync.WaitGroup
	for i := range people {
		group.Go(func() {
			for range each {
				for {
					_, err := sessions.Update(t.Context(), h, h.live, s.ID, system, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
						s.Priority++
						if i%2 == 0 {
							return s, nil, nil
						}
						return s, []sessions.Event{{Kind: sessions.Handed, Audience: sessions.Staff}}, nil
					})
					if err == nil {
						break
					}
					if !errors.Is(err, sessions.ErrConflict) && !errors.Is(err, sessions.ErrBusy) {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	group.Wait()
	if s, err := h.Load(t.Context(), s.ID); err != nil || s.Priority != people*each || s.Seq != people/2*each {
		t.Errorf("%d changes and %d events are left of %d and %d, %v", s.Priority, s.Seq, people*each, people/2*each, err)
	}
}

// That there is nothing to do is not believed of a hot copy.
func TestUpdateNothingOfAStaleCopy(t *testing.T) {
	h := newHouse(t)
	s := h.open(t)
	h.put(t, s)
	h.move(t, s.Queue("", time.Now()))
	back := func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		if s.State != sessions.Queued {
			return s, nil, nil
		}
		return s.Return(), []sessions.Event{{Kind: sessions.Handed}}, nil
	}
	done, err := sessions.Update(t.Context(), h, h.live, s.ID, system, back)
	if err != nil || done.Session.State != sessions.Bot || done.Session.Seq != 2 {
		t.Errorf("it became %+v, %v", done.Session, err)
	}
	h.wantAsked(t, 1, 1)
	if done, err = sessions.Update(t.Context(), h, h.live, s.ID, system, back); err != nil || done.Session.Seq != 2 {
		t.Errorf("nothing became %+v, %v", done.Session, err)
	}
	h.wantAsked(t, 1, 0)
}
