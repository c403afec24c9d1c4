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
	// with its errors; ErrNotFound if there is no such session, and ErrClosed for one to
	// be reopened whose customer has another open in that channel. If the first
	// event's Ref is already stored for by's device, nothing is written and the
	// stored events are returned with Repeated set (ErrRefReuse if the stored text
	// differs), whatever became of the session since, even if that Ref belongs to
	// another session of the same customer. ErrInvalid also for text that is not
	// UTF-8 or holds U+0000. The caller leaves events as they are until Commit has returned.
	Commit(ctx context.Context, by Actor, next Session, events ...Event) (Committed, error)

	// Transcript returns at most limit events with seq > after, in order. limit is
	// 1 to 1000, else ErrInvalid. An unknown session has no events.
	Transcript(ctx context.Context, id string, after int64, limit int) ([]Event, error)

	// Claim gives the agent session id, or for "" the one held out to them, else the
	// next one waiting in the agent's skills (ByRank), and commits the move with one
	// Handed event (reason accepted if it was held out, else claimed). Exactly one of many
	// claimants gets it. A ref, the agent's own id for the claim, makes it repeatable:
	// claimed with again, nothing is written and what it became is returned with Repeated
	// set, whatever became of the session since. "" is no ref. What is held out to an
	// agent may be of any skill; what is held out to another is ErrOffered. ErrTaken (not
	// queued any more, or not in the agent's skills), ErrFull, ErrEmpty, ErrNotFound,
	// ErrRefReuse (the ref claimed another session than id).
	Claim(ctx context.Context, agent Agent, id, ref string) (Committed, error)

	// Offer holds a queued session out to an agent, who alone may claim it from then on.
	// No event tells of it. Room is judged with what the agent owns and what is held out
	// to them already, also against other Offers at once. ErrTaken (not queued in one of
	// the agent's skills any more), ErrOffered, ErrFull, ErrNotFound.
	Offer(ctx context.Context, agent Agent, id string) (Committed, error)

	// Offered returns at most limit queued sessions that are held out, the longest first.
	Offered(ctx context.Context, limit int) ([]Session, error)

	// Waiting returns the first limit sessions of a skill that are held out to nobody,
	// next first.
	Waiting(ctx context.Context, skill string, limit int) ([]Waiting, error)

	// Awaiting returns at most limit sessions whose customers wait for a word of their
	// agent (AwaitAt), the longest first.
	Awaiting(ctx context.Context, limit int) ([]Session, error)

	// Loads counts what agents own and what is held out to them, by agent and skill.
	Loads(ctx context.Context) ([]Load, error)

	// Beat says that a desk of each of these agents is there: its Count goes up by one,
	// all in one transaction. ErrInvalid for an agent without an id.
	Beat(ctx context.Context, agents []Agent) error

	// SetTakes keeps whether an agent takes new chats, until it is set otherwise.
	SetTakes(ctx context.Context, agent Agent, takes bool) error

	// SetAway turns the switch of an agent off in their absence and keeps why, a code,
	// until they set it themselves. It leaves alone who takes no chats anyway.
	SetAway(ctx context.Context, agent, why string) error

	// Beats returns everybody who ever beat or set their switch, and who owns a chat
	// without, by agent's id.
	Beats(ctx context.Context) ([]Beat, error)

	// Queue returns the first limit sessions waiting in a skill, held out or not, next
	// first (ByRank), and how many wait there in all.
	Queue(ctx context.Context, skill string, limit int) ([]Session, int, error)

	// Lines returns how each skill stands in which somebody is queued, by skill, in one
	// statement.
	Lines(ctx context.Context) ([]Line, error)

	// Unread returns the notes since a moment that name an agent who did not look since, in
	// chats that people have to do with, the newest first, at most limit.
	Unread(ctx context.Context, agent string, since time.Time, limit int) ([]Unread, error)

	// Looked says that the agent has looked at a session as far as seq, and reports whether
	// there was anything that they had not seen.
	Looked(ctx context.Context, agent, session string, seq int64) (bool, error)

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

	// Recent returns at most limit sessions, the one that was changed last first.
	Recent(ctx context.Context, limit int) ([]Session, error)

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
	Again   time.Time // the customer of a chat with the bot was last heard, and got one hint since
	Close   time.Time // the customer of a chat with the bot was last heard
	Quiet   time.Time // besides, for those three: nothing was committed since; a zero one demands nothing

	// By when a message that was left was to be answered; it waits all the same, and with
	// less than PriorityOverdue.
	Promised time.Time

	Queued time.Time // who waits for an agent, and was promised nothing, began to
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

	Most map[string]int // chats at once of a skill; as many as Capacity says where it has none

	ReadsAll bool // every open chat, not only their own and those of their skills
	MovesAll bool // whisper in every open chat, join it, take it over, give it to others
}

// Waiting is a session in a queue, and who served its customer last: a user id, "" for
// nobody.
type Waiting struct {
	Session
	Served string
}

// Load is how many chats of a skill an agent has.
type Load struct {
	Agent   string
	Skill   string
	Owned   int
	Offered int // held out to them
}

// Beat is what is known of an agent's desks. Who is there is told by Count going up,
// watched by each process on its own clock: no time is stored, so no clock can be wrong.
type Beat struct {
	Agent  string
	Count  int64    // 0 if they never beat
	Takes  bool     // their switch: they take new chats
	Away   string   // why the switch was turned off in their absence; "" if they set it themselves
	Skills []string // as of the newest beat or switch

	Capacity int       // likewise
	Given    time.Time // when they last got a chat; zero if they never did
}

// Mark is a place in the feed. Opaque but for the store that made it; it may be kept as text.
type Mark struct {
	Change int64  `json:"change"`
	ID     string `json:"id"`
}
