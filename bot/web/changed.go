package web

import (
	"net/http"
	"time"
)

// Changed is a change of a setting: who, when, and what became of it.
type Changed struct {
	At      time.Time
	Who     string // name
	Kind    string // what setting it was, where that is not plain: words are at change.<Kind>
	Of      string // … and its name
	URL     string // … and its page
	Version int64  // the one it made; 0: not known, or none
	Made    bool   // there was none before
	Removed bool   // the setting was taken away
	Parts   []ChangedPart
}

// ChangedPart is what somebody changed: Word is the key of its name, Through of the last of
// several that were changed alike, Label what it is called besides.
type ChangedPart struct {
	Word, Through, Label string
	Was, Is              ChangedValue
}

// Turned reports whether it became something, rather than came or went.
func (p ChangedPart) Turned() bool { return p.Is.Some() && (p.Was.Some() || p.Label == "") }

// ChangedValue is what a part was or is: the word at Word, where {n} is N, and a text. The
// zero value is not known, or none.
type ChangedValue struct {
	Word, Text string
	N          int
}

// Some reports whether there is anything to say.
func (v ChangedValue) Some() bool { return v.Word != "" || v.Text != "" }

// ChangesPage is /changes: what was changed in queues and calendars, newest first.
type ChangesPage struct {
	Hub
	Changes []Changed
	Next    string // URL of the following page; "" if this is the last
}

// Changes renders /changes.
func (s *Site) Changes(w http.ResponseWriter, p ChangesPage) {
	s.render(w, p.Fault.status(), p.Page, "changes", p)
}
