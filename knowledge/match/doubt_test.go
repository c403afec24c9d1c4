package match

import (
	"fmt"
	"slices"
	"testing"

	"wenda/knowledge"
	"wenda/knowledge/corpus"
)

func TestInScopeOf(t *testing.T) {
	odds := make([]float64, 1000)
	for i := range odds {
		odds[i] = 0.01
	}
	for _, p := range inScopeOf(odds) {
		if p > 1e-6 {
			t.Fatalf("nothing looks in scope, and one is with %v", p)
		}
	}
	odds[7] = 10 // one that looks so among a thousand may be chance
	if p := inScopeOf(odds)[7]; p > 0.5 {
		t.Errorf("one of a thousand: %v", p)
	}
	for i := range 200 {
		odds[i] = 50
	}
	out := inScopeOf(odds)
	if out[0] < 0.9 || out[999] > 0.01 {
		t.Errorf("two hundred of a thousand: %v, the others %v", out[0], out[999])
	}
	if len(inScopeOf(nil)) != 0 {
		t.Error("something of nothing")
	}
}

// Who answers small talk is not taught to distrust its own answers.
func TestWhatTheBaseAnswersIsNotFar(t *testing.T) {
	entries := slices.Clone(trade(t).Entries())
	for i, text := range corpus.Own().Far(knowledge.Chinese) {
		if i%12 == 0 {
			entries = append(entries, zh(fmt.Sprint("talk-", i), "请问"+text, text+"呢", "我想知道"+text, "那个，"+text))
		}
	}
	small, err := knowledge.NewRelease(1, entries)
	if err != nil {
		t.Fatal(err)
	}
	doubted := func(r *knowledge.Release) (share float64) {
		var all []asking
		s := Study{Variant: Lexical}.of(r)
		for _, f := range foldings(r)[:folds] {
			asked, err := f.of(t.Context(), seg(), r, s)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, asked...)
		}
		doubt(all, s.Variant)
		n := 0.0
		for _, a := range all {
			if a.worth < 0 || a.worth > 1 || !a.ours && a.worth != 1 {
				t.Fatalf("%+v", a)
			}
			if a.ours {
				n++
				share += 1 - a.worth
			}
		}
		return share / n
	}
	if with, without := doubted(small), doubted(trade(t)); with < without+0.01 || without > 0.001 {
		t.Errorf("of what is taken for far %.4f is doubted with small talk, %.4f without", with, without)
	}
}
