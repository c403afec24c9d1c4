package roster

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"wenda/bot/desk/queue"
	"wenda/sessions"
)

// RestFor is how long a chat is not offered again to who let it pass.
const RestFor = time.Minute

// Offer is a chat that is to be held out to an agent.
type Offer struct {
	Session string
	Agent   string // user id
}

// Route says whom chats that wait are to be offered to. It is a function of what it is
// given: no clock, no chance, and the order of what it is given does not matter.
//
//   - Chats are served by sessions.ByRank, whatever their queues, so nobody starves: see
//     there for the bound. One for which nobody is free holds up none behind it.
//   - Chats of a queue that routes by hand, or that is not among queues, are offered to nobody.
//   - Only agents who are there, take chats, serve the queue and have room are asked, for
//     no more chats than they have room for: in all, and of that queue.
//   - Who let the chat pass since it was queued is asked only when nobody else is free,
//     and not before RestFor; of several, who let it pass longest ago.
//   - Of all others the queue's policy chooses: see queue.Routing. Who is given a chat
//     is from then on the least idle. Ties go by room and idleness, then by id.
func Route(now time.Time, queues []queue.Queue, waiting []sessions.Waiting, agents []Agent) []Offer {
	by := make(map[string]queue.Queue, len(queues))
	for _, q := range queues {
		by[q.ID] = q
	}
	floor := seats(agents)
	waiting = slices.Clone(waiting)
	slices.SortFunc(waiting, func(a, b sessions.Waiting) int { return sessions.ByRank(a.Session, b.Session) })
	var offers []Offer
	for _, w := range waiting {
		q, known := by[w.Skill]
		if !known || !q.Offers() || w.Desk.Offer.To != "" {
			continue
		}
		if s := choose(floor[w.Skill], now, q, w); s != nil {
			s.give(now, w.Skill)
			offers = append(offers, Offer{Session: w.ID, Agent: s.ID})
		}
	}
	return offers
}

// seat is an agent to whom chats are given, one after the other.
type seat struct {
	*Agent
	load  int
	of    map[string]int // by skill
	given time.Time
}

// seats are those who may be given a chat, by skill, each in order of id.
func seats(agents []Agent) map[string][]*seat {
	floor := map[string][]*seat{}
	for i := range agents {
		a := &agents[i]
		if load := a.Load(); a.There && a.Takes && load < a.Capacity {
			s := &seat{Agent: a, load: load, of: maps.Clone(a.Owned), given: a.Given}
			if s.of == nil {
				s.of = map[string]int{}
			}
			for skill, n := range a.Offered {
				s.of[skill] += n
			}
			for _, skill := range a.Skills {
				floor[skill] = append(floor[skill], s)
			}
		}
	}
	for _, some := range floor {
		slices.SortFunc(some, func(a, b *seat) int { return cmp.Compare(a.ID, b.ID) })
	}
	return floor
}

func (s *seat) give(now time.Time, skill string) {
	s.load++
	s.of[skill]++
	s.given = now
}

func (s *seat) room(q queue.Queue) bool {
	return s.load < s.Capacity && (q.Capacity == 0 || s.of[q.ID] < q.Capacity)
}

// choose returns who of them is to be asked, nil for nobody.
func choose(some []*seat, now time.Time, q queue.Queue, w sessions.Waiting) *seat {
	var best, passed *seat
	first := len(w.Desk.Offer.Passed)
	for _, s := range some {
		if !s.room(q) {
			continue
		}
		switch let := slices.Index(w.Desk.Offer.Passed, s.ID); {
		case let < 0 && (best == nil || before(q.Routing, w.Served, s, best)):
			best = s
		case let >= 0 && let < first:
			passed, first = s, let
		}
	}
	if best == nil && rested(now, w.Desk.Offer.At) {
		return passed
	}
	return best
}

// rested reports whether it is long enough ago that the chat was let pass; a moment to
// come was written by a clock that is wrong.
func rested(now, passed time.Time) bool {
	return now.Before(passed) || now.Sub(passed) >= RestFor
}

// before reports whether a policy prefers a to b.
func before(routing queue.Routing, served string, a, b *seat) bool {
	if routing == queue.Last && (a.ID == served) != (b.ID == served) {
		return a.ID == served
	}
	idle := a.given.Compare(b.given)
	room := cmp.Compare(a.load*b.Capacity, b.load*a.Capacity) // the share of places taken
	if routing == queue.Idle {
		return cmp.Or(idle, room, cmp.Compare(a.ID, b.ID)) < 0
	}
	return cmp.Or(room, idle, cmp.Compare(a.ID, b.ID)) < 0
}
