package web

import (
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/knowledge/exchange"
	"wenda/knowledge/gate"
	"wenda/knowledge/health"
	"wenda/knowledge/inbox"
	"wenda/knowledge/lint"
)

var moment = time.Date(2026, 11, 22, 6, 5, 0, 0, time.UTC)

// hubPages are the knowledge hub's pages in all their states.
func hubPages(p Page) map[string]func(s *Site, w *httptest.ResponseRecorder) {
	h := Hub{Page: p, Names: func(id string) string { return id + hostile }}
	wrong := h
	wrong.Fault = Refusal{Code: "state", Detail: hostile, Status: 409}
	release := base.Release{ID: 2, Kind: base.RolledBack, Of: 1, Before: 1, At: moment, By: "zhou", Why: hostile, Second: "li", SecondWhy: hostile, Entries: 401}
	changes := []base.Change{{Entry: "a", Question: hostile, After: 1}, {Entry: "b", Before: 2}, {Entry: "c", Before: 1, After: 2}, {Entry: "d", NextAfter: 3}, {Entry: "e", NextBefore: 3}}
	line := gate.Line{Case: "1", Utterance: hostile, Expect: "a", Live: gate.Did{Zone: knowledge.ZoneAnswer, Entry: "a", Confidence: 0.97}, Next: gate.Did{Zone: knowledge.ZoneClarify, Entry: "b"}}
	report := gate.Report{Better: []gate.Line{line}, Worse: []gate.Line{{Next: gate.Did{Zone: knowledge.ZoneHandoff}, Live: gate.Did{Zone: knowledge.ZoneHandoff}}}, Orphaned: []gate.Line{line}, Next: gate.Figures{Recall: 0.999}}
	ready := Ready{ID: "a", Question: hostile, Category: hostile, Risk: base.RiskHigh, Revision: base.Revision{Number: 2, Author: "zhou", Content: base.Content{From: moment}}, Live: 1, Chosen: true,
		Found: []lint.Finding{{Severity: lint.Block, Say: map[knowledge.Lang]string{knowledge.Chinese: "不行", knowledge.English: "No."}}, {Severity: lint.Warn}}}
	cluster := inbox.Cluster{ID: 7, State: inbox.Open, Lang: knowledge.Chinese, Head: hostile, Samples: []string{hostile, "why"}, Answers: []string{hostile}, Count: 3,
		Kinds: map[inbox.Kind]int{inbox.Missed: 2, inbox.VotedDown: 1}, Handoff: 0.5, First: moment, Last: moment, Suggestions: []inbox.Suggestion{{Entry: "a", Question: hostile, Confidence: 0.4}, {Entry: "b"}}}
	alone, dealt := cluster, cluster
	alone.ID, alone.Suggestions = 8, nil
	dealt.ID, dealt.State, dealt.Deed, dealt.Again = 9, inbox.Done, &inbox.Deed{ID: 1, Did: inbox.Ignored, Who: "zhou", At: moment, Why: hostile}, 2
	sheet := base.Sheet{Name: base.Links, Version: 2, Text: hostile, By: "zhou", At: moment, Why: hostile}
	plan := &exchange.Plan{Mode: exchange.Replace, Counts: exchange.Counts{New: 1}, Retire: []string{"old"}}
	rows := []exchange.Row{{Line: 2, Question: hostile, Does: exchange.Refused, Flaws: []exchange.Flaw{{Code: exchange.NoQuestion, Detail: hostile}}},
		{Line: 3, Entry: "a", Does: exchange.Changed, Changes: []exchange.Change{{Field: "similar", Lang: knowledge.English, Before: "x\n" + hostile, After: "x\ny"}}, Twins: []exchange.Twin{{Entry: "b", Line: 4}, {Entry: "c"}}}}
	return map[string]func(s *Site, w *httptest.ResponseRecorder){
		"releases empty 200": func(s *Site, w *httptest.ResponseRecorder) { s.Releases(w, ReleasesPage{Hub: h}) },
		"releases 409": func(s *Site, w *httptest.ResponseRecorder) {
			s.Releases(w, ReleasesPage{Hub: wrong, Current: 2, Releases: []base.Release{release, {ID: 1, Kind: base.Seeded}}, Next: "/releases?before=1",
				Plans:    []base.Planned{{ID: 1, Publication: base.Publication{By: "zhou", Why: hostile, Entries: []string{"a"}, At: moment}}, {ID: 2, Failed: base.FailedGate}},
				Expiring: []base.Head{{ID: "a", Newest: base.Revision{Content: base.Content{Texts: map[knowledge.Lang]base.Text{knowledge.English: {Question: hostile}}}}}}, Publish: true, Retire: true})
		},
		"release 200": func(s *Site, w *httptest.ResponseRecorder) {
			s.Release(w, ReleasePage{Hub: h, Current: 3, Release: release, Changes: changes, Changed: 999, Back: changes, Away: 5, Report: &report, Publish: true, Why: hostile})
		},
		"release first 200": func(s *Site, w *httptest.ResponseRecorder) {
			s.Release(w, ReleasePage{Hub: h, Current: 1, Release: base.Release{ID: 1, Kind: base.Seeded}})
		},
		"retire 200": func(s *Site, w *httptest.ResponseRecorder) {
			s.Retire(w, RetirePage{Hub: h, ID: hostile, Entry: knowledge.Entry{ID: "a", Revision: 1, Texts: map[knowledge.Lang]knowledge.Text{knowledge.English: {Question: hostile, Answer: hostile}}}, Why: hostile})
		},
		"retire none 409":   func(s *Site, w *httptest.ResponseRecorder) { s.Retire(w, RetirePage{Hub: wrong, ID: hostile}) },
		"publish empty 200": func(s *Site, w *httptest.ResponseRecorder) { s.Publish(w, PublishPage{Hub: h}) },
		"publish 409": func(s *Site, w *httptest.ResponseRecorder) {
			s.Publish(w, PublishPage{Hub: wrong, Before: 2, Waiting: []Ready{ready, {ID: "new"}}, More: true, Words: true, Checked: true, Cases: 3, Report: report,
				Fails: []string{"recall", "precision", "worse"}, Why: hostile, When: hostile, SecondLogin: hostile, SecondWhy: hostile})
		},
		"publish unmeasured 200": func(s *Site, w *httptest.ResponseRecorder) {
			s.Publish(w, PublishPage{Hub: h, Waiting: []Ready{ready}, Checked: true})
		},
		"inbox empty 200": func(s *Site, w *httptest.ResponseRecorder) { s.Inbox(w, InboxPage{Hub: h}) },
		"inbox 409": func(s *Site, w *httptest.ResponseRecorder) {
			s.Inbox(w, InboxPage{Hub: wrong, Query: inbox.Query{Text: hostile, Lang: knowledge.English}, Clusters: []inbox.Cluster{cluster, alone, dealt}, All: 9,
				Kinds: []Choice{{"", "/inbox", true}, {"missed", "/inbox?kind=missed", false}}, States: []Choice{{"open", "/inbox", true}, {"done", "/inbox?state=done", false}},
				Prev: "/inbox", Next: "/inbox?from=20", Back: hostile, Edit: true, Failed: 8, Typed: Typing{hostile, hostile, hostile}})
		},
		"inbox undo 200": func(s *Site, w *httptest.ResponseRecorder) {
			s.Inbox(w, InboxPage{Hub: h, Clusters: []inbox.Cluster{cluster}, Last: inbox.Deed{ID: 4, Did: inbox.StartedDraft, Entry: "new-1"}, Back: "/inbox"})
		},
		"cases 409": func(s *Site, w *httptest.ResponseRecorder) {
			s.Cases(w, CasesPage{Hub: wrong, Cases: []gate.Case{{ID: "1", Utterance: hostile, Expect: "a", Source: gate.FromChat, By: "zhou", At: moment}, {ID: "2", Source: gate.FromInbox}},
				Count: 2, None: 1, Next: "/cases?after=2", Edit: true, Utterance: hostile, Expect: hostile})
		},
		"cases empty 200":    func(s *Site, w *httptest.ResponseRecorder) { s.Cases(w, CasesPage{Hub: h}) },
		"health running 200": func(s *Site, w *httptest.ResponseRecorder) { s.Health(w, HealthPage{Hub: h, Running: true}) },
		"health 200": func(s *Site, w *httptest.ResponseRecorder) {
			s.Health(w, HealthPage{Hub: h, Current: 3, Report: health.Report{Release: 2}, Kinds: []Choice{{"", "/health", false}, {"conflict", "/health?kind=conflict", true}},
				Counts: map[health.Kind]int{health.Conflict: 1}, Asked: map[string]string{"a": hostile}, Next: "/health?from=50", Findings: []health.Finding{
					{Kind: health.Conflict, Entry: "a", Phrasing: hostile, Other: "b", OtherPhrasing: hostile, Confidence: 1, Differ: []health.Difference{{Entry: []string{hostile}}}},
					{Kind: health.Stale, Entry: "a", At: moment}, {Kind: health.Few, Entry: "a", Lang: knowledge.English, Count: 1}, {Kind: health.HandedOff, Entry: "a", Count: 9, Hits: 20}}})
		},
		"health well 200": func(s *Site, w *httptest.ResponseRecorder) {
			s.Health(w, HealthPage{Hub: h, Report: health.Report{Release: 2}, Current: 2})
		},
		"words 200": func(s *Site, w *httptest.ResponseRecorder) {
			s.Words(w, WordsPage{Hub: h, Sheets: []base.Sheet{sheet, {Name: base.Forbidden}, {Name: base.Synonyms}}})
		},
		"sheet 200": func(s *Site, w *httptest.ResponseRecorder) {
			s.Sheet(w, SheetPage{Hub: h, Sheet: sheet, Text: hostile, Why: hostile, History: []base.Sheet{sheet}, Old: 1, Edit: true})
		},
		"sheet shipped 200": func(s *Site, w *httptest.ResponseRecorder) {
			s.Sheet(w, SheetPage{Hub: h, Sheet: base.Sheet{Name: base.Forbidden}, Shipped: true})
		},
		"sheet met 412": func(s *Site, w *httptest.ResponseRecorder) {
			met := h
			met.Fault = Refusal{Code: "changed", Status: 412}
			s.Sheet(w, SheetPage{Hub: met, Sheet: sheet, Text: hostile, Theirs: hostile, Common: hostile, Edit: true})
		},
		"import 200": func(s *Site, w *httptest.ResponseRecorder) {
			s.Import(w, ImportPage{Hub: h, Modes: []exchange.Mode{exchange.Append, exchange.Update, exchange.Replace}, Mode: exchange.Update, Lacking: 17})
		},
		"imported reading 200": func(s *Site, w *httptest.ResponseRecorder) {
			s.Imported(w, ImportedPage{Hub: h, ID: "x", File: hostile, Phase: "reading"})
		},
		"imported planned 200": func(s *Site, w *httptest.ResponseRecorder) {
			s.Imported(w, ImportedPage{Hub: h, ID: "x", File: hostile, Phase: "planned", Plan: plan, Rows: rows, Next: "/import/x?from=50", Why: hostile,
				Shows: []Choice{{"", "/import/x?show=", true}, {"twins", "/import/x?show=twins", false}}})
		},
		"imported faulty 200": func(s *Site, w *httptest.ResponseRecorder) {
			s.Imported(w, ImportedPage{Hub: h, ID: "x", Phase: "planned", Plan: &exchange.Plan{Mode: exchange.Append, Counts: exchange.Counts{Refused: 1}}})
		},
		"imported saved 200": func(s *Site, w *httptest.ResponseRecorder) {
			s.Imported(w, ImportedPage{Hub: h, ID: "x", Phase: "saved", Plan: plan, Saved: 3})
		},
		"imported failed 409": func(s *Site, w *httptest.ResponseRecorder) {
			s.Imported(w, ImportedPage{Hub: wrong, ID: "x", Phase: "failed"})
		},
	}
}

func TestHubPages(t *testing.T) {
	s := newSite(t)
	for _, lang := range []knowledge.Lang{knowledge.Chinese, knowledge.English} {
		for name, show := range hubPages(Page{Lang: lang, Path: "/x", User: hostile, Edit: true, Solo: true, Here: "releases"}) {
			t.Run(string(lang)+" "+name, func(t *testing.T) {
				w := httptest.NewRecorder()
				show(s, w)
				if !strings.HasSuffix(name, statusText(w.Code)) {
					t.Errorf("status %d", w.Code)
				}
				check(t, w.Body.String(), lang)
			})
		}
	}
}

// Each code that the packages below have has words.
func TestHubHasWordsForEveryCode(t *testing.T) {
	zh, _ := both(t, "pages")
	need := func(group string, codes ...string) {
		for _, code := range codes {
			if zh["hub."+group+"."+code] == "" {
				t.Errorf("no words for hub.%s.%s", group, code)
			}
		}
	}
	for _, k := range health.Kinds {
		need("sick", string(k))
	}
	for _, k := range inbox.Kinds {
		need("asked", string(k))
	}
	for _, k := range []base.ReleaseKind{base.Published, base.RolledBack, base.TakenBack, base.ByClock, base.Seeded} {
		need("kind", string(k))
	}
	for _, did := range []inbox.Did{inbox.AddedPhrasing, inbox.StartedDraft, inbox.MarkedOutside, inbox.Ignored} {
		need("did", string(did))
	}
	for _, z := range []knowledge.Zone{knowledge.ZoneAnswer, knowledge.ZoneClarify, knowledge.ZoneHandoff} {
		need("zone", string(z))
	}
	for _, d := range []exchange.Does{exchange.New, exchange.Changed, exchange.Same, exchange.Refused} {
		need("does", string(d))
	}
	need("gate.fails", gate.Report{Worse: make([]gate.Line, 1)}.Fails(gate.Limits{Recall: 1, Precision: 1})...)
}

func TestWhen(t *testing.T) {
	if got := When(moment); got != "2026-11-22 14:05" || When(time.Time{}) != "" {
		t.Error(got)
	}
	for text, want := range map[string]time.Time{"": {}, "2026-11-22T14:05": moment, "2026-11-22T14:05:30": moment.Add(30 * time.Second)} {
		if got, err := ParseTyped(text); err != nil || !got.Equal(want) {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
	if got, err := ParseTyped(Typed(moment)); err != nil || !got.Equal(moment) {
		t.Errorf("%v %v", got, err)
	}
	for _, text := range []string{"soon", "2026-13-01T00:00", "2026-11-22"} {
		if _, err := ParseTyped(text); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}
