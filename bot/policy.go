package bot

import (
	"time"

	"wenda/sessions"
)

// Policy is what an operator may set about the dialogue. The zero value is not
// useful; start from DefaultPolicy.
type Policy struct {
	MaxChoices int           // choices offered when the bot asks back, 2 to 4
	HotChoices int           // hot questions on the welcome card
	IdleHint   time.Duration // of silence, after which the bot asks whether there is more
	IdleAgain  time.Duration // of silence, after which it asks once more; only if it lies between IdleHint and IdleClose
	IdleClose  time.Duration // of silence, after which a chat with the bot is closed
	Reopen     time.Duration // after a close within which the customer's next message goes on with the same chat; 0 for never
	PendingFor time.Duration // a message unanswered for so long is answered by the sweeper
	Gather     time.Duration // of quiet before the bot answers what it is not sure about: more may come; 0 waits for nothing
	GatherMost time.Duration // the longest it waits so, from the first line on
	ReplyHours int           // within which a message that was left is promised an answer, where the queue's calendar says nothing
	Skill      string        // the general queue
	Skills     Skills        // queues of their own

	// Persons are the categories of entries beneath whose answers a person is offered at
	// once, and the reason of the handoff that may follow.
	Persons map[string]string
}

// DefaultPolicy is what Wenda is shipped with.
func DefaultPolicy() Policy {
	return Policy{
		MaxChoices: 4,
		HotChoices: 6,
		IdleHint:   5 * time.Minute,
		IdleAgain:  10 * time.Minute,
		IdleClose:  15 * time.Minute,
		Reopen:     24 * time.Hour,
		PendingFor: 2 * time.Second,
		Gather:     time.Second,
		GatherMost: 4 * time.Second,
		ReplyHours: 24,
		Skills: Skills{
			Risk: "care", Complaint: "complaint", English: "english",
			Categories: map[string]string{"逾期与征信": "loan", "催收": "loan", "投诉": "complaint"},
		},
		Persons: map[string]string{"投诉": ReasonComplaint, "催收": ReasonPolicy},
	}
}

// leftPriority is the head start of a message that was left: see sessions.Session.Rank.
const leftPriority = 10

// vipPriority is that of a customer whom the host app calls a VIP: less than a complaint's.
const vipPriority = 20

// priorities are the head starts that the reason of a handoff gives.
var priorities = map[string]int{
	ReasonComplaint:  30,
	ReasonVulnerable: 60,
	ReasonRisk:       sessions.PriorityMost,
}
