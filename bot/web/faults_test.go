package web

import (
	"strings"
	"testing"

	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/knowledge/lint"
)

// others are what editors are told seldom, as the hub's packages write it.
var others = []string{
	`tag "a,b": holds a comma or semicolon, which stand between tags`, "id: want 1 to 64 of a-z", "line 3: a phrase has 2 to 64 letters",
	"revision 3 of repay.early is live, not draft", "repay.early is more than a draft", "nothing would change", "plan 7 is cancelled",
	"nothing is approved and waits to be published of repay.early, loan.limit", "the valid-until has passed of repay.early",
	"something newer was published meanwhile, or the same, of repay.early", "a plan has entries, and its minute is still to come", "who refuses says why",
	"the utterance is not text", "the utterance holds no words", "the utterance has over 512 characters", "no entry that can be matched has this id",
	"customers do not ask for system.hello", "entry repay.early has no text in en", "no entry",
	"line 1: more than 60 columns", "line 1: no column has the heading \"anser\"", "line 1: the heading answer stands twice", "line 9: more than 100000 phrasings",
	"line 1: no heading is question or id: the first row must hold the headings of the template", "no entry in the file", `line 4: id "a" stands in line 2 already`,
	".xlsm may hold macros or is of an old kind: save it as .xlsx", "line 1: want a host such as help.example.com or *.example.com", "not an .xlsx file", "the name must end in .xlsx, .csv or .jsonl",
}

// What package base says of contents that editors can make has words in both languages.
func TestFaultsHaveWords(t *testing.T) {
	long := strings.Repeat("很", base.MaxAnswer+1)
	many := strings.Split(strings.Repeat("一,", base.MaxPhrasings+1), ",")
	c := base.Content{
		Category: long, Source: long, Tags: append(many[:base.MaxTags+1], long), Related: []string{"还款"}, From: noon, Until: noon, ReviewBy: noon.AddDate(5000, 0, 0),
		Texts: map[knowledge.Lang]base.Text{
			knowledge.Chinese: {Question: long, Similar: append(many, long), Not: []string{"a\x01b"}, Answer: long, Channels: map[string]string{"?": "答", "sms": long}},
			knowledge.English: {},
		},
	}
	for i := range c.Tags {
		c.Tags[i] += string(rune('a' + i)) // each once
	}
	faults := append(c.Check(), base.Content{}.Check()...)
	_, err := lint.ReadForbidden(strings.Repeat("forbid\t词语\n", 30) + "block\t词")
	sheet := strings.Split(strings.TrimPrefix(err.Error(), lint.ErrSheet.Error()+"\n"), "\n")
	if len(sheet) != 21 {
		t.Fatalf("a sheet has the faults %q", sheet)
	}
	faults = append(append(faults, sheet...), others...)
	faults = append(faults, "zh-CN: the bot needs an answer", "zh-CN: answer for sms: {name} is missing")
	if len(faults) < 15 {
		t.Fatalf("only %d faults", len(faults))
	}
	zh, en := both(t, "pages")
	for _, fault := range faults {
		for lang, w := range map[string]words{"zh-CN": zh, "en": en} {
			got, err := w.fault(fault)
			if err != nil || got == fault || strings.Contains(got, "{where}") || strings.HasPrefix(got, "：") || strings.HasPrefix(got, ": ") {
				t.Errorf("%s: %.80q is said as %.80q, %v", lang, fault, got, err)
			}
		}
	}
	if got, _ := zh.fault("zh-CN: phrasings: number 3: letters: 600, at most 512"); got != "相似问法 3 · 中文：600 个字，最多 512 个" {
		t.Errorf("said as %q", got)
	}
	if got, _ := zh.faults("line 2: a phrase has 2 to 64 letters\nand 3 more"); got != "第 2 行：词语须为 2 至 64 个字\n另有 3 处" {
		t.Errorf("said as %q", got)
	}
	if got, _ := zh.fault("something new"); got != "something new" {
		t.Errorf("what has no words yet is said as %q", got)
	}
}
