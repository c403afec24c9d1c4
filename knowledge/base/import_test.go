package base

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestImport(t *testing.T) { both(t, importing) }

// A batch is saved whole or not at all, as drafts.
func importing(r *rig) {
	ctx, s := context.Background(), r.node(0)
	r.live(s, "old", says("旧", "一"))
	r.live(s, "gone", says("没", "一"))
	_, err := s.Retire(ctx, "li", "gone", "")
	r.must(err)
	version := func(id string) int64 {
		head, err := s.Get(ctx, id)
		r.must(err)
		return head.Version
	}
	batch := []Proposal{{"old", version("old"), says("旧", "二")}, {"gone", version("gone"), says("没", "一")}}
	for i := range 250 { // more than one chunk
		batch = append(batch, Proposal{ID: fmt.Sprintf("new-%03d", i), Content: says(fmt.Sprint("问", i), "答")})
	}
	for what, test := range map[string]struct {
		last Proposal
		want error
	}{
		"there":   {Proposal{ID: "old", Content: says("旧", "三")}, ErrExists},
		"missing": {Proposal{ID: "none", Version: 1, Content: says("旧", "三")}, ErrNone},
		"changed": {Proposal{ID: "gone", Version: 1, Content: says("旧", "三")}, ErrChanged},
		"invalid": {Proposal{ID: "x", Content: Content{}}, ErrInvalid},
	} {
		_, err := s.SaveAll(ctx, "zhou", append(batch[2:len(batch):len(batch)], test.last), "")
		if r.wantErr(what, err, test.want); err != nil && !strings.Contains(err.Error(), test.last.ID) {
			r.Errorf("%s does not say which: %v", what, err)
		}
	}
	if n := r.count(`SELECT count(*) FROM revision`) + r.count(`SELECT count(*) FROM staged`); n != 2 {
		r.Errorf("%d revisions and staged rows after failures", n)
	}
	r.must(s.Keep(ctx, "zhou", "old", says("旧", "四"), 1))
	var told []int
	saved, err := r.node(1).SaveAll(ctx, "zhou", batch, "spring cleaning", func(done, of int) { told = append(told, done, of) })
	if !slices.Equal(told, []int{100, 252, 200, 252, 252, 252}) {
		r.Errorf("progress %v", told)
	}
	if r.must(err); saved != 252 {
		r.Errorf("%d saved", saved)
	}
	for id, want := range map[string]int{"old": 2, "gone": 2, "new-249": 1} {
		head, err := s.Get(ctx, id)
		if r.must(err); head.Newest.Number != want || head.Newest.State != Draft || head.Newest.Why != "spring cleaning" || head.Newest.Author != "zhou" {
			r.Errorf("%s: %+v", id, head)
		}
		steps, err := s.Steps(ctx, id)
		if r.must(err); int64(len(steps)) != head.Version || steps[0].Did != "saved" {
			r.Errorf("%s at version %d: steps %+v", id, head.Version, steps)
		}
	}
	if _, _, _, err := s.Kept(ctx, "zhou", "old"); !errors.Is(err, ErrNone) {
		r.Errorf("the working copy is still there: %v", err)
	}
	if got := r.inForce(s, 3); len(got) != 1 || got["old"] != 1 {
		r.Errorf("in force %v", got)
	}
	if found, _, err := s.List(ctx, Query{Text: "问249"}); err != nil || idsOf(found) != "new-249" {
		r.Errorf("found %q, %v", idsOf(found), err)
	}
	for i := range batch {
		batch[i].Version = version(batch[i].ID)
	}
	saved, err = s.SaveAll(ctx, "li", batch, "")
	if r.must(err); saved != 0 {
		r.Errorf("%d saved that were the same", saved)
	}
	if n := r.count(`SELECT count(*) FROM staged`) + r.count(`SELECT count(*) FROM shift`); n != 0 {
		r.Errorf("%d rows left", n)
	}
	r.must(r.do(`INSERT INTO staged (batch, entry, version, at, content, question, valid_from, valid_until, review_by, folded, category, owner, risk, tags, langs)
		VALUES ('dead', 'x', 0, 1, '', '', 0, 0, 0, '', '', '', '', '', '')`))
	_, err = s.SaveAll(ctx, "li", batch[:1], "")
	if r.must(err); r.count(`SELECT count(*) FROM staged`) != 0 {
		r.Error("what a dead process staged is still there")
	}
}
