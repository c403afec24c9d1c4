package auth

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestCheckPassword(t *testing.T) {
	for _, c := range []struct {
		login, password string
		ok              bool
	}{
		{"zhou", secret, true},
		{"zhou", "还款日是每月十五号呀", true},
		{"zhou", "zhoumin is my name", true},
		{"zhou", "xK9!mQ2#vL", true},
		{"zhou", strings.Repeat("abcde", 102), true},
		{"zhou", "", false},
		{"zhou", "xK9!mQ2#v", false},
		{"zhou", "还款日是每月十五号", false},
		{"zhou", strings.Repeat("abcde", 103), false},
		{"zhou.min@hq", "zhou.min@hq", false},
		{"zhou.min@hq", "ZHOU.min@hq2026", false},
		{"zhou", "zhouzhouzhou", false},
		{"zhou", "zhou123456", false},
		{"zhou", "aaaaaaaaaaaa", false},
		{"zhou", "abababababab", false},
		{"zhou", "1234567890", false},
		{"zhou", "PASSWORD123", false},
		{"zhou", "qwertyuiop", false},
		{"zhou", "woaini1314", false},
		{"zhou", "good\x00password", false},
		{"zhou", "good\npassword", false},
		{"zhou", "good\xffpassword", false},
	} {
		if err := checkPassword(c.login, c.password); (err == nil) != c.ok || err != nil && !errors.Is(err, ErrWeak) {
			t.Errorf("%q for %s: %v", c.password, c.login, err)
		} else if err != nil && len(c.password) > 4 && strings.Contains(err.Error(), c.password) {
			t.Errorf("the error repeats the password: %v", err)
		}
	}
}

// Each line of the list must do something that the other rules do not.
func TestSillyList(t *testing.T) {
	lines := strings.Fields(silly)
	for _, l := range lines {
		if utf8.RuneCountInString(l) < MinPassword || l != strings.ToLower(l) || kinds(l) < 5 {
			t.Errorf("%q is refused anyway, or can never match", l)
		}
	}
	if slices.Sort(lines); len(slices.Compact(lines)) < 100 {
		t.Errorf("only %d lines", len(lines))
	}
}
