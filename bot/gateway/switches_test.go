package gateway

import (
	"context"
	"testing"

	"wenda/sessions"
)

// elsewhere turns an agent's switch off as soon as a desk has read that it is on.
type elsewhere struct{ Roster }

func (e elsewhere) Takes(ctx context.Context, a sessions.Agent) (bool, error) {
	on, err := e.Roster.Takes(ctx, a)
	if err == nil && on {
		err = e.Roster.Available(ctx, a, false)
	}
	return on, err
}

// What the welcome said of the switch is what the desk knows until the first look, and not
// what that look finds.
func TestASwitchTurnedRightAfterTheWelcomeIsTold(t *testing.T) {
	r := newRig(t, func(o *Options) { o.Roster = elsewhere{o.Roster} })
	if err := r.roster.Available(t.Context(), zhou, true); err != nil {
		t.Fatal(err)
	}
	a, welcome := r.hello(zhou, DeskHello{Type: "hello", V: 1})
	if welcome["available"] != true {
		t.Fatalf("got %v", welcome)
	}
	if f := a.until("the switch", is("available")); f["on"] != false {
		t.Errorf("got %v", f)
	}
}
