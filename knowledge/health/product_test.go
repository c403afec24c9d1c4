package health

import (
	"context"
	"slices"
	"strings"
	"testing"

	"wenda/knowledge"
	"wenda/knowledge/match"
)

// The matcher that the product runs, on a base with one conflict in it.
func TestWithTheProductsMatcher(t *testing.T) {
	r := base(t,
		"repay-how|点「还款」。|怎么还款|如何还钱|在哪里还款|还款步骤",
		"repay-early-fee|提前还款收1%。|提前还款手续费|提前结清收费吗|提前还清要不要手续费|早还罚钱吗",
		"settle-fee|提前还款收2%。|提前还款要手续费吗|结清费用|提前还款手续费？|全部还清收多少钱",
		"limit|看首页。|额度多少|我的额度|能借多少|可用额度是多少",
		"card-change|在「银行卡」里换。|怎么换银行卡|更换还款卡|换绑银行卡|改银行卡",
		"phone-change|在「设置」里换。|怎么换手机号|更换手机号|换绑手机|改手机号码")
	asked := 0
	report, err := Inspection{Segmenter: segmenter(), Now: now, Progress: func(done, _ int) { asked = done },
		Open: func(ctx context.Context, rest *knowledge.Release) (knowledge.Matcher, func(), error) {
			m, err := match.Open(ctx, t.TempDir(), segmenter(), rest, match.Options{})
			if err != nil {
				return nil, nil, err
			}
			return m, m.Close, nil
		}}.Inspect(t.Context(), r, nil)
	if err != nil || asked != 24 || report.Asked != 24 {
		t.Fatalf("%d asked, %v", asked, err)
	}
	got := brief(report)
	if !slices.Contains(got, "conflict repay-early-fee 提前还款手续费 > settle-fee 提前还款手续费？") {
		t.Errorf("the conflict is not found: %q", got)
	}
	for _, f := range got {
		if strings.HasPrefix(f, "conflict limit") || strings.HasPrefix(f, "duplicate") {
			t.Errorf("found what is not there: %s", f)
		}
	}
}
