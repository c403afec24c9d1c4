package web

import (
	"net/http"
	"slices"
)

// QueueLine is a queue on the list of /queues, in the reader's language.
type QueueLine struct {
	ID, URL, Name string
	Next          string // name of the queue it escalates to; "" for none
	Routing       string // words are at queues.routing.<Routing>
	Calendar      string // when it is open; "" for always
	Waiting       int
	There, Free   int // agents on duty, and the chats they have room for
}

// QueuesPage is /queues: who is served by whom.
type QueuesPage struct {
	Hub
	Lines []QueueLine
}

// Queues renders /queues.
func (s *Site) Queues(w http.ResponseWriter, p QueuesPage) {
	s.render(w, p.Fault.status(), p.Page, "queues", p)
}

// Named is one of several things to choose from.
type Named struct{ ID, Name string }

// QueuePage is /queues/{queue} and /queues/new: one queue, as a form. It posts the fields
// of Form by their names, and version; a removal posts version to URL/remove.
type QueuePage struct {
	Hub
	URL       string
	New       bool
	General   bool // everybody's queue: it cannot be removed, nor its id changed
	Name      string
	Form      map[string]string // as typed: id, zh, en, escalates, routing, accept, remind, takeback, capacity, most, priority, calendar
	Version   int64
	Removed   bool     // there was one: all that is left is its history
	Faults    []string // codes of what is wrong: words are at queues.fault.<code>
	Queues    []Named  // to escalate to
	Routings  []string
	Calendars []Named
	History   []Changed
}

// Wrong reports whether a field is wrong.
func (p QueuePage) Wrong(code string) bool { return slices.Contains(p.Faults, code) }

// Queue renders /queues/{queue}.
func (s *Site) Queue(w http.ResponseWriter, p QueuePage) {
	s.render(w, p.Fault.status(), p.Page, "queue", p)
}

// field is what the template of one field of a QueuePage works on.
type field struct {
	Page   QueuePage
	Field  string
	Code   string // of its fault
	Number bool
}

func newField(p QueuePage, name, code string, number bool) field { return field{p, name, code, number} }
