package exchange

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// listsName is the hidden sheet that holds the categories to choose from.
const listsName = "lists"

// lastRow is how far down the drop-downs reach: two rows of headings, and as many as
// an import takes.
var lastRow = ImportLimits.Rows + 2

// writeXLSX writes a table with frozen headings, what they mean below them, and
// drop-downs.
func writeXLSX(w io.Writer, t table, categories []string) error {
	book := excelize.NewFile()
	defer book.Close()
	if err := book.SetSheetName(book.GetSheetName(0), sheetName); err != nil {
		return err
	}
	if err := dropDowns(book, t.columns, categories); err != nil {
		return err
	}
	if err := writeSheet(book, t); err != nil {
		return err
	}
	_, err := book.WriteTo(w)
	return err
}

func writeSheet(book *excelize.File, t table) error {
	head, help, body, err := styles(book)
	if err != nil {
		return err
	}
	out, err := book.NewStreamWriter(sheetName)
	if err != nil {
		return err
	}
	for i, c := range t.columns {
		if err := out.SetColWidth(i+1, i+1, max(c.width, 10)); err != nil {
			return err
		}
	}
	explained := helpOf(t.columns)
	first := 2 // row below what is frozen
	if explained != nil {
		first = 3
	}
	// The first column, mostly the id, stays in sight too.
	if err := out.SetPanes(&excelize.Panes{Freeze: true, XSplit: 1, YSplit: first - 1, TopLeftCell: fmt.Sprintf("B%d", first), ActivePane: "bottomRight"}); err != nil {
		return err
	}
	if err := out.SetRow("A1", styled(t.headings, head), excelize.RowOpts{Height: 22}); err != nil {
		return err
	}
	if explained != nil {
		if err := out.SetRow("A2", styled(explained, help), excelize.RowOpts{Height: 78}); err != nil {
			return err
		}
	}
	for i, row := range t.rows {
		if err := out.SetRow(fmt.Sprintf("A%d", i+first), styled(escaped(row), body)); err != nil {
			return err
		}
	}
	return out.Flush()
}

// helpOf explains the columns, in a row that Read passes over because of its id; nil
// if there is no column of ids.
func helpOf(columns []column) []string {
	var row []string
	commented := false
	for _, c := range columns {
		if c.key == idKey {
			c.help, commented = "# "+c.help, true
		}
		row = append(row, c.help)
	}
	if !commented {
		return nil
	}
	return row
}

func styled(cells []string, style int) []any {
	out := make([]any, len(cells))
	for i, cell := range cells {
		out[i] = excelize.Cell{StyleID: style, Value: cell}
	}
	return out
}

func styles(book *excelize.File) (head, help, body int, err error) {
	top := &excelize.Alignment{Vertical: "top", WrapText: true}
	text := "@" // numbers that somebody types stay as typed
	for _, s := range []struct {
		id    *int
		style excelize.Style
	}{
		{&head, excelize.Style{Font: &excelize.Font{Bold: true, Color: "FFFFFF"}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"1F4E79"}}, Alignment: &excelize.Alignment{Vertical: "center"}}},
		{&help, excelize.Style{Font: &excelize.Font{Italic: true, Color: "404040", Size: 9}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"EAF1F8"}}, Alignment: top}},
		{&body, excelize.Style{Alignment: top, CustomNumFmt: &text}},
	} {
		if *s.id, err = book.NewStyle(&s.style); err != nil {
			return
		}
	}
	return
}

// dropDowns puts the choices on their columns. Categories stand in a hidden sheet, as
// a list in a drop-down itself is short and has no commas; new ones may be typed.
func dropDowns(book *excelize.File, columns []column, categories []string) error {
	if err := listSheet(book, categories); err != nil {
		return err
	}
	for i, c := range columns {
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		d := excelize.NewDataValidation(true)
		d.SetSqref(fmt.Sprintf("%s3:%s%d", name, name, lastRow))
		d.SetInput(clip(c.heading(), 32), clip(c.help, 255))
		switch {
		case c.choice != nil:
			if err := d.SetDropList(c.choice); err != nil {
				return err
			}
			d.SetError(excelize.DataValidationErrorStyleStop, c.heading(), strings.Join(c.choice, " / "))
		case c.key == "category" && len(categories) > 0:
			d.SetSqrefDropList(fmt.Sprintf("%s!$A$1:$A$%d", listsName, len(categories)))
		}
		if err := book.AddDataValidation(sheetName, d); err != nil {
			return err
		}
	}
	return nil
}

func listSheet(book *excelize.File, categories []string) error {
	if _, err := book.NewSheet(listsName); err != nil {
		return err
	}
	for i, c := range categories {
		if err := book.SetCellStr(listsName, fmt.Sprintf("A%d", i+1), escape(c)); err != nil {
			return err
		}
	}
	return book.SetSheetVisible(listsName, false)
}

// clip holds a text to what a spreadsheet's prompts can show.
func clip(s string, runes int) string {
	if utf8.RuneCountInString(s) <= runes {
		return s
	}
	return string([]rune(s)[:runes-1]) + "…"
}
