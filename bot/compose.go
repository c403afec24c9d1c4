package bot

import (
	"strings"
	"unicode"

	"wenda/knowledge"
	"wenda/sessions"
)

func isHan(r rune) bool   { return unicode.Is(unicode.Han, r) }
func isLatin(r rune) bool { return unicode.Is(unicode.Latin, r) }

// compose turns a plan into the events to commit: what was said (if anything),
// a notice if personal data was hidden, and the bot's reply with its decision.
func (b *Bot) compose(sc scene, pl plan) []sessions.Event {
	events := make([]sessions.Event, 0, 2) // mostly what was said and the reply
	if sc.said.Kind != "" {
		said := b.utterance(sc, pl)
		events = append(events, said)
		if len(said.Masked) > 0 && !pl.seal {
			events = append(events, notice(sc))
		}
	}
	if pl.alarm != "" {
		events = append(events, alarm(sc, pl.alarm))
	}
	if pl.first.say != "" {
		events = append(events, aside(sc, pl.first.say, pl.first.reason))
	}
	if pl.say != "" {
		events = append(events, speech(sc, pl))
	}
	return events
}

// utterance is the customer's own event, signed by the server, never by the client.
func (b *Bot) utterance(sc scene, pl plan) sessions.Event {
	e := sc.said
	e.From = sessions.Speaker{Role: sessions.RoleCustomer, ID: sc.session.Customer.ID, Name: sc.session.Customer.Name}
	e.Audience = sessions.All
	if e.Choice != "" {
		e.Text = choiceLabel(sc, e.Choice)
	}
	if pl.seal {
		e.Sealed = b.Seal(sc.session.ID, sc.contact)
	}
	return e
}

func choiceLabel(sc scene, id string) string {
	for _, c := range choices(sc.release, sc.lang, []string{id}) {
		return c.Label
	}
	return id
}

// speech is what the bot says. A change of owner is said in the event that makes it.
func speech(sc scene, pl plan) sessions.Event {
	text, revision := Sentence(sc.release, pl.say, sc.lang, pl.args...)
	e := sessions.Event{
		Kind: sessions.Message, From: speaker(sc.release, sc.lang), Audience: sessions.All, Text: text, Lang: string(sc.lang),
		Choices: choices(sc.release, sc.lang, pl.offer), Decision: decision(sc, pl, revision),
	}
	if pl.match != nil {
		e.Text, e.Lang, e.Votable = pl.match.Answer.Text, string(pl.match.Answer.Lang), true
		e.Decision.Revision, e.Decision.Confidence = pl.match.Revision, pl.match.Confidence
		if pl.reason == reasonMatched {
			e.Decision.Release = pl.found.Release // the one the text came from
		}
	}
	if pl.next.State != sc.session.State {
		e.Kind, e.Move = sessions.Handed, &sessions.Move{Reason: pl.reason}
	}
	return e
}

func speaker(r *knowledge.Release, lang knowledge.Lang) sessions.Speaker {
	name, _ := Sentence(r, sayName, lang)
	return sessions.Speaker{Role: sessions.RoleBot, Name: name}
}

// worthKeeping is the confidence below which a candidate is not kept with the decision,
// unless it is the best: nobody asks later why the bot did not say what it was 99 % sure was
// not meant, and every turn would keep some four of them for years.
const worthKeeping = 0.01

func decision(sc scene, pl plan, revision int) *sessions.Decision {
	d := &sessions.Decision{
		Action: string(pl.action), Reason: pl.reason, Release: sc.release.ID, Variant: pl.found.Variant, Entry: pl.say, Revision: revision,
		Answers: sc.session.Pending, // the first line of several; if only this commit's is answered, the commit knows its seq
	}
	for i, m := range pl.found.Matches {
		if i > 0 && m.Confidence < worthKeeping {
			break
		}
		d.Candidates = append(d.Candidates, sessions.Candidate{Entry: m.Entry, Question: m.Answer.Question, Phrasing: m.Phrasing, Confidence: m.Confidence})
	}
	if len(d.Candidates) > 0 {
		d.Confidence = d.Candidates[0].Confidence
	}
	return d
}

// kindNames are what a customer calls the kinds of personal data.
var kindNames = map[knowledge.Lang]map[string]string{
	knowledge.Chinese: {"phone": "手机号", "id_card": "证件号", "bank_card": "银行卡号", "email": "邮箱", "secret": "验证码或密码"},
	knowledge.English: {"phone": "phone number", "id_card": "identity number", "bank_card": "card number", "email": "e-mail address", "secret": "code or password"},
}

func notice(sc scene) sessions.Event {
	var names []string
	for _, kind := range sc.said.Masked {
		names = append(names, kindNames[sc.lang][kind])
	}
	separator := map[knowledge.Lang]string{knowledge.Chinese: "、", knowledge.English: ", "}[sc.lang]
	return aside(sc, sayMasked, reasonMasked, "kinds", strings.Join(names, separator))
}

// aside says a sentence beside the point: it answers nothing.
func aside(sc scene, say, reason string, args ...string) sessions.Event {
	text, revision := Sentence(sc.release, say, sc.lang, args...)
	return sessions.Event{
		Kind: sessions.Message, From: speaker(sc.release, sc.lang), Audience: sessions.All, Text: text, Lang: string(sc.lang),
		Decision: &sessions.Decision{Action: string(Notice), Reason: reason, Release: sc.release.ID, Entry: say, Revision: revision},
	}
}
