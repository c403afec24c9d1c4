// Package wait foretells how long a customer who stands in a queue will still wait.
//
// # What it is based on
//
// Agents have Busy chats of the queue, each of which takes S on the average: the mean of
// the Served that ended last. So one of them ends every S/Busy (Little's law: chats end as
// fast as they begin, which is their number by their time), and frees an agent for the
// next in line. Whoever stands within Room, the chats that agents could take at once, is
// next anyway; who stands at a place behind it waits for (place − Room) chats to end:
//
//	0                          place ≤ Room
//	(place − Room) · S / Busy  else
//
// S is what chats took with the agents who were there, several at once as they do it: it
// needs no guess of how fast people are.
//
// # When it is silent
//
// A wrong promise is worse than none. It knows nothing while no agent is there; where
// chats must end first and fewer than Enough have ended lately; and where an agent has room
// and the first in line has waited for longer than Prompt all the same: then agents take
// chats by hand, and do not hurry.
package wait

import "time"

const (
	Enough = 5           // chats that must have ended, to know how long they take
	Prompt = time.Minute // within which agents who have room take who is next
)

// Queue is what is known of a queue now.
type Queue struct {
	There  int             // agents who take its chats
	Room   int             // chats they could take at once
	Busy   int             // its chats that agents have
	Oldest time.Duration   // how long the first in line has waited
	Served []time.Duration // how long chats of it took lately, each from when an agent got it
}

// For foretells the wait of who stands at a place, 1 being next. It reports false where it
// does not know. A later place never waits for less.
func (q Queue) For(place int) (time.Duration, bool) {
	behind := place - q.Room
	switch {
	case place < 1 || q.There < 1 || q.Room > 0 && q.Oldest > Prompt:
		return 0, false
	case behind <= 0:
		return 0, true
	case q.Busy < 1 || len(q.Served) < Enough:
		return 0, false
	}
	return q.mean() * time.Duration(behind) / time.Duration(q.Busy), true
}

func (q Queue) mean() time.Duration {
	var sum time.Duration
	for _, s := range q.Served {
		sum += s
	}
	return sum / time.Duration(len(q.Served))
}

// steps are what people say of a wait, in minutes. The last stands for "more than an hour".
var steps = []time.Duration{1, 2, 3, 5, 8, 10, 15, 20, 30, 45, 60, 90}

// Step rounds a wait up to what people say: 1, 2, 3, 5, 8, 10, 15, 20, 30, 45 or 60
// minutes, or 90 for all that is longer. So who is told is rather called early than late.
func Step(d time.Duration) time.Duration {
	for _, s := range steps {
		if d <= s*time.Minute {
			return s * time.Minute
		}
	}
	return steps[len(steps)-1] * time.Minute
}
