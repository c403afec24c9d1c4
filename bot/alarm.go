package bot

import (
	"context"
	"slices"

	"wenda/sessions"
)

// overheard is the bot's part in what a customer says to a person: it keeps silent. But
// those who lead are told of a danger.
func overheard(sc scene) plan { return heeded(sc, plan{action: Keep, next: sc.session}) }

// heeded is a plan for what people have to do with, by which staff are told of a danger in
// what was said: of each kind once while the chat has the same owner.
func heeded(sc scene, pl plan) plan {
	if danger := Danger(sc.said.Text); sc.said.Choice == "" && sc.session.Alarms(danger) {
		pl.alarm = danger
		pl.next.Desk = pl.next.Desk.Alarm(sessions.Danger{Kind: danger, Segment: sc.session.Segment, Seq: sc.session.Seq + 1})
	}
	return pl
}

// alarm is the line that tells staff of a danger in what was just said.
func alarm(sc scene, danger string) sessions.Event {
	return sessions.Event{
		Kind: sessions.Alarmed, Audience: sessions.Staff, From: sessions.Speaker{Role: sessions.RoleSystem},
		About: sc.session.Seq + 1, Reasons: []string{danger},
	}
}

// raise has desks and boards look at a chat in which there was an alarm.
func (b *Bot) raise(ctx context.Context, done sessions.Committed) {
	if !done.Repeated && slices.ContainsFunc(done.Events, func(e sessions.Event) bool { return e.Kind == sessions.Alarmed }) {
		_ = b.Live.Signal(ctx, sessions.DeskTopic, sessions.Signal{Session: done.Session.ID}) // else the feed tells
	}
}
