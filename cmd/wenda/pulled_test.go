package main

import (
	"os"
	"testing"
	"time"
)

// An agent's desk that answers keeps its chat for as long as it likes; once it is silent,
// on a connection that stays open, the chat goes back to the queue, not before 30 s, and
// whoever comes back too late is told with the first word.
func TestPulledCable(t *testing.T) {
	if os.Getenv("WENDA_PROVE") != "1" {
		t.Skip("takes over a minute: WENDA_PROVE=1 go test ./cmd/wenda -run TestPulledCable")
	}
	t.Parallel()
	s := startServe(t)
	agent := s.founder("solo")
	desk := openDesk(t, agent)
	desk.send(frame{"type": "available", "on": true})
	desk.send(frame{"type": "ping"})
	desk.until("pong")
	customer, welcome := openChat(t, s.base, "", 0)
	customer.say(frame{"type": "send", "text": "转人工"})
	customer.becomes("queued")
	claimed := desk.say(frame{"type": "claim", "session": welcome.text("session")})
	customer.becomes("assigned")
	say := frame{"type": "say", "session": welcome.text("session"), "fence": claimed["fence"], "text": "您好。"}

	for end := time.Now().Add(45 * time.Second); time.Now().Before(end); { // idle, but there
		if f, err := desk.read(end.Add(patience)); err != nil {
			t.Fatal(err)
		} else if f.text("type") == "ping" {
			desk.send(frame{"type": "pong"})
			customer.send(frame{"type": "ping"}) // is there too
		}
	}
	desk.say(say)
	customer.hears("您好。")
	silent := time.Now()
	customer.becomes("queued")
	if took := time.Since(silent); took < 30*time.Second {
		t.Errorf("given back after %v of silence, want 30 s at least", took)
	} else {
		t.Logf("given back after %v of silence", took)
	}
	back := openDesk(t, agent)
	say["cid"], say["text"] = "cid-too-late", "还在吗？"
	back.send(say)
	if e := back.until("error"); e.text("code") != "not_owner" {
		t.Errorf("the late word was answered with %v", e)
	}
	customer.say(frame{"type": "send", "text": "我还在"})
}
