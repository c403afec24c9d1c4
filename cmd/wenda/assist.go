package main

import (
	"context"
	"slices"
	"strings"
	"time"

	"wenda/bot/api"
	"wenda/bot/desk"
	"wenda/bot/desk/roster"
	"wenda/internal/audit"
	"wenda/internal/sqldb"
	"wenda/knowledge"
	"wenda/knowledge/lint"
	"wenda/sessions"
)

// assisted is what the desk asks the hub over HTTP.
func assisted(store sessions.Store, live sessions.Live, d *desk.Desk, present *roster.Roster, q queues, db *sqldb.DB) api.Desk {
	return api.Desk{
		Store: store, Live: live, MayRead: d.MayRead, Floor: present.Floor, Queues: q.book.All, Wraps: desk.Wraps,
		Audit: auditing(db),
	}
}

// auditing writes down what leaves no trace elsewhere.
func auditing(db *sqldb.DB) func(context.Context, audit.Act) error {
	return func(ctx context.Context, a audit.Act) error {
		return db.Write(ctx, func(tx sqldb.Tx) error { return audit.Write(tx, time.Now(), a) })
	}
}

// outgoing looks at what agents are about to send.
type outgoing struct {
	rules func(context.Context) (lint.Rules, error)
	chats sessions.Store
}

// check is a desk.Check: the company's words and links, and personal data that nobody
// wrote in the chat.
func (o outgoing) check(ctx context.Context, s sessions.Session, text string) ([]desk.Finding, error) {
	rules, err := o.rules(ctx)
	if err != nil {
		return nil, err
	}
	var failed error
	chat := func(masked string) bool {
		there, err := o.said(ctx, s, masked)
		if err != nil {
			failed = err
		}
		return there
	}
	var out []desk.Finding
	for _, f := range lint.Sent(text, knowledge.ParseLang(s.Lang), rules, chat) {
		out = append(out, finding(f))
	}
	return out, failed
}

// lookBack is how many of a chat's newest events are looked through.
const lookBack = 1000

// said reports whether a masked form stands in a chat.
func (o outgoing) said(ctx context.Context, s sessions.Session, masked string) (bool, error) {
	events, err := o.chats.Transcript(ctx, s.ID, max(s.Seq-lookBack, 0), lookBack)
	return slices.ContainsFunc(events, func(e sessions.Event) bool { return strings.Contains(e.Text, masked) }), err
}

func finding(f lint.Finding) desk.Finding {
	out := desk.Finding{Rule: string(f.Rule), Text: f.Text, Block: f.Severity == lint.Block, Say: map[string]string{}}
	for lang, say := range f.Say {
		out.Say[string(lang)] = say
	}
	return out
}
