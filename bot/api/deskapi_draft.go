package api

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"wenda/bot"
	"wenda/bot/auth"
	"wenda/bot/web"
	"wenda/internal/privacy"
	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/knowledge/segment"
	"wenda/sessions"
)

// suggested is what an agent says the hub should know: an answer of their chat, or another
// one. What is left out is taken from the chat.
type suggested struct {
	Session  string `json:"session"`
	Seq      int64  `json:"seq"` // of the line that answers
	Question string `json:"question"`
	Answer   string `json:"answer"`
}

// drafted is what became of it. URL is "" for who may not read entries.
type drafted struct {
	Entry string `json:"entry"`
	URL   string `json:"url"`
}

// deskDraft makes a draft of an entry for the editors, with the chat as its source. The
// same line suggested again is the same draft.
func (a *API) deskDraft(r *http.Request, u auth.User) (any, error) {
	var in suggested
	if err := readJSON(r, &in); err != nil {
		return nil, err
	}
	ctx := r.Context()
	s, err := a.readable(ctx, u, in.Session)
	if err != nil {
		return nil, err
	}
	if in.Seq < 1 || in.Seq > s.Seq {
		return nil, errMeant
	}
	events, err := a.newest(ctx, s, packetMost)
	if err != nil {
		return nil, err
	}
	content, err := draftOf(s, events, in)
	if err != nil {
		return nil, err
	}
	id := draftID(s.ID, in.Seq)
	_, err = a.Hub.Base.Create(ctx, u.ID, id, content, fmt.Sprintf("suggested at the desk, chat %s, line %d", s.ID, in.Seq))
	if err != nil && !errors.Is(err, base.ErrExists) {
		return nil, err
	}
	out := drafted{Entry: id}
	if u.May(auth.ReadEntries) {
		out.URL = entryPath(id)
	}
	return out, nil
}

// draftOf is the draft's content. Agents' texts are masked like everybody's.
func draftOf(s sessions.Session, events []sessions.Event, in suggested) (base.Content, error) {
	at := slices.IndexFunc(events, func(e sessions.Event) bool { return e.Seq == in.Seq })
	if at < 0 || events[at].Kind != sessions.Message || events[at].From.Role != sessions.RoleAgent {
		return base.Content{}, errMeant
	}
	question, answer := oneLine(in.Question), strings.TrimSpace(in.Answer)
	if question == "" {
		question = oneLine(askedBefore(events[:at]))
	}
	if answer == "" {
		answer = strings.TrimSpace(events[at].Text)
	}
	question, _ = privacy.Mask(question)
	answer, _ = privacy.Mask(answer)
	if segment.Key(question) == "" {
		return base.Content{}, errMeant
	}
	return base.Content{
		Tags: []string{web.FromDesk}, Source: fmt.Sprintf("chat %s, line %d", s.ID, in.Seq),
		Texts: map[knowledge.Lang]base.Text{knowledge.ParseLang(s.Lang): {
			Question: segment.Clip(question, base.MaxQuestion), Answer: segment.Clip(answer, base.MaxAnswer),
		}},
	}, nil
}

// askedBefore is what the customer said last before a person answered, without their
// asking for that person.
func askedBefore(events []sessions.Event) string {
	var lines []string
	for _, e := range slices.Backward(events) {
		said := e.Kind == sessions.Message && e.From.Role == sessions.RoleCustomer
		switch {
		case said && !bot.AsksForPerson(e.Text):
			lines = append(lines, e.Text)
		case !said && len(lines) > 0 && (e.Kind == sessions.Message || e.Kind == sessions.Handed) && e.From.Role != sessions.RoleSystem:
			slices.Reverse(lines)
			return strings.Join(lines, " ")
		}
	}
	slices.Reverse(lines)
	return strings.Join(lines, " ")
}

// oneLine is a text without line ends and doubled spaces.
func oneLine(text string) string { return strings.Join(strings.Fields(tidy(text)), " ") }

// draftID names the draft of one line of one chat.
func draftID(session string, seq int64) string {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%s %d", session, seq)))
	return "desk-" + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:8])[:12])
}

// fromDesk are the drafts that agents suggested and nobody has put in force yet, by id.
func (a *API) fromDesk(ctx context.Context) ([]base.Head, error) {
	heads, _, err := a.Hub.Base.List(ctx, base.Query{Tag: web.FromDesk, State: base.Draft})
	return slices.DeleteFunc(heads, func(h base.Head) bool { return h.Live > 0 }), err
}
