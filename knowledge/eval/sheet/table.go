package sheet

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// table is rows of cells under each other.
type table struct {
	left int // so many first columns stand at their left edge, the others at the right
	rows [][]string
}

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// print writes the rows, two spaces in and two between columns. A row's last cell is
// not filled up, and a row of one cell has no say in how wide columns are.
func (t *table) print(w io.Writer) {
	var wide []int
	for _, row := range t.rows {
		for i, cell := range row {
			if i == len(wide) {
				wide = append(wide, 0)
			}
			if len(row) > 1 {
				wide[i] = max(wide[i], columns(cell))
			}
		}
	}
	for _, row := range t.rows {
		var line strings.Builder
		for i, cell := range row {
			gap := strings.Repeat(" ", max(0, wide[i]-columns(cell)))
			if i < t.left {
				line.WriteString("  " + cell + gap)
			} else {
				line.WriteString("  " + gap + cell)
			}
		}
		fmt.Fprintln(w, strings.TrimRight(line.String(), " "))
	}
}

// columns is the number of columns that a terminal takes for a text: two for
// characters that are wide in East Asian typography, none for marks.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += columnsOf(r)
	}
	return n
}

func columnsOf(r rune) int {
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// plain makes a text safe to show and at most so many columns wide: what steers
// terminals or turns the direction of writing becomes a space, and of long texts the
// rest an ellipsis.
func plain(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp) {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if columns(s) <= most {
		return s
	}
	at := 0
	for i, r := range s {
		if at += columnsOf(r); at > most-1 {
			return s[:i] + "…"
		}
	}
	return s
}
