// Package base is the knowledge hub's truth: entries as editors write them, who
// reviewed what, and the releases that bots answer from. It lives in SQL.
//
//	hub := base.New(db)
//	head, err := hub.Create(ctx, "zhou", "repay-how", content, "asked often")
//	head, err = hub.Submit(ctx, "zhou", "repay-how", head.Version, "")
//	head, err = hub.Approve(ctx, base.Reviewer{ID: "li"}, "repay-how", head.Version, "checked against the contract")
//	release, err := hub.Publish(ctx, base.Publication{By: "li", Why: "new repayment day", Entries: []string{"repay-how"}, GatePassed: true})
//	inForce, err := hub.Load(ctx, release.ID) // *knowledge.Release
//
// # Revisions
//
// Whatever an editor saves becomes a revision: it is numbered from 1 and never
// changes. A revision goes one way:
//
//	draft → in_review → approved → live → retired
//	  │       └→ draft (refused or withdrawn)
//	  └→ discarded, if nothing of the entry was ever approved
//
// What is retired or discarded comes back as a new draft when somebody saves it again.
//
// Only an approved revision can be in a release, and approving is a row that names
// author and approver; the database refuses a row in which they are the same person,
// unless it says that it was made in solo mode, and a release that lists what has no such
// row. So nothing goes live that one person alone wrote and waved through.
//
// # Releases
//
// A release lists revisions, one an entry, and never changes. Publishing makes a
// new one out of the one in force and what was approved; rolling back makes a new one
// equal to an old one; the newest is in force, on every node. They are one chain: two
// that are made at once follow each other, or the second is refused if its maker named
// the release they looked at. A release is one transaction: whoever is killed in it leaves
// the old one in force.
//
// Stored are differences: a release costs as much as what it changes, and any of them can
// be read again.
//
// # The clock
//
// What is valid from a later moment waits in the release, behind the revision that
// answers meanwhile; what is valid until a moment goes out of force then. A
// publication may be planned for a minute, with the revisions that were approved when it was
// planned. All that is done by Due, which every node calls every few seconds.
//
// # Working copies
//
// What an editor types is kept as their own working copy until they save: it is
// nobody else's, and not a revision.
package base

import (
	"errors"
	"time"

	"wenda/knowledge"
)

// What a caller acts on. Returned errors wrap them.
var (
	ErrNone       = errors.New("base: no such entry, revision or release")
	ErrExists     = errors.New("base: an entry with this id exists")
	ErrChanged    = errors.New("base: somebody changed it meanwhile")             // load it again and look
	ErrState      = errors.New("base: not possible in this state")                // e.g. approving what is not in review
	ErrOwnWords   = errors.New("base: nobody approves their own words")           // another person must
	ErrProtected  = errors.New("base: the bot needs this entry")                  // a sentence of its own cannot be retired
	ErrInvalid    = errors.New("base: not a valid entry")                         // with every fault, one a line
	ErrSignature  = errors.New("base: needs the signature of a second person")    // see Publication.Second
	ErrSuperseded = errors.New("base: another release went into force meanwhile") // look at what would change now
)

// State is how far a revision has come.
type State string

// The states of a revision.
const (
	Draft    State = "draft"
	InReview State = "in_review"
	Approved State = "approved"
	Live     State = "live"
	Retired  State = "retired" // was live

	Discarded State = "discarded" // a draft that nobody wants, of an entry of which nothing was ever approved
)

// Gone reports whether the entry was put away: lists and exports pass over it, and what
// it says is saved anew even if nothing in it is.
func (s State) Gone() bool { return s == Retired || s == Discarded }

// Risk says how much harm a wrong answer does. Editors filter by it; supervisors
// may demand more of high.
type Risk string

// The risk classes.
const (
	RiskLow    Risk = "low"
	RiskNormal Risk = "normal"
	RiskHigh   Risk = "high" // money, rates, legal consequences
)

// Content is what editors write of an entry: all that a revision holds. As JSON it
// is lossless and canonical (equal contents, equal bytes).
type Content struct {
	Category string                  `json:"category,omitempty"`
	Tags     []string                `json:"tags,omitempty"`     // sorted, each once
	Hot      bool                    `json:"hot,omitempty"`      // offered on the welcome card
	Owner    string                  `json:"owner,omitempty"`    // user id of who keeps it true
	Source   string                  `json:"source,omitempty"`   // the document it comes from
	Risk     Risk                    `json:"risk,omitempty"`     // "" is RiskNormal
	Related  []string                `json:"related,omitempty"`  // entry ids
	From     time.Time               `json:"from,omitzero"`      // valid from, whole seconds UTC; zero: at once
	Until    time.Time               `json:"until,omitzero"`     // valid until, exclusive; zero: no end
	ReviewBy time.Time               `json:"review_by,omitzero"` // when somebody shall look whether it is still true
	Texts    map[knowledge.Lang]Text `json:"texts"`
}

// Text is an entry in one language.
type Text struct {
	Question string            `json:"question"`
	Similar  []string          `json:"similar,omitempty"`
	Not      []string          `json:"not,omitempty"`
	Answer   string            `json:"answer"`
	Channels map[string]string `json:"channels,omitempty"` // answers for single channels (ivr, sms …) instead of Answer
}

// Revision is one saved content. It never changes.
type Revision struct {
	Entry   string    `json:"entry"`
	Number  int       `json:"number"` // 1 and up
	State   State     `json:"state"`
	Author  string    `json:"author"` // user id
	At      time.Time `json:"at"`
	Why     string    `json:"why,omitempty"`
	Content Content   `json:"content"`

	Approver   string    `json:"approver,omitempty"` // "" until approved
	ApprovedAt time.Time `json:"approved_at,omitzero"`
	Solo       bool      `json:"solo,omitempty"` // approved by its author, in solo mode
}

// Head is where an entry stands: its newest revision, and the one that is live.
type Head struct {
	ID      string   `json:"id"`
	Version int64    `json:"version"` // goes up with every change of the entry; what If-Match names
	Newest  Revision `json:"newest"`
	Live    int      `json:"live,omitempty"`  // number of the live revision; 0: none
	Ready   int      `json:"ready,omitempty"` // number of the revision that is approved and in no release yet; 0: none
	Next    int      `json:"next,omitempty"`  // number of the revision that a release lists and that waits for its From; 0: none
}

// Step is one line of an entry's history: who did what, when and why.
type Step struct {
	Revision int       `json:"revision"`
	Did      string    `json:"did"` // saved, submitted, withdrawn, discarded, refused, approved, published, scheduled (published, waits for its From), unscheduled, retired
	Who      string    `json:"who"`
	At       time.Time `json:"at"`
	Why      string    `json:"why,omitempty"`
	Release  int64     `json:"release,omitempty"` // of published, scheduled, unscheduled and retired
}

// Reviewer is who approves.
type Reviewer struct {
	ID   string
	Solo bool // the company chose at set-up that one person may approve their own words
}

// Kind says who says an entry's answer, and when. It goes by the entry's id.
type Kind string

// The kinds of entries.
const (
	AskedKind  Kind = "asked"  // the bot, to customers who ask
	CannedKind Kind = "canned" // agents: knowledge.CannedPrefix
	SystemKind Kind = "system" // the bot, of its own accord: knowledge.SystemPrefix
)

// Kinds are all kinds, in the order of lists.
var Kinds = []Kind{AskedKind, CannedKind, SystemKind}

// Query selects entries for a list. Zero fields do not filter.
type Query struct {
	Kind     Kind
	Text     string // words that must all stand in id, question, phrasings or answer, in any spelling
	State    State  // of the newest revision; Live also finds entries with a live revision under a newer draft; "" finds all but what is Discarded
	Category string
	Tag      string
	Owner    string
	Risk     Risk
	Lang     knowledge.Lang // has a text in it
	After    string         // entry id; continues behind it
	Limit    int            // at most 200; 50 if 0
}

// ReleaseKind says how a release came to be.
type ReleaseKind string

// The kinds of releases.
const (
	Published  ReleaseKind = "publish"
	RolledBack ReleaseKind = "rollback" // equal to an older one
	TakenBack  ReleaseKind = "retire"   // without an entry that was live
	ByClock    ReleaseKind = "clock"    // something became valid or ceased to be
	Seeded     ReleaseKind = "seed"     // what Wenda was shipped with
)

// Release is a release's cover page. What is in it: Store.Load and Store.Changes.
type Release struct {
	ID        int64       `json:"id"` // 1 and up
	Kind      ReleaseKind `json:"kind"`
	Of        int64       `json:"of,omitempty"`     // RolledBack: the one it equals
	Before    int64       `json:"before,omitempty"` // the release that was in force
	At        time.Time   `json:"at"`
	By        string      `json:"by"`
	Why       string      `json:"why,omitempty"`
	Second    string      `json:"second,omitempty"` // who signed although the gate said no
	SecondWhy string      `json:"second_why,omitempty"`
	Entries   int         `json:"entries"`
	Gate      []byte      `json:"-"` // the gate's report as JSON, as it was given; may be nil
}

// Change is one difference between two releases.
type Change struct {
	Entry    string `json:"entry"`
	Question string `json:"question"`
	Before   int    `json:"before,omitempty"` // revision; 0: was not there
	After    int    `json:"after,omitempty"`  // revision; 0: is gone

	// Revisions that wait for their From; 0: none.
	NextBefore int `json:"next_before,omitempty"`
	NextAfter  int `json:"next_after,omitempty"`
}

// Publication asks for a release.
type Publication struct {
	By, Why string
	Entries []string  // whose newest approved revision shall go live; at least one
	Before  int64     // the release that its maker looked at; 0: whichever is in force
	At      time.Time // when; zero: now. Later ones wait as Planned

	Gate       []byte // the gate's report, kept with the release
	GatePassed bool
	Second     string // user id of who signs although the gate says no: not By, unless Solo
	SecondWhy  string
	Solo       bool
}

// Planned is a publication that waits for its minute.
type Planned struct {
	ID int64 `json:"id"`
	Publication
	Failed string `json:"failed,omitempty"` // why it could not be done (FailedNewer, …); "" while it waits
}
