package exchange

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"unicode"

	"wenda/knowledge"
	"wenda/knowledge/base"
)

// maxColumns is far more than a table of ours has.
const maxColumns = 200

// record is one row or line as it stands in a file.
type record struct {
	line  int      // from 1
	cells []string // of a table
	text  string   // of JSON Lines
	flaws []Flaw
}

// blank reports whether nothing stands in the row.
func (r record) blank() bool {
	return len(r.flaws) == 0 && !slices.ContainsFunc(r.cells, func(c string) bool { return strings.TrimSpace(c) != "" })
}

// readTable reads a file's rows, the first of which are the headings. The error is a
// *Faults, or that of rows.
func readTable(f *File, rows iter.Seq2[record, error], limits Limits) error {
	var heads []column
	for r, err := range rows {
		switch {
		case err != nil:
			return err
		case r.blank():
		case heads == nil:
			if heads, err = headings(r); err != nil {
				return err
			}
			f.headings = r.cells
		case !commented(heads, r.cells):
			if err := f.add(r, limits); err != nil {
				return err
			}
		}
	}
	if heads == nil {
		return fault("no headings in the file")
	}
	for i := range f.records {
		f.pieces = append(f.pieces, readRow(heads, &f.records[i]))
	}
	return nil
}

// headings finds the columns of a table; every fault of them is told.
func headings(r record) ([]column, error) {
	var faults Faults
	heads, seen := make([]column, 0, len(r.cells)), map[string]bool{}
	for i, cell := range r.cells {
		if i == maxColumns {
			faults.add(r.line, fmt.Sprintf("more than %d columns", maxColumns))
			break
		}
		c, known := columnOf(cell)
		switch {
		case strings.TrimSpace(cell) == "":
			c = column{}
		case !known:
			faults.add(r.line, fmt.Sprintf("no column has the heading %s", quote(cell)))
		case seen[c.key] && !c.list:
			faults.add(r.line, fmt.Sprintf("the heading %s stands twice", c.key))
		}
		seen[c.key] = true
		heads = append(heads, c)
	}
	if !seen["question"] && !seen[idKey] {
		faults.add(r.line, "no heading is question or id: the first row must hold the headings of the template")
	}
	return heads, faults.err()
}

// commented reports whether a row explains, instead of being an entry.
func commented(heads []column, cells []string) bool {
	for i, c := range heads {
		if c.key == idKey && i < len(cells) {
			return strings.HasPrefix(strings.TrimSpace(cells[i]), "#")
		}
	}
	return false
}

// piece is what one row says of an entry, or one line of JSON all of it.
type piece struct {
	record  int // index into File.records
	id      string
	content base.Content // with at most one language, unless whole
	said    []column     // the columns that the file has
	empty   []string     // keys of those in which nothing stands
	whole   bool
}

// readRow reads one row and notes its flaws in the record.
func readRow(heads []column, r *record) piece {
	p := piece{content: base.Content{Texts: map[knowledge.Lang]base.Text{}}}
	cells := cellsOf(heads, r)
	p.id = cells[idKey]
	if p.id != "" && !knowledge.ValidID(p.id) {
		r.flaw(idKey, BadID, quote(p.id))
	}
	lang, ok := language(choiceOf(langOf(cells[langKey])), cells["question"])
	if !ok {
		r.flaw(langKey, BadValue, quote(cells[langKey]))
	}
	var t base.Text
	says := false
	for _, c := range distinct(heads) {
		if c.set == nil {
			continue
		}
		if err := c.set(&p.content, &t, cells[c.key]); err != nil {
			r.flaw(c.key, BadValue, quote(cells[c.key]))
		}
		p.said = append(p.said, c)
		if cells[c.key] == "" {
			p.empty = append(p.empty, c.key)
		} else {
			says = says || c.text
		}
	}
	if says || p.id == "" || cells[langKey] != "" {
		p.content.Texts[lang] = t
	}
	if p.id == "" && t.Question == "" {
		r.flaw("", NoQuestion, "")
	}
	return p
}

// langOf turns the names of languages into tags.
func langOf(cell string) string {
	switch strings.ToLower(cell) {
	case "中文", "chinese", "汉语", "简体中文":
		return "zh"
	case "英文", "english", "英语":
		return "en"
	}
	return cell
}

// distinct are the columns that hold something, each once.
func distinct(heads []column) []column {
	var out []column
	for _, c := range heads {
		if c.key != "" && c.key != errorsKey && !slices.ContainsFunc(out, func(o column) bool { return o.key == c.key }) {
			out = append(out, c)
		}
	}
	return out
}

// cellsOf returns a row's cells by key, as they are meant: without what spreadsheets
// and people add to them. A list's columns become one.
func cellsOf(heads []column, r *record) map[string]string {
	cells := make(map[string]string, len(heads))
	for i, raw := range r.cells {
		cell := unescape(tidy(raw))
		switch {
		case cell == "":
		case i >= len(heads) || heads[i].key == "":
			r.flaw("", TooWide, "")
		case heads[i].key == errorsKey:
		case slices.Contains(brokenCells, tidy(raw)):
			r.flaw(heads[i].key, BrokenCell, raw)
		case strings.ContainsFunc(cell, unprintable):
			r.flaw(heads[i].key, Unreadable, "")
		case cells[heads[i].key] != "":
			cells[heads[i].key] += "\n" + cell
		default:
			cells[heads[i].key] = cell
		}
	}
	return cells
}

// tidy ends lines with \n only, and trims.
func tidy(cell string) string {
	if strings.ContainsRune(cell, '\r') {
		cell = strings.ReplaceAll(strings.ReplaceAll(cell, "\r\n", "\n"), "\r", "\n")
	}
	return strings.TrimSpace(cell)
}

// unprintable finds what no keyboard types and neither databases nor XML hold.
// U+FFFD stands where something could not be decoded.
func unprintable(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || r == '\uFFFD' || r == '\uFFFE' || r == '\uFFFF'
}

func (r *record) flaw(column string, code Code, detail string) {
	f := Flaw{column, code, detail}
	if !slices.Contains(r.flaws, f) {
		r.flaws = append(r.flaws, f)
	}
}
