package base

import (
	"context"
	"maps"
	"slices"
	"strings"
	"testing"

	"wenda/knowledge"
)

func TestList(t *testing.T) { both(t, listing) }

func listing(r *rig) {
	ctx, s := context.Background(), r.node(0)
	a := says("怎么還款", "登录 App，点「还款」。")
	a.Category, a.Tags, a.Owner, a.Risk = "还款", []string{"常用", "a_b"}, "zhou", RiskHigh
	b := says("利率 7.2% 怎么算", "按日计息。")
	b.Category, b.Tags = "利率", []string{"axb"}
	b.Texts[knowledge.English] = Text{Question: "How is the rate counted", Answer: "Daily", Channels: map[string]string{"sms": "By the DAY"}}
	c := says(`折扣 100_`, `反斜杠\`)
	for id, content := range map[string]Content{"repay-how": a, "rate": b, "zz": c} {
		_, err := s.Create(ctx, "zhou", id, content, "")
		r.must(err)
	}
	r.live(s, "rate", b.with("按日计息的。"))
	head, err := s.Get(ctx, "rate")
	r.must(err)
	_, err = s.Save(ctx, "zhou", "rate", head.Version, b.with("又改了"), "")
	r.must(err)
	r.approved(s, "zz", c.with("好"))
	for name, test := range map[string]struct {
		query Query
		want  string
	}{
		"all":                {Query{}, "rate repay-how zz"},
		"text":               {Query{Text: "还款"}, "repay-how"},
		"another spelling":   {Query{Text: "ＡＰＰ 還款"}, "repay-how"},
		"words in any order": {Query{Text: "登录 怎么"}, "repay-how"},
		"not all words":      {Query{Text: "登录 利率"}, ""},
		"id":                 {Query{Text: "repay-how"}, "repay-how"},
		"channel":            {Query{Text: "by the day"}, "rate"},
		"percent":            {Query{Text: "7.2%"}, "rate"},
		"nothing but signs":  {Query{Text: "%_\\"}, "rate repay-how zz"},
		"draft":              {Query{State: Draft}, "rate repay-how"},
		"live":               {Query{State: Live}, "rate"},
		"approved":           {Query{State: Approved}, "zz"},
		"retired":            {Query{State: Retired}, ""},
		"category":           {Query{Category: "还款"}, "repay-how"},
		"tag":                {Query{Tag: "a_b"}, "repay-how"}, // _ is no wildcard
		"part of a tag":      {Query{Tag: "常"}, ""},
		"owner":              {Query{Owner: "zhou"}, "repay-how"},
		"risk":               {Query{Risk: RiskHigh}, "repay-how"},
		"usual risk":         {Query{Risk: RiskNormal}, "rate zz"},
		"lang":               {Query{Lang: knowledge.English}, "rate"},
		"after":              {Query{After: "rate"}, "repay-how zz"},
		"all at once":        {Query{Text: "怎么", Lang: knowledge.Chinese, State: Draft, Category: "还款", Tag: "常用", Owner: "zhou", Risk: RiskHigh}, "repay-how"},
	} {
		heads, next, err := s.List(ctx, test.query)
		if got := idsOf(heads); err != nil || got != test.want || next != "" {
			r.Errorf("%s: %q, next %q, %v, want %q", name, got, next, err, test.want)
		}
	}
	first, next, err := s.List(ctx, Query{Limit: 2})
	if r.must(err); idsOf(first) != "rate repay-how" || next != "repay-how" {
		r.Errorf("first page %q, next %q", idsOf(first), next)
	}
	counts, err := s.Count(ctx)
	if want := map[State]int{Draft: 2, Approved: 1, Live: 1}; err != nil || !maps.Equal(counts, want) {
		r.Errorf("count %v, %v, want %v", counts, err, want)
	}
	categories, err := s.Categories(ctx)
	if r.must(err); !slices.Equal(categories, []string{"利率", "还款"}) {
		r.Errorf("categories %q", categories)
	}
	tags, err := s.Tags(ctx)
	if r.must(err); !slices.Equal(tags, []string{"a_b", "axb", "常用"}) {
		r.Errorf("tags %q", tags)
	}
	heads, err := s.Heads(ctx)
	if r.must(err); idsOf(heads) != "rate repay-how zz" || !heads[1].Newest.Content.Equal(a) {
		r.Errorf("heads %q", idsOf(heads))
	}
}

// with is the content with another answer in Chinese.
func (c Content) with(answer string) Content {
	c = c.Canonical()
	c.Texts[knowledge.Chinese] = Text{Question: c.Texts[knowledge.Chinese].Question, Answer: answer}
	return c
}

func idsOf(heads []Head) string {
	var ids []string
	for _, h := range heads {
		ids = append(ids, h.ID)
	}
	return strings.Join(ids, " ")
}

func TestListKinds(t *testing.T) { both(t, kinds) }

func kinds(r *rig) {
	ctx, s := context.Background(), r.node(0)
	for _, id := range []string{"repay-how", "canned.hello", "Canned.hello", "cannedhello", "system.masked"} {
		_, err := s.Create(ctx, "zhou", id, says("问 "+id, "答"), "")
		r.must(err)
	}
	for kind, want := range map[Kind][]string{
		CannedKind: {"canned.hello"}, SystemKind: {"system.masked"}, AskedKind: {"Canned.hello", "cannedhello", "repay-how"},
		"": {"Canned.hello", "canned.hello", "cannedhello", "repay-how", "system.masked"},
	} {
		heads, _, err := s.List(ctx, Query{Kind: kind})
		r.must(err)
		var got []string
		for _, h := range heads {
			got = append(got, h.ID)
		}
		if !slices.Equal(got, want) {
			r.Errorf("%q: %v, want %v", kind, got, want)
		}
	}
}
