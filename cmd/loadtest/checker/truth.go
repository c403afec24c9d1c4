package checker

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"wenda/cmd/loadtest/history"
	"wenda/sessions"
)

// Truth is what the store holds when all is over.
type Truth []Session

// Session is a transcript with its head, without any text.
type Session struct {
	Head   sessions.Session `json:"head"`
	Events []Event          `json:"events"`
}

// Event is a line of a transcript as far as rules look at it.
type Event struct {
	Seq     int64          `json:"seq"`
	At      int64          `json:"at"` // ms
	Kind    sessions.Kind  `json:"kind"`
	Role    sessions.Role  `json:"role"`
	ID      string         `json:"id,omitempty"` // of the speaker
	Staff   bool           `json:"staff,omitempty"`
	Hash    uint64         `json:"hash"` // history.HashText of the text
	Masked  bool           `json:"masked,omitempty"`
	Ref     string         `json:"ref,omitempty"`
	Move    *sessions.Move `json:"move,omitempty"`
	Action  string         `json:"action,omitempty"`  // of the bot's decision
	Answers int64          `json:"answers,omitempty"` // of the bot's decision
	Decided bool           `json:"decided,omitempty"` // there is one
}

// slim keeps of an event what rules look at.
func slim(e sessions.Event) Event {
	s := Event{
		Seq: e.Seq, At: e.At.UnixMilli(), Kind: e.Kind, Role: e.From.Role, ID: e.From.ID, Staff: e.Audience == sessions.Staff,
		Hash: history.HashText(e.Text), Masked: len(e.Masked) > 0, Ref: e.Ref, Move: e.Move,
	}
	if e.Decision != nil {
		s.Action, s.Answers, s.Decided = e.Decision.Action, e.Decision.Answers, true
	}
	return s
}

// page is how much is read at a time.
const page = 500

// Load reads everything there is in a store. Nobody may be writing to it. Its order
// is that of the store's feed.
func Load(ctx context.Context, store sessions.Store) (Truth, error) {
	var all Truth
	at := map[string]int{}
	for mark := (sessions.Mark{}); ; {
		changed, next, err := store.Feed(ctx, mark, page)
		if err != nil {
			return nil, err
		}
		for _, head := range changed {
			if i, known := at[head.ID]; known {
				all[i].Head = head
				continue
			}
			at[head.ID] = len(all)
			all = append(all, Session{Head: head})
		}
		if len(changed) < page {
			break
		}
		mark = next
	}
	for i := range all {
		for e, err := range sessions.Tail(ctx, store, all[i].Head.ID, 0, sessions.Staff) {
			if err != nil {
				return nil, err
			}
			all[i].Events = append(all[i].Events, slim(e))
		}
	}
	return all, nil
}

// Save writes the truth to a file, a session a line.
func (t Truth) Save(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(f, 1<<20)
	lines := json.NewEncoder(out)
	for _, s := range t {
		if err := lines.Encode(s); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	return errors.Join(out.Flush(), f.Close())
}

// ReadTruth reads what Save wrote.
func ReadTruth(path string) (Truth, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := json.NewDecoder(bufio.NewReaderSize(f, 1<<20))
	var all Truth
	for {
		var s Session
		if err := in.Decode(&s); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: session %d: %w", path, len(all)+1, err)
		}
		all = append(all, s)
	}
}
