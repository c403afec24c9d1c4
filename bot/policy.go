package bot

import "time"

// Policy is what an operator may set about the dialogue. The zero value is not
// useful; start from DefaultPolicy.
type Policy struct {
	MaxChoices int           // choices offered when the bot asks back, 2 to 4
	HotChoices int           // hot questions on the welcome card
	IdleHint   time.Duration // of silence, after which the bot asks whether there is more
	IdleClose  time.Duration // of silence, after which a chat with the bot is closed
	PendingFor time.Duration // a message unanswered for so long is answered by the sweeper
	Gather     time.Duration // of quiet before the bot answers what it is not sure about: more may come; 0 waits for nothing
	GatherMost time.Duration // the longest it waits so, from the first line on
	ReplyHours int           // within which a message left after hours is promised an answer
	Skill      string        // queue that handoffs go to
}

// DefaultPolicy is what Wenda is shipped with.
func DefaultPolicy() Policy {
	return Policy{
		MaxChoices: 4,
		HotChoices: 6,
		IdleHint:   5 * time.Minute,
		IdleClose:  15 * time.Minute,
		PendingFor: 2 * time.Second,
		Gather:     time.Second,
		GatherMost: 4 * time.Second,
		ReplyHours: 24,
	}
}

// leftPriority puts a message left after hours before everybody who came later.
const leftPriority = 10
