package privacy

import "strings"

// emails takes every address. Around '@' and '.' a space is allowed, and "(at)",
// "[at]", "(dot)", "[dot]" stand for them.
func (s *scan) emails() {
	for i := 0; i < len(s.cells); i++ {
		after := s.sign(i, '@', "at")
		if after < 0 {
			continue
		}
		end, domain := s.domain(s.skipSpace(after))
		if end < 0 {
			continue
		}
		if from, ours := s.hiddenLocal(i); ours {
			s.use(from, end)
		} else if from, to := s.local(i); from < to && !s.hiddenNumber(from, to) {
			local := s.text(from, to)
			s.take(Email, from, end, local+"@"+domain, hideLocal(local)+"@"+domain)
		}
		i = end - 1
	}
}

// hideLocal shows at most half of the part before '@', 1 to 3 characters. The
// number of stars says nothing of its length.
func hideLocal(local string) string { return local[:min(3, max(1, len(local)/2))] + "***" }

// local returns the cells of the part before the sign at i, empty if there is none.
func (s *scan) local(i int) (from, to int) {
	to = i
	if to > 0 && s.cells[to-1].r == ' ' {
		to--
	}
	return s.localStart(to), to
}

// localStart returns where the part that ends before to begins.
func (s *scan) localStart(to int) int {
	from := to
	for from > 0 && !s.cells[from-1].used && (alnum(s.cells[from-1].r) || strings.ContainsRune("._%+-", s.cells[from-1].r)) {
		from--
	}
	for from < to && !alnum(s.cells[from].r) {
		from++
	}
	return from
}

// hiddenLocal reports whether hideLocal's work stands before the sign at i, and
// where it begins.
func (s *scan) hiddenLocal(i int) (from int, ours bool) {
	stars := i - 3
	if stars < 1 || s.text(stars, i) != "***" {
		return 0, false
	}
	from = s.localStart(stars)
	return from, from < stars && stars-from <= 3
}

// hiddenNumber reports whether [from, to) is the end of a masked number, which
// stands where the first part of an address would.
func (s *scan) hiddenNumber(from, to int) bool {
	tail := strings.ToUpper(strings.TrimRight(s.text(from, min(to, from+maxSecret)), "._%+-"))
	stars := from - len(phoneStars)
	return strings.Trim(strings.TrimSuffix(tail, "X"), "0123456789") == "" && (len(tail) == 4 || len(tail) == 2) &&
		stars > 0 && s.text(stars, from) == phoneStars
}

// domain reads a host name with a top-level domain of letters from cell i on, as
// long as it can be, and returns the cell after it and its plain spelling; -1 if
// there is none. A digit that follows the top-level domain is not part of it.
func (s *scan) domain(i int) (end int, plain string) {
	end = -1
	var b strings.Builder
	for label := 0; ; label++ {
		from := i
		for i < len(s.cells) && (alnum(s.cells[i].r) || s.cells[i].r == '-') {
			i++
		}
		if i == from {
			return end, plain
		}
		if tld := s.letters(from, i); label > 0 && tld-from >= 2 {
			end, plain = tld, b.String()+s.text(from, tld)
		}
		b.WriteString(s.text(from, i))
		spaced := s.skipSpace(i) > i
		next := s.sign(s.skipSpace(i), '.', "dot")
		if next < 0 {
			return end, plain
		}
		after := s.skipSpace(next)
		if (spaced || after > next) && end == i { // the address is complete, this is the next sentence
			return end, plain
		}
		b.WriteByte('.')
		i = after
	}
}

// letters returns the end of the letters that [from, to) begins with.
func (s *scan) letters(from, to int) int {
	for from < to && letter(s.cells[from].r) {
		from++
	}
	return from
}

// sign returns the cell after the sign at cell i, written as r or as (name) or
// [name]; -1 if it is not there.
func (s *scan) sign(i int, r rune, name string) int {
	if i >= len(s.cells) {
		return -1
	}
	switch c := s.cells[i].r; {
	case c == r:
		return i + 1
	case (c == '(' || c == '[') && s.reads(i+1, name):
		if end := i + 1 + len(name); end < len(s.cells) && (s.cells[end].r == ')' || s.cells[end].r == ']') {
			return end + 1
		}
	}
	return -1
}

// reads reports whether the cells from i on read as word, whatever the case.
// word is lower case and as fold leaves it.
func (s *scan) reads(i int, word string) bool {
	for _, r := range word {
		if i >= len(s.cells) || lower(s.cells[i].r) != r {
			return false
		}
		i++
	}
	return true
}

// skipSpace returns i, or the cell after the one space at i.
func (s *scan) skipSpace(i int) int {
	if i < len(s.cells) && s.cells[i].r == ' ' {
		return i + 1
	}
	return i
}

// text returns the folded cells [from, to).
func (s *scan) text(from, to int) string {
	var b strings.Builder
	for _, c := range s.cells[from:to] {
		b.WriteRune(c.r)
	}
	return b.String()
}
