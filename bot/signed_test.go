package bot_test

import (
	"fmt"
	"testing"

	"wenda/bot"
	"wenda/sessions"
)

// signs has the customer say something under a token that says this of them.
func (s *stage) signs(facts *sessions.Facts, text string) {
	s.t.Helper()
	s.refs++
	by := sessions.Actor{Role: sessions.RoleCustomer, ID: "c1", Device: "d1", Facts: facts}
	said := sessions.Event{Kind: sessions.Message, Text: text, Ref: fmt.Sprintf("said-%04d", s.refs)}
	if _, err := s.bot.Hear(s.t.Context(), s.session.ID, by, said); err != nil {
		s.t.Fatalf("Hear(%q): %v", text, err)
	}
}

// What a host app signed goes with the chat, until a token says otherwise, and counts when
// a person is wanted.
func TestSignedFactsGoWithTheChat(t *testing.T) {
	s, _ := guessing(t)
	care := &sessions.Facts{Vulnerable: true, Fields: []sessions.Fact{{Name: "tier", Value: "gold"}}}
	s.signs(care, "还款失败")
	if got := s.head(); !got.Desk.Facts.Equal(care) || got.Priority != 0 || got.State != sessions.Bot {
		t.Errorf("after a question: %+v, priority %d", got.Desk.Facts, got.Priority)
	}
	s.signs(care, "转人工")
	got := s.head()
	if got.State != sessions.Queued || got.Priority != sessions.SignedMost || s.reason() != bot.ReasonVulnerable {
		t.Errorf("%s with priority %d because of %s", got.State, got.Priority, s.reason())
	}
	s.signs(nil, "还有人吗")
	if got := s.head(); got.Desk.Facts != nil || got.Priority != sessions.SignedMost {
		t.Errorf("after another token: %+v, priority %d", got.Desk.Facts, got.Priority)
	}
}

// reason is why the chat went to people the last time.
func (s *stage) reason() (reason string) {
	s.t.Helper()
	for e, err := range sessions.Tail(s.t.Context(), s.store, s.session.ID, 0, sessions.Staff) {
		if err != nil {
			s.t.Fatal(err)
		}
		if e.Move != nil && e.Move.To == sessions.Queued {
			reason = e.Move.Reason
		}
	}
	return reason
}
