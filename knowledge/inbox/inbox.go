// Package inbox collects what customers asked and did not get, so that editors can give
// it to them.
//
//	box, err := inbox.New(db, inbox.Options{Vector: vector, Matcher: matcher, Drafter: drafts})
//	page, err := box.List(ctx, inbox.Query{})                    // what is asked most, first
//	deed, err := box.AddPhrasing(ctx, "zhou", page[0].ID, "repay-how", "咋还钱啊", "")
//	err = box.Undo(ctx, "zhou", deed.ID, "means the card")
//
// # Items
//
// An Item is one question of one chat that the bot did not answer to the customer's
// content; Kinds say why. It is named by session and seq, so collecting a chat
// again never counts it twice, it only completes it. Texts are masked before they get
// here, at most MaxText runes, and are removed after some months (Sweep) or when the
// chat is erased (Forget).
//
// # Clusters
//
// Questions that mean the same are a Cluster. A new item goes to the cluster that has an
// equal text (after normalising), else to the one whose first question is most like it, if
// that is at least Alike, else it begins one of its own (leader clustering). Once put, an
// item stays. So the same items in the same order make the same clusters, whatever
// node reads them; the leaders are kept in memory by the one who does. Items
// beyond MostOpen are archived, oldest first: they stay stored, and leave lists and memory.
//
// Clusters are ranked by how many chats asked, each day's worth half as much a fortnight
// later, times 1 + the share that ended with a person: those cost most.
//
// # Deeds
//
// What an editor does about a cluster is a Deed: add it as a phrasing to an entry, start a
// draft, mark it as out of scope, ignore it with a reason. Each is one click, audited
// and can be undone. A cluster that is done still takes in who asks the same, silently;
// but if customers miss it again Reopens after a phrasing or a draft, it comes back.
//
// # What comes of answers
//
// Beside the questions, chats say which answers were right (Confirmed, for learning and
// the regression gate), what the base shall not answer (OutOfScope, for the calibrator),
// and how often each entry was given, and in vain (Usage, for health).
//
// # Following
//
// Who reads the chats calls Duty, Mark and Take; knowledge knows no chats. Duty picks
// one node, so that the work is done once; Take moves the mark in the transaction of
// what it stores, and only from where it stood. So a restart, a second reader or a lost
// answer neither skips nor doubles anything.
package inbox

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"wenda/internal/sqldb"
	"wenda/knowledge"
)

// What a caller acts on. Returned errors wrap them.
var (
	ErrNone    = errors.New("inbox: no such cluster or deed")
	ErrDone    = errors.New("inbox: somebody has dealt with it meanwhile") // look again
	ErrInvalid = errors.New("inbox: not possible like this")               // the message says why
	ErrMoved   = errors.New("inbox: somebody else reads the chats")        // ask for Duty and Mark again
)

const (
	MaxText   = knowledge.MaxUtteranceRunes // runes of a question
	MaxAnswer = 2000                        // runes kept of what an agent said
	MaxWhy    = 500                         // runes of a reason
	MostOpen  = 20_000                      // items in lists and memory

	// Alike is the cosine from which two questions count as one. With the shipped encoder,
	// of all pairs that come to lie in one cluster so many belong together, and of all that
	// belong together so many do: questions of a bank 90 and 22 %, of a wallet 83 and 25 %,
	// of a base that leaves little open (the sample's phrasings) 50 and 40 %. A wrong pair
	// hides a question, a missing one only shows it twice.
	Alike = 0.70

	// HalfLife is how fast an item loses weight in the ranking.
	HalfLife = 14 * 24 * time.Hour
	// Reopens is how long after a phrasing or a draft a question may still be missed: it
	// has to be reviewed and published first.
	Reopens = 7 * 24 * time.Hour
	// Retention is how long texts are kept if nobody says otherwise.
	Retention = 180 * 24 * time.Hour
)

// Kind says why a question is here.
type Kind string

// The kinds, in the order in which they are listed.
const (
	Missed    Kind = "missed"     // nothing in the base resembled it
	Refused   Kind = "refused"    // the bot asked back, and the customer said: none of these
	VotedDown Kind = "voted_down" // the answer was voted 没用
	HandedOff Kind = "handed_off" // the customer wanted a person right after it
	Agent     Kind = "agent"      // an agent answered it, in their own words
)

// Kinds are all kinds; bit i of a stored number is Kinds[i].
var Kinds = []Kind{Missed, Refused, VotedDown, HandedOff, Agent}

// Item is one question. Make sure that it is masked.
type Item struct {
	Session string         `json:"session"`
	Seq     int64          `json:"seq"` // of the question in the session
	At      time.Time      `json:"at"`
	Lang    knowledge.Lang `json:"lang"`
	Text    string         `json:"text"`
	Kinds   []Kind         `json:"kinds"`            // at least one, in the order of Kinds
	Answer  string         `json:"answer,omitempty"` // what an agent said to it
}

// Confirmation says what a question meant, by whoever should know: the customer chose the
// entry, or an agent did.
type Confirmation struct {
	Session string
	Seq     int64
	At      time.Time
	Text    string
	Entry   string
	Holds   bool // false takes it back: the customer voted 没用
}

// Vector says what a text means: texts that mean the same have vectors in nearly the
// same direction. All are of one length; it must be the same for the same text.
type Vector func(text string) []float32

// Drafter writes drafts into the base. Its errors are passed on as they are.
type Drafter interface {
	// AddPhrasing saves a draft of an entry in which text is one more way to ask. The
	// token takes it back. Adding what is there already changes nothing and succeeds.
	AddPhrasing(ctx context.Context, by, entry string, lang knowledge.Lang, text, why string) (token string, err error)

	// Start begins a draft of a new entry that asks question; answer is what agents said
	// to it, for its author to look at. It returns the new entry's id.
	Start(ctx context.Context, by string, lang knowledge.Lang, question, answer, why string) (entry, token string, err error)

	// TakeBack undoes what token names, unless its author made more of it since. What is
	// taken back already, or gone, is no error.
	TakeBack(ctx context.Context, by, token, why string) error
}

// Options are what a Store is made of. Vector must be set.
type Options struct {
	Vector  Vector
	Matcher knowledge.Matcher // suggests entries; nobody if nil
	Drafter Drafter           // without it AddPhrasing and StartDraft are ErrInvalid
	Now     func() time.Time  // time.Now if nil
	Log     *slog.Logger      // nowhere if nil

	alike    float32 // Alike; tests have others
	mostOpen int
	times    dutyTimes
}

// Store is the inbox in a database. Its methods are safe for concurrent use.
type Store struct {
	Options
	db   *sqldb.DB
	duty duty

	mu    sync.Mutex // held by Take
	known *leaders   // nil: to be read again
}

// New returns a Store on db, whose schema is up to date.
func New(db *sqldb.DB, o Options) (*Store, error) {
	if o.Vector == nil {
		return nil, errors.New("inbox: without vectors nothing is alike")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.alike == 0 {
		o.alike = Alike
	}
	if o.mostOpen == 0 {
		o.mostOpen = MostOpen
	}
	if o.times == (dutyTimes{}) {
		o.times = dutyTimes{beat: BeatEvery, still: StillAfter, blind: BlindAfter}
	}
	return &Store{Options: o, db: db, duty: duty{me: rand.Text(), since: since()}}, nil
}

// write runs do in a transaction that no other writer of the inbox overlaps.
func (s *Store) write(ctx context.Context, what string, do func(sqldb.Tx) error) error {
	err := s.db.Write(ctx, func(tx sqldb.Tx) error {
		if err := tx.Serialize("inbox"); err != nil {
			return err
		}
		return do(tx)
	})
	if err != nil {
		return fmt.Errorf("inbox: %s: %w", what, err)
	}
	return nil
}

// bits are kinds as they are stored.
func bits(kinds []Kind) (b int64) {
	for i, k := range Kinds {
		for _, have := range kinds {
			if have == k {
				b |= 1 << i
			}
		}
	}
	return b
}

func kindsOf(b int64) (kinds []Kind) {
	for i, k := range Kinds {
		if b&(1<<i) != 0 {
			kinds = append(kinds, k)
		}
	}
	return kinds
}

func list(texts []string) string {
	b, err := json.Marshal(texts)
	if err != nil {
		panic(err) // strings always marshal
	}
	return string(b)
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
