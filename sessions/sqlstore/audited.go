package sqlstore

import (
	"fmt"
	"strings"

	"wenda/internal/audit"
	"wenda/internal/sqldb"
	"wenda/sessions"
)

// audited writes down what staff did, or what was done with an agent's chat by the
// system: chat.claim, chat.takeover, chat.return, chat.close, chat.requeue,
// chat.reveal, chat.whisper, chat.join, chat.part, chat.pass, chat.offer, chat.override and
// chat.alarm,
// about the session. It costs no round trip.
func audited(tx sqldb.Tx, row, head sessions.Session, events []sessions.Event) error {
	if err := offered(tx, row, head); err != nil {
		return err
	}
	session := head.ID
	for _, e := range events {
		did, detail := deed(e)
		if did == "" {
			continue
		}
		who := e.From.ID
		if e.From.Role != sessions.RoleAgent && e.From.Role != sessions.RoleSupervisor {
			who = string(e.From.Role)
		}
		if err := audit.Write(tx, e.At, audit.Act{Who: who, Did: did, About: session, OK: true, Detail: detail}); err != nil {
			return err
		}
	}
	return nil
}

// offered writes down that a chat was held out to somebody, and that somebody let it
// pass. Who takes it is in the audit by chat.claim.
func offered(tx sqldb.Tx, row, head sessions.Session) error {
	was, is := row.Desk.Offer, head.Desk.Offer
	if was.To == is.To && was.At.Equal(is.At) {
		return nil
	}
	if was.To != "" && head.Agent != was.To && head.Open() {
		if err := audit.Write(tx, head.ChangedAt, audit.Act{Who: string(sessions.RoleSystem), Did: "chat.pass", About: head.ID, OK: true, Detail: "by " + was.To}); err != nil {
			return err
		}
	}
	if is.To == "" {
		return nil
	}
	return audit.Write(tx, head.ChangedAt, audit.Act{Who: string(sessions.RoleSystem), Did: "chat.offer", About: head.ID, OK: true, Detail: "to " + is.To})
}

// deed is what an event is to the audit: "" for most. What customers do with their
// own chats is in the transcript only.
func deed(e sessions.Event) (did, detail string) {
	switch {
	case e.Kind == sessions.Revealed:
		return "chat.reveal", fmt.Sprintf("event %d, about event %d", e.Seq, e.About)
	case e.Kind == sessions.Alarmed:
		return "chat.alarm", fmt.Sprintf("event %d, about event %d: %s", e.Seq, e.About, strings.Join(e.Reasons, " "))
	case e.Kind == sessions.Note && e.Decision != nil && e.Decision.Action == "override":
		return "chat.override", fmt.Sprintf("event %d: %s", e.Seq, e.Decision.Reason)
	case e.Kind == sessions.Note && e.From.Role == sessions.RoleSupervisor:
		return "chat.whisper", fmt.Sprintf("event %d", e.Seq)
	case e.Kind == sessions.Joined && e.Value > 0:
		return "chat.join", fmt.Sprintf("event %d", e.Seq)
	case e.Kind == sessions.Joined:
		return "chat.part", fmt.Sprintf("event %d", e.Seq)
	case e.Kind != sessions.Handed || e.Move == nil || e.From.Role == sessions.RoleCustomer || e.From.Role == sessions.RoleBot:
		return "", ""
	case e.From.Role == sessions.RoleSystem && e.Move.From != sessions.Assigned:
		return "", ""
	}
	detail = fmt.Sprintf("event %d, from %s: %s", e.Seq, e.Move.From, e.Move.Reason)
	switch e.Move.To {
	case sessions.Assigned:
		if e.Move.From == sessions.Assigned {
			return "chat.takeover", detail
		}
		return "chat.claim", detail
	case sessions.Queued:
		return "chat.requeue", detail
	case sessions.Bot:
		return "chat.return", detail
	}
	return "chat.close", detail
}
