package api

import (
	"slices"
	"testing"
	"time"

	"wenda/sessions"
)

func TestPages(t *testing.T) {
	at := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	said := func(title string) sessions.Event {
		e := sessions.Event{Kind: sessions.Message, From: sessions.Speaker{Role: sessions.RoleCustomer}, At: at}
		if title != "" {
			e.Page = &sessions.Page{Title: title, URL: "https://example.com/" + title}
		}
		return e
	}
	moved := func(from, to sessions.State) sessions.Event {
		return sessions.Event{Kind: sessions.Handed, At: at, Move: &sessions.Move{From: from, To: to}}
	}
	reopened := moved(sessions.Closed, sessions.Bot)
	for name, c := range map[string]struct {
		events []sessions.Event
		want   []string
	}{
		"nothing said":          {nil, nil},
		"nobody told":           {[]sessions.Event{said(""), moved(sessions.Bot, sessions.Queued)}, nil},
		"one, and stays":        {[]sessions.Event{said("a"), said(""), said("a")}, []string{"a"}},
		"there and back":        {[]sessions.Event{said("a"), said("b"), said("a")}, []string{"a", "b", "a"}},
		"many":                  {[]sessions.Event{said("a"), said("b"), said("c"), said("d"), said("e"), said("f"), said("g")}, []string{"a", "d", "e", "f", "g"}},
		"another day":           {[]sessions.Event{said("a"), said("b"), moved(sessions.Bot, sessions.Closed), said("c"), reopened, said("d")}, []string{"c", "d"}},
		"another day, same tab": {[]sessions.Event{said("a"), said("b"), said(""), reopened, said("c")}, []string{"b", "c"}},
		"an agent's chat":       {[]sessions.Event{said("a"), moved(sessions.Queued, sessions.Assigned), said("b")}, []string{"a", "b"}},
	} {
		var got []string
		for _, v := range pages(c.events) {
			got = append(got, v.Title)
			if v.URL != "https://example.com/"+v.Title || v.At != "2026-11-22T08:00:00.000Z" {
				t.Errorf("%s: %+v", name, v)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if pages(nil) == nil {
		t.Error("no pages are no list")
	}
}

// What an app signed is shown as verified; what nobody signed is not there.
func TestIdentity(t *testing.T) {
	facts := &sessions.Facts{Vulnerable: true, VIP: true, Priority: 30, Fields: []sessions.Fact{{Name: "会员等级", Value: "金卡"}}}
	who := identityOf(sessions.Customer{ID: "c1", Name: "王小明"}, facts)
	if !who.Verified || !who.Vulnerable || !who.VIP || who.Priority != 30 || !slices.Equal(who.Fields, []identityField{{"id", "c1"}, {"会员等级", "金卡"}}) {
		t.Errorf("%+v", who)
	}
	if who := identityOf(sessions.Customer{ID: "~x", Anonymous: true}, facts); who.Verified || who.Vulnerable || who.VIP || len(who.Fields) > 0 {
		t.Errorf("whom nobody knows: %+v", who)
	}
}
