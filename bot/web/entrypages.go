package web

import (
	"net/http"
	"time"

	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/knowledge/gate"
	"wenda/knowledge/lint"
)

// Can is what the reader may do on the editors' pages. What they may not is not shown.
type Can struct {
	Write, Publish, Veto, Words, Import bool
}

// FromDesk is the tag of entries that agents suggested out of a chat.
const FromDesk = "desk"

// Person is somebody to choose: their user id and what they are called.
type Person struct{ ID, Name string }

// StateCount is how many entries are in a state.
type StateCount struct {
	State base.State
	Count int
}

// EditorPage is /editor: entries, by id. The form is a plain GET with q, state, category,
// tag, owner, risk and lang.
type EditorPage struct {
	Page
	Release    int64 // in force
	Query      base.Query
	Narrowed   bool // by more than text, state and category
	States     []StateCount
	Total      int // entries of all states
	Categories []string
	Tags       []string
	Owners     []Person
	Entries    []base.Head // the heads of one page
	Names      func(id string) string
	Next       string // URL of the following page; "" if this is the last
}

// Editor renders /editor.
func (s *Site) Editor(w http.ResponseWriter, p EditorPage) {
	s.render(w, http.StatusOK, p.Page, "editor", p)
}

// Trouble says why something could not be done.
type Trouble string

// What can go wrong on the pages of entries. Each has words of its own.
const (
	TroubleChanged Trouble = "changed" // somebody changed it meanwhile
	TroubleState   Trouble = "state"   // it is not in the state for that any more
	TroubleOwn     Trouble = "own"     // nobody approves their own words
	TroubleBlocked Trouble = "blocked" // a finding blocks
	TroubleWhy     Trouble = "why"     // a reason is missing or too long
	TroubleInvalid Trouble = "invalid" // not a valid entry; Faults say why
	TroubleExists  Trouble = "exists"  // the id is taken
	TroubleID      Trouble = "id"      // the id is none
	TroubleTime    Trouble = "time"    // a moment cannot be read
	TroubleUntried Trouble = "untried" // no matcher could be had
)

// status is what a page with that trouble is sent with.
var status = map[Trouble]int{
	"": http.StatusOK, TroubleChanged: http.StatusPreconditionFailed, TroubleState: http.StatusConflict, TroubleOwn: http.StatusForbidden,
	TroubleBlocked: http.StatusUnprocessableEntity, TroubleWhy: http.StatusUnprocessableEntity, TroubleInvalid: http.StatusUnprocessableEntity,
	TroubleExists: http.StatusConflict, TroubleID: http.StatusUnprocessableEntity, TroubleTime: http.StatusUnprocessableEntity,
	TroubleUntried: http.StatusServiceUnavailable,
}

// Told is what is said after something was tried: what went wrong, or what was done.
type Told struct {
	Trouble Trouble
	Faults  []string // of TroubleInvalid, as package base says them
	Done    string   // saved, submitted, withdrawn, approved, refused, dropped, discarded; "": nothing
	Why     string   // the reason as it was typed, to be shown again
}

// EntryPage is /editor/{id}: where an entry stands, and what can be done next.
type EntryPage struct {
	Page
	Told
	Head      base.Head
	Live      *base.Revision  // in force; nil: none
	Changes   []FieldChange   // the newest revision against what is in force
	Findings  []lint.Finding  // of the newest revision
	Blocked   bool            // one of them blocks
	Discards  bool            // nothing of it was ever approved: it can be discarded
	Own       bool            // the reader wrote what waits for review, and may not approve it
	Foreseen  *gate.Report    // what the labelled set would say if it were published; nil: nobody asked
	Steps     []base.Step     // newest first
	Revisions []base.Revision // newest first
	Tried     Tried
	Names     func(id string) string
}

// Entry renders /editor/{id}.
func (s *Site) Entry(w http.ResponseWriter, p EntryPage) {
	p.Tried.Entry = p.Head.ID
	s.render(w, status[p.Trouble], p.Page, "entry", p)
}

// ComparePage is /editor/{id}/compare: two revisions beside each other.
type ComparePage struct {
	Page
	ID, Question  string
	Before, After base.Revision
	Changes       []FieldChange
	Revisions     []base.Revision
	Names         func(id string) string
}

// Compare renders /editor/{id}/compare.
func (s *Site) Compare(w http.ResponseWriter, p ComparePage) {
	s.render(w, http.StatusOK, p.Page, "compare", p)
}

// ThreeWay is a field that two people changed: what it was, what the other made of it,
// what the reader did.
type ThreeWay struct {
	FieldChange         // from what it was to theirs
	Yours       []Piece // from what it was to yours
	Clash       bool    // both changed it, differently
}

// EditPage is /editor/{id}/edit: an entry as a form. Sent back with a trouble it holds
// what was typed.
type EditPage struct {
	Page
	Told
	ID         string // as in the address
	NewID      string // of an entry that is not there yet: as typed
	New        bool   // it is not there yet
	Version    int64  // that the next save names
	Content    base.Content
	Kept       time.Time // Content is what the reader typed until then and did not save
	Overtaken  bool      // somebody saved since the reader began
	Live       int       // revision in force
	State      base.State
	Findings   []lint.Finding
	Blocked    bool
	Three      []ThreeWay // of TroubleChanged
	Tried      Tried
	Owners     []Person
	Categories []string
}

// EditEntry renders /editor/{id}/edit.
func (s *Site) EditEntry(w http.ResponseWriter, p EditPage) {
	p.Tried.Entry = p.ID
	s.render(w, status[p.Trouble], p.Page, "edit", p)
}

// Tried is an utterance put to what is in force and to a draft.
type Tried struct {
	Said        string
	Entry       string // whose draft it is; the page fills it in
	Live, Draft *Outcome
	Unavailable bool // no matcher could be had
}

// Outcome is what a matcher makes of an utterance.
type Outcome struct {
	Zone    knowledge.Zone
	Matches []knowledge.Match
	Why     knowledge.Explanation
}

// Waiting is an entry in review.
type Waiting struct {
	base.Head
	Since   time.Time
	Asker   string // user id of who asked for the review
	Why     string
	Own     bool // the reader wrote it, and may not approve it
	Changed int  // fields that differ from what is in force; of a new entry all
	Warned  int  // findings
	Blocked bool
}

// ReviewPage is /review: what waits, longest first.
type ReviewPage struct {
	Page
	Told
	Now     time.Time
	Waiting []Waiting
	More    bool // there are more than can be shown
	Names   func(id string) string
}

// Review renders /review.
func (s *Site) Review(w http.ResponseWriter, p ReviewPage) {
	s.render(w, status[p.Trouble], p.Page, "review", p)
}
