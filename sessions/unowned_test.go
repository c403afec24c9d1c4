package sessions

import (
	"errors"
	"testing"
	"time"
)

// What a supervisor says to the owner of a chat needs one; a note beside a move does not.
func TestAWhisperNeedsAnOwner(t *testing.T) {
	note := Event{Kind: Note, Audience: Staff, From: Speaker{Role: RoleSupervisor, ID: "liu"}, Text: "先核对身份"}
	handed := Event{Kind: Handed, From: note.From}
	for name, c := range map[string]struct {
		state  State
		agent  string
		events []Event
		want   error
	}{
		"to an agent":        {Assigned, "u1", []Event{note}, nil},
		"while it waits":     {Queued, "", []Event{note}, ErrUnowned},
		"with the bot":       {Bot, "", []Event{note}, ErrUnowned},
		"after it was ended": {Closed, "", []Event{note}, ErrClosed},
		"beside a move":      {Queued, "", []Event{handed, note}, nil},
	} {
		row := Session{ID: "s", Customer: Customer{ID: "c"}, State: c.state, Agent: c.agent, Fence: 2, Seq: 4}
		if _, _, err := Apply(row, Actor{Role: RoleSupervisor, ID: "liu"}, row.Clone(), c.events, time.Now()); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}
