package main

import (
	"log/slog"
	"net/http/httptest"
	"slices"
	"testing"

	"wenda/bot/auth"
	"wenda/cmd/wenda/config"
	"wenda/internal/sqldb/sqldbtest"
	"wenda/sessions"
)

// The door knows who is in, who is out, and when it cannot know.
func TestDoor(t *testing.T) {
	db := sqldbtest.New(t)
	staff := auth.New(db, auth.Options{Log: slog.New(slog.DiscardHandler)})
	d := door{staff, func(a sessions.Agent) sessions.Agent { return a }}
	u, err := staff.Create(t.Context(), operator, "zhou", auth.Account{Name: "小周", Roles: []auth.Role{auth.Agent}}, password)
	if err != nil {
		t.Fatal(err)
	}
	w, r := httptest.NewRecorder(), httptest.NewRequest("GET", "/desk/ws", nil)
	if _, _, err := d.Agent(r); err == nil {
		t.Error("a stranger is let in")
	}
	if _, err := staff.Login(w, r, "zhou", password); err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Cookie", w.Header().Get("Set-Cookie"))
	who, login, err := d.Agent(r)
	if err != nil || who.ID != u.ID {
		t.Fatalf("let in as %+v: %v", who, err)
	}
	if who, in := d.StillIn(t.Context(), login); !in || who.ID != u.ID {
		t.Errorf("still in: %v, %+v", in, who)
	}
	if name := d.Name(t.Context(), u.ID); name != "小周" {
		t.Errorf("called %q", name)
	}
	if _, in := d.StillIn(t.Context(), "another"); in {
		t.Error("somebody who never was in still is")
	}
	if _, err := staff.Change(t.Context(), operator, u.ID, auth.Account{Name: "小周", Roles: []auth.Role{auth.Editor}}); err != nil {
		t.Fatal(err)
	}
	if _, in := d.StillIn(t.Context(), login); in {
		t.Error("who is no agent any more is still in")
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if who, in := d.StillIn(t.Context(), login); !in || who.ID != "" {
		t.Errorf("with the database away: %v, %+v", in, who)
	}
}

func TestOrigins(t *testing.T) {
	for address, want := range map[string]string{
		"https://chat.example.com":        "https://chat.example.com",
		"https://Chat.Example.com/":       "https://chat.example.com",
		"https://chat.example.com:443/":   "https://chat.example.com",
		"http://chat.example.com:80":      "http://chat.example.com",
		"https://chat.example.com:80":     "https://chat.example.com:80",
		"http://127.0.0.1:8600":           "http://127.0.0.1:8600",
		"https://[2001:DB8::1]:443":       "https://[2001:db8::1]",
		"https://chat.example.com:8443//": "https://chat.example.com:8443",
	} {
		if got := origin(address); got != want {
			t.Errorf("%s: %s, want %s", address, got, want)
		}
	}
	c := config.Config{PublicURL: "https://chat.example.com/", Origins: []string{"https://WWW.example.com"}}
	if got := widgetOrigins(c); !slices.Equal(got, []string{"https://chat.example.com", "https://www.example.com"}) {
		t.Errorf("widget: %q", got)
	}
	if got := ownOrigins(config.Config{}); got != nil {
		t.Errorf("without a public address: %q", got)
	}
}
