package gateway

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"wenda/bot/desk"
	"wenda/sessions"
)

// What is unread of the notes that name somebody stands in the Store; their desks and
// boards are told when they open, and whenever that changes.
const (
	unreadFor  = 7 * 24 * time.Hour
	unreadMost = 50
)

// missed has the pages of whom a chat's notes name look at what is unread.
func (g *Gateway) missed(s sessions.Session) {
	for _, m := range s.Desk.Mentions {
		for _, a := range g.logins.of(m.To) {
			a.missed.Store(true)
		}
	}
}

// settled has the pages look again that were told of a note in a chat which asks nobody any
// more: it was closed, or went back to the bot.
func (g *Gateway) settled(changed []sessions.Session) {
	told := slices.DeleteFunc(g.logins.agents(), func(a *agent) bool { return a.called.none() })
	for _, s := range changed {
		for _, a := range told {
			if len(s.Desk.Mentions) == 0 && a.called.names(s.ID) {
				a.missed.Store(true)
			}
		}
	}
}

// tellUnread tells the pages that are to look. One whose look fails does so again.
func (g *Gateway) tellUnread(ctx context.Context) error {
	read := map[string]Mentions{}
	for _, a := range g.logins.agents() {
		if !a.missed.Swap(false) {
			continue
		}
		id := a.me().ID
		unread, known := read[id]
		if !known {
			var err error
			if unread, err = g.unread(ctx, id); err != nil {
				a.missed.Store(true)
				return err
			}
			read[id] = unread
		}
		a.sendUnread(unread)
	}
	return nil
}

func (g *Gateway) unread(ctx context.Context, agent string) (Mentions, error) {
	out := Mentions{Type: "mentions", Unread: []Mention{}}
	list, err := g.Store.Unread(ctx, agent, time.Now().Add(-unreadFor), unreadMost)
	for _, u := range list {
		if !u.Session.Desk.Mentioned(agent) {
			continue
		}
		note, err := g.note(ctx, u.Session.ID, u.Seq)
		if err != nil {
			return out, err
		}
		if note.Seq > 0 {
			out.Unread = append(out.Unread, mention(u.Session, note))
		}
	}
	return out, err
}

// sendUnread sends them if the page has others: a new one has none.
func (a *agent) sendUnread(m Mentions) {
	if len(m.Unread) == 0 && a.called.none() {
		return
	}
	data, err := json.Marshal(m)
	if err != nil {
		a.s.g.Log.Error("mentions could not be written as JSON", "err", err)
		return
	}
	a.called.send(a, data, data, func() { a.missed.Store(true) })
}

// looked keeps that the agent has looked at a chat that names them, as far as seq. Their
// other pages, on other nodes too, learn of it.
func (a *agent) looked(ctx context.Context, session string, seq int64) *fault {
	news, err := a.s.g.Store.Looked(ctx, a.me().ID, session, seq)
	if err != nil {
		return faultOf(err)
	}
	if news {
		_ = a.s.g.Live.Signal(ctx, desk.MentionTopic, sessions.Signal{Session: session})
		for _, mine := range a.s.g.logins.of(a.me().ID) {
			mine.missed.Store(true)
		}
	}
	return nil
}

// note is an event of a chat; the zero one if there is none.
func (g *Gateway) note(ctx context.Context, session string, seq int64) (sessions.Event, error) {
	page, err := g.Store.Transcript(ctx, session, seq-1, 1)
	if err != nil || len(page) == 0 {
		return sessions.Event{}, err
	}
	return page[0], nil
}

func mention(s sessions.Session, note sessions.Event) Mention {
	return Mention{Type: "mention", Session: s.ID, Customer: called(s.Customer), Seq: note.Seq, At: timeText(note.At), From: note.From, Text: note.Text}
}
