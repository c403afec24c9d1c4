package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"wenda/bot/auth"
	"wenda/bot/gateway"
	"wenda/knowledge"
	"wenda/sessions"
)

// packetMost is how many of a chat's newest events are looked through.
const packetMost = 2000

// packet is what came with a handoff: all that an agent must know before they say hello.
type packet struct {
	Reason   string      `json:"reason,omitempty"` // of the newest handoff to people
	WaitedMS int64       `json:"waited_ms"`        // since the customer is queued, until somebody took the chat
	Segments []ownership `json:"segments"`
	Intents  []intent    `json:"intents"` // oldest first
	Identity identity    `json:"identity"`
	Pages    []visited   `json:"pages"`         // since the chat was opened, or taken up again, oldest first
	Tried    []tried     `json:"entries_tried"` // in the order in which they were first given
	Earlier  []earlier   `json:"earlier"`       // newest first
}

// ownership is a part of a chat with one owner.
type ownership struct {
	No     int    `json:"no"` // from 1
	From   string `json:"from"`
	To     string `json:"to,omitempty"` // "" while it lasts
	Owner  string `json:"owner"`        // bot, queued, assigned, closed
	Agent  string `json:"agent,omitempty"`
	Reason string `json:"reason,omitempty"` // for which it began, a code
}

// identity is who the host app says the customer is. Nothing here was typed by them.
type identity struct {
	Name     string          `json:"name,omitempty"`
	Verified bool            `json:"verified"`
	Fields   []identityField `json:"fields"`

	Vulnerable bool `json:"vulnerable,omitempty"` // needs more help than others
	VIP        bool `json:"vip,omitempty"`
	Priority   int  `json:"priority,omitempty"` // head start in the queue, minutes
}

type identityField struct {
	Name  string `json:"name"` // a code, or what the host app calls it
	Value string `json:"value"`
}

// deskPacket answers with what came with a chat.
func (a *API) deskPacket(r *http.Request, u auth.User) (any, error) {
	ctx := r.Context()
	s, err := a.readable(ctx, u, r.PathValue("session"))
	if err != nil {
		return nil, err
	}
	if s.State == sessions.Assigned && s.Agent != u.ID {
		if err := a.read(ctx, u, s.ID, "packet"); err != nil {
			return nil, err
		}
	}
	events, err := a.newest(ctx, s, packetMost)
	if err != nil {
		return nil, err
	}
	p := packetOf(s, events, a.agentNames(ctx), a.asks, time.Now())
	p.Earlier, err = a.before(ctx, s)
	return p, err
}

// newest are the newest events of a chat, at most so many.
func (a *API) newest(ctx context.Context, s sessions.Session, most int64) (all []sessions.Event, err error) {
	for from := max(s.Seq-most, 0); from < s.Seq; {
		page, err := a.Desk.Store.Transcript(ctx, s.ID, from, int(min(s.Seq-from, 1000)))
		if err != nil || len(page) == 0 {
			return all, err
		}
		all, from = append(all, page...), page[len(page)-1].Seq
	}
	return all, nil
}

// asks is the standard question of an entry in force, "" if it is no longer.
func (a *API) asks(id string, lang knowledge.Lang) string {
	e, _ := a.Release().Entry(id)
	_, text := e.In(lang)
	return text.Question
}

// agentNames says what agents are called; "" for who has no account.
func (a *API) agentNames(ctx context.Context) func(id string) string {
	names := a.names(ctx)
	return func(id string) string {
		if name := names(id); name != id {
			return name
		}
		return ""
	}
}

// packetOf is a function of a chat and its events, but for its earlier chats.
func packetOf(s sessions.Session, events []sessions.Event, name func(id string) string, asks func(id string, lang knowledge.Lang) string, now time.Time) packet {
	lang := knowledge.ParseLang(s.Lang)
	p := packet{
		Reason: handoffReason(events), WaitedMS: waited(s, events, now).Milliseconds(), Segments: segments(s, events, name),
		Intents: intents(events), Tried: triedIn(events), Pages: pages(events), Identity: identityOf(s.Customer, s.Desk.Facts),
	}
	for i := range p.Intents {
		if one := &p.Intents[i]; one.Question == "" && one.Entry != "" {
			one.Question = asks(one.Entry, lang)
		}
	}
	for i := range p.Tried {
		p.Tried[i].Question = asks(p.Tried[i].Entry, lang)
	}
	return p
}

// handoffReason is why the chat went to people the last time it did.
func handoffReason(events []sessions.Event) string {
	for _, e := range slices.Backward(events) {
		if e.Kind == sessions.Handed && e.Move != nil && e.Move.From == sessions.Bot && e.Move.To == sessions.Queued {
			return e.Move.Reason
		}
	}
	return ""
}

// waited is how long the customer has waited, or waited, for the one who has the chat.
func waited(s sessions.Session, events []sessions.Event, now time.Time) time.Duration {
	until := now
	for _, e := range slices.Backward(events) {
		if e.Kind == sessions.Handed && e.Move != nil && e.Move.From == sessions.Queued {
			if s.State != sessions.Queued {
				until = e.At
			}
			break
		}
	}
	if s.QueuedAt.IsZero() {
		return 0
	}
	return max(until.Sub(s.QueuedAt), 0)
}

func segments(s sessions.Session, events []sessions.Event, name func(id string) string) []ownership {
	owner := sessions.Bot // every chat begins with it; an older beginning is not looked at
	if len(events) > 0 && events[0].Seq > 1 {
		for _, e := range events {
			if e.Kind == sessions.Handed && e.Move != nil {
				owner = e.Move.From
				break
			}
		}
	}
	all := []ownership{{No: 1, From: gateway.Stamp(s.OpenedAt), Owner: string(owner)}}
	for _, e := range events {
		if e.Kind != sessions.Handed || e.Move == nil {
			continue
		}
		last := &all[len(all)-1]
		last.To = gateway.Stamp(e.At)
		all = append(all, ownership{
			No: last.No + 1, From: last.To, Owner: string(e.Move.To), Agent: name(e.Move.Agent), Reason: e.Move.Reason,
		})
	}
	return all
}

// identityOf is what the host app signed.
func identityOf(c sessions.Customer, facts *sessions.Facts) identity {
	who := identity{Fields: []identityField{}}
	if c.Anonymous {
		return who
	}
	who.Name, who.Verified, who.Fields = c.Name, true, append(who.Fields, identityField{"id", c.ID})
	if facts != nil {
		who.Vulnerable, who.VIP, who.Priority = facts.Vulnerable, facts.VIP, facts.Priority
		for _, f := range facts.Fields {
			who.Fields = append(who.Fields, identityField(f))
		}
	}
	return who
}
