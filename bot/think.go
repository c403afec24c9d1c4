package bot

import (
	"context"
	"fmt"
	"maps"
	"runtime/debug"
	"strings"

	"wenda/internal/pattern"
	"wenda/knowledge"
	"wenda/sessions"
)

// smallTalk begins the ids of entries that answer a greeting, thanks or a goodbye:
// where one of them fits, the question is still to come.
const smallTalk = knowledge.CourtesyPrefix

const (
	// linesAlone is how many of the newest lines are looked at one by one as well.
	linesAlone = 5
	// releaseTries bounds how often one utterance is thought about while releases come and go.
	releaseTries = 3
)

// findings is what the matcher made of the texts of one turn.
type findings map[string]matched

// forget drops what was found in another release than this one.
func (f findings) forget(release int64) {
	maps.DeleteFunc(f, func(_ string, m matched) bool { return !m.failed && m.result.Release != release })
}

// from reports whether all that was found is of this release.
func (f findings) from(release int64) bool {
	for _, m := range f {
		if !m.failed && m.result.Release != release {
			return false
		}
	}
	return true
}

// matched is what the matcher made of an utterance.
type matched struct {
	result knowledge.Result
	failed bool
}

// hidden is what masking leaves of personal data, and long numbers (orders,
// contracts): they say nothing about the question.
var hidden = pattern.MustCompile(`[0-9A-Za-z.@_]*\*{3,}[0-9A-Za-z.@_]*|[0-9]{6,}`)

// Question is what of a masked utterance is given to a matcher.
func Question(masked string) string { return hidden.ReplaceAllString(masked, " ") }

func (b *Bot) match(ctx context.Context, text string, found findings) matched {
	if m, ok := found[text]; ok {
		return m
	}
	ctx, cancel := context.WithTimeout(ctx, b.MatchWithin)
	defer cancel()
	r, err := b.Matcher.Match(ctx, Question(text), matchLimit)
	if err != nil {
		b.Log.Warn("matcher failed, handing off", "err", err)
	}
	found[text] = matched{r, err != nil}
	return found[text]
}

// scene gathers what decide may look at, but for what the matcher finds.
func (b *Bot) scene(s sessions.Session, said sessions.Event) scene {
	return scene{session: s, said: said, release: b.Release(), lang: langOf(said.Text, knowledge.ParseLang(s.Lang)), now: b.Now()}
}

// unanswered returns the customer's lines that wait for an answer, oldest first.
func (b *Bot) unanswered(ctx context.Context, s sessions.Session) ([]sessions.Event, error) {
	if s.State != sessions.Bot || s.Pending == 0 {
		return nil, nil
	}
	var lines []sessions.Event
	for e, err := range sessions.Tail(ctx, b.Store, s.ID, s.Pending-1, sessions.Staff) {
		if err != nil {
			return nil, err
		}
		if e.Kind == sessions.Message && e.From.Role == sessions.RoleCustomer {
			lines = append(lines, e)
		}
	}
	return lines, nil
}

// think decides about the lines that wait, of which the newest is the last. It looks
// at all of them together and at the newest ones alone, and takes what it is surest
// of: 还款失败 may be clear by itself, or only after 卡里有钱. Small talk is no part
// of the question. The scene is that of the newest line, in the language of all.
//
// What was found in a release that is not in force any more is not said: if one came or
// was taken back meanwhile, it thinks again.
func (b *Bot) think(ctx context.Context, s sessions.Session, lines []sessions.Event, contact string, found findings) (scene, plan) {
	for try := 1; ; try++ {
		sc := b.scene(s, lines[len(lines)-1])
		found.forget(sc.release.ID)
		sc.contact = contact
		sc, pl := b.weigh(ctx, sc, lines, found)
		if found.from(b.Release().ID) || try == releaseTries {
			return sc, pl
		}
	}
}

// weigh is think on one release.
func (b *Bot) weigh(ctx context.Context, sc scene, lines []sessions.Event, found findings) (scene, plan) {
	best := b.judge(ctx, sc, found)
	if len(lines) == 1 || best.certain() {
		return sc, best
	}
	sc.lang = langOf(together(lines), knowledge.ParseLang(sc.session.Lang))
	plans := []plan{best}
	content := lines[:max(0, len(lines)-linesAlone):max(0, len(lines)-linesAlone)]
	for _, e := range lines[len(content):] {
		one := sc
		one.said, one.contact = sessions.Event{Text: e.Text}, ""
		pl := b.judge(ctx, one, found)
		if !pl.chats() {
			content = append(content, e)
		}
		plans = append(plans, pl)
	}
	if len(content) > 1 {
		all := sc
		all.said, all.contact = sessions.Event{Text: together(content)}, ""
		plans = append([]plan{b.judge(ctx, all, found)}, plans...)
	}
	return sc, surest(plans)
}

func together(lines []sessions.Event) string {
	texts := make([]string, len(lines))
	for i, e := range lines {
		texts[i] = e.Text
	}
	return strings.Join(texts, "\n")
}

// judge decides about one text. Whatever breaks on it, its customer gets a person.
func (b *Bot) judge(ctx context.Context, sc scene, found findings) (pl plan) {
	defer func() {
		if v := recover(); v != nil {
			// By type only: a value may hold what the customer wrote.
			b.Log.Error("deciding panicked, handing off", "session", sc.session.ID, "type", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
			if pl = wantPerson(sc, ReasonFault); sc.session.State != sessions.Bot {
				pl = plan{action: Keep, next: sc.session} // a person has it already
			}
		}
	}()
	if sc.session.State != sessions.Assigned && sc.said.Choice == "" {
		m := b.match(ctx, sc.said.Text, found)
		sc.found, sc.failed = m.result, m.failed
	}
	return b.Policy.decide(sc)
}

// How sure a plan is: the higher of two is said.
const (
	lost    = iota // nothing resembles
	chats          // small talk
	asks           // one of these?
	answers        // an answer, or what needs no match: a choice, a wish for a person
)

func (pl plan) sureness() int {
	switch {
	case pl.reason == reasonUnknown:
		return lost
	case pl.chats():
		return chats
	case pl.reason == ReasonAmbiguous:
		return asks
	}
	return answers
}

// sure reports whether the plan may be carried out before the customer has finished.
func (pl plan) sure() bool { return pl.sureness() == answers }

// certain reports whether no further line could be part of the same question.
func (pl plan) certain() bool { return pl.sure() && pl.reason != reasonMatched }

func (pl plan) chats() bool {
	return pl.reason == reasonMatched && strings.HasPrefix(pl.say, smallTalk)
}

func (pl plan) confidence() float64 {
	if pl.certain() {
		return 1
	}
	if len(pl.found.Matches) == 0 {
		return 0
	}
	return pl.found.Matches[0].Confidence
}

// surest returns the plan to carry out, of equals the first. Confidence is the
// probability of being right, so it decides between two answers.
func surest(plans []plan) plan {
	best := plans[0]
	for _, pl := range plans[1:] {
		if pl.sureness() > best.sureness() || pl.sureness() == best.sureness() && pl.sureness() >= asks && pl.confidence() > best.confidence() {
			best = pl
		}
	}
	return best
}
