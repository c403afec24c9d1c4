package sessions_test

import (
	"context"
	"errors"
	"testing"

	"wenda/sessions"
)

// shelf is a transcript, of which every third event is for staff.
type shelf struct {
	sessions.Store
	events int64
	pages  int
	fail   int // the page that cannot be read, from 1
}

var errShelf = errors.New("cannot be read")

func (s *shelf) Transcript(_ context.Context, _ string, after int64, limit int) ([]sessions.Event, error) {
	if s.pages++; s.pages == s.fail {
		return nil, errShelf
	}
	var page []sessions.Event
	for seq := after + 1; seq <= s.events && len(page) < limit; seq++ {
		e := sessions.Event{Seq: seq, Audience: sessions.All}
		if seq%3 == 0 {
			e.Audience = sessions.Staff
		}
		page = append(page, e)
	}
	return page, nil
}

func TestTail(t *testing.T) {
	const page = sessions.TailPage
	cases := []struct {
		name   string
		events int64
		after  int64
		to     sessions.Audience
		want   int
		pages  int
	}{
		{"nothing", 0, 0, sessions.All, 0, 1},
		{"all of it", 7, 0, sessions.Staff, 7, 1},
		{"what customers may see", 7, 0, sessions.All, 5, 1},
		{"from a cursor", 7, 5, sessions.Staff, 2, 1},
		{"level already", 7, 7, sessions.Staff, 0, 1},
		{"a cursor beyond", 7, 99, sessions.Staff, 0, 1},
		{"a page full", page, 0, sessions.Staff, page, 2},
		{"several pages", 2*page + 1, 0, sessions.Staff, 2*page + 1, 3},
		{"several pages for a customer", 3 * page, 0, sessions.All, 2 * page, 4},
	}
	for _, c := range cases {
		s := &shelf{events: c.events}
		got, last := 0, c.after
		for e, err := range sessions.Tail(t.Context(), s, "s", c.after, c.to) {
			if err != nil || e.Seq <= last || !e.Visible(c.to) {
				t.Fatalf("%s: event %+v after %d, %v", c.name, e, last, err)
			}
			got, last = got+1, e.Seq
		}
		if got != c.want || s.pages != c.pages {
			t.Errorf("%s: %d events in %d pages, want %d in %d", c.name, got, s.pages, c.want, c.pages)
		}
	}
}

func TestTailGrows(t *testing.T) {
	s := &shelf{events: sessions.TailPage}
	got := 0
	for _, err := range sessions.Tail(t.Context(), s, "s", 0, sessions.Staff) {
		if err != nil {
			t.Fatal(err)
		}
		if got++; got == 10 {
			s.events += 5 // committed while the page is written to a socket
		}
	}
	if got != sessions.TailPage+5 {
		t.Errorf("%d events, want those that came meanwhile too", got)
	}
}

func TestTailStops(t *testing.T) {
	s := &shelf{events: 3 * sessions.TailPage}
	for range sessions.Tail(t.Context(), s, "s", 0, sessions.Staff) {
		break
	}
	if s.pages != 1 {
		t.Errorf("%d pages were read for a reader who stopped at the first event", s.pages)
	}
}

func TestTailFails(t *testing.T) {
	s := &shelf{events: 3 * sessions.TailPage, fail: 2}
	got := 0
	var failed error
	for _, err := range sessions.Tail(t.Context(), s, "s", 0, sessions.Staff) {
		if failed != nil {
			t.Fatal("it goes on after an error")
		}
		if failed = err; err == nil {
			got++
		}
	}
	if got != sessions.TailPage || !errors.Is(failed, errShelf) {
		t.Errorf("%d events and then %v, want a page and then %v", got, failed, errShelf)
	}
}
