package api

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"wenda/bot"
	"wenda/bot/auth"
	"wenda/internal/privacy"
	"wenda/knowledge"
	"wenda/knowledge/segment"
)

const (
	// deskChannel names the answer that editors wrote for agents to send, if there is one.
	deskChannel = "desk"

	suggestedMost = 5
	typedMost     = 30 // runes of what is looked for in titles: longer, it is a customer's sentence
)

// offered is an answer of the hub, for an agent to send.
type offered struct {
	Entry      string  `json:"entry"`
	Revision   int     `json:"revision"`
	Question   string  `json:"question"`
	Answer     string  `json:"answer"`     // Markdown subset
	Confidence float64 `json:"confidence"` // 0: found by its title
}

// deskSuggest answers ?q= (what a customer said, or an agent looks for) in ?lang=, by
// default that of the chat ?session=. Nothing is kept of the question.
func (a *API) deskSuggest(r *http.Request, u auth.User) (any, error) {
	ctx, v := r.Context(), r.URL.Query()
	lang := knowledge.Chinese
	if id := v.Get("session"); id != "" {
		s, err := a.readable(ctx, u, id)
		if err != nil {
			return nil, err
		}
		lang = knowledge.ParseLang(s.Lang)
	}
	all, err := a.offers(ctx, strings.ToValidUTF8(v.Get("q"), ""), langOf(v.Get("lang"), lang))
	return map[string]any{"suggestions": all}, err
}

// offers are the answers that may be meant, the surest first, then those with what was
// typed in their title.
func (a *API) offers(ctx context.Context, typed string, lang knowledge.Lang) ([]offered, error) {
	masked, _ := privacy.Mask(typed)
	question, all := bot.Question(segment.Clip(masked, knowledge.MaxUtteranceRunes)), []offered{}
	if segment.Key(question) == "" {
		return all, nil
	}
	release, found, err := a.match(ctx, question, suggestedMost)
	if err != nil {
		return nil, err
	}
	add := func(id string, confidence float64) {
		e, there := release.Entry(id)
		twice := slices.ContainsFunc(all, func(o offered) bool { return o.Entry == id })
		courtesy := strings.HasPrefix(id, knowledge.CourtesyPrefix) // in the bot's voice
		if there && !twice && !courtesy && len(all) < suggestedMost {
			in, text := e.In(lang)
			all = append(all, offered{e.ID, e.Revision, e.Answer(in).Question, text.On(deskChannel), confidence})
		}
	}
	for _, m := range found.Choices(suggestedMost) {
		add(m.Entry, m.Confidence)
	}
	if utf8.RuneCountInString(question) <= typedMost {
		for _, q := range a.titled(release, segment.Normalise(question), lang) {
			add(q.Entry, 0)
		}
	}
	return all, nil
}

// titled are the entries in whose standard question what was typed stands, the shortest
// first.
func (a *API) titled(release *knowledge.Release, typed string, lang knowledge.Lang) (all []question) {
	for _, q := range a.questions.of(release, standard) {
		if q.Lang == lang && strings.Contains(q.normal, typed) {
			all = append(all, q)
		}
	}
	slices.SortStableFunc(all, func(x, y question) int {
		return cmp.Or(cmp.Compare(len(x.Question), len(y.Question)), strings.Compare(x.Entry, y.Entry))
	})
	return all
}

// reply is an approved reply of agents; {customer} and {agent} are the page's to fill in.
type reply struct {
	Entry    string `json:"entry"`
	Revision int    `json:"revision"`
	Title    string `json:"title"`
	Text     string `json:"text"`
}

// deskCanned answers with the replies for a queue (?skill=) in ?lang=: those of its own
// first, then everybody's.
func (a *API) deskCanned(r *http.Request, _ auth.User) (any, error) {
	v := r.URL.Query()
	return map[string]any{"replies": replies(a.Release(), v.Get("skill"), langOf(v.Get("lang"), knowledge.Chinese))}, nil
}

func replies(release *knowledge.Release, skill string, lang knowledge.Lang) []reply {
	own, all := []reply{}, []reply{}
	for _, e := range release.Entries() {
		if !e.Canned() || e.Category != "" && e.Category != skill {
			continue
		}
		_, text := e.In(lang)
		one := reply{e.ID, e.Revision, text.Question, text.On(deskChannel)}
		if e.Category == "" {
			all = append(all, one)
		} else {
			own = append(own, one)
		}
	}
	return append(own, all...)
}
