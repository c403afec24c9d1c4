package storetest

import (
	"strings"
	"sync"
	"testing"
	"time"

	"wenda/sessions"
)

var openTests = map[string]func(*testing.T, sessions.Store){
	"a new session":          testOpenNew,
	"the open one again":     testOpenAgain,
	"a new one after close":  testOpenAfterClose,
	"one for many at once":   testOpenTogether,
	"without a customer":     testOpenInvalid,
	"unknown ids":            testLoadUnknown,
	"a transcript in pages":  testTranscriptPages,
	"a transcript's limits":  testTranscriptLimits,
	"sessions of a customer": testOf,
}

func testOpenNew(t *testing.T, store sessions.Store) {
	before := time.Now().Truncate(time.Millisecond)
	s := opened(t, store, wang)
	want := sessions.Session{
		ID: s.ID, Customer: wang, Channel: "widget", Lang: "zh-CN", State: sessions.Bot, Fence: s.Fence, Segment: s.Segment,
		OpenedAt: s.OpenedAt, HeardAt: s.OpenedAt, ChangedAt: s.OpenedAt,
	}
	wantSame(t, "new session", s, want)
	wantSame(t, "loaded session", load(t, store, s.ID), want)
	if s.OpenedAt.Before(before) || s.OpenedAt.After(time.Now()) || s.OpenedAt.Location() != time.UTC || s.OpenedAt.Nanosecond()%1e6 != 0 {
		t.Errorf("OpenedAt is %v, want now in UTC with whole milliseconds", s.OpenedAt)
	}
	if len(s.ID) != 36 {
		t.Errorf("id %q is not a UUID", s.ID)
	}
}

func testOpenAgain(t *testing.T, store sessions.Store) {
	s := opened(t, store, wang)
	said := commit(t, store, customer(wang), s, said(customer(wang), "你好", ""))
	wantSame(t, "opened again", opened(t, store, wang), said.Session)
	if other := opened(t, store, li); other.ID == s.ID {
		t.Error("two customers share a session")
	}
	talk, err := store.Open(t.Context(), wang, "talk", "en")
	if err != nil || talk.ID == s.ID || talk.Channel != "talk" || talk.Lang != "en" {
		t.Errorf("in another channel: %+v, %v; want another session", talk, err)
	}
}

func testOpenAfterClose(t *testing.T, store sessions.Store) {
	s := opened(t, store, wang)
	closed := commit(t, store, system, s.Close(time.Now()), handed("idle")).Session
	if closed.State != sessions.Closed || closed.ClosedAt.IsZero() {
		t.Errorf("closed session: %+v", closed)
	}
	if next := opened(t, store, wang); next.ID == s.ID || next.State != sessions.Bot || next.Seq != 0 {
		t.Errorf("after closing got %+v, want a new session", next)
	}
	wantSame(t, "the closed one", load(t, store, s.ID), closed)
}

func testOpenTogether(t *testing.T, store sessions.Store) {
	var mu sync.Mutex
	seen := map[string]bool{}
	together(50, func(int) {
		err := patiently(t.Context(), func() error {
			s, err := store.Open(t.Context(), wang, "widget", "zh-CN")
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				seen[s.ID] = true
			}
			return err
		})
		if err != nil {
			t.Errorf("Open: %v", err)
		}
	})
	if len(seen) != 1 {
		t.Errorf("50 calls at once made %d sessions", len(seen))
	}
	if all, err := store.Of(t.Context(), wang.ID, 100); err != nil || len(all) != 1 {
		t.Errorf("%d sessions stored, %v; want one", len(all), err)
	}
}

func testOpenInvalid(t *testing.T, store sessions.Store) {
	for _, who := range []sessions.Customer{{}, {ID: "a\x00b"}, {ID: "a\xffb"}, {ID: "a", Name: "\x00"}} {
		_, err := store.Open(t.Context(), who, "widget", "zh-CN")
		wantError(t, "Open", err, sessions.ErrInvalid)
	}
	_, err := store.Open(t.Context(), wang, "", "zh-CN")
	wantError(t, "without a channel", err, sessions.ErrInvalid)
}

// oddIDs are ids that nobody was given.
var oddIDs = []string{
	"", " ", "0", "018f0000-0000-7000-8000-000000000000", "' OR 1=1 --", "a}{b", "\r\nFLUSHALL", "a\x00b", "\xff\xfe",
	"%", "_", "人工", strings.Repeat("x", 10<<10),
}

func testLoadUnknown(t *testing.T, store sessions.Store) {
	opened(t, store, wang)
	for _, id := range oddIDs {
		_, err := store.Load(t.Context(), id)
		wantError(t, "Load", err, sessions.ErrNotFound)
		_, err = store.Commit(t.Context(), system, sessions.Session{ID: id, State: sessions.Bot}, handed("idle"))
		wantError(t, "Commit", err, sessions.ErrNotFound)
		if id != "" {
			_, err = store.Claim(t.Context(), chen, id, "")
			wantError(t, "Claim", err, sessions.ErrNotFound)
		}
		if events, err := store.Transcript(t.Context(), id, 0, 10); err != nil || len(events) != 0 {
			t.Errorf("Transcript of an unknown session: %d events, %v", len(events), err)
		}
		if of, err := store.Of(t.Context(), id, 10); err != nil || len(of) != 0 {
			t.Errorf("Of an unknown customer: %d sessions, %v", len(of), err)
		}
		if owned, err := store.Owned(t.Context(), id); err != nil || len(owned) != 0 {
			t.Errorf("Owned by an unknown agent: %d sessions, %v", len(owned), err)
		}
		if waiting, n, err := store.Queue(t.Context(), id+"x", 10); err != nil || len(waiting)+n != 0 {
			t.Errorf("Queue of an unknown skill: %d sessions of %d, %v", len(waiting), n, err)
		}
	}
}

func testTranscriptPages(t *testing.T, store sessions.Store) {
	s := opened(t, store, wang)
	for i := range 10 {
		s = commit(t, store, customer(wang), s, said(customer(wang), "一", ref("wang", i)), reply("二", "")).Session
	}
	pages := []struct {
		after int64
		limit int
		want  []int64
	}{{0, 3, []int64{1, 2, 3}}, {3, 3, []int64{4, 5, 6}}, {18, 3, []int64{19, 20}}, {20, 3, nil}, {99, 3, nil}, {-5, 2, []int64{1, 2}}}
	for _, p := range pages {
		events, err := store.Transcript(t.Context(), s.ID, p.after, p.limit)
		if err != nil {
			t.Fatal(err)
		}
		var seqs []int64
		for _, e := range events {
			seqs = append(seqs, e.Seq)
		}
		wantSame(t, "a page's seqs", seqs, p.want)
	}
}

func testTranscriptLimits(t *testing.T, store sessions.Store) {
	s := opened(t, store, wang)
	for _, limit := range []int{-1, 0, 1001} {
		_, err := store.Transcript(t.Context(), s.ID, 0, limit)
		wantError(t, "Transcript with a limit out of range", err, sessions.ErrInvalid)
	}
	if _, err := store.Transcript(t.Context(), s.ID, 0, 1000); err != nil {
		t.Errorf("Transcript with limit 1000: %v", err)
	}
}

func testOf(t *testing.T, store sessions.Store) {
	var want []string
	for range 4 {
		s := opened(t, store, wang)
		want = append([]string{s.ID}, want...)
		commit(t, store, system, s.Close(time.Now()), handed("idle"))
	}
	opened(t, store, li)
	for _, limit := range []int{10, 2, 0} {
		all, err := store.Of(t.Context(), wang.ID, limit)
		if err != nil {
			t.Fatal(err)
		}
		wantSame(t, "sessions, newest first", ids(all), append([]string(nil), want[:min(limit, len(want))]...))
	}
}
