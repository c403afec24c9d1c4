package gateway

import (
	"context"
	"slices"
	"sync"

	"wenda/sessions"
)

// gist is what the line of a chat says of its transcript, as far as it was read.
type gist struct {
	seq     int64
	preview string // beginning of the customer's newest message
	reason  string // of the newest handoff to people
}

const (
	previewRunes = 40
	gistPage     = 200 // events read at a time
)

// and is the gist with one more event.
func (s gist) and(e sessions.Event) gist {
	s.seq = e.Seq
	switch {
	case e.Kind == sessions.Message && e.From.Role == sessions.RoleCustomer:
		s.preview = head(e.Text, previewRunes)
	case handsOver(e):
		s.reason = e.Move.Reason
	}
	return s
}

// handsOver reports whether a chat goes from the bot, or from its end, to people.
func handsOver(e sessions.Event) bool {
	return e.Kind == sessions.Handed && e.Move != nil && (e.Move.From == sessions.Bot || e.Move.From == sessions.Closed) &&
		(e.Move.To == sessions.Queued || e.Move.To == sessions.Assigned)
}

// gists keeps them. A chat's transcript is read once; after that only what is new in it.
type gists struct {
	mu sync.Mutex
	of map[string]gist
}

// gistsMost is how many are kept. Beyond it all are forgotten, and read again.
const gistsMost = 20_000

func (s *gists) known(id string) (gist, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, known := s.of[id]
	return one, known
}

func (s *gists) keep(id string, one gist) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.of) >= gistsMost {
		clear(s.of)
	}
	s.of[id] = one
}

// gist returns the gist of a chat, at least as new as s.
func (g *Gateway) gist(ctx context.Context, s sessions.Session) (gist, error) {
	one, known := g.lists.gists.known(s.ID)
	if known && one.seq >= s.Seq {
		return one, nil
	}
	var err error
	if known {
		one, err = readOn(ctx, g.Store, s.ID, one)
	} else {
		one, err = readBack(ctx, g.Store, s)
	}
	if err == nil {
		g.lists.gists.keep(s.ID, one)
	}
	return one, err
}

func readOn(ctx context.Context, store sessions.Store, id string, one gist) (gist, error) {
	for {
		page, err := store.Transcript(ctx, id, one.seq, gistPage)
		if err != nil {
			return one, err
		}
		for _, e := range page {
			one = one.and(e)
		}
		if len(page) < gistPage {
			return one, nil
		}
	}
}

// readBack reads from the end, in steps that grow, until nothing older matters.
func readBack(ctx context.Context, store sessions.Store, s sessions.Session) (gist, error) {
	found := gist{seq: s.Seq}
	for to, step := s.Seq, int64(20); to > 0 && (found.preview == "" || found.reason == ""); step = min(2*step, 1000) {
		from := max(to-step, 0)
		page, err := store.Transcript(ctx, s.ID, from, int(to-from))
		if err != nil {
			return found, err
		}
		for _, e := range slices.Backward(page) {
			one := gist{}.and(e)
			if found.preview == "" {
				found.preview = one.preview
			}
			if found.reason == "" {
				found.reason = one.reason
			}
		}
		to = from
	}
	return found, nil
}
