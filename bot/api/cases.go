package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"wenda/bot/auth"
	"wenda/bot/web"
	"wenda/knowledge/gate"
	"wenda/knowledge/inbox"
)

// cases lists the labelled set: ?q= searches, ?of= names an entry, ?after= continues.
func (a *API) cases(w http.ResponseWriter, r *http.Request) { a.showCases(w, r, web.Refusal{}) }

func (a *API) showCases(w http.ResponseWriter, r *http.Request, fault web.Refusal) {
	ctx, v := r.Context(), r.URL.Query()
	p := web.CasesPage{
		Hub: a.hub(w, r, "cases"), Edit: a.user(r).May(auth.EditEntries), Query: gate.Query{Text: v.Get("q"), Expect: v.Get("of"), After: v.Get("after")},
		Utterance: r.PostFormValue("utterance"), Expect: r.PostFormValue("expect"),
	}
	p.Here, p.Fault = "releases", fault
	var err, err2 error
	p.Cases, p.Next, err = a.Hub.Cases.List(ctx, p.Query)
	p.Count, p.None, err2 = a.Hub.Cases.Count(ctx)
	if err := errors.Join(err, err2); err != nil {
		a.broken(w, r, err)
		return
	}
	if p.Next != "" {
		p.Next = "/cases?" + url.Values{"q": {p.Query.Text}, "of": {p.Query.Expect}, "after": {p.Next}}.Encode()
	}
	a.Site.Cases(w, p)
}

// addCase puts an utterance into the labelled set.
func (a *API) addCase(w http.ResponseWriter, r *http.Request) {
	one := gate.Case{Utterance: r.PostFormValue("utterance"), Expect: strings.TrimSpace(r.PostFormValue("expect")), Source: gate.FromEditor}
	if one.Expect != "" {
		if _, err := a.Hub.Base.Get(r.Context(), one.Expect); err != nil {
			a.refuse(w, r, err, a.showCases)
			return
		}
	}
	if _, err := a.Hub.Cases.Add(r.Context(), a.user(r).ID, one); err != nil {
		a.refuse(w, r, err, a.showCases)
		return
	}
	done(w, r, "/cases", "case")
}

// removeCase takes a case out of the labelled set.
func (a *API) removeCase(w http.ResponseWriter, r *http.Request) {
	if err := a.Hub.Cases.Remove(r.Context(), a.user(r).ID, r.PathValue("case"), r.PostFormValue("why")); err != nil {
		a.refuse(w, r, err, a.showCases)
		return
	}
	done(w, r, "/cases", "uncased")
}

const (
	mostGrown = 500 // cases that one click adds
	agreed    = 2   // chats that must say the same of an utterance
)

// growCases puts into the labelled set what customers and agents confirmed, and what
// editors marked as out of scope. What the set says otherwise about stays as it is.
func (a *API) growCases(w http.ResponseWriter, r *http.Request) {
	found, err := a.confirmed(r.Context())
	for _, one := range found[:min(len(found), mostGrown)] {
		if err == nil {
			_, err = a.Hub.Cases.Add(r.Context(), a.user(r).ID, one)
		}
		if errors.Is(err, gate.ErrContradicts) || errors.Is(err, gate.ErrInvalid) {
			err = nil
		}
	}
	if err != nil {
		a.refuse(w, r, err, a.showCases)
		return
	}
	done(w, r, "/cases", "grown")
}

// confirmed is what chats and the inbox say that is not in the set, the surest first.
func (a *API) confirmed(ctx context.Context) ([]gate.Case, error) {
	agreedOn, err := a.Hub.Inbox.Confirmed(ctx)
	outside, err2 := a.Hub.Inbox.OutOfScope(ctx)
	have, err3 := a.Hub.Cases.All(ctx)
	if err := errors.Join(err, err2, err3); err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, c := range have {
		known[c.Utterance] = true
	}
	var found []gate.Case
	for _, c := range alone(agreedOn) {
		if _, live := a.Release().Entry(c.Entry); live && c.Weight >= agreed && !known[c.Utterance] {
			found = append(found, gate.Case{Utterance: c.Utterance, Expect: c.Entry, Source: gate.FromChat})
		}
	}
	for _, text := range outside {
		if !known[text] {
			found = append(found, gate.Case{Utterance: text, Source: gate.FromInbox})
		}
	}
	return found, nil
}

// alone are the utterances about which all chats agree.
func alone(all []inbox.Confirmed) (out []inbox.Confirmed) {
	entries := map[string]int{}
	for _, c := range all {
		entries[c.Utterance]++
	}
	for _, c := range all {
		if entries[c.Utterance] == 1 {
			out = append(out, c)
		}
	}
	return out
}
