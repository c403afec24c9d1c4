package main

import (
	"reflect"
	"testing"
	"time"

	"wenda/bot"
	"wenda/bot/desk/hours"
	"wenda/bot/desk/queue"
	"wenda/bot/desk/roster"
	"wenda/internal/sqldb/sqldbtest"
	"wenda/sessions"
	"wenda/sessions/memlive"
)

// What a queue can do is what its settings, its calendar, its people and its line say.
func TestDuty(t *testing.T) {
	t.Parallel()
	db := sqldbtest.New(t)
	store, live := newStore(db), memlive.New()
	t.Cleanup(func() { _ = live.Close() })
	present := roster.New(store, live)
	zhou := sessions.Agent{ID: "u1", Name: "小周", Skills: []string{"", "loan"}, Capacity: 3}
	if err := present.Available(t.Context(), zhou, true); err != nil {
		t.Fatal(err)
	}
	if err := present.Beat(t.Context(), []sessions.Agent{zhou}); err != nil {
		t.Fatal(err)
	}
	for _, customer := range []string{"c1", "c2"} {
		s, err := store.Open(t.Context(), sessions.Customer{ID: customer}, "widget", "zh-CN")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := store.Commit(t.Context(), sessions.Actor{Role: sessions.RoleSystem}, s.Queue("loan", time.Now())); err != nil {
			t.Fatal(err)
		}
	}
	loan := queue.Plain("loan")
	loan.Most, loan.Priority, loan.Calendar = 2, 7, "office"
	zone := hours.Calendar{}.Location()
	wednesday := func(hour int) time.Time { return time.Date(2026, 11, 25, hour, 0, 0, 0, zone) }
	now := wednesday(10)
	people := floor{store, present, queue.NewBook([]queue.Queue{loan}, nil), hours.NewBook(hours.Delivered(), nil), 24 * time.Hour, func() time.Time { return now }}
	for _, c := range []struct {
		skill string
		hour  int
		want  bot.Duty
	}{
		{"loan", 10, bot.Duty{Skill: "loan", Open: true, There: 1, Free: 3, Waiting: 2, Full: true, Served: true, Priority: 7, Promised: wednesday(14)}},
		{"loan", 20, bot.Duty{Skill: "loan", Next: wednesday(24 + 9), There: 1, Free: 3, Waiting: 2, Full: true, Served: true, Priority: 7, Promised: wednesday(24 + 13)}},
		{"", 20, bot.Duty{Open: true, There: 1, Free: 3, Served: true, Promised: wednesday(24 + 20)}},
		{"english", 10, bot.Duty{Skill: "english", Open: true, Promised: wednesday(24 + 10)}},
	} {
		now = wednesday(c.hour)
		if got, err := people.duty(t.Context(), c.skill); err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q at %d: %+v, %v\nwant %+v", c.skill, c.hour, got, err, c.want)
		}
	}
}
