package api

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"wenda/bot/auth"
	"wenda/bot/web"
	"wenda/knowledge"
	"wenda/knowledge/inbox"
)

// inbox lists what customers asked and did not get: ?state=, ?kind=, ?in= (language) and
// ?q= select, ?from= passes over so many. ?deed= is what was just done, ?at= where.
func (a *API) inbox(w http.ResponseWriter, r *http.Request) {
	a.showInbox(w, r, r.URL.Query(), web.Refusal{})
}

func (a *API) showInbox(w http.ResponseWriter, r *http.Request, asked url.Values, fault web.Refusal) {
	ctx := r.Context()
	p := web.InboxPage{Hub: a.hub(w, r, "inbox"), Edit: a.user(r).May(auth.EditEntries), Query: inboxQuery(asked), Back: inboxURL(inboxQuery(asked))}
	p.Fault, p.Path = fault, p.Back
	clusters, all, err := a.Hub.Inbox.List(ctx, p.Query)
	if err != nil {
		a.broken(w, r, err)
		return
	}
	p.Clusters, p.All = clusters, all
	if p.Query == (inbox.Query{State: inbox.Open, Limit: inbox.PageSize}) {
		if p.FromDesk, err = a.fromDesk(ctx); err != nil {
			a.broken(w, r, err)
			return
		}
	}
	p.States, p.Kinds = inboxStates(p.Query), inboxKinds(p.Query)
	p.Prev, p.Next = inboxSides(p.Query, all)
	if p.Last, err = a.deed(ctx, asked.Get("deed")); err != nil {
		a.broken(w, r, err)
		return
	}
	p.At, _ = strconv.Atoi(asked.Get("at"))
	p.At = max(0, min(p.At, len(clusters)-1))
	if fault.Code != "" {
		p.Failed, _ = strconv.ParseInt(r.PathValue("cluster"), 10, 64)
		p.Typed = web.Typing{Entry: r.PostFormValue("entry"), Text: r.PostFormValue("text"), Why: r.PostFormValue("why")}
	}
	a.Site.Inbox(w, p)
}

// deed is what was done, if it stands; the zero Deed otherwise.
func (a *API) deed(ctx context.Context, id string) (inbox.Deed, error) {
	n, _ := strconv.ParseInt(id, 10, 64)
	if n <= 0 {
		return inbox.Deed{}, nil
	}
	deeds, err := a.Hub.Inbox.Deeds(ctx, n+1, 1)
	if err != nil || len(deeds) == 0 || deeds[0].ID != n || deeds[0].UndoneBy != "" {
		return inbox.Deed{}, err
	}
	return deeds[0], nil
}

// inboxQuery reads what a list's address says; what makes no sense is passed over.
func inboxQuery(v url.Values) inbox.Query {
	q := inbox.Query{State: inbox.Open, Text: v.Get("q"), Limit: inbox.PageSize}
	if v.Get("state") == string(inbox.Done) {
		q.State = inbox.Done
	}
	for _, kind := range inbox.Kinds {
		if v.Get("kind") == string(kind) {
			q.Kind = kind
		}
	}
	for _, lang := range []knowledge.Lang{knowledge.Chinese, knowledge.English} {
		if v.Get("in") == string(lang) {
			q.Lang = lang
		}
	}
	from, _ := strconv.Atoi(v.Get("from"))
	q.Offset = max(0, from)
	return q
}

// inboxURL is the address of a list.
func inboxURL(q inbox.Query) string {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	if q.State != inbox.Open {
		set("state", string(q.State))
	}
	set("kind", string(q.Kind))
	set("in", string(q.Lang))
	set("q", q.Text)
	if q.Offset > 0 {
		set("from", strconv.Itoa(q.Offset))
	}
	if len(v) == 0 {
		return "/inbox"
	}
	return "/inbox?" + v.Encode()
}

func inboxStates(q inbox.Query) (all []web.Choice) {
	for _, state := range []inbox.State{inbox.Open, inbox.Done} {
		other := q
		other.State, other.Offset = state, 0
		all = append(all, web.Choice{Code: string(state), URL: inboxURL(other), Current: state == q.State})
	}
	return all
}

func inboxKinds(q inbox.Query) (all []web.Choice) {
	for _, kind := range append([]inbox.Kind{""}, inbox.Kinds...) {
		other := q
		other.Kind, other.Offset = kind, 0
		all = append(all, web.Choice{Code: string(kind), URL: inboxURL(other), Current: kind == q.Kind})
	}
	return all
}

// inboxSides are the addresses of the pages before and behind.
func inboxSides(q inbox.Query, all int) (prev, next string) {
	other := q
	if q.Offset > 0 {
		other.Offset = max(0, q.Offset-q.Limit)
		prev = inboxURL(other)
	}
	if other.Offset = q.Offset + q.Limit; other.Offset < all {
		next = inboxURL(other)
	}
	return prev, next
}

// inboxBack is the list that a form was on.
func inboxBack(r *http.Request) url.Values {
	u, err := url.Parse(r.PostFormValue("back"))
	if err != nil || u.Path != "/inbox" {
		return url.Values{}
	}
	return u.Query()
}

// settle does something about a cluster: phrasing, draft, outside or ignore.
func (a *API) settle(w http.ResponseWriter, r *http.Request) {
	deed, err := a.settled(r)
	if err != nil {
		a.refuse(w, r, err, func(w http.ResponseWriter, r *http.Request, fault web.Refusal) {
			a.showInbox(w, r, inboxBack(r), fault)
		})
		return
	}
	v := inboxBack(r)
	v.Set("deed", strconv.FormatInt(deed.ID, 10))
	if at, err := strconv.Atoi(r.PostFormValue("at")); err == nil {
		v.Set("at", strconv.Itoa(at))
	}
	done(w, r, "/inbox?"+v.Encode(), string(deed.Did))
}

func (a *API) settled(r *http.Request) (inbox.Deed, error) {
	ctx, by := r.Context(), a.user(r).ID
	cluster, _ := strconv.ParseInt(r.PathValue("cluster"), 10, 64)
	text, why := r.PostFormValue("text"), strings.TrimSpace(r.PostFormValue("why"))
	switch r.PostFormValue("do") {
	case "phrasing":
		return a.Hub.Inbox.AddPhrasing(ctx, by, cluster, strings.TrimSpace(r.PostFormValue("entry")), text, why)
	case "draft":
		return a.Hub.Inbox.StartDraft(ctx, by, cluster, text, why)
	case "outside":
		return a.Hub.Inbox.MarkOutside(ctx, by, cluster, why)
	case "ignore":
		return a.Hub.Inbox.Ignore(ctx, by, cluster, why)
	}
	return inbox.Deed{}, fmt.Errorf("%w: nothing to do", inbox.ErrInvalid)
}

// undo takes back what was done about a cluster.
func (a *API) undo(w http.ResponseWriter, r *http.Request) {
	deed, _ := strconv.ParseInt(r.PathValue("deed"), 10, 64)
	if err := a.Hub.Inbox.Undo(r.Context(), a.user(r).ID, deed, strings.TrimSpace(r.PostFormValue("why"))); err != nil {
		a.refuse(w, r, err, func(w http.ResponseWriter, r *http.Request, fault web.Refusal) {
			a.showInbox(w, r, inboxBack(r), fault)
		})
		return
	}
	v := inboxBack(r)
	v.Del("deed")
	done(w, r, inboxURL(inboxQuery(v)), "undone")
}
