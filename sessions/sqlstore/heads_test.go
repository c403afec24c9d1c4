package sqlstore

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"wenda/internal/recent"
	"wenda/sessions"
)

// What is remembered is never believed: another store on the same database changes the
// session behind our back, in every way, and each commit is decided on the truth.
func TestRememberedIsGuarded(t *testing.T) {
	bot := sessions.Actor{Role: sessions.RoleBot}
	for name, change := range map[string]func(sessions.Session) (sessions.Session, []sessions.Event){
		"said": func(s sessions.Session) (sessions.Session, []sessions.Event) { return s, []sessions.Event{answer(100)} },
		"without an event": func(s sessions.Session) (sessions.Session, []sessions.Event) {
			s.Memory.Tried++
			return s, nil
		},
		"closed": func(s sessions.Session) (sessions.Session, []sessions.Event) {
			return s.Close(time.Now()), []sessions.Event{{Kind: sessions.Handed, From: sessions.Speaker{Role: sessions.RoleBot}}}
		},
	} {
		t.Run(name, func(t *testing.T) {
			ours := openSQLite(t)
			theirs := New(ours.db)
			by := sessions.Actor{Role: sessions.RoleCustomer, ID: "wang", Device: "phone"}
			opened, err := ours.Open(t.Context(), sessions.Customer{ID: "wang"}, "widget", "zh-CN")
			if err != nil {
				t.Fatal(err)
			}
			done, err := ours.Commit(t.Context(), by, opened, question(by, 1), answer(1))
			if err != nil {
				t.Fatal(err)
			}
			next, events := change(done.Session)
			changed, err := theirs.Commit(t.Context(), bot, next, events...)
			if err != nil {
				t.Fatal(err)
			}
			if held, ok := ours.heads.get(opened.ID); !ok || held.Seq != done.Session.Seq {
				t.Fatal("nothing is remembered: the test shows nothing")
			}
			_, err = ours.Commit(t.Context(), by, done.Session, question(by, 2), answer(2))
			if !errors.Is(err, sessions.ErrConflict) {
				t.Errorf("a turn decided on what was before: %v, want %v", err, sessions.ErrConflict)
			}
			again, err := ours.Commit(t.Context(), by, done.Session, question(by, 1), answer(1))
			if err != nil || !again.Repeated || again.Session.Seq != changed.Session.Seq {
				t.Errorf("a repeat: %+v, %v", again, err)
			}
			if !changed.Session.Open() {
				return
			}
			last, err := ours.Commit(t.Context(), by, changed.Session, question(by, 2), answer(2))
			if err != nil || last.Session.Seq != changed.Session.Seq+2 {
				t.Errorf("the turn decided anew: seq %d, %v", last.Session.Seq, err)
			}
			if truth, err := theirs.Load(t.Context(), opened.ID); err != nil || fmt.Sprint(truth) != fmt.Sprint(last.Session) {
				t.Errorf("the truth is %+v, %v\nthe commit said %+v", truth, err, last.Session)
			}
		})
	}
}

// A later commit is not forgotten for an earlier one that is told later.
func TestHeadsKeepTheNewest(t *testing.T) {
	h := &heads{kept: recent.Map[string, sessions.Session]{Most: 1}}
	now := time.UnixMilli(1e12)
	h.put(sessions.Session{ID: "a", Seq: 2, ChangedAt: now.Add(time.Millisecond)})
	h.put(sessions.Session{ID: "a", Seq: 1, ChangedAt: now})
	if s, ok := h.get("a"); !ok || s.Seq != 2 {
		t.Errorf("seq %d, %v; want 2", s.Seq, ok)
	}
	h.drop("a")
	if _, ok := h.get("a"); ok {
		t.Error("it is there after drop")
	}
}
