package main

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode"

	"wenda/bot"
	"wenda/knowledge"
	"wenda/knowledge/inbox"
	"wenda/sessions"
)

const (
	lettersMissed = 2  // of what the bot did not understand: less is no question
	lettersAgent  = 4  // of what an agent answered: 好的, 谢谢 need no entry
	lettersAnswer = 10 // of what the agent said to it: 稍等 is no answer
	mostOfChat    = 20 // items of one chat: nobody asks more, but a program may
	smallTalk     = knowledge.CourtesyPrefix
)

// glean reads a chat, or its newest events, and says what its customer asked and did not
// get, and what is known of what they meant. It is a function: the same events give
// the same, and more events only add.
func glean(s sessions.Session, events []sessions.Event) inbox.Gleaned {
	g := gleaner{session: s, replies: map[int64]reply{}, items: map[int64]int{}, confirmed: map[int64]int{}}
	for _, e := range events {
		g.read(e)
	}
	if s.State == sessions.Closed && len(g.given) > 0 {
		g.found.Ended = []inbox.Chat{{Session: s.ID, At: s.ClosedAt, Answers: g.given}}
	}
	return g.found
}

// question is what a customer asked, in one line or several.
type question struct {
	seq  int64 // of the first line; 0: none
	at   time.Time
	text string
	lang knowledge.Lang
}

// reply is an answer that may be voted on.
type reply struct {
	to    question
	entry string
	given int // where in gleaner.given
}

// gleaner is where glean stands.
type gleaner struct {
	session sessions.Session
	lines   []sessions.Event // the customer's, that nobody answered yet
	last    question         // what the bot spoke about last
	asked   question         // what the bot asked back about
	agent   question         // what the agent answers now
	said    []string         // by the agent, so far
	from    int64            // seq of the question that the agent answered with an entry
	replies map[int64]reply  // by seq
	given   []inbox.Answered // entries, in order
	newest  bool             // the bot's newest reply is the last of given

	found     inbox.Gleaned
	items     map[int64]int // by seq of the question: where in found
	confirmed map[int64]int
}

func (g *gleaner) read(e sessions.Event) {
	switch {
	case e.Kind == sessions.Vote:
		g.voted(e)
	case e.Kind == sessions.Message && e.From.Role == sessions.RoleCustomer:
		if len(g.said) > 0 { // the agent has answered what was before
			g.agent, g.said = question{}, nil
		}
		g.lines = append(g.lines, e)
	case e.From.Role == sessions.RoleBot && e.Decision != nil && e.Decision.Action != sessions.Aside:
		g.replied(e)
	case e.Kind == sessions.Message && e.From.Role == sessions.RoleAgent:
		g.answered(e)
	case e.Kind == sessions.Handed && e.Move != nil && e.Move.To == sessions.Bot:
		g.last, g.asked, g.agent, g.said = question{}, question{}, question{}, nil
	}
}

// take returns what waits for an answer from a seq on as one question, and lets go of
// it. lang is that of who answers.
func (g *gleaner) take(from int64, lang string) question {
	q := question{lang: knowledge.ParseLang(cmp.Or(lang, g.session.Lang))}
	var texts []string
	for _, e := range g.lines {
		if e.Seq < from || e.Choice != "" {
			continue
		}
		if q.seq == 0 {
			q.seq, q.at = e.Seq, e.At
		}
		texts = append(texts, strings.Fields(e.Text)...)
	}
	g.lines = slices.DeleteFunc(g.lines, func(e sessions.Event) bool { return e.Seq >= from })
	if q.text = strings.Join(texts, " "); strings.ContainsFunc(q.text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		q.lang = knowledge.Chinese
	}
	return q
}

// handings are what the bot does when a person is wanted.
var handings = []bot.Action{bot.Handoff, bot.AfterHours, bot.Nobody, bot.Full}

// replied reads what the bot did. Actions and reasons are those of package bot.
func (g *gleaner) replied(e sessions.Event) {
	d := e.Decision
	if d.Answers == 0 { // it spoke of its own accord
		return
	}
	handed := slices.Contains(handings, bot.Action(d.Action))
	if g.newest && handed {
		g.given[len(g.given)-1].Handoff = true
	}
	g.newest = g.newest && d.Action == string(bot.Offer) // after a 没用
	q := g.take(d.Answers, e.Lang)
	switch bot.Action(d.Action) {
	case bot.Answer:
		g.gave(e, q)
	case bot.Clarify:
		g.last, g.asked = q, q
	case bot.Rephrase, bot.Offer:
		g.unable(d.Reason, q)
	case bot.Handoff, bot.AfterHours, bot.Nobody, bot.Full:
		if d.Reason == bot.ReasonFault || d.Reason == "failed" { // so it was called once
			g.last = q
		}
		g.item(g.last, inbox.HandedOff)
	case bot.AskContact, bot.TakeMessage:
		if inbox.Worth(q.text, lettersAgent) { // else it is how to reach them
			g.last = q
		}
	case bot.Continue, bot.LeaveQueue:
		g.last, g.asked, g.lines = question{}, question{}, nil
	}
}

// gave reads an answer: to what was matched, or to what the customer chose after the
// bot had asked back.
func (g *gleaner) gave(e sessions.Event, q question) {
	d := e.Decision
	switch {
	case d.Reason == "chosen":
		q = g.asked // which may be chosen from again
		g.confirm(q, d.Entry, true)
	case strings.HasPrefix(d.Entry, smallTalk):
		q, g.asked = question{}, question{}
	default:
		g.asked = question{}
	}
	g.last, g.newest = q, true
	g.replies[e.Seq] = reply{q, d.Entry, len(g.given)}
	g.given = append(g.given, inbox.Answered{Entry: d.Entry, At: e.At})
}

// unable reads that the bot could not answer.
func (g *gleaner) unable(reason string, q question) {
	switch reason {
	case "unknown":
		g.item(q, inbox.Missed)
		g.last = q
	case "none":
		g.item(g.asked, inbox.Refused)
		g.last, g.asked = g.asked, question{}
	}
}

// voted reads 有用 or 没用 about a reply.
func (g *gleaner) voted(e sessions.Event) {
	r, ok := g.replies[e.About]
	if !ok {
		return
	}
	g.given[r.given].Unhelpful = e.Value < 0
	if r.to.seq == 0 { // the bot had offered it by itself
		return
	}
	if e.Value < 0 {
		g.item(r.to, inbox.VotedDown)
	}
	if at, known := g.confirmed[r.to.seq]; e.Value > 0 || known && g.found.Confirmed[at].Entry == r.entry {
		g.confirm(r.to, r.entry, e.Value > 0)
	}
}

// answered reads what an agent said: with an entry, which then is what was meant, or in
// their own words.
func (g *gleaner) answered(e sessions.Event) {
	if q := g.take(0, ""); inbox.Worth(q.text, lettersAgent) {
		g.agent = q
	} else if g.agent.seq == 0 && len(g.said) == 0 {
		g.agent = g.last
	}
	g.last = question{}
	if g.agent.seq == 0 {
		return
	}
	if d := e.Decision; d != nil && d.Entry != "" {
		if (knowledge.Entry{ID: d.Entry}).Matchable() { // else a courtesy, made once for all
			g.confirm(g.agent, d.Entry, true)
			g.from = g.agent.seq
		}
		return
	}
	if g.from == g.agent.seq {
		return // what they add to the hub's answer
	}
	if text := strings.TrimSpace(e.Text); len(g.said) == 0 && (strings.HasSuffix(text, "？") || strings.HasSuffix(text, "?")) {
		return // asks back
	}
	g.said = append(g.said, e.Text)
	if answer := strings.Join(g.said, "\n"); inbox.Worth(answer, lettersAnswer) {
		g.item(g.agent, inbox.Agent)
		if at, ok := g.items[g.agent.seq]; ok {
			g.found.Items[at].Answer = answer
		}
	}
}

// item notes that a question was not answered to the customer's content.
func (g *gleaner) item(q question, kind inbox.Kind) {
	at, known := g.items[q.seq]
	switch {
	case known:
		if i := &g.found.Items[at]; !slices.Contains(i.Kinds, kind) {
			i.Kinds = append(i.Kinds, kind)
		}
	case q.seq > 0 && len(g.found.Items) < mostOfChat && inbox.Worth(q.text, lettersMissed):
		g.items[q.seq] = len(g.found.Items)
		g.found.Items = append(g.found.Items, inbox.Item{
			Session: g.session.ID, Seq: q.seq, At: q.at, Lang: q.lang, Text: q.text, Kinds: []inbox.Kind{kind},
		})
	}
}

// confirm notes what a question meant, or with holds false that it did not.
func (g *gleaner) confirm(q question, entry string, holds bool) {
	if q.seq == 0 || !inbox.Worth(q.text, lettersMissed) {
		return
	}
	c := inbox.Confirmation{Session: g.session.ID, Seq: q.seq, At: q.at, Text: q.text, Entry: entry, Holds: holds}
	if at, known := g.confirmed[q.seq]; known {
		g.found.Confirmed[at] = c
		return
	}
	g.confirmed[q.seq] = len(g.found.Confirmed)
	g.found.Confirmed = append(g.found.Confirmed, c)
}
