package sessions

import (
	"cmp"
	"time"
)

// PriorityMost is the greatest head start a Priority gives, in minutes: three days.
const PriorityMost = 3 * 24 * 60

// PriorityOverdue is that of a message which was not answered by when it was promised.
const PriorityOverdue = 2 * 24 * 60

// Rank is the moment by which a queue is served, the earliest first: QueuedAt, less a
// minute for each point of Priority between 0 and PriorityMost. Both the urgent and the
// patient are served in their turn: a chat is overtaken only by those that came later by
// fewer minutes than they have points more, never by one that came three days later,
// however many of them there are. The order of two chats does not change while they wait.
func (s Session) Rank() time.Time {
	return s.QueuedAt.Add(-time.Duration(min(max(s.Priority, 0), PriorityMost)) * time.Minute)
}

// ByRank is the order in which chats that wait are served, whatever their queues.
func ByRank(a, b Session) int { return cmp.Or(a.Rank().Compare(b.Rank()), cmp.Compare(a.ID, b.ID)) }
