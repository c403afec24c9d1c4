package sessions

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"wenda/internal/sabotage"
)

// updateTries bounds how often Update decides again after a conflict.
const updateTries = 8

// Turn decides what to do with a session: it returns the changed copy and the
// events to commit. Returning no events and an unchanged session commits nothing.
// It may be called several times, each time with what is true now.
type Turn func(Session) (Session, []Event, error)

// Update loads a session, lets turn decide, and commits. The first try may start
// from the hot copy; after a conflict the session is read from the Store, never from
// the hot copy again, or a stale copy would conflict for ever. That there is nothing
// to do is believed of the Store only: nothing would contradict a stale copy. When it
// is committed the hot copy is renewed and everyone who follows the session is woken;
// failing at that is not an error.
//
// It returns turn's and Commit's errors, and ErrConflict after too many tries.
func Update(ctx context.Context, store Store, live Live, id string, by Actor, turn Turn) (Committed, error) {
	s, hot, err := live.Get(ctx, id)
	if err != nil || !hot {
		hot = false
		if s, err = store.Load(ctx, id); err != nil {
			return Committed{}, err
		}
	}
	for try := range updateTries {
		next, events, err := turn(s.Clone())
		if err != nil && !hot {
			return Committed{}, err
		}
		nothing := err == nil && len(events) == 0 && !changes(s, next)
		if nothing && !hot {
			return Committed{Session: s}, nil
		}
		if err == nil && !nothing {
			done, err := store.Commit(ctx, by, next, events...)
			if err == nil {
				Announce(live, s, done)
				return done, nil
			}
			if !errors.Is(err, ErrConflict) && !(hot && refused(err)) {
				return Committed{}, err
			}
		}
		if sabotage.On(sabotage.HotAfterConflict) && !nothing {
			if again, ok, _ := live.Get(ctx, id); ok {
				s = again
				continue
			}
		}
		// What a hot copy led to proves nothing: look at the truth once.
		if hot {
			hot = false
			if !nothing {
				_ = live.Drop(ctx, id)
			}
		} else if err := pause(ctx, try); err != nil {
			return Committed{}, err
		}
		if s, err = store.Load(ctx, id); err != nil {
			return Committed{}, err
		}
	}
	return Committed{}, fmt.Errorf("%w: gave up after %d tries", ErrConflict, updateTries)
}

// refused reports whether a commit was decided against, which a stale copy may
// have caused. After a failure, by contrast, nobody knows whether it was written:
// to do it again is up to the caller, who knows whether the events have refs.
func refused(err error) bool {
	for _, reason := range []error{ErrNotOwner, ErrClosed, ErrNotFound, ErrInvalid} {
		if errors.Is(err, reason) {
			return true
		}
	}
	return false
}

// Announce renews the hot copy and wakes who follows the session, and the desks
// if the owner changed. before is the session as it was.
func Announce(live Live, before Session, done Committed) {
	if done.Repeated {
		return
	}
	sabotage.Point(sabotage.BeforeWakeUp)
	topics := []string{SessionTopic(done.Session.ID)}
	if before.Fence != done.Session.Fence || done.Session.State == Queued {
		topics = append(topics, DeskTopic)
	}
	live.Renew(done.Session, topics...)
	sabotage.Point(sabotage.AfterWakeUp)
}

// pause waits a random 0–2, 0–4, 0–8 … ms, so that rivals do not meet again.
func pause(ctx context.Context, try int) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Duration(rand.Int64N(int64(2*time.Millisecond) << try))):
		return nil
	}
}
