package web

import "time"

// Changed is a change of a setting in its history: who, when, and what became of it.
type Changed struct {
	At      time.Time
	Who     string // name
	Version int64  // the one it made; 0: not known, or none
	Removed bool   // the setting was taken away
	Parts   []ChangedPart
}

// ChangedPart is what somebody changed: Word is the key of its name. What it is since then
// says To, or the word at ToWord; where that is not kept both are "".
type ChangedPart struct{ Word, To, ToWord string }
