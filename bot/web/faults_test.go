package web

import (
	"strings"
	"testing"

	"wenda/knowledge"
	"wenda/knowledge/base"
)

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
	if got, _ := zh.fault("something new"); got != "something new" {
		t.Errorf("what has no words yet is said as %q", got)
	}
}
