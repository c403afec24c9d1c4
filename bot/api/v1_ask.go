package api

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"wenda/bot"
	"wenda/bot/auth"
	"wenda/internal/privacy"
	"wenda/knowledge"
	"wenda/knowledge/segment"
)

// choicesMost is how many entries are offered when it is not clear which is meant.
const choicesMost = 4

// Asked is what an utterance is answered with.
type Asked struct {
	Decision   knowledge.Zone `json:"decision" enum:"answer,clarify,handoff" doc:"answer: say answer.text; clarify: ask which of choices is meant; handoff: let a person answer"`
	Reason     string         `json:"reason" enum:"matched,ambiguous,unknown,customer_request,complaint,risk" doc:"the last three: a person is wanted, asked for, to complain to, or because somebody may come to harm"`
	Release    int64          `json:"release" doc:"the release it comes from: keep it with what you say"`
	Entry      string         `json:"entry,omitempty" doc:"of the answer"`
	Revision   int            `json:"revision,omitempty" doc:"of the answer"`
	Confidence float64        `json:"confidence" minimum:"0" maximum:"1" doc:"probability that the first match is what was meant"`
	Answer     *AskedAnswer   `json:"answer,omitempty" doc:"only with decision answer"`
	Choices    []AskedChoice  `json:"choices" doc:"only with decision clarify; add one for none of these"`
}

// AskedAnswer is what to say.
type AskedAnswer struct {
	Lang     knowledge.Lang `json:"lang" enum:"zh-CN,en"`
	Question string         `json:"question" doc:"the standard question"`
	Text     string         `json:"text" doc:"the approved answer for the channel; Markdown: paragraphs, lists, bold, links"`
}

// AskedChoice is an entry that may be meant.
type AskedChoice struct {
	Entry      string  `json:"entry"`
	Question   string  `json:"question"`
	Confidence float64 `json:"confidence"`
}

// Suggestion is an entry while somebody types.
type Suggestion struct {
	Entry    string         `json:"entry"`
	Question string         `json:"question"`
	Lang     knowledge.Lang `json:"lang" enum:"zh-CN,en"`
}

type askInput struct {
	Body struct {
		Text    string `json:"text" minLength:"1" maxLength:"2000" example:"卡里有钱为什么还款失败"`
		Channel string `json:"channel,omitempty" maxLength:"32" example:"ivr" doc:"answers that editors wrote for this channel are preferred"`
	}
}

type suggestInput struct {
	Q     string         `query:"q" required:"true" minLength:"1" maxLength:"200" example:"还款"`
	Lang  knowledge.Lang `query:"lang" enum:"zh-CN,en" default:"zh-CN"`
	Limit int            `query:"limit" minimum:"1" maximum:"20" default:"5"`
}

// body is an answer without headers of its own.
type body[T any] struct{ Body T }

// v1Ask adds what answers questions.
func v1Ask(a *API, h huma.API) {
	huma.Register(h, a.operation(h, auth.ScopeAsk, huma.Operation{
		OperationID: "ask", Method: http.MethodPost, Path: "/ask", Summary: "What is meant, and the approved answer",
		Description: "Nothing is kept of the question.",
	}), func(ctx context.Context, in *askInput) (*body[Asked], error) {
		asked, err := a.ask(ctx, in.Body.Text, in.Body.Channel)
		if err != nil {
			return nil, a.problem(err)
		}
		return &body[Asked]{asked}, nil
	})
	huma.Register(h, a.operation(h, auth.ScopeAsk, huma.Operation{
		OperationID: "suggest", Method: http.MethodGet, Path: "/suggest", Summary: "Standard questions while somebody types",
	}), func(ctx context.Context, in *suggestInput) (*body[[]Suggestion], error) {
		all, err := a.suggest(ctx, in.Q, in.Lang, in.Limit)
		if err != nil {
			return nil, a.problem(err)
		}
		return &body[[]Suggestion]{all}, nil
	})
}

// ask decides about one utterance, without memory.
func (a *API) ask(ctx context.Context, text, channel string) (Asked, error) {
	if reason := bot.WantsPerson(text); reason != "" {
		return Asked{Decision: knowledge.ZoneHandoff, Reason: reason, Release: a.Release().ID, Confidence: 1, Choices: []AskedChoice{}}, nil
	}
	masked, _ := privacy.Mask(text)
	release, found, err := a.match(ctx, bot.Question(masked), choicesMost)
	if err != nil {
		return Asked{}, err
	}
	asked := Asked{Decision: found.Zone(), Reason: "unknown", Release: found.Release, Choices: []AskedChoice{}}
	if len(found.Matches) > 0 {
		asked.Confidence = found.Matches[0].Confidence
	}
	switch asked.Decision {
	case knowledge.ZoneAnswer:
		asked.Reason = "matched"
		asked.answer(release, found.Matches[0], channel)
	case knowledge.ZoneClarify:
		asked.Reason = "ambiguous"
		for _, m := range found.Choices(choicesMost) {
			asked.Choices = append(asked.Choices, AskedChoice{m.Entry, m.Answer.Question, m.Confidence})
		}
	}
	return asked, nil
}

// match returns at most limit entries that a question may mean, and the release that says so.
func (a *API) match(ctx context.Context, question string, limit int) (*knowledge.Release, knowledge.Result, error) {
	for range releaseTries {
		found, err := a.Hub.Matcher.Match(ctx, question, limit)
		if err != nil {
			return nil, found, err
		}
		if release := a.Release(); release.ID == found.Release {
			return release, found, nil
		}
	}
	return nil, knowledge.Result{}, fmt.Errorf("%w: releases come and go", knowledge.ErrUnavailable)
}

// releaseTries bounds how often one question is matched while releases come and go.
const releaseTries = 3

// answer fills in what to say in the channel.
func (asked *Asked) answer(release *knowledge.Release, m knowledge.Match, channel string) {
	e, _ := release.Entry(m.Entry)
	asked.Entry, asked.Revision = m.Entry, m.Revision
	asked.Answer = &AskedAnswer{m.Answer.Lang, m.Answer.Question, e.Texts[m.Answer.Lang].On(channel)}
}

// suggest returns entries whose question begins with what was typed, then those in which
// it stands, then what it may mean.
func (a *API) suggest(ctx context.Context, typed string, lang knowledge.Lang, limit int) ([]Suggestion, error) {
	key := segment.Normalise(typed)
	all := []Suggestion{}
	var within []Suggestion
	for _, q := range a.questions.of(a.Release(), standard) {
		if q.Lang != lang {
			continue
		}
		if at := strings.Index(q.normal, key); at == 0 {
			all = append(all, q.Suggestion)
		} else if at > 0 {
			within = append(within, q.Suggestion)
		}
	}
	byLength := func(a, b Suggestion) int { return cmp.Compare(len(a.Question), len(b.Question)) }
	slices.SortStableFunc(all, byLength)
	slices.SortStableFunc(within, byLength)
	if all = append(all, within...); len(all) >= limit {
		return all[:limit], nil
	}
	found, err := a.Hub.Matcher.Match(ctx, typed, limit)
	if err != nil {
		return nil, err
	}
	for _, m := range found.Choices(limit) {
		there := slices.ContainsFunc(all, func(s Suggestion) bool { return s.Entry == m.Entry })
		if !there && m.Answer.Lang == lang && len(all) < limit {
			all = append(all, Suggestion{m.Entry, m.Answer.Question, lang})
		}
	}
	return all, nil
}

// question is a standard question as what is typed is looked for in it.
type question struct {
	Suggestion
	normal string
}

// standard are the standard questions of a release, by entry.
func standard(release *knowledge.Release) (all []question) {
	for _, e := range release.Entries() {
		if !e.Matchable() {
			continue
		}
		for lang, t := range e.Texts {
			all = append(all, question{Suggestion{e.ID, t.Question, lang}, segment.Normalise(t.Question)})
		}
	}
	return all
}
