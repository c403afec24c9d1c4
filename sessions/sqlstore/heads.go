package sqlstore

import (
	"errors"
	"sync"

	"wenda/internal/recent"
	"wenda/sessions"
)

// headsMost is how many sessions are remembered at least, of about 1 KiB each.
const headsMost = 4096

// heads remembers sessions as this process committed them last. Where it is the only one
// that writes they are the truth, and a commit on one need not read it first. It is
// guarded all the same: the statements that write fail if the row is another.
//
// A nil *heads remembers nothing.
type heads struct {
	mu   sync.Mutex
	kept recent.Map[string, sessions.Session]
}

// errStale says that a row is not as it was remembered.
var errStale = errors.New("sqlstore: not as remembered")

// get returns a session as it is remembered. It is not to be changed.
func (h *heads) get(id string) (s sessions.Session, ok bool) {
	if h == nil {
		return s, false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.kept.Get(id)
}

// put remembers what was committed, unless a later commit is remembered already.
func (h *heads) put(s sessions.Session) {
	if h == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if held, ok := h.kept.Get(s.ID); !ok || held.ChangedAt.Before(s.ChangedAt) {
		h.kept.Set(s.ID, s.Clone())
	}
}

func (h *heads) drop(id string) {
	if h == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.kept.Drop(id)
}
