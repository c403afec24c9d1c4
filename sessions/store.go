package sessions

import (
	"context"
	"time"
)

// Store keeps sessions for ever. It is the truth. The one implementation is
// sqlstore (SQLite and PostgreSQL); storetest says what every implementation must do.
//
// All methods are safe for concurrent use and return copies. Times are UTC with
// whole milliseconds. Errors wrap the sentinels of this package; anything else is
// a failure of the store, after which the caller knows nothing about the outcome
// and may repeat the call (refs make that harmless).
type Store interface {
	// Open returns the customer's open session in that channel, made if there is
	// none. Two calls at once make one session. ErrInvalid without a customer's id
	// or a channel.
	Open(ctx context.Context, who Customer, channel, lang string) (Session, error)

	// Load returns the session as committed. ErrNotFound.
	Load(ctx context.Context, id string) (Session, error)

	// Commit writes events and the changed head in one transaction, all or
	// nothing, and returns when they are on disk (fsync). The decision is Apply's,
	// with its errors; ErrNotFound if there is no such session. If the first
	// event's Ref is already stored for by's device, nothing is written and the
	// stored events are returned with Repeated set (ErrRefReuse if the stored text
	// differs), whatever became of the session since, even if that Ref belongs to
	// another session of the same customer. ErrInvalid also for text that is not
	// UTF-8 or holds U+0000. The caller leaves events as they are until Commit has returned.
	Commit(ctx context.Context, by Actor, next Session, events ...Event) (Committed, error)

	// Transcript returns at most limit events with seq > after, in order. limit is
	// 1 to 1000, else ErrInvalid. An unknown session has no events.
	Transcript(ctx context.Context, id string, after int64, limit int) ([]Event, error)

	// Claim gives the agent session id, or for "" the next one waiting in the
	// agent's skills (highest Priority first, then longest waiting), and commits
	// the move with one Handed event. Exactly one of many claimants gets it. A
	// ref, the agent's own id for the claim, makes it repeatable: claimed with again,
	// nothing is written and what it became is returned with Repeated set, whatever
	// became of the session since. "" is no ref. ErrTaken (not queued any more, or not
	// in the agent's skills), ErrFull, ErrEmpty, ErrNotFound, ErrRefReuse (the ref
	// claimed another session than id).
	Claim(ctx context.Context, agent Agent, id, ref string) (Committed, error)

	// Beat says that a desk of each of these agents is there: its Count goes up by one,
	// all in one transaction. ErrInvalid for an agent without an id.
	Beat(ctx context.Context, agents []Agent) error

	// SetTakes keeps whether an agent takes new chats, until it is set otherwise.
	SetTakes(ctx context.Context, agent Agent, takes bool) error

	// Beats returns everybody who ever beat or set their switch, and who owns a chat
	// without, by agent's id.
	Beats(ctx context.Context) ([]Beat, error)

	// Queue returns the first limit sessions waiting in a skill, next first, and
	// how many wait there in all.
	Queue(ctx context.Context, skill string, limit int) ([]Session, int, error)

	// Owned returns the sessions assigned to an agent, oldest first.
	Owned(ctx context.Context, agent string) ([]Session, error)

	// Due returns at most limit open sessions that something must be done about,
	// unanswered ones first, then the longest silent.
	Due(ctx context.Context, by Deadlines, limit int) ([]Session, error)

	// Feed returns sessions changed since the mark, oldest change first, and the
	// mark to ask with next; a session that changed twice may come once. The zero
	// Mark begins at the beginning. No change is ever skipped, in whatever order
	// transactions commit.
	Feed(ctx context.Context, after Mark, limit int) ([]Session, Mark, error)

	// Newest returns the mark after which Feed yields only what changes from now on,
	// for who does not want the past.
	Newest(ctx context.Context) (Mark, error)

	// Of returns a customer's sessions, newest first, at most limit.
	Of(ctx context.Context, customer string, limit int) ([]Session, error)
}

// Deadlines are moments; what lies at or before one is due. A zero one makes nothing due.
type Deadlines struct {
	Pending time.Time // Pending was set
	Hint    time.Time // the customer of a chat with the bot was last heard, said something, and got no hint since
	Close   time.Time // the customer of a chat with the bot was last heard
}

// Committed is what a commit became.
type Committed struct {
	Session  Session // as it is now
	Events   []Event // those of this commit, numbered
	Repeated bool    // the ref was known: nothing was written
}

// Agent is a person who takes chats.
type Agent struct {
	ID       string
	Name     string   // as customers see it
	Skills   []string // queues they serve; "" is the general one
	Capacity int      // chats at once
}

// Beat is what is known of an agent's desks. Who is there is told by Count going up,
// watched by each process on its own clock: no time is stored, so no clock can be wrong.
type Beat struct {
	Agent  string
	Count  int64    // 0 if they never beat
	Takes  bool     // their switch: they take new chats
	Skills []string // as of the newest beat or switch
}

// Mark is a place in the feed. Opaque but for the store that made it; it may be kept as text.
type Mark struct {
	Change int64  `json:"change"`
	ID     string `json:"id"`
}
