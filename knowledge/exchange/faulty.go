package exchange

import (
	"encoding/json"
	"io"
	"slices"
	"strings"

	"wenda/knowledge"
)

// Faulty writes the file again in its own format, every row as it came, with a
// column behind the others that says what is wrong with it in lang; rows without a
// flaw have nothing there. The file can be mended and imported as it is: that column
// is passed over. Of lines that are not JSON the text stands in "line".
func (p *Plan) Faulty(w io.Writer, lang knowledge.Lang) error {
	told := p.told(lang)
	if p.file.Format == JSONL {
		return p.file.faultyLines(w, told)
	}
	t := p.file.table(told)
	if p.file.Format == XLSX {
		return writeXLSX(w, t, nil)
	}
	return writeCSV(w, t)
}

// told returns the sentences about each record of the file.
func (p *Plan) told(lang knowledge.Lang) [][]string {
	told := make([][]string, len(p.file.records))
	for i, it := range p.file.items {
		row := p.Rows[i]
		whole := slices.Clone(row.Flaws) // those of no single record
		for _, n := range it.records {
			for _, f := range p.file.records[n].flaws {
				told[n] = append(told[n], f.Text(lang))
				whole = slices.DeleteFunc(whole, func(other Flaw) bool { return other == f })
			}
		}
		for _, f := range whole {
			told[it.records[0]] = append(told[it.records[0]], f.Text(lang))
		}
		for _, n := range it.records {
			if row.Does == Refused && told[n] == nil {
				told[n] = []string{Flaw{Code: NotConnected}.Text(lang)}
			}
		}
	}
	return told
}

// errorsColumn is the column that is added.
var errorsColumn = column{key: errorsKey, zh: "错误", width: 50, help: "改好后可再次导入，此列会被忽略\nMend and import again: this column is passed over"}

// table is the file as it came, with what is told of each row: where the column for
// that is already, or else behind the last heading.
func (f *File) table(told [][]string) table {
	var t table
	at := -1
	for i, h := range f.headings {
		c, known := columnOf(h)
		if t.columns, t.headings = append(t.columns, c), append(t.headings, h); known && c.key == errorsKey {
			at = i
		}
	}
	had := at >= 0
	if !had {
		at = len(t.headings)
		t.columns, t.headings = append(t.columns, errorsColumn), append(t.headings, errorsColumn.heading())
	}
	for i, r := range f.records {
		row := make([]string, max(len(f.headings), len(r.cells)))
		for n, cell := range r.cells {
			row[n] = unescape(cell)
		}
		if !had {
			row = slices.Insert(row, at, "")
		}
		row[at] = strings.Join(told[i], "\n")
		t.rows = append(t.rows, row)
	}
	return t
}

func (f *File) faultyLines(w io.Writer, told [][]string) error {
	for i, r := range f.records {
		text := r.text
		if len(told[i]) > 0 || strings.Contains(text, `"`+errorsKey+`"`) {
			all, err := members([]byte(text))
			if err != nil {
				line, _ := json.Marshal(text)
				all = map[string]json.RawMessage{"line": line}
			}
			delete(all, errorsKey)
			if len(told[i]) > 0 {
				all[errorsKey], _ = json.Marshal(told[i])
			}
			marked, err := json.Marshal(all)
			if err != nil {
				return err
			}
			text = string(marked)
		}
		if _, err := io.WriteString(w, text+"\n"); err != nil {
			return err
		}
	}
	return nil
}
