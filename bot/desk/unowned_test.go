package desk

import (
	"errors"
	"testing"

	"wenda/sessions"
)

// Where no person has the chat a whisper would reach nobody, and there is nobody to join.
// What was heard before is not refused for being sent again after.
func TestNobodyHearsAWhisper(t *testing.T) {
	d := newDesk(t)
	waits := d.queued(t, "b", "")
	if _, err := d.Whisper(t.Context(), wu, in(waits, "cid-whisp2"), "有人吗"); !errors.Is(err, sessions.ErrUnowned) {
		t.Errorf("while it waits: %v", err)
	}
	if _, err := d.Join(t.Context(), wu, in(waits, "cid-join2")); !errors.Is(err, sessions.ErrUnowned) {
		t.Errorf("joined nobody: %v", err)
	}
	if now := d.load(t, waits.ID); now.Seq != waits.Seq {
		t.Errorf("something was written: %+v", now)
	}
	s := d.claimed(t, zhou, "a")
	if _, err := d.Whisper(t.Context(), wu, in(s, "cid-whisp1"), "先核对身份"); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Return(t.Context(), zhou, in(s, "cid-retur1"), Leaving{}); err != nil {
		t.Fatal(err)
	}
	if again, err := d.Whisper(t.Context(), wu, in(s, "cid-whisp1"), "先核对身份"); err != nil || !again.Repeated {
		t.Errorf("sent again: %+v, %v", again, err)
	}
	if _, err := d.Whisper(t.Context(), wu, in(s, "cid-whisp3"), "还在吗"); !errors.Is(err, sessions.ErrUnowned) {
		t.Errorf("to the bot: %v", err)
	}
}
