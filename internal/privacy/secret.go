package privacy

import (
	"slices"
	"strings"
)

// site is a word that announces a secret, and where the secret may be.
type site struct {
	herald   herald
	after    int  // cell where a secret after the word would begin
	explicit bool // "is", ":" or the like stands between
	before   int  // cell where a secret before the word would end; -1 if "123456 is my code" is not how it reads
}

// sites finds the words.
func (s *scan) sites() []site {
	var all []site
	for i := 0; i < len(s.cells); {
		end, is, ok := lookup(s, keywords, i)
		if !ok {
			i++
			continue
		}
		if is != plainWord || !s.ordinaryCode(i) {
			all = append(all, s.site(is, i, end))
		}
		i = end
	}
	return all
}

func (s *scan) site(is herald, from, to int) site {
	st := site{herald: is, after: to, before: -1}
	for st.after-to < maxLinks {
		end, explicit, ok := lookup(s, links, st.after)
		if !ok || end < len(s.cells) && letter(s.cells[end-1].r) && alnum(s.cells[end].r) { // the A of A1B2C3
			break
		}
		st.explicit = st.explicit || explicit
		st.after = end
	}
	if before, explicit := s.linksBefore(from); explicit {
		st.before = before
	}
	return st
}

// linksBefore walks back over links that end at cell to. Here a colon says
// nothing: what stands before it is seldom the secret.
func (s *scan) linksBefore(to int) (from int, explicit bool) {
	from = to
	for to-from < maxLinks {
		step, is := s.linkBefore(from)
		if step == 0 {
			break
		}
		from -= step
		explicit = explicit || is && !strings.ContainsRune(":=", s.cells[from].r)
	}
	return from, explicit
}

// linkBefore returns the length of the shortest link that ends before cell to; 0 if there is none.
func (s *scan) linkBefore(to int) (step int, explicit bool) {
	for n := 1; n <= 4 && n <= to; n++ {
		for _, e := range links[lower(s.cells[to-n].r)] {
			if e.runes == n && s.reads(to-n, e.text) && s.wholeWord(to-n, to) {
				return n, e.is
			}
		}
	}
	return 0, false
}

// ordinaryCode reports whether the word before cell i says that the code is no secret.
func (s *scan) ordinaryCode(i int) bool {
	to := i
	for to > 0 && (s.cells[to-1].r == ' ' || s.cells[to-1].r == '-') {
		to--
	}
	from := to
	for from > 0 && to-from <= 10 && letter(s.cells[from-1].r) {
		from--
	}
	return slices.Contains(notSecret, strings.ToLower(s.text(from, to)))
}

// secretWords takes secrets that are not digits only.
func (s *scan) secretWords(sites []site) {
	for _, st := range sites {
		if to := s.tokenEnd(st.after); s.secretWord(st, st.after, to) {
			s.take(Secret, st.after, to, "", hiddenSecret)
		}
		if st.before < 0 {
			continue
		}
		if from := s.tokenStart(st.before); s.secretWord(st, from, st.before) {
			s.take(Secret, from, st.before, "", hiddenSecret)
		}
	}
}

// maxSecret bounds a secret word, in characters.
const maxSecret = 128

// tokenEnd returns the end of the unbroken ASCII word at cell i. Punctuation that
// ends a sentence is not part of it.
func (s *scan) tokenEnd(i int) int {
	to := i
	for to < len(s.cells) && to-i < maxSecret && tokenRune(s.cells[to].r) {
		to++
	}
	for to > i && strings.ContainsRune(".?!~-", s.cells[to-1].r) {
		to--
	}
	return to
}

func (s *scan) tokenStart(to int) int {
	i := to
	for i > 0 && to-i < maxSecret && tokenRune(s.cells[i-1].r) {
		i--
	}
	return i
}

func tokenRune(r rune) bool { return alnum(r) || strings.ContainsRune("!@#$%^&*_+-~?./", r) }

// secretWord reports whether the word [from, to) is the secret of the site.
func (s *scan) secretWord(st site, from, to int) bool {
	if to-from < 4 || !s.free(from, to) || st.herald == cvvWord || st.herald == plainWord {
		return false
	}
	word := s.text(from, to)
	letters, digits, others := count(word)
	switch {
	case strings.Contains(word, "***"), s.reads(from, "http"), s.reads(from, "www."):
		return false
	case letters == 0 && (to == st.before || softDigits(word)): // a number
		return false
	case st.herald == codeWord:
		return digits > 0 && others == 0 && len(word) <= 8
	case digits > 0:
		return true
	}
	return st.explicit && to != st.before && !slices.Contains(ordinary, strings.ToLower(word))
}

func count(word string) (letters, digits, others int) {
	for _, r := range word {
		switch {
		case letter(r):
			letters++
		case alnum(r):
			digits++
		default:
			others++
		}
	}
	return letters, digits, others
}

// softDigits reports whether there is nothing in word that a number is not written with.
func softDigits(word string) bool {
	return strings.IndexFunc(word, func(r rune) bool { return !(r >= '0' && r <= '9') && !soft(r) }) < 0
}

// secretDigits takes the codes of digits that are left beside a word.
func (s *scan) secretDigits(sites []site) {
	for _, st := range sites {
		if st.after < len(s.cells) && (st.explicit || st.herald != plainWord) {
			s.digitsAfter(st)
		}
		if st.before > 0 && st.herald != cvvWord {
			s.digitsBefore(st)
		}
	}
	s.settle()
}

// digitsAfter takes the groups that follow the word and are spaced alike, or the
// first of them alone.
func (s *scan) digitsAfter(st site) {
	g := s.cells[st.after].group
	if g < 0 || s.groups[g].dead || s.groups[g].date || s.groups[g].from != st.after {
		return
	}
	least, most := 4, 8
	switch st.herald {
	case cvvWord:
		least = 3
	case passwordWord:
		most = 16
	}
	end := g + 1
	for s.linked(end) && s.alike(g, end) && s.size(g, end) <= 8 {
		end++
	}
	if n := s.size(g, end); end > g+1 && n >= least && n <= 8 && !s.measured(g, end) {
		s.takeGroups(g, end)
	} else if n := s.groups[g].size(); n >= least && n <= most && !s.measured(g, g+1) {
		s.takeGroups(g, g+1)
	}
}

// digitsBefore takes the groups of one size that end before the word, or the last
// of them alone.
func (s *scan) digitsBefore(st site) {
	g := s.cells[st.before-1].group
	if g < 0 || s.groups[g].dead || s.groups[g].date || s.groups[g].to != st.before {
		return
	}
	from := g
	for s.linked(from) && s.alike(from-1, from) && s.alike(from-1, g) && s.size(from, g+1) <= 8 {
		from--
	}
	if n := s.size(from, g+1); n >= 4 && n <= 8 {
		s.takeGroups(from, g+1)
	} else if n := s.groups[g].size(); n >= 4 && n <= 8 {
		s.takeGroups(g, g+1)
	}
}

// alike reports whether group end may go on with the number that begins at group
// g: the same separator, and the same size but for a shorter last one. A number
// that is long enough alone does not go on in the other script.
func (s *scan) alike(g, end int) bool {
	first, last := s.groups[g], s.groups[end]
	if last.sep == 0 && first.size() >= 4 {
		return false
	}
	if end > g+1 && (!s.sameSep(end, g+1) || s.groups[end-1].size() != first.size()) {
		return false
	}
	return last.size() <= first.size()
}

// measured reports whether the groups are an amount of something. Only money is
// counted in numbers of more than five digits.
func (s *scan) measured(g, to int) bool {
	_, money, ok := lookup(s, units, s.skipSpace(s.groups[to-1].to))
	return ok && (money || s.groups[to-1].size() <= 5)
}

// takeGroups takes whole digit groups [from, to) as a secret.
func (s *scan) takeGroups(from, to int) {
	s.take(Secret, s.groups[from].from, s.groups[to-1].to, "", hiddenSecret)
	s.retire(from, to)
}
