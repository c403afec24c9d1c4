package api

import (
	"slices"
	"strings"

	"wenda/bot/gateway"
	"wenda/knowledge"
	"wenda/sessions"
)

// intentsMost is how many intents a packet has, the newest.
const intentsMost = 10

// intent is something the customer wanted of the bot, and what the bot made of it.
type intent struct {
	At         string  `json:"at"`
	Text       string  `json:"text"`
	Entry      string  `json:"entry,omitempty"` // the likeliest
	Question   string  `json:"question,omitempty"`
	Confidence float64 `json:"confidence"`
	Action     string  `json:"action"`
	Reason     string  `json:"reason,omitempty"`
}

// tried is an answer that the customer has read already.
type tried struct {
	Entry    string `json:"entry"`
	Revision int    `json:"revision"`
	Question string `json:"question,omitempty"`
	Vote     int    `json:"vote,omitempty"` // 1 有用, -1 没用
}

// intents are what the customer said to the bot, each with the reply to it.
func intents(events []sessions.Event) []intent {
	all, lines := []intent{}, []sessions.Event(nil)
	for _, e := range events {
		switch d := e.Decision; {
		case e.Kind == sessions.Message && e.From.Role == sessions.RoleCustomer:
			lines = append(lines, e)
		case e.Kind == sessions.Message && e.From.Role == sessions.RoleAgent:
			lines = nil // a person answered
		case e.From.Role == sessions.RoleBot && d != nil && d.Action != sessions.Aside && d.Answers > 0:
			said := slices.DeleteFunc(lines, func(l sessions.Event) bool { return l.Seq < d.Answers })
			if lines = nil; len(said) > 0 {
				all = append(all, intentOf(said, d))
			}
		}
	}
	return all[max(len(all)-intentsMost, 0):]
}

func intentOf(said []sessions.Event, d *sessions.Decision) intent {
	one := intent{At: gateway.Stamp(said[0].At), Entry: d.Entry, Confidence: d.Confidence, Action: d.Action, Reason: d.Reason}
	texts := make([]string, len(said))
	for i, line := range said {
		texts[i] = line.Text
	}
	one.Text = strings.Join(texts, "\n")
	if len(d.Candidates) > 0 && !(knowledge.Entry{ID: d.Entry}).Matchable() || d.Entry == "" {
		one.Entry = "" // a sentence of the bot's: what it thought is worth more than what it said
		if len(d.Candidates) > 0 {
			one.Entry, one.Question, one.Confidence = d.Candidates[0].Entry, d.Candidates[0].Question, d.Candidates[0].Confidence
		}
	}
	return one
}

// triedIn are the entries that the bot or an agent gave as an answer.
func triedIn(events []sessions.Event) []tried {
	all, at, seen := []tried{}, map[int64]int{}, map[string]int{}
	for _, e := range events {
		switch d := e.Decision; {
		case e.Kind == sessions.Vote:
			if i, known := at[e.About]; known {
				all[i].Vote = e.Value
			}
		case e.Kind == sessions.Message && d != nil && d.Entry != "" && (knowledge.Entry{ID: d.Entry}).Matchable():
			i, known := seen[d.Entry]
			if !known {
				i = len(all)
				all = append(all, tried{Entry: d.Entry})
			}
			all[i].Revision, seen[d.Entry], at[e.Seq] = d.Revision, i, i
		}
	}
	return all
}
