package exchange

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// sheetName is the sheet that is written, and read if there are several.
const sheetName = "知识 entries"

// readXLSX reads the sheet named sheetName, or else the first.
func readXLSX(ctx context.Context, f *File, data []byte, limits Limits) (err error) {
	if f.expected, err = checkXLSX(ctx, data, limits); err != nil {
		return err
	}
	defer func() { // excelize is not made for files that somebody breaks on purpose
		if recover() != nil {
			err = fault("not an .xlsx file that can be read")
		}
	}()
	book, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true, UnzipSizeLimit: limits.Unzipped})
	if err != nil {
		return fault("not an .xlsx file that can be read")
	}
	defer book.Close()
	sheets := book.GetSheetList()
	if len(sheets) == 0 {
		return fault("there is no sheet in the file")
	}
	sheet := sheets[max(0, slices.Index(sheets, sheetName))]
	props, _ := book.GetWorkbookProps()
	return readTable(f, sheetRows(ctx, book, sheet, props.Date1904 != nil && *props.Date1904, limits), limits)
}

// sheetRows yields the rows of a sheet: of formulas the values that stood there when
// it was saved, numbers and dates as they are kept.
func sheetRows(ctx context.Context, book *excelize.File, sheet string, from1904 bool, limits Limits) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		rows, err := book.Rows(sheet)
		if err != nil {
			yield(record{}, fault("the sheet cannot be read"))
			return
		}
		defer rows.Close()
		for n := 1; rows.Next(); n++ {
			cells, err := rows.Columns()
			switch {
			case ctx.Err() != nil:
				err = ctx.Err()
			case n > limits.sheetRows(): // excelize makes up the rows before one that says it is the billionth
				err = limits.manyRows()
			case err != nil:
				err = faultAt(n, "the row cannot be read")
			case len(cells) > maxColumns:
				err = faultAt(n, fmt.Sprintf("more than %d columns", maxColumns))
			}
			if from1904 {
				cells = since1900(cells)
			}
			if !yield(record{line: n, cells: cells}, err) || err != nil {
				return
			}
		}
		if rows.Error() != nil {
			yield(record{}, fault("the sheet cannot be read to its end"))
		}
	}
}

// since1900 turns the days of files that count from 1904 into those of all others.
// Which numbers are days is not known here: those that could be.
func since1900(cells []string) []string {
	out := slices.Clone(cells)
	for i, cell := range out {
		if days, err := strconv.ParseFloat(cell, 64); err == nil && days >= firstDay-1462 && days <= lastDay {
			out[i] = strconv.FormatFloat(days+1462, 'f', -1, 64)
		}
	}
	return out
}
