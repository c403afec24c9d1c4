package privacy

import (
	"slices"
	"strings"
)

// A group is an unbroken row of digits of one script (Chinese, or any other).
// Groups that are linked by a few separators may be one number; a window is such
// a row of groups that reads as a phone, a card or an identity number.
//
// A window is accepted only if it does not look cut out of something longer (see
// clean): otherwise a card with a wrong digit, which must stay, would be searched
// for phone numbers.
type group struct {
	from, to int  // cells
	d0, d1   int  // its digits in scan.digits
	han      bool // Chinese digits
	linked   bool // to the group before it
	sep      int  // cells between it and the group before it, if linked
	x        int  // cell after the X that follows, of an identity number; 0 if there is none
	date     bool // part of a date such as 2026-11-21
	dead     bool // masked, or an older mask
}

func (g group) size() int { return g.d1 - g.d0 }

// maxSep is how many separators in a row may stand inside one number.
const maxSep = 4

// maxDigits is the longest number we know, a bank card.
const maxDigits = 19

func soft(r rune) bool {
	return strings.ContainsRune(" -‐‑‒–—―−.·•・‧_,、/\\|()[]~", r)
}

// group cuts the unused cells into groups.
func (s *scan) group() {
	for i := 0; i < len(s.cells); {
		if c := s.cells[i]; c.digit < 0 || c.used {
			i++
			continue
		}
		g := group{from: i, d0: len(s.digits), han: s.cells[i].han}
		for ; i < len(s.cells) && s.cells[i].digit >= 0 && !s.cells[i].used && s.cells[i].han == g.han; i++ {
			s.cells[i].group = len(s.groups)
			s.digits = append(s.digits, byte(s.cells[i].digit))
			s.at = append(s.at, i)
		}
		g.to, g.d1 = i, len(s.digits)
		g.x = s.tenth(i)
		g.linked, g.sep = s.link(g.from)
		s.groups = append(s.groups, g)
	}
	s.oldMasks()
	s.dates()
}

// link reports whether only a few separators stand between cell i and the group
// before it, and how many.
func (s *scan) link(i int) (linked bool, sep int) {
	if len(s.groups) == 0 {
		return false, 0
	}
	from := s.groups[len(s.groups)-1].to
	if i-from > maxSep {
		return false, 0
	}
	for _, c := range s.cells[from:i] {
		if c.used || !soft(c.r) {
			return false, 0
		}
	}
	return true, i - from
}

// tenth returns the cell after the X that closes an identity number, which may
// stand apart; 0 if there is none at cell i.
func (s *scan) tenth(i int) int {
	for n := 0; n < maxSep && i < len(s.cells) && soft(s.cells[i].r) && !s.cells[i].used; n++ {
		i++
	}
	if i >= len(s.cells) || lower(s.cells[i].r) != 'x' || s.cells[i].used || i+1 < len(s.cells) && alnum(s.cells[i+1].r) {
		return 0
	}
	return i + 1
}

// oldMasks retires groups that are what an earlier Mask left to see.
func (s *scan) oldMasks() {
	for i := 0; i+1 < len(s.groups); i++ {
		a, b := s.groups[i], s.groups[i+1]
		head, tail := a.size(), b.size()
		stars := s.stars(a.to, b.from)
		switch {
		case stars == len(phoneStars) && tail == 4 && (head == 3 || prefix(s.digits[a.d0:max(a.d0, a.d1-3)])),
			stars == len(cardStars) && tail == 4 && head == 6,
			stars == len(idStars) && head == 3 && (tail == 2 || tail == 1 && b.x == b.to+1):
			s.groups[i].dead, s.groups[i+1].dead = true, true
		}
	}
}

// stars returns how many stars stand between two cells, 0 if there is anything else.
func (s *scan) stars(from, to int) int {
	if to-from > len(idStars) {
		return 0
	}
	for _, c := range s.cells[from:to] {
		if c.r != '*' {
			return 0
		}
	}
	return to - from
}

// dates marks year, month and day.
func (s *scan) dates() {
	for i := 0; i+2 < len(s.groups); i++ {
		y, m, d := s.groups[i], s.groups[i+1], s.groups[i+2]
		if !y.dead && s.linked(i+1) && s.linked(i+2) && m.sep == 1 && s.sameSep(i+1, i+2) && y.size() == 4 && m.size() <= 2 && d.size() <= 2 &&
			realDate(value(s.digits[y.d0:y.d1]), value(s.digits[m.d0:m.d1]), value(s.digits[d.d0:d.d1])) {
			s.groups[i].date, s.groups[i+1].date, s.groups[i+2].date = true, true, true
		}
	}
}

// linked reports whether group g is alive and may go on with the group before it.
func (s *scan) linked(g int) bool {
	return g > 0 && g < len(s.groups) && s.groups[g].linked && !s.groups[g].dead && !s.groups[g-1].dead
}

// sameSep reports whether the separators before two groups are the same.
func (s *scan) sameSep(a, b int) bool {
	x, y := s.groups[a], s.groups[b]
	return slices.EqualFunc(s.cells[x.from-x.sep:x.from], s.cells[y.from-y.sep:y.from], func(a, b cell) bool { return a.r == b.r })
}

// size returns the number of digits in groups [from, to).
func (s *scan) size(from, to int) int { return s.groups[to-1].d1 - s.groups[from].d0 }
