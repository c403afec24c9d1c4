package lint

import (
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"wenda/knowledge"
)

// Shipped is the dictionary that Wenda comes with, as text: what a company that has
// none of its own starts from. It was written for Wenda.
//
//go:embed forbidden.txt
var Shipped string

// ErrSheet is wrapped by the errors about a sheet that compliance wrote; they name the lines.
var ErrSheet = errors.New("lint: not a valid sheet")

// Limits of a dictionary.
const (
	MaxPhrases = 5000 // in all
	MaxPhrase  = 40   // letters of one
	MinPhrase  = 2    // letters of one: single characters stand in every answer
)

// Dictionary is what compliance forbids. It is immutable.
type Dictionary struct {
	byFirst map[rune][]phrase // longest first
	size    int
}

// Len returns the number of phrases.
func (d *Dictionary) Len() int { return d.size }

// phrase is a line of the dictionary.
type phrase struct {
	letters []letter // a soft gap is a seam between words
	does    does
	hint    string
}

type does string

// allow takes the words out of what shorter phrases forbid.
const allow does = "allow"

// ReadForbidden reads a dictionary: a phrase a line,
//
//	severity<TAB>phrase<TAB>hint
//
// with block, warn or allow as severity. A space in the phrase is a seam: two words that
// may stand apart. The hint says what to write instead and may be missing. allow takes
// out what a shorter phrase forbids: with "warn 保证" and "allow 保证金" a 保证金 is no
// finding. Empty lines and those that begin with "#" are passed over. The error wraps
// ErrSheet with all faults, a line each.
func ReadForbidden(text string) (*Dictionary, error) {
	d := &Dictionary{byFirst: map[rune][]phrase{}}
	var faults []string
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		p, fault := readPhrase(line)
		if d.size++; fault == "" && d.size > MaxPhrases {
			fault = fmt.Sprintf("more than %d phrases", MaxPhrases)
		}
		if fault != "" {
			faults = append(faults, fmt.Sprintf("line %d: %s", i+1, fault))
			continue
		}
		first := p.letters[0].r
		d.byFirst[first] = append(d.byFirst[first], p)
	}
	for _, all := range d.byFirst {
		slices.SortStableFunc(all, func(a, b phrase) int { return len(b.letters) - len(a.letters) })
	}
	return d, sheetError(faults)
}

func readPhrase(line string) (p phrase, fault string) {
	severity, rest, _ := strings.Cut(line, "\t")
	words, hint, _ := strings.Cut(rest, "\t")
	p = phrase{fold(words), does(strings.TrimSpace(severity)), strings.TrimSpace(hint)}
	switch n := len(p.letters); {
	case !slices.Contains([]does{does(Block), does(Warn), allow}, p.does):
		return p, "want block, warn or allow, a tab, and a phrase"
	case n < MinPhrase || n > MaxPhrase:
		return p, fmt.Sprintf("a phrase has %d to %d letters", MinPhrase, MaxPhrase)
	}
	p.letters[0].gap = none
	return p, ""
}

// faultsMost bounds the faults that are told.
const faultsMost = 20

func sheetError(faults []string) error {
	if len(faults) == 0 {
		return nil
	}
	if more := len(faults) - faultsMost; more > 0 {
		faults = append(faults[:faultsMost], fmt.Sprintf("and %d more", more))
	}
	return fmt.Errorf("%w\n%s", ErrSheet, strings.Join(faults, "\n"))
}

// hit is a phrase found: letters [from, to).
type hit struct {
	phrase
	from, to int
}

// find returns the phrases in a text from left to right, longest first; of several at
// one place only those that say more than the longer one.
func (d *Dictionary) find(letters []letter) []hit {
	var out []hit
	for i, l := range letters {
		for _, p := range d.byFirst[l.r] {
			h := hit{p, i, i + len(p.letters)}
			if p.stands(letters[i:]) && whole(letters, h) && !h.covered(out) {
				out = append(out, h)
			}
		}
	}
	return slices.DeleteFunc(out, func(h hit) bool { return h.does == allow })
}

// covered reports whether an earlier hit says all that h says.
func (h hit) covered(before []hit) bool {
	for i := len(before) - 1; i >= 0 && before[i].from > h.from-MaxPhrase; i-- {
		if b := before[i]; h.to <= b.to && (b.does == allow || b.does == h.does || b.does == does(Block)) {
			return true
		}
	}
	return false
}

// stands reports whether text begins with the phrase, and in a way that people read it.
func (p phrase) stands(text []letter) bool {
	if len(text) < len(p.letters) {
		return false
	}
	apart := 0
	for i, want := range p.letters {
		if text[i].r != want.r {
			return false
		}
		if i > 0 && text[i].gap != none {
			apart++
		}
	}
	if spelt := len(p.letters) - 1; apart == spelt && spelt > 1 { // 保-证-通-过
		return true
	}
	for i := 1; i < len(p.letters); i++ {
		if p.parted(text[i], p.letters[i], text[i-1].r) {
			return false
		}
	}
	return true
}

// parted reports whether what stands before a letter makes two things of the phrase:
// another thought between two words, or any space inside a word of Latin letters.
func (p phrase) parted(got, want letter, before rune) bool {
	seam := want.gap != none
	inLatin := latin(before) && latin(got.r)
	return seam && got.gap == hard || !seam && inLatin && got.gap != none
}

// whole reports whether a hit is not a piece of a longer Latin word or number.
func whole(letters []letter, h hit) bool {
	torn := func(a, b letter) bool { // between neighbours a and b
		return b.gap == none && (latin(a.r) && latin(b.r) || number(a.r) && number(b.r))
	}
	if h.from > 0 && torn(letters[h.from-1], letters[h.from]) {
		return false
	}
	return h.to == len(letters) || !torn(letters[h.to-1], letters[h.to])
}

func latin(r rune) bool { return r >= 'a' && r <= 'z' || r >= 0xC0 && r < 0x2E80 }
func digit(r rune) bool { return r >= '0' && r <= '9' }

// number reports whether r is a part of a number.
func number(r rune) bool { return digit(r) || r == '.' }

// forbidden looks for what compliance forbids.
func (k *check) forbidden(f field) {
	if k.rules.Forbidden == nil {
		return
	}
	letters := fold(f.text)
	hits := k.rules.Forbidden.find(letters)
	if len(hits) == 0 {
		return
	}
	original := []rune(f.text)
	asked := f.name == "question" && asks(f.text)
	for _, h := range hits {
		from, to := letters[h.from].at, letters[h.to-1].at+1
		severity := Severity(h.does)
		if asked || excused(original, from, to) {
			severity = Warn
		}
		words := string(original[from:to])
		k.noteIn(f, Forbidden, severity, words, from, sayForbidden(words, h.hint, severity))
	}
}

// denial stands before words that are denied, warned of or told of others. It is looked
// for in the same thought. 不仅 denies nothing.
var (
	denial = regexp.MustCompile(`(?i)不|无法|没有|并非|绝非|未|勿|禁止|严禁|杜绝|拒绝|谎称|声称|宣称|号称|所谓|自称|冒充|警惕|谨防|小心|当心|凡是|遇到|轻信|避免|防止|以免|陷入` +
		`|\b(not|never|no|none|nobody|cannot|can't|don't|doesn't|won't|without|beware|claims?|claiming)\b`)
	noDenial = regexp.MustCompile(`不仅|不但|不止|不光|不只|不管|不论|不限|不看|不查|不上|不(?:用|需|需要|必)(?:看|查|征信|抵押|担保|审核|资料)|不到|没有(?:任何)?(?:风险|门槛)|(?i)\bno (credit|risk|fee|interest)`)
	warning  = regexp.MustCompile(`(?i)诈骗|骗局|骗子|是骗|虚假|不可信|不要相信|请勿|切勿|谨防|警惕|不实|违规|\b(scams?|fraud|fake|false|beware)\b`)
)

// deniedWithin and warnedWithin bound how far a denial or a warning reaches, in runes.
const deniedWithin, warnedWithin = 12, 30

// excused reports whether the words [from, to) are denied or warned of, in the same sentence.
func excused(text []rune, from, to int) bool {
	before := string(sentenceBefore(text[max(0, from-2*deniedWithin):from], ",，;；。.!！?？\n"))
	if r := []rune(before); len(r) > deniedWithin && !strings.ContainsFunc(before, func(r rune) bool { return r >= 'a' && r <= 'z' }) {
		before = string(r[len(r)-deniedWithin:])
	}
	if denial.MatchString(noDenial.ReplaceAllString(before, "")) {
		return true
	}
	after := text[to:min(len(text), to+warnedWithin)]
	if i := slices.IndexFunc(after, func(r rune) bool { return strings.ContainsRune("。!！\n", r) }); i >= 0 {
		after = after[:i]
	}
	return warning.MatchString(string(after))
}

// sentenceBefore returns the end of text behind the last of the stops.
func sentenceBefore(text []rune, stops string) []rune {
	for i := len(text) - 1; i >= 0; i-- {
		if strings.ContainsRune(stops, text[i]) {
			return text[i+1:]
		}
	}
	return text
}

var asking = regexp.MustCompile(`(?i)[?？]\s*$|吗|么|呢\s*$|是否|能否|可否|怎|如何|为何|多少|多久|哪|几[天个期点]|谁|^\s*(what|why|how|when|where|who|which|can|could|do|does|did|is|are|will|would|should|may|have|has|am)\b`)

// asks reports whether a standard question is a question, and not a slogan.
func asks(question string) bool { return asking.MatchString(question) }

// sayForbidden is the finding in words.
func sayForbidden(words, hint string, severity Severity) map[knowledge.Lang]string {
	say := sayWords(sayForbiddenBlock, words)
	if severity == Warn {
		say = sayWords(sayForbiddenWarn, words)
	}
	if hint != "" {
		for lang := range say {
			say[lang] += " " + hint
		}
	}
	return say
}
