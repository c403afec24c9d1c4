package bot

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"wenda/sessions"
)

// However late and seldom somebody looks, and whatever an operator set: a chat is closed
// only after IdleClose of silence, after each hint that was due, and each left its time to
// be answered. And in the end it is closed.
func TestIdleGivesTime(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minutes := func(name string) time.Duration {
			return time.Duration(rapid.IntRange(0, 60).Draw(t, name)) * time.Minute
		}
		p := Policy{IdleHint: minutes("hint"), IdleAgain: minutes("again"), IdleClose: minutes("close")}
		opened := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
		s := sessions.Session{State: sessions.Bot, OpenedAt: opened, HeardAt: opened.Add(minutes("spoke")), ChangedAt: opened.Add(minutes("changed"))}
		if s.ChangedAt.Before(s.HeardAt) {
			s.ChangedAt = s.HeardAt
		}
		want := 0
		if s.HeardAt.After(s.OpenedAt) && p.IdleHint < p.IdleClose {
			want++
			if p.IdleHint < p.IdleAgain && p.IdleAgain < p.IdleClose {
				want++
			}
		}
		now := s.ChangedAt
		for range 500 {
			now = now.Add(time.Duration(rapid.IntRange(1, 40).Draw(t, "later")) * 20 * time.Second)
			switch p.idle(s, now) {
			case Hint:
				if now.Sub(s.HeardAt) < p.IdleHint || s.Memory.Hints > 0 && now.Sub(s.ChangedAt) < p.IdleAgain-p.IdleHint {
					t.Fatalf("hint %d after %v of silence, %v after the last word", s.Memory.Hints+1, now.Sub(s.HeardAt), now.Sub(s.ChangedAt))
				}
				s.Memory.Hints++
				s.ChangedAt = now
			case Closing:
				if now.Sub(s.HeardAt) < p.IdleClose || s.Memory.Hints != want {
					t.Fatalf("closed after %v of silence and %d hints, want %d", now.Sub(s.HeardAt), s.Memory.Hints, want)
				}
				if want > 0 && now.Sub(s.ChangedAt) < p.IdleClose-p.hintsAt(s)[want-1] {
					t.Fatalf("closed %v after the last hint", now.Sub(s.ChangedAt))
				}
				return
			}
		}
		t.Fatalf("never closed")
	})
}

// What idle finds due, the store was asked for.
func TestDeadlinesFindWhatIsDue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		minutes := func(name string) time.Duration {
			return time.Duration(rapid.IntRange(0, 60).Draw(t, name)) * time.Minute
		}
		p := Policy{IdleHint: minutes("hint"), IdleAgain: minutes("again"), IdleClose: minutes("close")}
		now := time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
		s := sessions.Session{State: sessions.Bot, HeardAt: now.Add(-minutes("heard")), ChangedAt: now.Add(-minutes("changed"))}
		s.OpenedAt = s.HeardAt.Add(-minutes("spoke"))
		s.Memory.Hints = rapid.IntRange(0, 2).Draw(t, "hints")
		by := p.deadlines(now)
		heard := func(deadline time.Time) bool { return !deadline.IsZero() && !s.HeardAt.After(deadline) }
		found := !s.ChangedAt.After(by.Quiet) && (heard(by.Close) ||
			heard(by.Hint) && s.Memory.Hints == 0 && s.HeardAt.After(s.OpenedAt) || heard(by.Again) && s.Memory.Hints == 1)
		if act := p.idle(s, now); act != "" && !found {
			t.Fatalf("%s is due, and nobody looks: %+v", act, by)
		}
	})
}

// A clock that goes back closes nothing.
func TestIdleWithAClockThatGoesBack(t *testing.T) {
	p, heard := DefaultPolicy(), time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)
	s := sessions.Session{State: sessions.Bot, OpenedAt: heard.Add(-time.Hour), HeardAt: heard, ChangedAt: heard}
	if act := p.idle(s, heard.Add(-2*time.Hour)); act != "" {
		t.Errorf("an hour before the last word: %s", act)
	}
}
