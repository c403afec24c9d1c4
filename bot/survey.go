package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"wenda/sessions"
)

// Why a customer gave a rating, or voted 没用: codes that a page shows as words.
var (
	GoodReasons   = []string{"solved", "quick", "kind"}
	BadReasons    = []string{"not_solved", "slow", "wrong", "hard_to_reach", "rude"}
	RatingReasons = slices.Concat(GoodReasons, BadReasons)
	VoteReasons   = []string{"wrong", "unclear", "outdated", "not_my_question"}
)

// surveys are the sentences that ask about a part.
var surveys = map[string]string{sessions.PartBot: saySurveyBot, sessions.PartAgent: saySurveyAgent}

// tactless are handoffs at which nobody is asked whether they liked the bot.
var tactless = []string{ReasonRisk, ReasonVulnerable, ReasonComplaint, ReasonFault}

// survey asks the customer to rate the part of the chat that ends with next, if that part
// helped or tried to, and they were not asked about it before. It returns next with that
// noted and the event that asks.
func (b *Bot) survey(ctx context.Context, sc scene, next sessions.Session, reason string) (sessions.Session, []sessions.Event, error) {
	part := ended(sc.session, next)
	asking, first := next.Survey(part)
	if part == "" || !first || slices.Contains(tactless, reason) {
		return next, nil, nil
	}
	if served, err := b.served(ctx, sc.session, part); !served || err != nil {
		return next, nil, err
	}
	text, _ := Sentence(sc.release, surveys[part], sc.lang)
	return asking, []sessions.Event{{
		Kind: sessions.Survey, Part: part, From: sessions.Speaker{Role: sessions.RoleSystem}, Audience: sessions.All, Text: text, Lang: string(sc.lang),
	}}, nil
}

// ended is the part that ends when a chat becomes next; "" if none does, or if somebody
// else asks about it.
func ended(s, next sessions.Session) string {
	switch {
	case s.State == sessions.Bot && next.State != sessions.Bot:
		return sessions.PartBot
	case s.State == sessions.Assigned && next.State == sessions.Closed:
		return sessions.PartAgent
	}
	return ""
}

const (
	servedPage = 50 // events looked at in one go, the newest first
	servedMost = 4  // pages: who spoke at all did so in one of them
)

// served reports whether the customer got something in this part that can be rated: an
// answer of the bot that is more than small talk, or a word of an agent.
func (b *Bot) served(ctx context.Context, s sessions.Session, part string) (bool, error) {
	for to := s.Seq; to > max(0, s.Seq-servedMost*servedPage); to -= servedPage {
		from := max(to-servedPage, 0)
		page, err := b.Store.Transcript(ctx, s.ID, from, int(to-from))
		if err != nil {
			return false, err
		}
		for _, e := range slices.Backward(page) {
			if serves(e, part) {
				return true, nil
			}
			if begins(e, part) {
				return false, nil
			}
		}
	}
	return false, nil
}

func serves(e sessions.Event, part string) bool {
	if part == sessions.PartAgent {
		return e.Kind == sessions.Message && e.From.Role == sessions.RoleAgent
	}
	return e.From.Role == sessions.RoleBot && e.Decision != nil && e.Decision.Action == string(Answer) && !strings.HasPrefix(e.Decision.Entry, smallTalk)
}

// begins reports whether the part began with e.
func begins(e sessions.Event, part string) bool {
	if e.Kind != sessions.Handed || e.Move == nil {
		return false
	}
	return part == sessions.PartBot || e.Move.From == sessions.Bot || e.Move.From == sessions.Closed
}

// hearRating keeps the customer's 1 to 5 for a part they were asked about, or for the
// whole chat. Of several for one part the newest counts.
func (b *Bot) hearRating(ctx context.Context, id string, by sessions.Actor, said sessions.Event) (sessions.Committed, error) {
	if said.Value < 1 || said.Value > 5 || !among(said.Reasons, RatingReasons) {
		return sessions.Committed{}, fmt.Errorf("%w: rating %d", sessions.ErrInvalid, said.Value)
	}
	said.From, said.Audience = sessions.Speaker{Role: sessions.RoleCustomer, ID: by.ID}, sessions.All
	return sessions.Update(ctx, b.Store, b.Live, id, by, func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		if said.Part != "" && !slices.Contains(s.Desk.Surveyed, said.Part) {
			return s, nil, fmt.Errorf("%w: nobody asked about that part", sessions.ErrInvalid)
		}
		return s, []sessions.Event{said}, nil
	})
}

func among(codes, known []string) bool {
	return !slices.ContainsFunc(codes, func(code string) bool { return !slices.Contains(known, code) })
}
