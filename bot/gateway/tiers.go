package gateway

import (
	"cmp"
	"slices"

	"wenda/bot/desk/queue"
	"wenda/sessions"
)

// floorOrder are the queues as the board lists them: first those where chats come in, then
// tier by tier where they escalate to, in each tier the general queue first and the others
// by id. So a queue stands before the one it escalates to, and none moves when somebody
// comes or goes. What waits in a skill that is no queue follows, for it waits all the same.
func floorOrder(queues []queue.Queue, waiting []sessions.Line) []queue.Queue {
	all := slices.Clone(queues)
	for _, l := range waiting {
		if !slices.ContainsFunc(all, func(q queue.Queue) bool { return q.ID == l.Skill }) {
			all = append(all, queue.Plain(l.Skill))
		}
	}
	tier := tiers(queues)
	slices.SortStableFunc(all, func(a, b queue.Queue) int {
		return cmp.Or(cmp.Compare(rung(tier, a.ID), rung(tier, b.ID)), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// tiers says of each queue how many steps it is above where chats come in: the most, if
// there are several ways up to it. Queues that escalate in a circle have no tier, and stand
// where the count ends: as many steps up as there are queues.
func tiers(queues []queue.Queue) map[string]int {
	tier := make(map[string]int, len(queues))
	for _, q := range queues {
		tier[q.ID] = 0
	}
	for range queues {
		for _, q := range queues {
			if above, known := tier[q.Escalates]; known && q.Escalates != "" && above <= tier[q.ID] && tier[q.ID] < len(queues) {
				tier[q.Escalates] = tier[q.ID] + 1
			}
		}
	}
	return tier
}

// rung is the tier of a queue; above all, for what is none.
func rung(tier map[string]int, id string) int {
	if t, known := tier[id]; known {
		return t
	}
	return len(tier) + 1
}
