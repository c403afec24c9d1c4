package bot_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"wenda/knowledge"
)

// What a release says that was taken back while the bot was thinking is not said.
func TestReleaseTakenBack(t *testing.T) {
	s, g := guessing(t)
	entries := slices.Clone(g.release.Entries())
	at := slices.IndexFunc(entries, func(e knowledge.Entry) bool { return e.ID == "repay-failed" })
	wrong := entries[at]
	wrong.Revision, wrong.Texts = 9, map[knowledge.Lang]knowledge.Text{knowledge.Chinese: {Question: "还款失败", Answer: "保证通过"}}
	entries[at] = wrong
	bad, err := knowledge.NewRelease(2, entries)
	if err != nil {
		t.Fatal(err)
	}
	good := g.release
	g.release = bad
	g.before = func(context.Context) error {
		if g.asked.Load() > 1 { // it had found the wrong answer
			g.release = good
		}
		return nil
	}
	s.release = good // and the matcher learns of it a moment later
	s.says("还款失败")
	replies := s.replies()
	if last := replies[len(replies)-1]; strings.Contains(last.Text, "保证通过") || last.Decision.Release != 1 {
		t.Errorf("said of release %d: %q", last.Decision.Release, last.Text)
	}
	if g.asked.Load() != 2 {
		t.Errorf("matched %d times, want again after the release was gone", g.asked.Load())
	}
}
