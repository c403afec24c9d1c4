package web

import (
	"net/http"

	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/knowledge/exchange"
	"wenda/knowledge/gate"
	"wenda/knowledge/health"
	"wenda/knowledge/inbox"
)

// InboxPage is /inbox: what customers asked and did not get, what costs most first.
type InboxPage struct {
	Hub
	Query    inbox.Query
	Clusters []inbox.Cluster
	FromDesk []base.Head // drafts that agents suggested, on the first page of what is open
	All      int         // clusters that fit, on all pages
	Kinds    []Choice
	States   []Choice
	Prev     string // URLs of the pages before and behind; "" if there are none
	Next     string
	Back     string     // URL of this list, where forms come back to
	Last     inbox.Deed // what was just done, to be undone; zero if nothing
	At       int        // the cluster to go on with, from 0
	Edit     bool       // who looks may do something about it
	Failed   int64      // the cluster whose form was refused
	Typed    Typing     // what stood in it
}

// Typing is what somebody typed into a form that was refused.
type Typing struct{ Entry, Text, Why string }

// Choice is one of several views of a list.
type Choice struct {
	Code    string // "" is all of them
	URL     string
	Current bool
}

// Inbox renders /inbox.
func (s *Site) Inbox(w http.ResponseWriter, p InboxPage) {
	s.render(w, p.Fault.status(), p.Page, "inbox", p)
}

// CasesPage is /cases: the labelled set that a publish is held against.
type CasesPage struct {
	Hub
	Cases       []gate.Case
	Count, None int
	Query       gate.Query
	Next        string
	Edit        bool
	Utterance   string // as typed, to be shown again
	Expect      string
}

// Cases renders /cases.
func (s *Site) Cases(w http.ResponseWriter, p CasesPage) {
	s.render(w, p.Fault.status(), p.Page, "cases", p)
}

// WordsPage is /words: the sheets of company words.
type WordsPage struct {
	Hub
	Sheets []base.Sheet
}

// Words renders /words.
func (s *Site) Words(w http.ResponseWriter, p WordsPage) {
	s.render(w, p.Fault.status(), p.Page, "words", p)
}

// SheetPage is /words/{sheet}: its lines, to be changed by whom it is given to, and its
// history. If somebody else was faster it shows three texts: Text is the typed one, Theirs
// the newest, Common the one that both began with.
type SheetPage struct {
	Hub
	Sheet   base.Sheet // the newest
	Shipped bool       // nobody has written one: Text is what Wenda comes with
	Text    string
	Why     string
	Theirs  string
	Common  string
	History []base.Sheet
	Old     int64 // version shown in Text instead of the newest; 0: none
	Edit    bool
}

// Sheet renders /words/{sheet}.
func (s *Site) Sheet(w http.ResponseWriter, p SheetPage) {
	s.render(w, p.Fault.status(), p.Page, "sheet", p)
}

// ImportPage is /import: the form that takes a file, and where to get one.
type ImportPage struct {
	Hub
	Modes   []exchange.Mode
	Mode    exchange.Mode
	Lacking int // replies of agents that Wenda is shipped with and the base has never had
}

// Import renders /import.
func (s *Site) Import(w http.ResponseWriter, p ImportPage) {
	s.render(w, p.Fault.status(), p.Page, "import", p)
}

// ImportedPage is /import/{import}: how far it is, then what it would do, then what it did.
type ImportedPage struct {
	Hub
	ID    string
	File  string // its name
	Phase string // reading, planned, saving, saved or failed
	Plan  *exchange.Plan
	Shows []Choice       // kinds of rows
	Rows  []exchange.Row // those shown
	Next  string
	Saved int // drafts that were made
	Why   string
}

// Imported renders /import/{import}.
func (s *Site) Imported(w http.ResponseWriter, p ImportedPage) {
	s.render(w, p.Fault.status(), p.Page, "imported", p)
}

// HealthPage is /health: what is wrong with the release in force that nobody complained
// about yet.
type HealthPage struct {
	Hub
	Running  bool          // being looked at now, on this node
	Report   health.Report // the newest; of release 0: none yet
	Current  int64         // the release in force
	Kinds    []Choice
	Counts   map[health.Kind]int
	Findings []health.Finding  // those shown
	Asked    map[string]string // standard questions, by entry
	Next     string
}

// Question is an entry's standard question, or its id.
func (p HealthPage) Question(entry string) string {
	if q := p.Asked[entry]; q != "" {
		return q
	}
	return entry
}

// Count is how many findings there are of a kind.
func (p HealthPage) Count(kind string) int { return p.Counts[health.Kind(kind)] }

// Health renders /health.
func (s *Site) Health(w http.ResponseWriter, p HealthPage) {
	s.render(w, p.Fault.status(), p.Page, "health", p)
}

// hubFunctions are what only the knowledge hub's templates call.
func hubFunctions(lang knowledge.Lang, w words) map[string]any {
	return map[string]any{
		"sayIn": func(say map[knowledge.Lang]string) string { return say[lang] },
		"flaw": func(f exchange.Flaw) (_ string, err error) {
			if f.Code == exchange.BadContent {
				f.Detail, err = w.fault(f.Detail)
			}
			return f.Text(lang), err
		},
		"came": func(c exchange.Change) []string { came, _ := c.Lines(); return came },
		"went": func(c exchange.Change) []string { _, went := c.Lines(); return went },
	}
}
