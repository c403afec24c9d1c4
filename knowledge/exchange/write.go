package exchange

import (
	"bufio"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf16"
)

// maxCell is what a cell of a spreadsheet holds, in UTF-16 units.
const maxCell = 32_767

// Write writes entries in the order given. Contents must be canonical
// (base.Content.Canonical): then Read gives them back as they were. Of two equal
// calls the files of JSONL and CSV are equal byte by byte.
func Write(w io.Writer, format Format, entries []Entry) error {
	out := bufio.NewWriter(w)
	var err error
	switch format {
	case JSONL:
		err = writeLines(out, entries)
	case CSV:
		err = writeTable(out, entries, writeCSV)
	case XLSX:
		err = writeTable(out, entries, func(w io.Writer, t table) error { return writeXLSX(w, t, Categories(entries)) })
	default:
		err = fmt.Errorf("exchange: no format is called %q", format)
	}
	if err != nil {
		return err
	}
	return out.Flush()
}

// Template writes an empty XLSX table with explanations, one example and drop-downs,
// that of categories with these.
func Template(w io.Writer, categories []string) error {
	t := table{columns: columns}
	for _, c := range columns {
		t.headings = append(t.headings, c.heading())
	}
	t.rows = [][]string{example()}
	return writeXLSX(w, t, categories)
}

// example is a row that Read passes over.
func example() []string {
	cells := map[string]string{
		idKey: "# 例 e.g. repay-how", langKey: "中文 zh-CN", "question": "怎么还款", "similar": "如何还钱\n在哪里还款\n还款方式有哪些", "not": "怎么提前还款",
		"answer": "您可以在 App「我的 → 还款」中还款。", "category": "还款", "hot": "是 yes", "risk": "普通 normal",
	}
	var row []string
	for _, c := range columns {
		row = append(row, cells[c.key])
	}
	return row
}

// table is what stands in a CSV or XLSX file.
type table struct {
	columns  []column // of headings, one each
	headings []string
	rows     [][]string
}

func writeTable(w io.Writer, entries []Entry, write func(io.Writer, table) error) error {
	var t table
	pieces := cut(entries)
	for _, c := range append(slices.Clone(columns), channelsOf(entries)...) {
		for range max(1, pieces[c.key]) {
			t.columns, t.headings = append(t.columns, c), append(t.headings, c.heading())
		}
	}
	for _, e := range entries {
		rows, err := t.rowsOf(e)
		if err != nil {
			return err
		}
		t.rows = append(t.rows, rows...)
	}
	return write(w, t)
}

// cut returns into how many cells the longest list of each column must be cut.
func cut(entries []Entry) map[string]int {
	most := map[string]int{}
	for _, e := range entries {
		for _, lang := range langs {
			text := e.Texts[lang]
			for _, c := range columns {
				if c.list {
					most[c.key] = max(most[c.key], len(cellsOfList(c.get(&e.Content, &text))))
				}
			}
		}
	}
	return most
}

// rowsOf is an entry as rows, one a language.
func (t table) rowsOf(e Entry) ([][]string, error) {
	var rows [][]string
	for _, lang := range langs {
		text, has := e.Texts[lang]
		if !has {
			continue
		}
		row, lists := make([]string, len(t.columns)), map[string][]string{}
		for i, c := range t.columns {
			switch {
			case c.key == idKey:
				row[i] = e.ID
			case c.key == langKey:
				row[i] = langCells[lang]
			case c.list:
				parts, begun := lists[c.key]
				if !begun {
					parts = cellsOfList(c.get(&e.Content, &text))
				}
				if len(parts) > 0 {
					row[i], parts = parts[0], parts[1:]
				}
				lists[c.key] = parts
			default:
				row[i] = c.get(&e.Content, &text)
			}
			if units(escape(row[i])) > maxCell {
				return nil, fmt.Errorf("exchange: entry %s: %s does not fit into a cell", e.ID, c.key)
			}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// cellsOfList cuts a list between items so that each part fits into a cell, escaped.
func cellsOfList(list string) []string {
	var parts []string
	size := 0
	for item := range strings.SplitSeq(list, "\n") {
		n := units(item) + 1
		if len(parts) == 0 || size+n > maxCell-2 {
			parts, size = append(parts, item), n
			continue
		}
		parts[len(parts)-1] += "\n" + item
		size += n
	}
	return parts
}

// units is the length of a text as spreadsheets count it.
func units(s string) int {
	if len(s) <= maxCell/4 {
		return len(s) // more than it is, and little enough
	}
	return len(utf16.Encode([]rune(s)))
}

// Categories returns the categories of entries, sorted, each once.
func Categories(entries []Entry) []string {
	var all []string
	for _, e := range entries {
		all = append(all, e.Category)
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(c string) bool { return c == "" })
}
