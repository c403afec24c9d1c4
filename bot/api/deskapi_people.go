package api

import (
	"context"
	"net/http"

	"wenda/bot/auth"
	"wenda/bot/desk/roster"
)

// colleague is somebody a chat can be given to.
type colleague struct {
	ID     string   `json:"id"`
	Name   string   `json:"name"`
	Skills []string `json:"skills"`
	Takes  bool     `json:"takes"` // is there and takes chats
	Free   int      `json:"free"`  // chats they have room for
}

type queueName struct {
	Skill string `json:"skill"`
	Name  string `json:"name"`
}

type wrapName struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// deskColleagues answers with whom and where a chat can be given to, and how it may end,
// in the page's language.
func (a *API) deskColleagues(r *http.Request, u auth.User) (any, error) {
	lang := string(a.Site.Reads(r))
	agents, err := a.colleagues(r.Context(), u.ID)
	if err != nil {
		return nil, err
	}
	queues, wraps := []queueName{}, []wrapName{}
	for _, q := range a.Desk.Queues() {
		queues = append(queues, queueName{q.ID, q.Name(lang)})
	}
	for _, w := range a.Desk.Wraps() {
		wraps = append(wraps, wrapName{w.Code, w.Names[lang]})
	}
	return map[string]any{"agents": agents, "queues": queues, "wraps": wraps}, nil
}

// colleagues are all others who answer chats, by login name.
func (a *API) colleagues(ctx context.Context, me string) ([]colleague, error) {
	people, err := a.Auth.List(ctx)
	if err != nil {
		return nil, err
	}
	floor, err := a.Desk.Floor(ctx)
	if err != nil {
		return nil, err
	}
	there := make(map[string]roster.Agent, len(floor))
	for _, f := range floor {
		there[f.ID] = f
	}
	all := []colleague{}
	for _, u := range people {
		if u.ID == me || !u.May(auth.AnswerChats) {
			continue
		}
		f := there[u.ID]
		one := colleague{ID: u.ID, Name: u.Name, Skills: u.Skills, Takes: f.There && f.Takes}
		if one.Takes {
			one.Free = max(u.Capacity-f.Load(), 0)
		}
		all = append(all, one)
	}
	return all, nil
}
