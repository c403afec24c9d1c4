package lint

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// How rates of less than a year are named, in folded Chinese: no spaces; "|" is a comma
// or a stop.
var (
	shortRate = regexp.MustCompile(`(?:每[日天月期周]|一天|一个月|按[日天月期周]|[日月期周])(?:的|综合|资金|使用|借款|贷款|分期|单)?(?:利息|利率|息|费率|化率?|手续费率?|服务费率?|担保费率?)` +
		`|(?:分期|借款|贷款|综合)(?:手续|服务)?费率`)
	bareRate = regexp.MustCompile(`费率`)

	// figured follows such a name: 0.05%, 万分之五, 五厘, 万5, 两个点. Interest may be in money: 仅0.2元.
	figured = regexp.MustCompile(`^[^|]{0,12}?(?:\d%|\d‰|[百千万]分之[\d一二三四五六七八九十零点]*|[\d一二三四五六七八九十两半](?:厘|分(?:利|息|\||$)|个点|个百分点)|(?:^|\D)万[\d一二三四五六七八九](?:[^\d元块]|$)|\dbp)`)
	inMoney = regexp.MustCompile(`^(?:只要|仅需|仅|只需|低至|约|才|为|是|不到){0,2}[\d.一二三四五六七八九十两几]+[元块角毛分]`)
	// changed is how much a rate changes, which is no rate.
	changed = regexp.MustCompile(`^[^|]{0,8}(?:上浮|下浮|上调|下调|加收|减免|降低|优惠|打折|折)`)

	// figureFirst puts the figure first or joins it: 每天0.05%, 0.05%/天, 0.05%的日息.
	figureFirst = regexp.MustCompile(`(?:[每按][日天月期]|一天|一个月)(?:利息|收取?|只要|仅需|仅|只需|低至|约|才|为|是|按)*(?:[\d.]*\d[%‰]|[千万]分之[\d一二三四五六七八九十]+|万[一二三四五六七八九])` +
		`|(?:\d[\d.]*[%‰]|[千万]分之[\d一二三四五六七八九十]+)(?:的)?(?:每?[日天月期](?:利率|息|利息|费率|$|\|)|一天|每[日天月期])`)

	annual       = regexp.MustCompile(`年化|年利率|年息|年费率|年利息|apr`)
	annualFigure = regexp.MustCompile(`(?:年化|年利率|年息|年费率|年利息|apr)[^|]{0,14}?(?:\d%|百分之)|\d%的?(?:单利)?年化`)

	// englishRate and englishAnnual are read in the plain text.
	englishRate   = regexp.MustCompile(`(?:daily|monthly|weekly|per (?:day|month|week)|an? (?:day|month|week)|each (?:day|month))[^.!?;\n]{0,25}?\d+(?:\.\d+)?\s?(?:%|percent|per cent)(?:[^.!?;\n]*)|\d+(?:\.\d+)?\s?(?:%|percent|per cent)[^.!?;\n]{0,25}?\b(?:daily|monthly|weekly|per (?:day|month|week)|an? (?:day|month|week)|each (?:day|month))\b[^.!?;\n]*`)
	englishOfLoan = regexp.MustCompile(`\b(?:interest|rate|fee|fees|charge|charged|cost|costs)\b`)
	englishAnnual = regexp.MustCompile(`\b(?:annual|annually|annualised|annualized|apr|yearly|per year|per annum|a year|p\.a\.)`)
	englishFigure = regexp.MustCompile(`\d\s?(?:%|percent|per cent)[^%.;!?\n]{0,20}\b(?:annual|annually|annualised|annualized|apr|yearly|per year|per annum|a year|p\.a)|\b(?:annual|annually|annualised|annualized|apr|yearly)\b(?:[^%.;!?\n]|\.\d){0,30}?\d\s?(?:%|percent|per cent)`)
)

// annualWithin is how far away the annual rate may stand, in letters: about three lines on a phone.
const annualWithin = 100

// rates looks for rates that are not given as an annual percentage.
func (k *check) rates(f field) {
	k.chineseRates(f)
	k.englishRates(f)
}

func (k *check) chineseRates(f field) {
	s := speltOf(fold(f.text))
	if !strings.ContainsAny(s.text, "息率费化") {
		return
	}
	original := []rune(f.text)
	seen := -1 // end of the last finding
	note := func(from, to int, severity Severity, say sentence) {
		if from >= seen {
			seen = to
			text, at := s.cut(original, from, to)
			k.noteIn(f, Rate, severity, text, at, sayWords(say, text))
		}
	}
	for _, r := range shortRates(s.text) {
		if severity, say := annualNear(around(s.text, r.from, r.to), r.bare); severity != "" {
			note(r.from, r.to, severity, say)
		}
	}
}

// named is a rate of less than a year, with its figure, as bytes of a text.
type named struct {
	from, to int
	bare     bool // 费率 alone: of a loan perhaps
}

// shortRates returns the rates of less than a year that come with a figure.
func shortRates(text string) []named {
	var out []named
	add := func(m []int, bare bool) {
		rest := text[m[1]:]
		fig := figured.FindStringIndex(rest)
		if fig == nil && strings.HasSuffix(text[:m[1]], "息") {
			fig = inMoney.FindStringIndex(rest)
		}
		if fig != nil && !changed.MatchString(rest) && !dated(text, m[0]) {
			out = append(out, named{m[0], m[1] + len(strings.TrimRight(rest[:fig[1]], "|")), bare})
		}
	}
	for _, m := range shortRate.FindAllStringIndex(text, -1) {
		add(m, false)
	}
	for _, m := range figureFirst.FindAllStringIndex(text, -1) {
		if !dated(text, m[0]) && ofInterest(text, m) {
			out = append(out, named{m[0], m[0] + len(strings.TrimRight(text[m[0]:m[1]], "|")), false})
		}
	}
	for _, m := range bareRate.FindAllStringIndex(text, -1) {
		if !within(out, m[0]) {
			add(m, true)
		}
	}
	slices.SortStableFunc(out, func(a, b named) int { return cmp.Compare(a.from, b.from) })
	return out
}

func within(all []named, at int) bool {
	for _, n := range all {
		if n.from <= at && at < n.to {
			return true
		}
	}
	return false
}

// dated reports whether 日, 月 or 期 at a byte ends another word: 10月利率, 还款日利息, 近日.
func dated(text string, at int) bool {
	before := text[:at]
	if !strings.HasPrefix(text[at:], "日") && !strings.HasPrefix(text[at:], "月") && !strings.HasPrefix(text[at:], "期") && !strings.HasPrefix(text[at:], "周") {
		return false
	}
	for _, word := range []string{"当", "近", "今", "节", "生", "款", "账单", "到", "上", "下", "本", "首", "末", "个", "长", "短", "逾", "宽限", "免息"} {
		if strings.HasSuffix(before, word) {
			return true
		}
	}
	return before != "" && before[len(before)-1] >= '0' && before[len(before)-1] <= '9'
}

// ofInterest reports whether a figure by day or month is about interest or fees.
func ofInterest(text string, m []int) bool {
	return strings.ContainsAny(window(text, m[0], m[1], 15), "利息费率")
}

// around is the text that an annual rate is looked for in.
func around(text string, from, to int) string { return window(text, from, to, annualWithin) }

// window returns [from, to) with n letters more on each side.
func window(text string, from, to, n int) string {
	for i := 0; i < n; i++ {
		for from--; from > 0 && text[from]&0xC0 == 0x80; from-- {
		}
		for to++; to < len(text) && text[to]&0xC0 == 0x80; to++ {
		}
	}
	return text[max(0, from):min(to, len(text))]
}

// annualNear says what a rate is that has this around it; "" if all is well.
func annualNear(near string, bare bool) (Severity, sentence) {
	switch {
	case annualFigure.MatchString(near):
		return "", nil
	case annual.MatchString(near):
		return Warn, sayRateFigure
	case bare:
		return Warn, sayRateBare
	}
	return Block, sayRateBlock
}

// englishRates looks for the same in English.
func (k *check) englishRates(f field) {
	s := plain(f.text)
	if !strings.Contains(s.text, "%") && !strings.Contains(s.text, "cent") {
		return
	}
	original := []rune(f.text)
	for _, m := range englishRate.FindAllStringIndex(s.text, -1) {
		near := around(s.text, m[0], m[1])
		if !englishOfLoan.MatchString(window(s.text, m[0], m[1], 40)) || englishFigure.MatchString(near) {
			continue
		}
		severity, say := Block, sayRateBlock
		if englishAnnual.MatchString(near) {
			severity, say = Warn, sayRateFigure
		}
		text, at := s.cut(original, m[0], m[1])
		k.noteIn(f, Rate, severity, text, at, sayWords(say, text))
	}
}
