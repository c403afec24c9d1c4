// Package checker judges a run: from a history (what customers and agents saw) and
// the transcripts that are in the store when all is over, to a list of Violations.
// It is made of pure functions; what it does not know it allows: a try whose outcome
// is unknown may have been done once, or not at all.
//
//	acked.go     acked means kept: once, with that seq and that text
//	sequence.go  no gaps, and the head agrees with the log
//	order.go     what was acked before something else was sent stands before it
//	readers.go   every reader got all it may see, once, in order
//	owner.go     one owner at every moment, and only the owner speaks
//	claims.go    a claim takes one chat, once
//	answers.go   every message to the bot is answered once or handed to people
//	registers.go the small objects, linearizable: a ref and its seq, a chat and its owner (porcupine)
package checker

import (
	"cmp"
	"fmt"
	"slices"

	"wenda/cmd/loadtest/history"
	"wenda/sessions"
)

// Rule names what was broken.
type Rule string

// The rules.
const (
	Lost        Rule = "lost"         // acked or delivered, and not in any transcript
	Doubled     Rule = "doubled"      // more than once in the transcripts
	Foreign     Rule = "foreign"      // in a transcript, and nobody sent it
	Changed     Rule = "changed"      // another text, or another seq, than was acked
	RefusedKept Rule = "refused_kept" // refused at every try, and in a transcript
	Gap         Rule = "gap"          // the numbers of a transcript are not 1 to n
	Head        Rule = "head"         // the head does not agree with its log
	Reordered   Rule = "reordered"    // sent later, and stands before
	Delivery    Rule = "delivery"     // a reader got a line twice, not at all, out of order, or one that is not so
	Incomplete  Rule = "incomplete"   // a reader did not get all of it
	TwoOwners   Rule = "two_owners"   // two owners at once, or a change of owner from a state that was not
	NotOwner    Rule = "not_owner"    // somebody spoke who did not own the chat
	StaleFence  Rule = "stale_fence"  // an agent's act was taken with a fence that was over
	TwoSessions Rule = "two_sessions" // a customer had two open sessions in a channel
	Unanswered  Rule = "unanswered"   // the bot owned the chat and the customer got no answer
	Answered2   Rule = "answered_twice"
	NoQuestion  Rule = "no_question" // the bot answered what nobody asked
	Register    Rule = "register"    // not linearizable
	StuckRule   Rule = "stuck"       // a client waited in vain
	OddRule     Rule = "odd"         // the server broke the protocol
)

// Violation is one broken promise.
type Violation struct {
	Rule     Rule   `json:"rule"`
	Session  string `json:"session,omitempty"`
	Ref      string `json:"ref,omitempty"`
	Seq      int64  `json:"seq,omitempty"`
	Evidence string `json:"evidence"`
}

// String is one line for a report.
func (v Violation) String() string {
	s := string(v.Rule)
	if v.Session != "" {
		s += " session " + v.Session
	}
	if v.Seq != 0 {
		s += fmt.Sprintf(" seq %d", v.Seq)
	}
	if v.Ref != "" {
		s += " ref " + v.Ref
	}
	return s + ": " + v.Evidence
}

// Check returns all violations, in the order of the rules' files.
func Check(records []history.Record, truth Truth) []Violation {
	c := newCase(records, truth)
	for _, rule := range []func(){c.acked, c.sequences, c.order, c.readers, c.owners, c.claims, c.oneSession, c.answers, c.registers, c.drivers} {
		rule()
	}
	return c.found
}

// verdict collects violations.
type verdict struct{ found []Violation }

func (v *verdict) broken(rule Rule, session string, seq int64, ref string, evidence string, args ...any) {
	v.found = append(v.found, Violation{Rule: rule, Session: session, Seq: seq, Ref: ref, Evidence: fmt.Sprintf(evidence, args...)})
}

// inquiry is the case: the evidence, sorted for the rules.
type inquiry struct {
	verdict
	records []history.Record
	truth   Truth
	session map[string]*life
	sends   []*sent          // in order of their first try
	byRef   map[string]*sent // the same
	kept    map[string][]place
}

// place is where an event stands.
type place struct {
	in    *life
	index int
}

func (p place) event() Event { return p.in.Events[p.index] }

// sent is one thing that a customer or an agent sent, with all its tries.
type sent struct {
	history.Record // the first try, but for what became of it:

	tries   []history.Record
	acked   bool  // at least one try was
	ackedAt int64 // when first
	refused bool  // every try was, surely
}

// life is a session with the owner at each of its events.
type life struct {
	Session
	before, after []owner // of each event
	ordinal       int     // among the sessions of its customer
}

// owner is who owned a chat.
type owner struct {
	state sessions.State
	agent string
	fence int64
}

func newCase(records []history.Record, truth Truth) *inquiry {
	c := &inquiry{records: records, truth: truth, session: map[string]*life{}, byRef: map[string]*sent{}, kept: map[string][]place{}}
	for _, s := range truth {
		c.session[s.Head.ID] = lived(s)
	}
	c.count()
	for _, s := range truth {
		in := c.session[s.Head.ID]
		for i, e := range in.Events {
			if e.Ref != "" && said(e) {
				c.kept[e.Ref] = append(c.kept[e.Ref], place{in, i})
			}
		}
	}
	for _, r := range records {
		if tried(r.Op) {
			c.try(r)
		}
	}
	slices.SortStableFunc(c.sends, func(a, b *sent) int { return cmp.Compare(a.Begin, b.Begin) })
	return c
}

func tried(op history.Op) bool {
	switch op {
	case history.Send, history.Vote, history.Rate, history.End, history.Say, history.Note, history.Return, history.Close:
		return true
	}
	return false
}

func (c *inquiry) try(r history.Record) {
	s := c.byRef[r.Ref]
	if s == nil {
		s = &sent{Record: r, refused: true}
		c.byRef[r.Ref] = s
		c.sends = append(c.sends, s)
	}
	s.tries = append(s.tries, r)
	s.Begin = min(s.Begin, r.Begin)
	s.refused = s.refused && r.Outcome == history.Fail
	if r.Outcome == history.OK && (!s.acked || r.End < s.ackedAt) {
		s.acked, s.ackedAt, s.Seq, s.Session = true, r.End, r.Seq, r.Session
	}
}

// count numbers the sessions of each customer in the order they were opened.
func (c *inquiry) count() {
	of := map[string][]*life{}
	for _, s := range c.truth {
		id := s.Head.Customer.ID + " " + s.Head.Channel
		of[id] = append(of[id], c.session[s.Head.ID])
	}
	for _, all := range of {
		slices.SortFunc(all, func(a, b *life) int {
			return cmp.Or(a.Head.OpenedAt.Compare(b.Head.OpenedAt), cmp.Compare(a.Head.ID, b.Head.ID))
		})
		for i, s := range all {
			s.ordinal = i
		}
	}
}

// drivers are the complaints of the clients themselves.
func (c *inquiry) drivers() {
	for _, r := range c.records {
		switch r.Op {
		case history.Stuck:
			c.broken(StuckRule, r.Session, r.Seq, r.Ref, "%s waited in vain for %s", cmp.Or(r.Reader, r.Who), r.Code)
		case history.Odd:
			c.broken(OddRule, r.Session, r.Seq, r.Ref, "%s was told %s", cmp.Or(r.Reader, r.Who), r.Code)
		}
	}
}
