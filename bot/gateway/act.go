package gateway

import (
	"context"
	"errors"
	"strings"
	"time"

	"wenda/bot/desk"
	"wenda/sessions"
)

// act carries out what an agent does in a chat, and acks it before anything it led to.
func (a *agent) act(ctx context.Context, f *Act) *fault {
	if f := a.mayAct(ctx); f != nil {
		return f
	}
	w := a.holding(f.Session)
	defer w.release()
	if f.Type == "reveal" {
		return a.reveal(ctx, f)
	}
	done, err := a.do(ctx, f)
	if err != nil {
		return a.faultOf(ctx, f.Session, err)
	}
	if theirs := done.Session; theirs.State == sessions.Assigned && theirs.Agent == a.me().ID {
		a.owned(theirs.ID)
	}
	a.ack(f.CID, done)
	if f.Type == "takeover" && a.looks {
		a.s.g.beatFor(ctx, a.me()) // from now on they are there
	}
	return nil
}

func (a *agent) do(ctx context.Context, f *Act) (sessions.Committed, error) {
	d, me, act, to := a.s.g.Desk, a.me(), deskAct(f), desk.To{Agent: f.Agent, Skill: f.Skill}
	switch f.Type {
	case "say":
		return d.Say(ctx, me, act, desk.Words{Text: f.Text, Entry: f.Entry, Revision: f.Revision, Override: f.Override})
	case "note":
		return d.Note(ctx, me, act, f.Text, strings.Fields(f.Mentions)...)
	case "return":
		return d.Return(ctx, me, act, desk.Leaving{Note: f.Text, Wrap: f.Wrap})
	case "close":
		return d.Close(ctx, me, act, desk.Leaving{Note: f.Text, Wrap: f.Wrap})
	case "transfer":
		return d.Transfer(ctx, me, act, to, f.Text)
	case "escalate":
		return d.Escalate(ctx, me, act, f.Text)
	case "snooze":
		return d.Snooze(ctx, me, act, time.Duration(f.Minutes)*time.Minute)
	case "refuse":
		return d.Refuse(ctx, me, act, f.Text)
	case "whisper":
		return d.Whisper(ctx, me, act, f.Text)
	case "join":
		return d.Join(ctx, me, act)
	case "part":
		return d.Part(ctx, me, act)
	case "takeover":
		return d.Takeover(ctx, me, act)
	case "reassign":
		return d.Reassign(ctx, me, act, to, f.Text)
	}
	return sessions.Committed{}, sessions.ErrInvalid // there is no other shape
}

func deskAct(f *Act) desk.Act { return desk.Act{Session: f.Session, Fence: f.Fence, Ref: f.CID} }

func (a *agent) reveal(ctx context.Context, f *Act) *fault {
	contact, err := a.s.g.Desk.Reveal(ctx, a.me(), deskAct(f), f.About, f.Text)
	if err != nil {
		return a.faultOf(ctx, f.Session, err)
	}
	a.s.send(Contact{Type: "contact", CID: f.CID, Session: f.Session, About: f.About, Text: contact})
	return nil
}

// faultOf tells the truth only about sessions that are this agent's business: one
// that is not and one that does not exist look alike.
func (a *agent) faultOf(ctx context.Context, session string, err error) *fault {
	var wrong *desk.Unfit
	if errors.As(err, &wrong) {
		return unfit(wrong, a.lang)
	}
	f := faultOf(err)
	switch f.code {
	case CodeNotOwner, CodeClosed, CodeTaken, CodeUnowned, CodeOffered, CodeForbidden, CodeCIDConflict:
		if session != "" && !a.concerns(ctx, session) {
			return refuse(CodeNotFound)
		}
	}
	return f
}

func (a *agent) concerns(ctx context.Context, session string) bool {
	a.mu.Lock()
	_, had := a.had[session]
	a.mu.Unlock()
	if had {
		return true
	}
	s, err := a.s.g.Store.Load(ctx, session)
	return err == nil && a.s.g.Desk.MayRead(a.me(), s)
}

// owned remembers sessions that were this agent's.
func (a *agent) owned(ids ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.had)+len(ids) > maxHad {
		clear(a.had)
	}
	for _, id := range ids {
		a.had[id] = struct{}{}
	}
}
