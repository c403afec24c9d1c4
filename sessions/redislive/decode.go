package redislive

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"wenda/sessions"
)

const (
	copyMax   = 64 << 10 // bytes of a copy; a session has about 1 KiB
	signalMax = 4 << 10  // bytes of a signal as it is published
	newsMax   = 1 << 20  // and of the wake-ups of one pipeline
)

func encodeCopy(s sessions.Session) (string, error) {
	text, err := json.Marshal(s)
	if err != nil {
		return "", fmt.Errorf("redislive: %w", err)
	}
	return strconv.FormatInt(s.Seq, 10) + "\n" + string(text), nil
}

// decodeCopy reads a copy of the session id, if that is what the text is. Redis is
// a cache that others may write to: what is not a session counts as absent.
func decodeCopy(id, text string) (s sessions.Session, ok bool) {
	number, body, found := strings.Cut(text, "\n")
	seq, err := strconv.ParseInt(number, 10, 64)
	if !found || err != nil || len(text) > copyMax {
		return sessions.Session{}, false
	}
	if err := json.Unmarshal([]byte(body), &s); err != nil || s.ID != id || s.Seq != seq || !plausible(s) {
		return sessions.Session{}, false
	}
	return s, true
}

func plausible(s sessions.Session) bool {
	switch s.State {
	case sessions.Bot, sessions.Queued, sessions.Assigned, sessions.Closed:
	default:
		return false
	}
	return s.Customer.ID != "" && s.Seq >= 0 && s.Fence >= 0 && s.Segment >= 0 && s.Pending >= 0 && s.Pending <= s.Seq &&
		(s.State == sessions.Assigned) == (s.Agent != "")
}

// decodeSignal reads a message: the sending node and what it said.
func decodeSignal(message string) (node string, sig sessions.Signal, ok bool) {
	node, body, found := strings.Cut(message, " ")
	if !found || len(message) > signalMax {
		return "", sessions.Signal{}, false
	}
	if err := json.Unmarshal([]byte(body), &sig); err != nil || sig.Seq < 0 {
		return "", sessions.Signal{}, false
	}
	switch sig.Typing.Role {
	case "", sessions.RoleCustomer, sessions.RoleBot, sessions.RoleAgent, sessions.RoleSystem:
		return node, sig, true
	}
	return "", sessions.Signal{}, false
}

// encodeSignal is a signal as it is published.
func encodeSignal(node string, sig sessions.Signal) string {
	text, err := json.Marshal(sig)
	if err != nil {
		return "" // texts and numbers always marshal
	}
	return node + " " + string(text)
}

// wakeUp is news as it is published.
type wakeUp struct {
	Session string   `json:"session"`
	Seq     int64    `json:"seq"`
	Topics  []string `json:"topics"`
}

func encodeNews(node string, all []news) string {
	told := make([]wakeUp, 0, len(all))
	for _, one := range all {
		told = append(told, wakeUp{one.session.ID, one.session.Seq, one.topics})
	}
	text, err := json.Marshal(told)
	if err != nil {
		return "" // texts and numbers always marshal
	}
	return node + " " + string(text)
}

// decodeNews reads a message on the channel of all wake-ups: the sending node, and whom it woke.
func decodeNews(message string) (node string, told []wakeUp, ok bool) {
	node, body, found := strings.Cut(message, " ")
	if !found || len(message) > newsMax {
		return "", nil, false
	}
	err := json.Unmarshal([]byte(body), &told)
	return node, told, err == nil
}
