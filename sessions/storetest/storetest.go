// Package storetest says what every sessions.Store must do, as tests:
//
//	func TestStore(t *testing.T) {
//		storetest.Run(t, func(t *testing.T) sessions.Store { … an empty one … })
//	}
package storetest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"wenda/sessions"
)

// Run tests the stores that open returns, each of which must be empty.
func Run(t *testing.T, open func(t *testing.T) sessions.Store) {
	groups := []struct {
		name  string
		tests map[string]func(*testing.T, sessions.Store)
	}{
		{"open", openTests}, {"commit", commitTests}, {"refs", refTests}, {"claim", claimTests}, {"offer", offerTests}, {"beats", beatTests}, {"machine", machineTests}, {"lists", listTests}, {"feed", feedTests},
	}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			for name, test := range g.tests {
				t.Run(name, func(t *testing.T) { test(t, open(t)) })
			}
		})
	}
}

// The cast.
var (
	wang   = sessions.Customer{ID: "wang", Name: "王女士"}
	li     = sessions.Customer{ID: "li", Anonymous: true}
	chen   = sessions.Agent{ID: "chen", Name: "小陈", Skills: []string{"", "loans"}, Capacity: 3}
	system = sessions.Actor{Role: sessions.RoleSystem}
	bot    = sessions.Actor{Role: sessions.RoleBot}
)

func customer(c sessions.Customer) sessions.Actor {
	return sessions.Actor{Role: sessions.RoleCustomer, ID: c.ID, Device: "phone"}
}

func agent(a sessions.Agent) sessions.Actor {
	return sessions.Actor{Role: sessions.RoleAgent, ID: a.ID, Device: "desk"}
}

func said(by sessions.Actor, text, ref string) sessions.Event {
	return sessions.Event{Kind: sessions.Message, From: sessions.Speaker{Role: by.Role, ID: by.ID}, Text: text, Lang: "zh-CN", Ref: ref}
}

func reply(text, ref string) sessions.Event {
	e := said(bot, text, ref)
	e.Decision = &sessions.Decision{Action: "answer", Reason: "matched", Entry: "repay-failed", Confidence: 0.97}
	return e
}

func handed(reason string) sessions.Event {
	return sessions.Event{Kind: sessions.Handed, From: sessions.Speaker{Role: sessions.RoleSystem}, Move: &sessions.Move{Reason: reason}}
}

func opened(t *testing.T, store sessions.Store, who sessions.Customer) sessions.Session {
	t.Helper()
	s, err := store.Open(t.Context(), who, "widget", "zh-CN")
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	return s
}

func commit(t *testing.T, store sessions.Store, by sessions.Actor, next sessions.Session, events ...sessions.Event) sessions.Committed {
	t.Helper()
	done, err := store.Commit(t.Context(), by, next, events...)
	if err != nil {
		t.Fatalf("Commit by the %s: %v", by.Role, err)
	}
	return done
}

// queued opens a session and hands it to a queue.
func queued(t *testing.T, store sessions.Store, who sessions.Customer, skill string, at time.Time) sessions.Session {
	t.Helper()
	return commit(t, store, system, opened(t, store, who).Queue(skill, at), handed("asked")).Session
}

// assigned opens a session that the agent owns.
func assigned(t *testing.T, store sessions.Store, who sessions.Customer, a sessions.Agent) sessions.Session {
	t.Helper()
	return claim(t, store, a, queued(t, store, who, "", time.Now()).ID)
}

func claim(t *testing.T, store sessions.Store, a sessions.Agent, id string) sessions.Session {
	t.Helper()
	done, err := store.Claim(t.Context(), a, id, "")
	if err != nil {
		t.Fatalf("Claim: %v", err)
	}
	return done.Session
}

func load(t *testing.T, store sessions.Store, id string) sessions.Session {
	t.Helper()
	s, err := store.Load(t.Context(), id)
	if err != nil {
		t.Fatalf("Load: %v", err)
	}
	return s
}

// transcript reads a whole log and checks that it has no gaps and ends where the head says.
func transcript(t *testing.T, store sessions.Store, id string) []sessions.Event {
	t.Helper()
	before := load(t, store, id)
	var all []sessions.Event
	for e, err := range sessions.Tail(t.Context(), store, id, 0, sessions.Staff) {
		if err != nil {
			t.Fatalf("Transcript: %v", err)
		}
		if all = append(all, e); e.Seq != int64(len(all)) {
			t.Fatalf("event %d of the log has seq %d", len(all), e.Seq)
		}
	}
	// A commit whose caller went away may land while we read.
	if n, after := int64(len(all)), load(t, store, id); n < before.Seq || n > after.Seq {
		t.Fatalf("the head said seq %d, the log had %d events, then the head said %d", before.Seq, n, after.Seq)
	}
	return all
}

func wantError(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got error %v, want %v", what, got, want)
	}
}

// wantSame compares as JSON, which all these values have, times included.
func wantSame(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, w := text(got), text(want); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func ids(all []sessions.Session) []string {
	var out []string
	for _, s := range all {
		out = append(out, s.ID)
	}
	return out
}

// together runs n functions at once and waits for them.
func together(n int, do func(i int)) {
	var group sync.WaitGroup
	start := make(chan struct{})
	for i := range n {
		group.Go(func() {
			<-start
			do(i)
		})
	}
	close(start)
	group.Wait()
}

// patiently repeats what a busy store refuses, as callers are told to.
func patiently(ctx context.Context, do func() error) error {
	for {
		err := do()
		if !errors.Is(err, sessions.ErrBusy) || ctx.Err() != nil {
			return err
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func ref(who string, n int) string { return fmt.Sprintf("%s-%08d", who, n) }
