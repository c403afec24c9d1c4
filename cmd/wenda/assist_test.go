package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"wenda/bot/desk"
	"wenda/internal/privacy"
	"wenda/internal/sqldb"
	"wenda/knowledge/base"
	"wenda/knowledge/lint"
	"wenda/sessions"
)

// What an agent sends is held against the company's words, and against the chat.
func TestOutgoing(t *testing.T) {
	db := opened(t, sqldb.Options{Dir: t.TempDir()})
	store, hub := newStore(db), base.New(db)
	s, err := store.Open(t.Context(), sessions.Customer{ID: "c1"}, "widget", "zh-CN")
	if err != nil {
		t.Fatal(err)
	}
	own, _ := privacy.Mask("我的手机13812345678")
	done, err := store.Commit(t.Context(), sessions.Actor{Role: sessions.RoleCustomer, ID: "c1", Device: "phone"}, s,
		sessions.Event{Kind: sessions.Message, From: sessions.Speaker{Role: sessions.RoleCustomer, ID: "c1"}, Text: own})
	if err != nil {
		t.Fatal(err)
	}
	s = done.Session
	o := outgoing{lint.NewBook(hub).Rules, store}
	check := func(text string, want ...string) {
		t.Helper()
		found, err := o.check(t.Context(), s, text)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range found {
			got = append(got, fmt.Sprintf("%s %s %v", f.Rule, f.Text, f.Block))
			if f.Say["zh-CN"] == "" || f.Say["en"] == "" {
				t.Errorf("%q: nobody says why: %+v", text, f)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	check("您好，我帮您看一下。")
	check("您的手机号是13812345678吗？")
	check("请打13912345678找他。", "personal 139****5678 false")
	check("我保证通过，验证码发我。", "forbidden 保证通过 true", "secret 验证码发我 true")
	check("看 https://help.example.com/x", "link https://help.example.com/x false")
	if _, err := hub.SaveSheet(t.Context(), "hu", base.Links, 0, "help.example.com", "ours"); err != nil {
		t.Fatal(err)
	}
	check("看 https://help.example.com/x")

	down := errors.New("away")
	o.rules = func(context.Context) (lint.Rules, error) { return lint.Rules{}, down }
	if found, err := o.check(t.Context(), s, "保证通过"); !errors.Is(err, down) || desk.Blocked(found) {
		t.Errorf("who cannot know: %v, %v", found, err)
	}
}
