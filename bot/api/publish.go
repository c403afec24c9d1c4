package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"wenda/bot/auth"
	"wenda/bot/web"
	"wenda/knowledge/base"
	"wenda/knowledge/gate"
	"wenda/knowledge/lint"
)

// mostPublished bounds the entries that one publish offers.
const mostPublished = 500

// proposal is what the form of /publish says.
type proposal struct {
	ids      []string
	before   int64
	why, at  string
	login    string // of who signs as the second one
	password string
	signWhy  string
}

func proposed(r *http.Request) proposal {
	before, _ := strconv.ParseInt(r.PostFormValue("before"), 10, 64)
	ids := slices.Clone(r.PostForm["id"])
	slices.Sort(ids)
	return proposal{
		ids: slices.Compact(ids), before: before, why: strings.TrimSpace(r.PostFormValue("why")), at: r.PostFormValue("at"),
		login: r.PostFormValue("second-login"), password: r.PostFormValue("second-password"), signWhy: strings.TrimSpace(r.PostFormValue("second-why")),
	}
}

// publishForm lists what may go live, all of it chosen, or only what ?entry= names.
func (a *API) publishForm(w http.ResponseWriter, r *http.Request) {
	only := r.URL.Query()["entry"]
	p, err := a.publishPage(w, r, func(id string) bool { return len(only) == 0 || slices.Contains(only, id) })
	if err != nil {
		a.broken(w, r, err)
		return
	}
	a.Site.Publish(w, p)
}

// publishPage is the page with what is approved and not in a release.
func (a *API) publishPage(w http.ResponseWriter, r *http.Request, chosen func(id string) bool) (web.PublishPage, error) {
	ctx := r.Context()
	p := web.PublishPage{Hub: a.hub(w, r, "releases")}
	p.Path = "/publish"
	heads, more, err := a.ready(ctx)
	rules, err2 := a.Hub.Book.Rules(ctx)
	before, err3 := a.Hub.Base.Current(ctx)
	words, err4 := a.newWords(ctx, before)
	if err := errors.Join(err, err2, err3, err4); err != nil {
		return p, err
	}
	p.More, p.Before, p.Words = more, before, words
	for _, h := range heads {
		one, err := a.waitingEntry(ctx, h, rules)
		if err != nil {
			return p, err
		}
		one.Chosen = chosen(h.ID)
		p.Waiting = append(p.Waiting, one)
	}
	return p, nil
}

// ready returns the entries with an approved revision that no release has, by id, the
// first mostPublished of them.
func (a *API) ready(ctx context.Context) (heads []base.Head, more bool, err error) {
	for after := ""; ; {
		page, next, err := a.Hub.Base.List(ctx, base.Query{State: base.Approved, After: after, Limit: 200})
		if err != nil {
			return nil, false, err
		}
		heads = append(heads, slices.DeleteFunc(page, func(h base.Head) bool { return h.Ready == 0 })...)
		switch {
		case len(heads) > mostPublished:
			return heads[:mostPublished], true, nil
		case next == "":
			return heads, false, nil
		}
		after = next
	}
}

func (a *API) waitingEntry(ctx context.Context, h base.Head, rules lint.Rules) (web.Ready, error) {
	revision := h.Newest
	if revision.Number != h.Ready {
		var err error
		if revision, err = a.Hub.Base.Revision(ctx, h.ID, h.Ready); err != nil {
			return web.Ready{}, err
		}
	}
	c := revision.Content
	return web.Ready{
		ID: h.ID, Question: c.Question(), Category: c.Category, Risk: c.Risk, Revision: revision, Live: h.Live,
		Found: lint.Check(h.ID, c, rules),
	}, nil
}

// newWords reports whether the synonyms changed since the release in force was made.
func (a *API) newWords(ctx context.Context, release int64) (bool, error) {
	sheet, err := a.Hub.Base.Sheet(ctx, base.Synonyms)
	if err != nil || sheet.Version == 0 || release == 0 {
		return false, err
	}
	inForce, err := a.Hub.Base.Release(ctx, release)
	return sheet.At.After(inForce.At), err
}

// publish checks what was chosen or, if that is what the button says, publishes it.
func (a *API) publish(w http.ResponseWriter, r *http.Request) {
	patience(w, judgeWithin+10*time.Second)
	asked := proposed(r)
	p, err := a.publishPage(w, r, func(id string) bool { return slices.Contains(asked.ids, id) })
	if err != nil {
		a.broken(w, r, err)
		return
	}
	p.Why, p.When, p.SecondLogin, p.SecondWhy = asked.why, asked.at, asked.login, asked.signWhy
	if p.Fault = unfitChoice(asked, p); p.Fault.Code == "" {
		p.Fault, err = a.judged(r, asked, &p)
	}
	if err == nil && p.Fault.Code == "" && r.PostFormValue("do") == "publish" {
		var to, did string
		if to, did, p.Fault, err = a.goLive(r, asked, p); to != "" {
			done(w, r, to, did)
			return
		}
	}
	if err != nil {
		a.broken(w, r, err)
		return
	}
	a.Site.Publish(w, p)
}

// unfitChoice says why a choice cannot even be checked.
func unfitChoice(asked proposal, p web.PublishPage) web.Refusal {
	if len(asked.ids) == 0 && !p.Words {
		return because("entries")
	}
	if p.Chosen() != len(asked.ids) { // published, or withdrawn, by somebody else meanwhile
		return web.Refusal{Code: "superseded", Status: http.StatusConflict}
	}
	for _, one := range p.Waiting {
		if one.Chosen && lint.Blocked(one.Found) {
			return because("blocked")
		}
	}
	return web.Refusal{}
}

// judged puts the gate's verdict on the page.
func (a *API) judged(r *http.Request, asked proposal, p *web.PublishPage) (web.Refusal, error) {
	v, err := a.judge(r.Context(), asked.ids)
	if err != nil {
		fault, known := refused(err)
		if known {
			err = nil
		}
		return fault, err
	}
	p.Checked, p.Cases, p.Report, p.Fails = true, v.Cases, v.Report, v.Fails(a.Hub.Limits)
	return web.Refusal{}, nil
}

// judgeWithin is what the longest comparison takes.
const judgeWithin = 2 * time.Minute

// judge holds what would be in force with these entries against the labelled set.
func (a *API) judge(ctx context.Context, ids []string) (gate.Judgement, error) {
	next, err := a.Hub.Base.Proposed(ctx, ids)
	if err != nil {
		return gate.Judgement{}, err
	}
	return a.Hub.Judge.Hold(ctx, next, ids)
}

// goLive publishes or plans, and returns where to look at it, or what was wrong.
func (a *API) goLive(r *http.Request, asked proposal, p web.PublishPage) (to, did string, fault web.Refusal, err error) {
	at, err := web.ParseTyped(asked.at)
	if err != nil {
		return "", "", because("minute"), nil
	}
	made := base.Publication{
		By: a.user(r).ID, Why: asked.why, Entries: asked.ids, Before: asked.before, At: at,
		GatePassed: len(p.Fails) == 0, Solo: p.Solo,
	}
	if p.Cases > 0 {
		if made.Gate, err = json.Marshal(p.Report); err != nil {
			return "", "", web.Refusal{}, err
		}
	}
	if !made.GatePassed {
		if made.Second, err = a.second(r, asked); err == nil {
			made.SecondWhy = asked.signWhy
		}
	}
	if err == nil {
		to, did, err = a.make(r.Context(), made)
	}
	if fault, known := refused(err); known {
		return "", "", fault, nil
	}
	return to, did, web.Refusal{}, err
}

// second returns who signs as the second one: they typed their login and password.
func (a *API) second(r *http.Request, asked proposal) (string, error) {
	if asked.login == "" || asked.password == "" || asked.signWhy == "" {
		return "", base.ErrSignature
	}
	u, err := a.Auth.Sign(r, asked.login, asked.password)
	if err == nil && !u.May(auth.PublishEntries) {
		err = fmt.Errorf("%w: who signs may not publish", base.ErrSignature)
	}
	return u.ID, err
}

// make publishes now, or plans for the moment asked for.
func (a *API) make(ctx context.Context, p base.Publication) (to, did string, err error) {
	if p.At.IsZero() {
		release, err := a.Hub.Base.Publish(ctx, p)
		if err != nil {
			return "", "", err
		}
		a.told()
		return fmt.Sprintf("/releases/%d", release.ID), "published", nil
	}
	if _, err := a.Hub.Base.Plan(ctx, p); err != nil {
		return "", "", err
	}
	return "/releases", "planned", nil
}
