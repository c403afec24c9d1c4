package gateway

import (
	"time"

	"wenda/sessions"
)

// Transcript is a part of a chat as its desk socket would send it to an agent, for who
// reads it without following it.
func Transcript(session string, events []sessions.Event, agent string) []Event {
	frames, prev := make([]Event, len(events)), int64(0)
	for i, e := range events {
		frames[i], prev = forAgent(session, e, prev, agent), e.Seq
	}
	return frames
}

// Stamp is a moment as frames write it, "" for none.
func Stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return timeText(t)
}
