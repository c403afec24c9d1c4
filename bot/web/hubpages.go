package web

import (
	"net/http"
	"time"

	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/knowledge/gate"
	"wenda/knowledge/lint"
)

// Refusal says why what a form asked for was not done. The zero value: nothing was asked.
type Refusal struct {
	Code   string // words are at hub.fault.<Code>
	Detail string // what else there is to say, one a line, as its package writes it; may be empty
	Status int    // of HTTP
}

// status is that of a page: the refusal's, if there is one.
func (r Refusal) status() int {
	if r.Status == 0 {
		return http.StatusOK
	}
	return r.Status
}

// Hub is what the pages of the knowledge hub have in common.
type Hub struct {
	Page
	Did   string              // what was just done: words are at hub.did.<Did>; "" if nothing
	Fault Refusal             // why it was not
	Names func(string) string // what somebody is called, by user id; nil: what their id is
}

// Name is what somebody is called.
func (h Hub) Name(id string) string {
	if h.Names == nil {
		return id
	}
	return h.Names(id)
}

// Learning is how far the bot has learnt from the release in force. Until it has, it
// answers with what it learnt from the one before.
type Learning struct {
	Done, Of int           // steps; 0 of 0 while nobody has begun
	Left     time.Duration // 0: not known
}

// Percent is how much is done, 0 to 99: nobody waits at a hundred.
func (l Learning) Percent() int { return min(99, 100*l.Done/max(1, l.Of)) }

// Seconds are what is left, rounded up to whole tens.
func (l Learning) Seconds() int { return int((l.Left + 10*time.Second - 1) / (10 * time.Second) * 10) }

// ReleasesPage is /releases: what was in force since when, newest first, and what is planned.
type ReleasesPage struct {
	Hub
	Current  int64     // id of the one in force; 0: none
	Learning *Learning // nil: nothing is left to learn
	Releases []base.Release
	Next     string // URL of the following page; "" if this is the last
	Plans    []base.Planned
	Waiting  int         // entries that are approved and not published
	Expiring []base.Head // whose end comes within a week
	Publish  bool        // who looks may publish, roll back and cancel
	Retire   bool        // who looks may take an entry back
}

// Releases renders /releases.
func (s *Site) Releases(w http.ResponseWriter, p ReleasesPage) {
	s.render(w, p.Fault.status(), p.Page, "releases", p)
}

// ReleasePage is /releases/{release}: what it changed, what the gate said, and how to go back to it.
type ReleasePage struct {
	Hub
	Current int64
	Release base.Release
	Changes []base.Change // from the one before, the first of them
	Back    []base.Change // what going back to it would change, the first of it; nil for the one in force
	Changed int           // how many there are in all
	Away    int           // likewise of Back
	Report  *gate.Report  // nil if none is kept
	Publish bool
	Why     string // as typed, to be shown again
}

// Release renders /releases/{release}.
func (s *Site) Release(w http.ResponseWriter, p ReleasePage) {
	s.render(w, p.Fault.status(), p.Page, "release", p)
}

// RetirePage is /retire: the form that takes one entry out of force at once. It posts
// id and why.
type RetirePage struct {
	Hub
	ID    string
	Entry knowledge.Entry // as it is in force; the zero Entry if it is not
	Why   string
}

// Text is the entry in the reader's language.
func (p RetirePage) Text() knowledge.Text {
	_, text := p.Entry.In(p.Lang)
	return text
}

// Retire renders /retire.
func (s *Site) Retire(w http.ResponseWriter, p RetirePage) {
	s.render(w, p.Fault.status(), p.Page, "retire", p)
}

// Ready is an entry that is approved and may be published.
type Ready struct {
	ID       string
	Question string
	Category string
	Risk     base.Risk
	Revision base.Revision  // that is approved
	Live     int            // revision in force; 0: none
	Found    []lint.Finding // in what is approved, as of today's rules
	Chosen   bool
}

// PublishPage is /publish: choose what goes live, see what the gate says, and do it.
type PublishPage struct {
	Hub
	Before  int64 // the release in force, that was looked at
	Waiting []Ready
	More    bool // there are others that the list does not show
	Words   bool // the synonyms changed since the release in force: they go live too
	Checked bool // the chosen ones were held against the labelled set
	Cases   int  // in that set
	Report  gate.Report
	Fails   []string // the limits that are not kept

	Why, When, SecondLogin, SecondWhy string // as typed, to be shown again
}

// Chosen is how many entries are chosen.
func (p PublishPage) Chosen() (n int) {
	for _, w := range p.Waiting {
		if w.Chosen {
			n++
		}
	}
	return n
}

// Publish renders /publish.
func (s *Site) Publish(w http.ResponseWriter, p PublishPage) {
	s.render(w, p.Fault.status(), p.Page, "publish", p)
}
