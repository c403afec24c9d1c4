package base

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"wenda/knowledge"
	"wenda/knowledge/sample"
)

func TestSeed(t *testing.T) { both(t, seeding) }

// Several nodes start at once; a newer Wenda brings new sentences.
func seeding(r *rig) {
	ctx := context.Background()
	entries, err := sample.Entries()
	r.must(err)
	errs := make(chan error, 4)
	for node := range 4 {
		go func() { errs <- r.node(node).Seed(ctx, entries, "shipped") }()
	}
	for range 4 {
		r.must(<-errs)
	}
	s := r.node(0)
	release, err := s.Load(ctx, 1)
	r.must(err)
	want, err := sample.Release(1)
	r.must(err)
	if !reflect.DeepEqual(release.Entries(), want.Entries()) {
		r.Errorf("%d entries in force, %d are shipped, or they differ", release.Len(), want.Len())
	}
	newer := append(entries, says("新", "新").Entry("system.newer", 1), says("别", "别").Entry("other", 1))
	r.must(s.Seed(ctx, newer, "upgrade"))
	r.must(s.Seed(ctx, newer, "upgrade"))
	got := r.inForce(s, 2)
	if id, err := s.Current(ctx); id != 2 || err != nil || got["system.newer"] != 1 || got["other"] != 0 || len(got) != want.Len()+1 {
		r.Errorf("after the upgrade release %d, %v", id, err)
	}
	r.wantErr("seed", s.Seed(ctx, []knowledge.Entry{{ID: "x"}}, ""), ErrInvalid)
	head, err := s.Get(ctx, "system.newer")
	if r.must(err); head.Newest.Author != "wenda" || head.Newest.Approver != "wenda-review" || head.Newest.State != Live {
		r.Errorf("seeded %+v", head)
	}
}

func TestSheets(t *testing.T) { both(t, sheets) }

func sheets(r *rig) {
	ctx, s := context.Background(), r.node(0)
	sheet, err := s.Sheet(ctx, Synonyms)
	if r.must(err); sheet.Version != 0 || sheet.Text != "" {
		r.Errorf("at first %+v", sheet)
	}
	const text = "白条, 打白条，信用付 # ours\r\n花呗\n还钱=还款\n"
	sheet, err = s.SaveSheet(ctx, "zhou", Synonyms, 0, text, "our words")
	if r.must(err); sheet.Version != 1 || sheet.By != "zhou" || strings.Contains(sheet.Text, "\r") {
		r.Errorf("saved %+v", sheet)
	}
	_, err = r.node(1).SaveSheet(ctx, "li", Synonyms, 0, "x", "")
	r.wantErr("save over another's", err, ErrChanged)
	if same, err := s.SaveSheet(ctx, "li", Synonyms, 1, text, ""); err != nil || same.Version != 1 {
		r.Errorf("an equal text made %+v, %v", same, err)
	}
	made := r.published(s) // no entry: the words alone
	_, err = s.SaveSheet(ctx, "li", Synonyms, 1, "a,b", "")
	r.must(err)
	words := func(release *knowledge.Release, err error) [][]string {
		r.Helper()
		r.must(err)
		return release.Synonyms()
	}
	want := [][]string{{"白条", "打白条", "信用付"}, {"还钱", "还款"}}
	if got := words(s.Load(ctx, made.ID)); !reflect.DeepEqual(got, want) {
		r.Errorf("groups %q", got)
	}
	if got := words(s.Preview(ctx, nil)); len(got) != 1 {
		r.Errorf("groups of a preview %q", got)
	}
	r.approved(s, "a", says("甲", "一"))
	r.published(s, "a")
	made, err = s.Rollback(ctx, "li", 1, "")
	r.must(err)
	if got := words(s.Load(ctx, made.ID)); !reflect.DeepEqual(got, want) {
		r.Errorf("groups after rollback %q", got)
	}
	all, err := s.SheetHistory(ctx, Synonyms)
	if r.must(err); len(all) != 2 || all[0].Version != 2 || all[1].Why != "our words" {
		r.Errorf("history %+v", all)
	}
	for what, err := range map[string]error{
		"sheet": failure(s.Sheet(ctx, "x")), "history": failure(s.SheetHistory(ctx, "x")), "save": failure(s.SaveSheet(ctx, "zhou", "x", 0, "", "")),
	} {
		r.wantErr(what, err, ErrNone)
	}
}
