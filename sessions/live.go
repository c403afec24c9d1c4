package sessions

import (
	"context"
	"time"
)

// Live is the hot side of sessions: fast, shared by all nodes, forgettable.
// Everything in it may vanish or be stale at any instant; that costs latency and
// nothing else. Implementations: redislive (Redis), memlive (one process);
// livetest says what both must do. All methods are safe for concurrent use.
//
// Errors mean "not reachable now"; callers go on with the Store.
type Live interface {
	// Get returns the hot copy of a session, if there is one.
	Get(ctx context.Context, id string) (Session, bool, error)

	// Put keeps a copy unless one with a higher Seq is there.
	Put(ctx context.Context, s Session) error

	// Drop forgets a copy that turned out stale.
	Drop(ctx context.Context, id string) error

	// Renew leaves it to Live to keep the copy of a session that was committed, and to
	// wake who watches the topics with its WakeUp: nobody waits for that. Both may be
	// lost. Watchers in this process are told before Renew returns.
	Renew(s Session, topics ...string)

	// Signal tells everyone who watches the topic, on all nodes. It may be lost.
	Signal(ctx context.Context, topic string, sig Signal) error

	// Watch calls f for each signal of the topic until stop is called; f may be
	// called once more while stop runs, never after it returned. f must not block
	// and must not call back into Live. Signals sent before Watch returned may be missed.
	Watch(topic string, f func(Signal)) (stop func(), err error)

	// Announce says that a member of a group is there, for ttl.
	Announce(ctx context.Context, group, member string, ttl time.Duration) error

	// Leave takes the announcement back.
	Leave(ctx context.Context, group, member string) error

	// Present returns the members of a group, sorted.
	Present(ctx context.Context, group string) ([]string, error)

	// Allow takes one token from the bucket of key, which holds burst tokens and
	// refills at perSecond; if none is left it says how long until there is one.
	// ErrInvalid unless ValidRate.
	Allow(ctx context.Context, key string, perSecond float64, burst int) (ok bool, wait time.Duration, err error)

	// Ping reports whether Live is reachable.
	Ping(ctx context.Context) error

	Close() error
}

// ValidRate reports whether a bucket of that size refills at all, and within a year.
func ValidRate(perSecond float64, burst int) bool {
	const year = 365 * 24 * 60 * 60
	return burst >= 1 && perSecond > 0 && float64(burst)/perSecond <= year && perSecond <= 1e6
}

// Signal is what is said to watchers. It carries no data of the session: who gets
// one reads on from the Store.
type Signal struct {
	Session string  `json:"session"`
	Seq     int64   `json:"seq,omitempty"`   // the session is at this seq now; 0 for signals that are no wake-up
	Typing  Speaker `json:"typing,omitzero"` // this speaker is typing
	Draft   string  `json:"draft,omitempty"` // what a customer types, as far as it may be seen before it is sent: at most DraftMost runes, masked
}

// DraftMost is the longest Draft, in runes.
const DraftMost = 500

// WakeUp is the signal that the session has come this far.
func (s Session) WakeUp() Signal { return Signal{Session: s.ID, Seq: s.Seq} }

// DeskTopic is signalled at every change of an owner, a queue or a presence: desk lists look again.
const DeskTopic = "desk"

// SessionTopic is the topic of one session's wake-ups and typing.
func SessionTopic(id string) string { return "session:" + id }
