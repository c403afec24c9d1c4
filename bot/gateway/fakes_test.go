package gateway

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"wenda/sessions"
)

func mask(text string) (string, []string) {
	if strings.Contains(text, "13800138000") {
		return strings.ReplaceAll(text, "13800138000", "138****8000"), []string{"phone"}
	}
	return text, nil
}

func unseal(session string, sealed []byte) (string, error) {
	text, ok := strings.CutPrefix(string(sealed), "sealed:")
	if !ok {
		return "", errors.New("not sealed by the test")
	}
	return text, nil
}

func sentence(id, lang string, pairs ...string) string {
	return id + "/" + lang + strings.Join(pairs, "=")
}

// echoBot answers "re: …" to everything, and hands over on "人工".
type echoBot struct {
	store sessions.Store
	live  sessions.Live

	mu     sync.Mutex
	fail   error         // of the next Hear
	panics bool          // of the next Hear
	slow   chan struct{} // Hear waits for it after committing
	reopen bool          // a message goes on with a closed chat
}

func (b *echoBot) script(change func(*echoBot)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change(b)
}

func (b *echoBot) Greet(ctx context.Context, id string) error {
	_, err := sessions.Update(ctx, b.store, b.live, id, sessions.Actor{Role: sessions.RoleBot}, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		if s.Seq > 0 || s.State != sessions.Bot {
			return s, nil, nil
		}
		return s, []sessions.Event{botSays("welcome")}, nil
	})
	return err
}

func botSays(text string) sessions.Event {
	return sessions.Event{
		Kind: sessions.Message, From: sessions.Speaker{Role: sessions.RoleBot, Name: "小问"}, Text: text, Votable: true,
		Decision: &sessions.Decision{Action: "answer", Reason: "secret-reason", Confidence: 0.9},
	}
}

func (b *echoBot) Hear(ctx context.Context, id string, by sessions.Actor, said sessions.Event) (sessions.Committed, error) {
	b.mu.Lock()
	fail, panics, slow := b.fail, b.panics, b.slow
	b.fail, b.panics = nil, false
	b.mu.Unlock()
	if panics {
		panic("secret text: " + said.Text)
	}
	if fail != nil {
		return sessions.Committed{}, fail
	}
	done, err := sessions.Update(ctx, b.store, b.live, id, by, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		return b.turn(s, said)
	})
	if slow != nil {
		<-slow
	}
	return done, err
}

func (b *echoBot) turn(s sessions.Session, said sessions.Event) (sessions.Session, []sessions.Event, error) {
	if said.Choice != "" {
		said.Text = "chose " + said.Choice
	}
	switch {
	case said.Kind != sessions.Message:
		return s, []sessions.Event{said}, nil
	case b.Reopens(s):
		return s.Reopen(), []sessions.Event{said, {Kind: sessions.Handed, From: sessions.Speaker{Role: sessions.RoleSystem}, Move: &sessions.Move{Reason: "reopened"}}, botSays("re: " + said.Text)}, nil
	case !s.Open():
		return s, nil, sessions.ErrClosed
	case s.State != sessions.Bot:
		return s, []sessions.Event{said}, nil
	case strings.HasPrefix(said.Text, "人工"):
		handed := sessions.Event{Kind: sessions.Handed, From: sessions.Speaker{Role: sessions.RoleBot, Name: "小问"}, Text: "queued", Move: &sessions.Move{Reason: "asked"}}
		return s.Queue(strings.TrimPrefix(said.Text, "人工"), time.Now()), []sessions.Event{said, handed}, nil
	case said.Text == "quiet":
		return s, []sessions.Event{said}, nil
	}
	return s, []sessions.Event{said, botSays("re: " + said.Text)}, nil
}

func (b *echoBot) Reopens(s sessions.Session) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.reopen && !s.Open()
}

func (b *echoBot) End(ctx context.Context, id string, by sessions.Actor, ref string) (sessions.Committed, error) {
	return sessions.Update(ctx, b.store, b.live, id, by, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		if !s.Open() {
			return s, nil, nil
		}
		return s.Close(time.Now()), []sessions.Event{{
			Kind: sessions.Handed, Ref: ref, From: sessions.Speaker{Role: sessions.RoleCustomer, ID: by.ID}, Text: "bye",
		}}, nil
	})
}

// fakeGuests has tokens of the form id/device/name.
type fakeGuests struct{}

func (fakeGuests) Verify(token string) (sessions.Customer, string, error) {
	id, rest, ok := strings.Cut(token, "/")
	device, name, ok2 := strings.Cut(rest, "/")
	if !ok || !ok2 || id == "" {
		return sessions.Customer{}, "", errors.New("not a token")
	}
	return sessions.Customer{ID: id, Name: name, Anonymous: strings.HasPrefix(id, "guest-")}, device, nil
}

func (fakeGuests) Anonymous() sessions.Customer {
	return sessions.Customer{ID: "guest-" + strings.ToLower(rand.Text()), Anonymous: true}
}

func (fakeGuests) Issue(who sessions.Customer, device string) (string, error) {
	return who.ID + "/" + device + "/" + who.Name, nil
}

// fakeStaff logs in whoever is in its list, by a cookie that holds the user id.
type fakeStaff struct {
	mu sync.Mutex
	in map[string]sessions.Agent
}

func (s *fakeStaff) set(a sessions.Agent) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.in[a.ID] = a
}

func (s *fakeStaff) logOut(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.in, id)
}

func (s *fakeStaff) Agent(r *http.Request) (sessions.Agent, string, error) {
	c, err := r.Cookie("login")
	if err != nil {
		return sessions.Agent{}, "", err
	}
	a, ok := s.StillIn(r.Context(), c.Value)
	if !ok {
		return a, "", errors.New("not logged in")
	}
	return a, c.Value, nil
}

func (s *fakeStaff) StillIn(_ context.Context, login string) (sessions.Agent, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := s.in[login]
	return a, ok
}

func (s *fakeStaff) Name(_ context.Context, id string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.in[id].Name
}
