// Package bot is who speaks first.
//
// A customer's message comes in through Hear. Personal data is masked, the matcher
// is asked what may be meant, decide chooses what to do, and utterance and reply
// are committed to the session together. What is committed is heard by everyone who
// follows the session; the bot itself sends nothing to anybody.
//
//	Hear ─ mask ─ sessions.Update ┬ load
//	                              ├ knowledge.Matcher.Match
//	                              ├ decide      a function: no I/O, no clock
//	                              └ commit
//
// People type in bursts: 你好 / 我想问下 / 怎么提前还款. Where the bot is sure it
// answers at once. Else the line is committed and kept Pending, and the bot waits
// until the customer has been quiet for Policy.Gather; then it gives one answer to all
// that waits (gather.go, think.go). Sweep is the bot's life: while it runs, the node
// that took a line answers it in time.
//
// A customer who waits for a person may go on asking: what the hub is sure of is answered,
// and the place in the queue is kept (meanwhile.go). A silent one is asked twice whether
// there is more, then the chat is closed (idle.go); their next message takes it up again
// (reopen.go). When a part of the chat ends they are asked to rate it, once (survey.go).
//
// Three promises are kept here:
//
//   - approved answers only: every sentence comes from the release in force (sentence.go);
//   - a person is always reachable: AsksForPerson is asked before the matcher (person.go),
//     and a handoff ends in the queue or with a message taken (handoff.go);
//   - every message is answered once: what was committed without a reply is found by
//     the sweeper of any node, and what nobody survives goes to a person (sweep.go).
//
// The human side is bot/desk. Bot and desk never call each other; they meet at the session.
package bot

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"wenda/knowledge"
	"wenda/sessions"
)

// Parts are what a Bot is made of. All but MatchWithin, Now and Log must be set.
type Parts struct {
	Store   sessions.Store
	Live    sessions.Live
	Matcher knowledge.Matcher
	Release func() *knowledge.Release // in force; never nil

	// OnDuty says what the queue of a skill can do now. An error counts as somebody
	// being there: a long wait is better than an unheard customer.
	OnDuty func(ctx context.Context, skill string) (Duty, error)

	// Mask hides personal data and names the kinds it hid.
	Mask func(text string) (masked string, kinds []string)
	// Contact finds a phone number or e-mail left on purpose.
	Contact func(text string) (contact string, ok bool)
	// Seal encrypts contact details of a session.
	Seal func(session, contact string) []byte

	// MatchWithin bounds a match, whatever the Matcher does; 0 for a second. The Matcher has
	// a budget of its own, and is to end by that.
	MatchWithin time.Duration

	Policy Policy
	Now    func() time.Time
	Log    *slog.Logger
}

// Bot answers customers. It is safe for concurrent use. Its state is in the sessions;
// of its own it has timers only, and what they would do the sweeper does too.
type Bot struct {
	Parts
	gathering gathering
}

// New makes a Bot. It returns an error if the release in force lacks a sentence
// the bot needs.
func New(p Parts) (*Bot, error) {
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.MatchWithin <= 0 {
		p.MatchWithin = time.Second
	}
	if p.Log == nil {
		p.Log = slog.New(slog.DiscardHandler)
	}
	if err := CheckRelease(p.Release()); err != nil {
		return nil, err
	}
	return &Bot{Parts: p}, nil
}

// matchLimit is how many candidates are looked at and kept with the decision.
const matchLimit = 5

// Hear takes what a customer said (a Message with Text or Choice, a Vote or a
// Rating), and commits it, with the bot's reply if the bot owns the session and need
// not wait for more. A message to a closed session reopens it if Reopens says so, and
// is sessions.ErrClosed otherwise. It returns ErrInvalid for a code or a part that
// nobody asked for, ErrNotFound for a session that is not by's, and what sessions.Update returns. When
// it returns nil the message is kept for ever.
func (b *Bot) Hear(ctx context.Context, id string, by sessions.Actor, said sessions.Event) (sessions.Committed, error) {
	switch said.Kind {
	case sessions.Message:
		return b.hearMessage(ctx, id, by, said)
	case sessions.Vote:
		return b.hearVote(ctx, id, by, said)
	case sessions.Rating:
		return b.hearRating(ctx, id, by, said)
	}
	return sessions.Committed{}, fmt.Errorf("%w: a customer cannot commit %q", sessions.ErrInvalid, said.Kind)
}

func (b *Bot) hearMessage(ctx context.Context, id string, by sessions.Actor, said sessions.Event) (sessions.Committed, error) {
	contact, _ := b.Contact(said.Text)
	said.Text, said.Masked = b.Mask(said.Text)
	found := findings{} // each text is looked up once, however often the turn is decided again
	done, err := sessions.Update(ctx, b.Store, b.Live, id, by, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		s.Desk.Facts = by.Facts // the newest token counts
		return b.heard(ctx, s, said, contact, found)
	})
	if err == nil {
		b.await(done.Session)
		b.raise(ctx, done)
	}
	return done, err
}

// heard is the bot's turn when the customer said something.
func (b *Bot) heard(ctx context.Context, row sessions.Session, said sessions.Event, contact string, found findings) (sessions.Session, []sessions.Event, error) {
	s := row
	if b.Reopens(row) {
		s = row.Reopen()
	}
	if !s.Open() {
		return s, nil, sessions.ErrClosed
	}
	lines, err := b.unanswered(ctx, s)
	if err != nil {
		return s, nil, err
	}
	sc, pl := b.think(ctx, s, append(lines, said), contact, found)
	if err := ctx.Err(); err != nil {
		return s, nil, err // a matcher that was called off says nothing about the message
	}
	if b.Policy.gathers(s, sc.now) && !pl.sure() {
		pl = plan{action: Keep, next: s}
	}
	next, events, err := b.carryOut(ctx, sc, pl)
	return next, reopened(row, events), err
}

// carryOut completes a plan and makes of it what is to be committed.
func (b *Bot) carryOut(ctx context.Context, sc scene, pl plan) (sessions.Session, []sessions.Event, error) {
	pl, err := b.complete(ctx, sc, pl)
	if err != nil {
		return sc.session, nil, err
	}
	next, asked, err := b.survey(ctx, sc, pl.next, pl.reason)
	return next, append(b.compose(sc, pl), asked...), err
}

// hearVote keeps 有用 / 没用 about a reply of this session; after 没用 the bot
// offers a person if it still owns the chat. Of several about one reply the newest counts.
func (b *Bot) hearVote(ctx context.Context, id string, by sessions.Actor, said sessions.Event) (sessions.Committed, error) {
	about, err := b.Store.Transcript(ctx, id, said.About-1, 1)
	if err != nil {
		return sessions.Committed{}, err
	}
	if len(about) == 0 || about[0].Seq != said.About || !about[0].Votable || said.Value != 1 && said.Value != -1 {
		return sessions.Committed{}, fmt.Errorf("%w: no reply to vote on", sessions.ErrNotFound)
	}
	if !among(said.Reasons, VoteReasons) || said.Value == 1 && len(said.Reasons) > 0 {
		return sessions.Committed{}, fmt.Errorf("%w: reasons %q of a vote", sessions.ErrInvalid, said.Reasons)
	}
	said.From, said.Audience = sessions.Speaker{Role: sessions.RoleCustomer, ID: by.ID}, sessions.All
	return sessions.Update(ctx, b.Store, b.Live, id, by, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		told := said.Value == 1 || len(said.Reasons) > 0      // reasons follow a 没用 that was answered
		if told || s.State != sessions.Bot || s.Pending > 0 { // what waits for an answer gets its own
			return s, []sessions.Event{said}, nil
		}
		sc := b.scene(s, said)
		pl := offerPerson(sc, reasonVotedDown)
		return pl.next, b.compose(sc, pl), nil
	})
}

// Greet commits the welcome card to a session in which nothing was said yet.
func (b *Bot) Greet(ctx context.Context, id string) error {
	_, err := sessions.Update(ctx, b.Store, b.Live, id, sessions.Actor{Role: sessions.RoleBot}, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		if s.Seq > 0 || s.State != sessions.Bot {
			return s, nil, nil
		}
		sc := b.scene(s, sessions.Event{})
		pl := plan{action: Greeting, reason: reasonOpened, say: sayWelcome, next: s}
		for _, e := range sc.release.Hot(sc.lang, b.Policy.HotChoices) {
			pl.offer = append(pl.offer, e.ID)
		}
		pl.next.Memory.Offered = pl.offer
		return pl.next, b.compose(sc, pl), nil
	})
	return err
}

// langOf guesses the language to answer in: Chinese if there is any Chinese
// character, English if there are at least two words of Latin letters, else as before.
func langOf(text string, before knowledge.Lang) knowledge.Lang {
	words := 0
	for _, w := range strings.Fields(text) {
		switch {
		case strings.ContainsFunc(w, isHan):
			return knowledge.Chinese
		case strings.ContainsFunc(w, isLatin):
			words++
		}
	}
	if words >= 2 && !inPinyin.MatchString(strings.ToLower(text)) {
		return knowledge.English
	}
	return before
}
