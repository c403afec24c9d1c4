package match

import (
	"testing"

	"wenda/knowledge"
)

// What was learnt from a release serves the next one: entries that are gone, and new ones
// in between, do not shift what the classifier says of the others.
func TestNextReleaseWithWhatIsKnown(t *testing.T) {
	entries := []knowledge.Entry{
		zh("card", "怎么换绑银行卡", "更换银行卡", "换一张还款卡"),
		zh("limit", "怎么提高额度", "额度太低了", "想提额"),
		zh("repay", "怎么提前还款", "提前还清", "可以早点还吗"),
	}
	before, err := knowledge.NewRelease(1, entries)
	if err != nil {
		t.Fatal(err)
	}
	learnt, err := Learn(t.Context(), seg(), before, Study{})
	if err != nil {
		t.Fatal(err)
	}
	opts := patient
	opts.Learnt = learnt
	m := open(t, before, opts)
	after, err := knowledge.NewRelease(2, append(entries[1:], zh("aaa", "吉祥物叫什么名字", "你们的吉祥物是什么"), zh("zzz", "发票怎么开", "在哪里开发票")))
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Use(t.Context(), after, learnt); err != nil {
		t.Fatal(err)
	}
	for asked, want := range map[string]string{"额度怎么提高": "limit", "想要提前还款": "repay", "吉祥物的名字是什么": "aaa", "想开一张发票": "zzz"} {
		res, err := m.Match(t.Context(), asked, 3)
		if err != nil {
			t.Fatal(err)
		}
		if len(res.Matches) == 0 || res.Matches[0].Entry != want || res.Release != 2 || res.Variant != Full {
			t.Errorf("%s: %+v", asked, res.Matches)
		}
	}
}
