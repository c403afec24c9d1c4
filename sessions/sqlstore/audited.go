package sqlstore

import (
	"fmt"

	"wenda/internal/audit"
	"wenda/internal/sqldb"
	"wenda/sessions"
)

// audited writes down what staff did, or what was done with an agent's chat by the
// system: chat.claim, chat.takeover, chat.return, chat.close, chat.requeue,
// chat.reveal, chat.whisper, chat.join and chat.part, about the session. It costs no round trip.
func audited(tx sqldb.Tx, session string, events []sessions.Event) error {
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

// deed is what an event is to the audit: "" for most. What customers do with their
// own chats is in the transcript only.
func deed(e sessions.Event) (did, detail string) {
	switch {
	case e.Kind == sessions.Revealed:
		return "chat.reveal", fmt.Sprintf("event %d, about event %d", e.Seq, e.About)
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
