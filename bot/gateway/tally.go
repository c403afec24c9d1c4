package gateway

import (
	"context"
	"sync"
	"time"

	"wenda/sessions"
)

// What the board says of the last hour. A chat counts in the queue that it came into
// first, from the moment it came; one that left a message for when somebody is back does
// not count: nobody waits there.
const (
	tallyFor    = time.Hour
	answerSoon  = time.Minute // the service level: a person's first word within this
	talliedMost = 50_000      // chats; beyond it all are forgotten
	beginsWith  = 5_000       // chats
)

// stay is a chat's wait for a person's first word.
type stay struct {
	skill    string
	queued   time.Time
	answered time.Time // zero if nobody has spoken yet
	over     bool      // with the bot again, or closed
}

// tally knows the stays of the last hour. It sees the heads of sessions as they change, and
// to begin with those that changed last: what went back to the bot before a node began is
// not in its count.
type tally struct {
	mu sync.Mutex
	of map[string]stay // by session: the newest one
}

func (t *tally) init() { t.of = map[string]stay{} }

// begin takes down what changed last.
func (t *tally) begin(ctx context.Context, store sessions.Store) error {
	recent, err := store.Recent(ctx, beginsWith)
	for _, s := range recent {
		t.see(s)
	}
	return err
}

// see takes down how a session stands.
func (t *tally) see(s sessions.Session) {
	t.mu.Lock()
	defer t.mu.Unlock()
	of, known := t.of[s.ID]
	waits := s.State == sessions.Queued || s.State == sessions.Assigned
	came := !s.QueuedAt.IsZero() // with the bot again nobody knows when; closed it is still known
	switch {
	case came && !s.Memory.Left && s.Desk.Promised.IsZero() && (!known || !of.queued.Equal(s.QueuedAt)):
		if len(t.of) >= talliedMost {
			clear(t.of)
		}
		of = stay{skill: s.Skill, queued: s.QueuedAt}
	case !known:
		return
	}
	if a := s.Desk.Answered; !a.Before(of.queued) {
		of.answered = a
	}
	of.over = !waits
	t.of[s.ID] = of
}

// hour is what became of the stays that began in the last hour, in one queue.
type hour struct {
	offered   int
	abandoned int
	soon      int // a person spoke within answerSoon
	judged    int // … or it is known that nobody did
}

// service is how many of 100, -1 if there were none.
func (h hour) service() int {
	if h.judged == 0 {
		return -1
	}
	return (100*h.soon + h.judged/2) / h.judged
}

// Service says of the chats that came into each queue in the last hour in what share a
// person's first word came within a minute. A queue of which nothing is known yet is left out.
func (g *Gateway) Service() map[string]float64 {
	share := map[string]float64{}
	for skill, h := range g.tally.hours(time.Now()) {
		if h.judged > 0 {
			share[skill] = float64(h.soon) / float64(h.judged)
		}
	}
	return share
}

// hours counts them, by skill, and forgets what is older.
func (t *tally) hours(now time.Time) map[string]hour {
	t.mu.Lock()
	defer t.mu.Unlock()
	by := map[string]hour{}
	for id, of := range t.of {
		if now.Sub(of.queued) > tallyFor {
			delete(t.of, id)
			continue
		}
		by[of.skill] = by[of.skill].and(of, now)
	}
	return by
}

func (h hour) and(of stay, now time.Time) hour {
	h.offered++
	left := of.over && of.answered.IsZero()
	if left {
		h.abandoned++
	}
	switch {
	case !of.answered.IsZero() && of.answered.Sub(of.queued) <= answerSoon:
		h.soon++
		h.judged++
	case !of.answered.IsZero() || left || now.Sub(of.queued) > answerSoon:
		h.judged++
	}
	return h
}
