package roster

import (
	"context"
	"errors"
	"testing"
	"time"

	"wenda/sessions"
	"wenda/sessions/memlive"
)

var zhou = sessions.Agent{ID: "u1", Skills: []string{"", "vip"}}

func TestDuty(t *testing.T) {
	r := Roster{memlive.New()}
	ctx := t.Context()
	expect := func(what string, skill string, want int) {
		t.Helper()
		if n, err := r.OnDuty(ctx, skill); err != nil || n != want {
			t.Errorf("%s: %d on duty for %q (%v), want %d", what, n, skill, err, want)
		}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(r.Beat(ctx, zhou, false))
	expect("there, but takes none", "", 0)
	if here, err := r.Present(ctx); err != nil || len(here) != 1 || here[0] != "u1" {
		t.Errorf("present: %v, %v", here, err)
	}
	must(r.Available(ctx, zhou, true))
	expect("takes chats", "", 1)
	expect("takes chats", "vip", 1)
	expect("of another skill", "loans", 0)
	must(r.Beat(ctx, sessions.Agent{ID: "u2", Skills: []string{"vip"}}, true))
	expect("a second one", "vip", 2)
	if on, err := r.Takes(ctx, zhou); err != nil || !on {
		t.Errorf("takes: %v, %v", on, err)
	}
	must(r.Available(ctx, zhou, false))
	expect("takes none any more", "", 0)
	expect("the second one still", "vip", 1)
	if on, err := r.Takes(ctx, zhou); err != nil || on {
		t.Errorf("takes: %v, %v", on, err)
	}
	must(r.Beat(ctx, zhou, true))
	must(r.Leave(ctx, zhou))
	expect("went home", "", 0)
	if here, err := r.Present(ctx); err != nil || len(here) != 1 || here[0] != "u2" {
		t.Errorf("present: %v, %v", here, err)
	}
}

func TestDecisionsAreSignalled(t *testing.T) {
	live := memlive.New()
	r := Roster{live}
	heard := make(chan string, 10)
	for _, topic := range []string{Topic("u1"), sessions.DeskTopic} {
		stop, err := live.Watch(topic, func(sessions.Signal) { heard <- topic })
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
	}
	if err := r.Available(t.Context(), zhou, true); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{Topic("u1"), sessions.DeskTopic} {
		select {
		case got := <-heard:
			if got != want {
				t.Errorf("heard %s, want %s", got, want)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s was not signalled", want)
		}
	}
}

func TestErrorsAreTold(t *testing.T) {
	live := memlive.New()
	_ = live.Close()
	r := Roster{live}
	ctx := context.Background()
	_, duty := r.OnDuty(ctx, "")
	_, takes := r.Takes(ctx, zhou)
	for _, err := range []error{r.Beat(ctx, zhou, true), r.Available(ctx, zhou, false), r.Leave(ctx, zhou), duty, takes} {
		if err == nil {
			t.Error("a closed Live was not noticed")
		}
	}
	if errors.Is(duty, context.Canceled) {
		t.Error("wrong error")
	}
}
