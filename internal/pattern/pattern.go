// Package pattern looks for regular expressions in texts that mostly hold nothing of
// the kind, as customers' messages mostly hold no threat. Go's regexp walks a long list
// of alternatives at every rune; a look for the few words that the list cannot do without
// costs a fiftieth of that and nearly always says no.
package pattern

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"
)

// Pattern is a regular expression with the words that it cannot do without. It is safe
// for concurrent use.
type Pattern struct {
	whole *regexp.Regexp
	needs map[rune][]string // texts of which one must be there, by their first rune; nil: not known
	first [256]bool         // whether one of them may begin with a rune, by its lowest byte
}

// MustCompile returns the pattern of an expression in the syntax of package regexp, and
// panics if it is none.
func MustCompile(expr string) *Pattern {
	parsed, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		panic(fmt.Sprintf("pattern: %v", err))
	}
	p := &Pattern{whole: regexp.MustCompile(expr)}
	if needs := needed(parsed); needs != nil {
		p.needs = map[rune][]string{}
		slices.Sort(needs)
		last := ""
		for _, text := range needs {
			if last != "" && strings.HasPrefix(text, last) { // found already
				continue
			}
			first, _ := utf8.DecodeRuneInString(text)
			p.needs[first], last = append(p.needs[first], text), text
			p.first[byte(first)] = true
		}
	}
	return p
}

// MatchString reports whether the text holds a match, as regexp's does.
func (p *Pattern) MatchString(text string) bool { return p.may(text) && p.whole.MatchString(text) }

// ReplaceAllString is as regexp's.
func (p *Pattern) ReplaceAllString(text, by string) string {
	if !p.may(text) {
		return text
	}
	return p.whole.ReplaceAllString(text, by)
}

// may reports whether a match is possible at all.
func (p *Pattern) may(text string) bool {
	if p.needs == nil {
		return true
	}
	for at, r := range text {
		if !p.first[byte(r)] { // spares most runes the map
			continue
		}
		for _, need := range p.needs[r] {
			if strings.HasPrefix(text[at:], need) {
				return true
			}
		}
	}
	return false
}

// mostTexts bounds what is spelled out for one part of an expression.
const mostTexts = 256

// needed returns texts of which every match of re holds at least one, or nil if it
// knows none.
func needed(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpCapture, syntax.OpPlus:
		return needed(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return needed(re.Sub[0])
		}
	case syntax.OpAlternate:
		return each(re.Sub)
	case syntax.OpConcat:
		return inTurn(re.Sub)
	}
	if texts := spelled(re); shortest(texts) > 0 {
		return texts
	}
	return nil
}

// each is what alternatives need: every one brings its own.
func each(alternatives []*syntax.Regexp) (all []string) {
	for _, re := range alternatives {
		needs := needed(re)
		if needs == nil {
			return nil
		}
		all = append(all, needs...)
	}
	return all
}

// inTurn is what a sequence needs: the best of what its parts need, and of what those
// that can be spelled out spell together.
func inTurn(parts []*syntax.Regexp) (best []string) {
	run := []string{""}
	for _, re := range parts {
		texts := spelled(re)
		if texts == nil || len(run)*len(texts) > mostTexts {
			best, run = better(best, run), []string{""}
		}
		if texts == nil {
			best = better(best, needed(re))
		} else {
			run = joined(run, texts)
		}
	}
	return better(best, run)
}

// better is the one whose shortest text is longer, and among equals the one with fewer.
func better(a, b []string) []string {
	switch longer := shortest(b) - shortest(a); {
	case longer > 0, longer == 0 && shortest(b) > 0 && len(b) < len(a):
		return b
	}
	return a
}

// shortest is the length of the shortest text in runes, 0 if there is none.
func shortest(texts []string) int {
	least := 0
	for i, text := range texts {
		if n := utf8.RuneCountInString(text); i == 0 || n < least {
			least = n
		}
	}
	return least
}

// spelled returns all texts that re can match, or nil if they are too many or not known.
func spelled(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginText, syntax.OpEndText:
		return []string{""}
	case syntax.OpLiteral:
		return literal(re)
	case syntax.OpCharClass:
		return class(re.Rune)
	case syntax.OpCapture:
		return spelled(re.Sub[0])
	case syntax.OpQuest:
		if texts := spelled(re.Sub[0]); texts != nil {
			return append(texts, "")
		}
	case syntax.OpAlternate:
		return either(re.Sub)
	case syntax.OpConcat:
		return one(re.Sub)
	}
	return nil
}

func literal(re *syntax.Regexp) []string {
	text := string(re.Rune)
	if re.Flags&syntax.FoldCase != 0 || strings.ContainsRune(text, utf8.RuneError) { // which also stands for bytes that are no rune
		return nil
	}
	return []string{text}
}

// class spells out a class, which is given as pairs of first and last.
func class(pairs []rune) (all []string) {
	for i := 0; i < len(pairs); i += 2 {
		for r := pairs[i]; r <= pairs[i+1]; r++ {
			if all = append(all, string(r)); len(all) > mostTexts || r == utf8.RuneError {
				return nil
			}
		}
	}
	return all
}

func either(alternatives []*syntax.Regexp) (all []string) {
	for _, re := range alternatives {
		texts := spelled(re)
		if all = append(all, texts...); texts == nil || len(all) > mostTexts {
			return nil
		}
	}
	return all
}

// one spells out a sequence.
func one(parts []*syntax.Regexp) []string {
	all := []string{""}
	for _, re := range parts {
		texts := spelled(re)
		if texts == nil || len(all)*len(texts) > mostTexts {
			return nil
		}
		all = joined(all, texts)
	}
	return all
}

// joined are all texts of a with one of b behind it.
func joined(a, b []string) []string {
	all := make([]string, 0, len(a)*len(b))
	for _, head := range a {
		for _, tail := range b {
			all = append(all, head+tail)
		}
	}
	return all
}
