package roster

import (
	"fmt"
	"testing"
	"time"

	"wenda/bot/desk/queue"
	"wenda/sessions"
	"wenda/sessions/memlive"
)

// given lets a chat wait in a skill, and the agent claim it or have it held out.
func given(t *testing.T, store sessions.Store, customer, skill string, a sessions.Agent, claims bool) {
	t.Helper()
	s, err := store.Open(t.Context(), sessions.Customer{ID: customer}, "widget", "zh-CN")
	must(t, err)
	done, err := store.Commit(t.Context(), sessions.Actor{Role: sessions.RoleSystem}, s.Queue(skill, time.Now()))
	must(t, err)
	if claims {
		_, err = store.Claim(t.Context(), a, done.Session.ID, "")
	} else {
		_, err = store.Offer(t.Context(), a, done.Session.ID)
	}
	must(t, err)
}

func TestFloor(t *testing.T) {
	store, ctx := newStore(t), t.Context()
	n := newNode(store, memlive.New())
	zhou, li := sessions.Agent{ID: "u1", Skills: []string{"", "vip"}, Capacity: 4}, sessions.Agent{ID: "u2", Skills: []string{""}, Capacity: 2}
	must(t, n.Available(ctx, zhou, true))
	must(t, n.Available(ctx, li, true))
	must(t, n.Beat(ctx, []sessions.Agent{zhou, li}))
	given(t, store, "a", "", zhou, true)
	given(t, store, "b", "vip", zhou, true)
	given(t, store, "c", "vip", zhou, false)
	given(t, store, "d", "", li, false)
	must(t, n.Away(ctx, "u2", "unaccepted"))

	agents, err := n.Floor(ctx)
	must(t, err)
	if len(agents) != 2 || agents[0].ID != "u1" || agents[1].ID != "u2" {
		t.Fatalf("the floor is %v", agents)
	}
	a, b := agents[0], agents[1]
	if !a.There || !a.Takes || a.Away != "" || a.Load() != 3 || a.Given.IsZero() || fmt.Sprint(a.Owned, a.Offered) != "map[:1 vip:1] map[:0 vip:1]" {
		t.Errorf("u1 is %+v", a)
	}
	if !b.There || b.Takes || b.Away != "unaccepted" || b.Load() != 1 || !b.Given.IsZero() {
		t.Errorf("u2 is %+v", b)
	}
	small := queue.Plain("vip")
	small.Capacity = 2
	for what, c := range map[string]struct {
		q    queue.Queue
		want Duty
	}{
		"a queue":               {queue.Plain(""), Duty{There: 1, Free: 1}},
		"with a limit for each": {small, Duty{There: 1}},
		"that nobody serves":    {queue.Plain("loan"), Duty{}},
	} {
		if got := DutyOf(c.q, agents); got != c.want {
			t.Errorf("%s: %+v, want %+v", what, got, c.want)
		}
	}
	n.watches(t, 31)
	if there, err := n.There(ctx, "u1"); err != nil || there {
		t.Errorf("without a beat u1 is there: %v, %v", there, err)
	}
	if agents, err = n.Floor(ctx); err != nil || agents[0].There || DutyOf(queue.Plain(""), agents) != (Duty{}) {
		t.Errorf("without a beat the floor is %+v, %v", agents, err)
	}
}
