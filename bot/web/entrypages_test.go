package web

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/knowledge/gate"
	"wenda/knowledge/lint"
)

var noon = time.Date(2026, 11, 22, 4, 0, 0, 0, time.UTC)

// written is a content with something hostile in each field.
var written = base.Content{
	Category: hostile, Tags: []string{hostile}, Hot: true, Owner: "u1", Source: hostile, Risk: base.RiskHigh, Related: []string{"other"},
	From: noon, Until: noon.Add(time.Hour), ReviewBy: noon,
	Texts: map[knowledge.Lang]base.Text{
		knowledge.Chinese: {Question: "为什么还款失败", Similar: []string{"扣款不成功", hostile}, Not: []string{"还款成功了吗"}, Answer: "1. **限额**\n2. [说明](https://a.cn)" + hostile,
			Channels: map[string]string{"sms": hostile}},
		knowledge.English: {Question: "Why did it fail?"},
	},
}

func revision(number int, state base.State, c base.Content) base.Revision {
	return base.Revision{Entry: "repay-failed", Number: number, State: state, Author: "u1", At: noon, Why: hostile, Content: c, Approver: "u2", ApprovedAt: noon}
}

func called(id string) string { return id + hostile }

// entryPages are the editors' pages of entries in all their states.
func entryPages(p Page) map[string]func(s *Site, w *httptest.ResponseRecorder) {
	live := revision(1, base.Live, base.Content{Texts: map[knowledge.Lang]base.Text{knowledge.Chinese: {Question: "为什么还款失败"}}})
	outcome := &Outcome{Zone: knowledge.ZoneAnswer, Why: knowledge.Explanation{Normal: hostile, Exact: true, Covered: []string{"还款"}, Missed: []string{hostile}, Vetoed: []string{"other"}},
		Matches: []knowledge.Match{{Entry: "repay-failed", Phrasing: hostile, Confidence: 0.999, Answer: knowledge.Answer{Question: "为什么还款失败"}}, {Entry: "other"}}}
	none := &Outcome{Zone: knowledge.ZoneHandoff}
	found := []lint.Finding{
		{Rule: lint.Forbidden, Severity: lint.Block, Lang: knowledge.Chinese, Field: "answer", Say: map[knowledge.Lang]string{knowledge.Chinese: hostile, knowledge.English: hostile}},
		{Rule: lint.Twice, Severity: lint.Warn, Lang: knowledge.Chinese, Field: "similar.1", Say: map[knowledge.Lang]string{knowledge.Chinese: "两次", knowledge.English: "twice"}},
		{Rule: lint.Date, Severity: lint.Warn, Field: "until", Say: map[knowledge.Lang]string{knowledge.Chinese: "过了", knowledge.English: "over"}},
	}
	var steps []base.Step
	for _, did := range []string{"saved", "submitted", "withdrawn", "discarded", "refused", "approved", "published", "scheduled", "unscheduled", "retired"} {
		steps = append(steps, base.Step{Revision: 1, Did: did, Who: "u1", At: noon, Why: hostile, Release: 3})
	}
	p.Here = "editor"
	show := map[string]func(s *Site, w *httptest.ResponseRecorder){
		"editor 200": func(s *Site, w *httptest.ResponseRecorder) {
			s.Editor(w, EditorPage{Page: p, Release: 3, Query: base.Query{Text: hostile, Category: hostile, Tag: hostile, Owner: hostile, State: base.Draft, Risk: base.RiskHigh, Lang: knowledge.English}, Narrowed: true,
				States: []StateCount{{base.Draft, 1}, {base.InReview, 0}, {base.Approved, 2}, {base.Live, 3}, {base.Retired, 4}, {base.Discarded, 5}}, Categories: []string{"还款", hostile}, Tags: []string{hostile},
				Owners: []Person{{hostile, hostile}}, Names: called, Next: "/editor?after=x",
				Entries: []base.Head{{ID: "repay-failed", Newest: revision(2, base.Draft, written), Live: 1, Next: 2}, {ID: "system.welcome", Newest: live, Live: 1}}})
		},
		"editor empty 200": func(s *Site, w *httptest.ResponseRecorder) { s.Editor(w, EditorPage{Page: p}) },
		"compare 200": func(s *Site, w *httptest.ResponseRecorder) {
			after := revision(2, base.Draft, written)
			s.Compare(w, ComparePage{Page: p, ID: "repay-failed", Question: hostile, Before: live, After: after, Changes: Compare(live.Content, written, called), Revisions: []base.Revision{after, live}, Names: called})
		},
		"compare same 200": func(s *Site, w *httptest.ResponseRecorder) {
			s.Compare(w, ComparePage{Page: p, ID: "x", Before: live, After: live, Names: called})
		},
		"review 200": func(s *Site, w *httptest.ResponseRecorder) {
			page := ReviewPage{Page: p, Now: noon, More: true, Names: called, Told: Told{Done: "approved"}}
			for _, ago := range []time.Duration{0, 5 * time.Minute, 5 * time.Hour, 50 * time.Hour} {
				page.Waiting = append(page.Waiting, Waiting{Head: base.Head{ID: "repay-failed", Newest: revision(2, base.InReview, written), Live: int(ago.Minutes()) % 2},
					Since: noon.Add(-ago), Asker: "u1", Why: hostile, Own: ago > 0, Changed: 2, Warned: 3, Blocked: ago == 0})
			}
			s.Review(w, page)
		},
		"review none 200": func(s *Site, w *httptest.ResponseRecorder) { s.Review(w, ReviewPage{Page: p}) },
		"edit new 200":    func(s *Site, w *httptest.ResponseRecorder) { s.EditEntry(w, EditPage{Page: p, ID: "e-1", New: true}) },
		"edit system 200": func(s *Site, w *httptest.ResponseRecorder) {
			s.EditEntry(w, EditPage{Page: p, ID: "system.welcome", State: base.Live, Content: written, Kept: noon, Overtaken: true, Told: Told{Done: "dropped"}})
		},
		"edit three 412": func(s *Site, w *httptest.ResponseRecorder) {
			s.EditEntry(w, EditPage{Page: p, ID: "repay-failed", State: base.Draft, Content: written, Told: Told{Trouble: TroubleChanged, Why: hostile},
				Three: CompareThree(live.Content, base.Content{Texts: map[knowledge.Lang]base.Text{knowledge.Chinese: {Question: "为什么还款失败", Answer: "限额", Similar: []string{"还款"}}}}, written, called)})
		},
		"edit tried 200": func(s *Site, w *httptest.ResponseRecorder) {
			s.EditEntry(w, EditPage{Page: p, ID: "repay-failed", State: base.Draft, Content: written, Findings: found, Blocked: true, Live: 1, Version: 3,
				Owners: []Person{{"u1", hostile}}, Categories: []string{hostile}, Tried: Tried{Said: hostile, Entry: "repay-failed", Live: none, Draft: outcome}})
		},
		"edit untried 200": func(s *Site, w *httptest.ResponseRecorder) {
			s.EditEntry(w, EditPage{Page: p, ID: "repay-failed", State: base.Draft, Tried: Tried{Unavailable: true}})
		},
	}
	for _, state := range []base.State{base.Draft, base.InReview, base.Approved, base.Live, base.Retired} {
		for _, all := range []bool{false, true} {
			name := "entry " + string(state) + map[bool]string{true: " found"}[all] + " 200"
			show[name] = func(s *Site, w *httptest.ResponseRecorder) {
				newest := revision(2, state, written)
				page := EntryPage{Page: p, Head: base.Head{ID: "repay-failed", Version: 4, Newest: newest}, Revisions: []base.Revision{newest, live}, Names: called, Steps: steps}
				if state == base.Approved {
					page.Head.Ready = 2
				}
				if all {
					page.Head.Live, page.Live, page.Changes, page.Findings, page.Blocked, page.Own = 1, &live, Compare(live.Content, written, called), found, true, true
					page.Foreseen = &gate.Report{Live: gate.Figures{Cases: 3}, Worse: []gate.Line{{Utterance: hostile, Next: gate.Did{Zone: knowledge.ZoneAnswer, Entry: "other"}}}}
					page.Tried, page.Done = Tried{Said: hostile, Live: outcome, Draft: none}, "saved"
				}
				s.Entry(w, page)
			}
		}
	}
	for trouble, code := range status {
		if trouble == "" {
			continue
		}
		show["edit "+string(trouble)+" "+statusText(code)] = func(s *Site, w *httptest.ResponseRecorder) {
			s.EditEntry(w, EditPage{Page: p, ID: "x", New: true, NewID: hostile, Content: written, Told: Told{Trouble: trouble, Faults: []string{hostile}}})
		}
	}
	return show
}

func TestEntryPagesInBothLanguages(t *testing.T) {
	s := newSite(t)
	for _, lang := range []knowledge.Lang{knowledge.Chinese, knowledge.English} {
		for _, can := range []Can{{}, {Write: true, Publish: true, Veto: true, Words: true, Import: true}} {
			for name, show := range entryPages(Page{User: hostile, Edit: true, Solo: true, Lang: lang, Path: "/x?q=1", Can: can}) {
				t.Run(string(lang)+" "+name, func(t *testing.T) {
					w := httptest.NewRecorder()
					show(s, w)
					if !strings.HasSuffix(name, statusText(w.Code)) {
						t.Errorf("status %d", w.Code)
					}
					check(t, w.Body.String(), lang)
					if !strings.Contains(w.Body.String(), `class="solo"`) || !strings.Contains(w.Body.String(), `class="hubbar"`) {
						t.Error("no bar, or nobody says that one person may approve alone")
					}
				})
			}
		}
	}
}

// What is read from the form is what bot/api reads.
func TestEditFormFields(t *testing.T) {
	w := httptest.NewRecorder()
	newSite(t).EditEntry(w, EditPage{Page: Page{Lang: knowledge.Chinese}, ID: "repay-failed", New: true, Content: written})
	fields := strings.Fields("version id category tags hot owner source risk related from until review_by why said")
	for _, lang := range []string{"zh-CN", "en"} {
		for _, f := range strings.Fields("question answer similar not channel.1 said.1") {
			fields = append(fields, lang+"."+f)
		}
	}
	for _, f := range fields {
		if !strings.Contains(w.Body.String(), ` name="`+f+`"`) {
			t.Errorf("no field %s", f)
		}
	}
	for _, action := range []string{`action="/editor/repay-failed/edit"`, `formaction="/editor/repay-failed/check"`, `formaction="/editor/repay-failed/try#try"`} {
		if !strings.Contains(w.Body.String(), action) {
			t.Errorf("no %s", action)
		}
	}
}

func TestPercent(t *testing.T) {
	for p, want := range map[float64]string{0: "0%", 0.001: "1%", 0.5: "50%", 0.974: "97%", 0.9999: "99%", 1: "100%"} {
		if got := percent(p); got != want {
			t.Errorf("%v is %s, want %s", p, got, want)
		}
	}
}

func TestCompareReads(t *testing.T) {
	for _, c := range []struct{ before, after, want string }{
		{"请检查银行卡。", "请检查银行卡。", ""},
		{"", "新的。", "+新的。"},
		{"旧的。", "", "-旧的。"},
		{"请检查限额。", "请检查余额。", "请检查-限+余额。"},
		{"还款日是每月 8 日", "还款日是每月 10 日", "还款日是每月 -8+10 日"},     // numbers whole
		{"pay by card", "pay by cash", "pay by -card+cash"}, // words whole
		{"可以提前还款", "不能随时借款", "-可以提前还+不能随时借款"},               // one letter in common at the end only
		{"今天到账明天", "昨天到期后天", "-今+昨天到-账明+期后天"},               // islands of one letter amid changes go under
	} {
		got := ""
		for _, change := range Compare(base.Content{Source: c.before}, base.Content{Source: c.after}, nil) {
			for _, p := range change.Pieces {
				got += map[Side]string{Gone: "-", Appeared: "+"}[p.Side] + p.Text
			}
		}
		if got != c.want {
			t.Errorf("%q → %q: %q, want %q", c.before, c.after, got, c.want)
		}
	}
}

// Both sides can be read from a comparison, whole.
func TestCompareLosesNothing(t *testing.T) {
	text := rapid.StringOfN(rapid.RuneFrom([]rune("还款日是每月8号a b，\n")), 0, 40, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		pieces := joined(differ(tokens(a), tokens(b)))
		sides := map[Side]string{}
		for _, side := range []Side{Gone, Appeared} {
			for _, p := range without(pieces, side) {
				sides[side] += p.Text
			}
		}
		if sides[Appeared] != a || sides[Gone] != b {
			t.Fatalf("%q and %q are read as %q and %q", a, b, sides[Appeared], sides[Gone])
		}
	})
}

// However long and different, a comparison ends soon, and loses nothing.
func TestCompareIsBounded(t *testing.T) {
	a, b := strings.Repeat("甲乙", 2000), strings.Repeat("丙丁", 2000)
	if got := joined(differ(tokens(a), tokens(b))); len(got) != 2 || got[0].Text != a || got[1].Text != b {
		t.Errorf("%d pieces", len(got))
	}
}

func TestCompareThreeTellsClashes(t *testing.T) {
	text := func(answer string, similar ...string) base.Content {
		return base.Content{Texts: map[knowledge.Lang]base.Text{knowledge.Chinese: {Question: "问", Answer: answer, Similar: similar}}}
	}
	ways := CompareThree(text("原来", "一"), text("他改", "一", "二"), text("我改", "一"), nil)
	if len(ways) != 2 || ways[0].Field != "answer" || !ways[0].Clash || ways[1].Field != "similar" || ways[1].Clash {
		t.Fatalf("%+v", ways)
	}
	if got := ways[1].Yours; len(got) != 1 || got[0] != (Piece{OnBoth, "一"}) {
		t.Errorf("what is not changed reads %v", got)
	}
	if same := CompareThree(text("原来"), text("同改"), text("同改"), nil); len(same) != 1 || same[0].Clash {
		t.Errorf("the same change is a clash: %+v", same)
	}
}

func FuzzCompare(f *testing.F) {
	f.Add("还款日是每月 8 日", "还款日是每月 10 日")
	f.Fuzz(func(t *testing.T, a, b string) {
		before, after := base.Content{Source: a, Tags: strings.Split(a, ",")}, base.Content{Source: b, Tags: strings.Split(b, ",")}
		if changes := Compare(before, after, nil); (len(changes) == 0) != before.Equal(after) {
			t.Errorf("%d changes between contents that are equal: %v", len(changes), before.Equal(after))
		}
	})
}
