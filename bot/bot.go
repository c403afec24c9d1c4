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
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"wenda/knowledge"
	"wenda/sessions"
)

// Parts are what a Bot is made of. All but Now and Log must be set.
type Parts struct {
	Store   sessions.Store
	Live    sessions.Live
	Matcher knowledge.Matcher
	Release func() *knowledge.Release // in force; never nil

	// OnDuty returns how many agents of a skill take chats now. An error counts as
	// somebody being there: a full queue is better than an unheard customer.
	OnDuty func(ctx context.Context, skill string) (int, error)

	// Mask hides personal data and names the kinds it hid.
	Mask func(text string) (masked string, kinds []string)
	// Contact finds a phone number or e-mail left on purpose.
	Contact func(text string) (contact string, ok bool)
	// Seal encrypts contact details of a session.
	Seal func(session, contact string) []byte

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
// not wait for more. It returns sessions.ErrClosed for a message to a closed session,
// ErrNotFound for a session that is not by's, and what sessions.Update returns. When
// it returns nil the message is kept for ever.
func (b *Bot) Hear(ctx context.Context, id string, by sessions.Actor, said sessions.Event) (sessions.Committed, error) {
	switch said.Kind {
	case sessions.Message:
		return b.hearMessage(ctx, id, by, said)
	case sessions.Vote:
		return b.hearVote(ctx, id, by, said)
	case sessions.Rating:
		return b.keep(ctx, id, by, said)
	}
	return sessions.Committed{}, fmt.Errorf("%w: a customer cannot commit %q", sessions.ErrInvalid, said.Kind)
}

func (b *Bot) hearMessage(ctx context.Context, id string, by sessions.Actor, said sessions.Event) (sessions.Committed, error) {
	contact, _ := b.Contact(said.Text)
	said.Text, said.Masked = b.Mask(said.Text)
	found := findings{} // each text is looked up once, however often the turn is decided again
	done, err := sessions.Update(ctx, b.Store, b.Live, id, by, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
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
			return s, b.compose(sc, plan{action: Keep, next: s}), nil
		}
		if pl, err = b.complete(ctx, sc, pl); err != nil {
			return s, nil, err
		}
		return pl.next, b.compose(sc, pl), nil
	})
	if err == nil {
		b.await(done.Session)
	}
	return done, err
}

// complete asks who is on duty and how many wait, if the plan needs it.
func (b *Bot) complete(ctx context.Context, sc scene, pl plan) (plan, error) {
	if !pl.handing {
		return pl, nil
	}
	duty, err := b.OnDuty(ctx, b.Policy.Skill)
	if err != nil {
		duty = 1
	}
	ahead, err := b.ahead(ctx, sc.session)
	if err != nil {
		return pl, err
	}
	return b.Policy.hand(sc, pl, duty, ahead), nil
}

// ahead counts who is served before the session, or all who wait if it does not
// wait yet. Beyond queueSeen only the number of all is known.
func (b *Bot) ahead(ctx context.Context, s sessions.Session) (int, error) {
	const queueSeen = 50
	first, total, err := b.Store.Queue(ctx, b.Policy.Skill, queueSeen)
	if err != nil {
		return 0, err
	}
	for i, q := range first {
		if q.ID == s.ID {
			return i, nil
		}
	}
	if s.State == sessions.Queued {
		total--
	}
	return max(total, 0), nil
}

// hearVote keeps 有用 / 没用 about a reply of this session; after 没用 the bot
// offers a person if it still owns the chat.
func (b *Bot) hearVote(ctx context.Context, id string, by sessions.Actor, said sessions.Event) (sessions.Committed, error) {
	about, err := b.Store.Transcript(ctx, id, said.About-1, 1)
	if err != nil {
		return sessions.Committed{}, err
	}
	if len(about) == 0 || about[0].Seq != said.About || !about[0].Votable || said.Value != 1 && said.Value != -1 {
		return sessions.Committed{}, fmt.Errorf("%w: no reply to vote on", sessions.ErrNotFound)
	}
	said.From, said.Audience = sessions.Speaker{Role: sessions.RoleCustomer, ID: by.ID}, sessions.All
	return sessions.Update(ctx, b.Store, b.Live, id, by, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		if s.State != sessions.Bot || s.Pending > 0 || said.Value == 1 { // what waits for an answer gets its own
			return s, []sessions.Event{said}, nil
		}
		sc := b.scene(s, said)
		pl := offerPerson(sc, reasonVotedDown)
		return pl.next, b.compose(sc, pl), nil
	})
}

// keep commits what needs no reply.
func (b *Bot) keep(ctx context.Context, id string, by sessions.Actor, said sessions.Event) (sessions.Committed, error) {
	if said.Value < 1 || said.Value > 5 {
		return sessions.Committed{}, fmt.Errorf("%w: rating %d", sessions.ErrInvalid, said.Value)
	}
	said.From, said.Audience = sessions.Speaker{Role: sessions.RoleCustomer, ID: by.ID}, sessions.All
	return sessions.Update(ctx, b.Store, b.Live, id, by, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		return s, []sessions.Event{said}, nil
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

// End closes the customer's own chat. A chat that is closed already stays so.
func (b *Bot) End(ctx context.Context, id string, by sessions.Actor, ref string) (sessions.Committed, error) {
	done, err := sessions.Update(ctx, b.Store, b.Live, id, by, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		if !s.Open() {
			return s, nil, nil
		}
		sc := b.scene(s, sessions.Event{})
		text, _ := Sentence(sc.release, sayClosed, sc.lang)
		return s.Close(sc.now), []sessions.Event{{
			Kind: sessions.Handed, Ref: ref, From: sessions.Speaker{Role: sessions.RoleCustomer, ID: by.ID}, Text: text,
			Lang: string(sc.lang), Move: &sessions.Move{Reason: reasonEnded},
		}}, nil
	})
	if errors.Is(err, sessions.ErrClosed) {
		err = nil
	}
	return done, err
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
