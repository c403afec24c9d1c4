package sqlstore

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"wenda/internal/sabotage"
	"wenda/internal/sqldb"
	"wenda/sessions"
)

const eventColumns = `seq, at, kind, role, speaker, name, audience, text, lang, ref, detail, sealed`

const selectEvents = `SELECT ` + eventColumns + ` FROM event WHERE session = $1 `

// detail is what is seldom there: stored as JSON, "" if there is nothing of it.
type detail struct {
	Choice   string             `json:"choice,omitempty"`
	Choices  []sessions.Choice  `json:"choices,omitempty"`
	Votable  bool               `json:"votable,omitempty"`
	About    int64              `json:"about,omitempty"`
	Value    int                `json:"value,omitempty"`
	Part     string             `json:"part,omitempty"`
	Reasons  []string           `json:"reasons,omitempty"`
	Mentions []string           `json:"mentions,omitempty"`
	Masked   []string           `json:"masked,omitempty"`
	Move     *sessions.Move     `json:"move,omitempty"`
	Decision *sessions.Decision `json:"decision,omitempty"`
	Page     *sessions.Page     `json:"page,omitempty"`
}

var collectEvents = sqldb.Collect(func(row sqldb.Scanner) (sessions.Event, error) {
	var e sessions.Event
	var at int64
	var text string
	err := row.Scan(&e.Seq, &at, &e.Kind, &e.From.Role, &e.From.ID, &e.From.Name, &e.Audience, &e.Text, &e.Lang, &e.Ref, &text, &e.Sealed)
	if err != nil || text == "" {
		e.At = fromMillis(at)
		return e, err
	}
	var d detail
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return e, fmt.Errorf("detail of event %d: %w", e.Seq, err)
	}
	e.At = fromMillis(at)
	e.Choice, e.Choices, e.Votable, e.About, e.Value = d.Choice, d.Choices, d.Votable, d.About, d.Value
	e.Part, e.Reasons, e.Mentions, e.Masked, e.Move, e.Decision, e.Page = d.Part, d.Reasons, d.Mentions, d.Masked, d.Move, d.Decision, d.Page
	return e, nil
})

func detailText(e sessions.Event) (string, error) {
	text, err := json.Marshal(detail{e.Choice, e.Choices, e.Votable, e.About, e.Value, e.Part, e.Reasons, e.Mentions, e.Masked, e.Move, e.Decision, e.Page})
	if err != nil {
		return "", fmt.Errorf("%w: %w", sessions.ErrInvalid, err) // a confidence that is no number
	}
	if string(text) == "{}" {
		return "", nil
	}
	return string(text), nil
}

// eventFields is how many values insertEvents gives for an event.
const eventFields = 15

// insertTexts are the statements that insert 1, 2, … events: a turn's events go in one round trip.
var insertTexts = func() (texts [8]string) {
	for n := range texts {
		var rows []string
		for e := range n + 1 {
			var places []string
			for f := range eventFields {
				places = append(places, fmt.Sprintf("$%d", e*eventFields+f+1))
			}
			rows = append(rows, "("+strings.Join(places, ", ")+")")
		}
		texts[n] = `INSERT INTO event (session, first, scope, ` + eventColumns + `) VALUES ` + strings.Join(rows, ", ")
	}
	return texts
}()

func insertEvents(tx sqldb.Tx, id string, by sessions.Actor, events []sessions.Event) error {
	for first := events; len(events) > 0; {
		n := min(len(events), len(insertTexts))
		values := make([]any, 0, n*eventFields)
		for _, e := range events[:n] {
			text, err := detailText(e)
			if err != nil {
				return err
			}
			values = append(values, id, first[0].Seq, scope(by, id, e), e.Seq, millis(e.At), e.Kind, e.From.Role, e.From.ID, e.From.Name,
				e.Audience, e.Text, e.Lang, e.Ref, text, e.Sealed)
		}
		if err := tx.Queue(insertTexts[n-1], values...); err != nil {
			return err
		}
		events = events[n:]
	}
	return nil
}

// scope is within what an event's ref is unique. The id's length keeps apart what
// ids and devices with separators in them would mix up.
func scope(by sessions.Actor, id string, e sessions.Event) string {
	if e.Ref == "" {
		return ""
	}
	if sabotage.On(sabotage.RefsNotUnique) {
		return uuid.NewString()
	}
	if e.From.Role == by.Role && (by.Role == sessions.RoleCustomer || by.Role == sessions.RoleAgent) {
		return fmt.Sprintf("%s %d %s %s", by.Role, len(by.ID), by.ID, by.Device)
	}
	return fmt.Sprintf("%s in %s", e.From.Role, id)
}
