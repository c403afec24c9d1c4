package bot

import (
	"testing"

	"pgregory.net/rapid"

	"wenda/knowledge"
	"wenda/knowledge/sample"
	"wenda/sessions"
)

func TestSignedReason(t *testing.T) {
	signed := &sessions.Facts{Vulnerable: true}
	for _, reason := range Reasons {
		want := ReasonVulnerable
		if reason == ReasonRisk || reason == ReasonComplaint || reason == ReasonFault {
			want = reason
		}
		if got := signedReason(signed, reason); got != want {
			t.Errorf("%s became %s, want %s", reason, got, want)
		}
		if got := signedReason(&sessions.Facts{VIP: true, Priority: 60}, reason); got != reason {
			t.Errorf("%s became %s because of a VIP", reason, got)
		}
		if got := signedReason(nil, reason); got != reason {
			t.Errorf("%s became %s because of nothing", reason, got)
		}
	}
}

func TestSignedPriority(t *testing.T) {
	for _, c := range []struct {
		facts *sessions.Facts
		want  int
	}{
		{nil, 0},
		{&sessions.Facts{}, 0},
		{&sessions.Facts{VIP: true}, vipPriority},
		{&sessions.Facts{Priority: 7}, 7},
		{&sessions.Facts{VIP: true, Priority: 7}, vipPriority},
		{&sessions.Facts{VIP: true, Priority: 40}, 40},
		{&sessions.Facts{Vulnerable: true}, priorities[ReasonVulnerable]},
		{&sessions.Facts{Priority: 1 << 30}, sessions.SignedMost},
		{&sessions.Facts{Priority: -9}, 0},
	} {
		if got := signedPriority(c.facts); got != c.want {
			t.Errorf("%+v gives %d, want %d", c.facts, got, c.want)
		}
	}
}

// Whatever an app signs, danger comes first, and nobody is set back by it.
func TestSignedFactsStayWithinTheCap(t *testing.T) {
	release, err := sample.Release(1)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		plain := sessions.Session{ID: "s", State: sessions.Bot, Lang: "zh-CN", Customer: sessions.Customer{ID: "c"}}
		signed := plain
		signed.Desk.Facts = &sessions.Facts{Vulnerable: rapid.Bool().Draw(t, "vulnerable"), VIP: rapid.Bool().Draw(t, "vip"), Priority: rapid.Int().Draw(t, "priority")}
		reason := rapid.SampledFrom(Reasons).Draw(t, "reason")
		scene := func(s sessions.Session) scene { return scene{session: s, release: release, lang: knowledge.Chinese} }
		without, with := wantPerson(scene(plain), reason), wantPerson(scene(signed), reason)
		if with.next.Priority < without.next.Priority || with.next.Priority > max(without.next.Priority, sessions.SignedMost) {
			t.Fatalf("%s: priority %d, without %d", reason, with.next.Priority, without.next.Priority)
		}
		if reason == ReasonRisk && (with.reason != ReasonRisk || with.next.Priority != sessions.PriorityMost) {
			t.Fatalf("danger became %s with %d", with.reason, with.next.Priority)
		}
	})
}

// Who comes back from people with the same matter goes to where it was; after a question
// that the bot has answered, to the first line.
func TestWhereAChatGoesThatPeopleHadBefore(t *testing.T) {
	release, err := sample.Release(1)
	if err != nil {
		t.Fatal(err)
	}
	p := DefaultPolicy()
	found := func(id string) knowledge.Result {
		e, ok := release.Entry(id)
		if !ok {
			t.Fatalf("no entry %s", id)
		}
		return knowledge.Result{Matches: []knowledge.Match{{Entry: id, Revision: 1, Answer: e.Answer(knowledge.Chinese), Confidence: 0.99}}}
	}
	returned := sessions.Session{ID: "s", State: sessions.Assigned, Agent: "wang", Skill: "expert", Lang: "zh-CN", Customer: sessions.Customer{ID: "c"}}.Return()
	type line struct {
		text, choice string
		found        knowledge.Result
	}
	answer := line{text: "怎么提高额度", found: found("limit-raise")}
	for name, c := range map[string]struct {
		before sessions.Session
		lines  []line
		want   string
	}{
		"at once":                         {returned, nil, "expert"},
		"after a courtesy":                {returned, []line{{text: "谢谢", found: found("chat-thanks")}}, "expert"},
		"after what nobody understood":    {returned, []line{{text: "还是那个"}, {text: "就是那个"}}, "expert"},
		"after a question":                {returned, []line{answer}, ""},
		"after a question that is picked": {returned, []line{{choice: "limit-raise"}}, ""},
		"a question, then no more luck":   {returned, []line{answer, {text: "还是那个"}}, ""},
		"taken up again after an end":     {returned.Close(returned.OpenedAt).Reopen(), []line{{text: "还是那个"}}, "expert"},
		"never with people":               {sessions.Session{ID: "s", State: sessions.Bot, Lang: "zh-CN"}, []line{answer}, ""},
		"a loan's matter":                 {returned, []line{{text: "逾期会上征信吗", found: found("overdue-credit")}}, "loan"},
	} {
		s := c.before
		for _, l := range c.lines {
			pl := p.decide(scene{session: s, said: sessions.Event{Kind: sessions.Message, Text: l.text, Choice: l.choice}, found: l.found, release: release, lang: knowledge.Chinese})
			s = pl.next
		}
		pl := p.decide(scene{session: s, said: sessions.Event{Kind: sessions.Message, Text: "转人工"}, release: release, lang: knowledge.Chinese})
		if !pl.handing {
			t.Fatalf("%s: 转人工 led to %s", name, pl.action)
		}
		if got := p.skills(pl.next, pl.reason, knowledge.Chinese)[0]; got != c.want {
			t.Errorf("%s: to %q, want %q", name, got, c.want)
		}
	}
}
