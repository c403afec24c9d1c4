package exchange

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Parts of an XLSX file that are refused: what they do is none of a table's business.
var refusedParts = []struct{ part, reason string }{
	{"vbaproject", "it holds macros: save it as .xlsx without them"},
	{"xl/macrosheets/", "it holds macros: save it as .xlsx without them"},
	{"xl/externallinks/", "it is linked to other files: break the links first"},
	{"xl/connections.xml", "it is connected to a database or web page: remove the connection first"},
	{"xl/querytables/", "it is connected to a database or web page: remove the connection first"},
	{"xl/embeddings/", "other files are embedded in it: remove them first"},
	{"xl/activex/", "it holds controls: remove them first"},
	{"xl/workbook.bin", "it is an .xlsb file: save it as .xlsx"},
}

// maxParts is far more than a table has.
const maxParts = 1000

// checkXLSX looks at every part of a file before anything is made of it: how much it
// unzips to (counted, not as its directory says), whether sheets and texts are whole, and
// what must not be in it. excelize would pass over the rest of a sheet that is cut short.
// It returns about how many rows there are.
func checkXLSX(ctx context.Context, data []byte, limits Limits) (rows int, err error) {
	parts, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(parts.File) > maxParts {
		return 0, fault("not an .xlsx file, or not all of it")
	}
	var count elements
	left, types := limits.Unzipped, false
	for _, part := range parts.File {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		name := strings.ToLower(strings.ReplaceAll(part.Name, `\`, "/"))
		for _, refused := range refusedParts {
			if strings.Contains(name, refused.part) {
				return 0, fault(refused.reason)
			}
		}
		n, err := checkPart(ctx, part, name, left, &count, limits)
		if err != nil {
			return 0, err
		}
		if left -= n; left < 0 {
			return 0, fault(fmt.Sprintf("it unzips to more than %d bytes", limits.Unzipped))
		}
		types = types || name == "[content_types].xml"
	}
	if !types {
		return 0, fault("not an .xlsx file")
	}
	return count.rows, nil
}

// checkPart unzips one part and returns its size, or more than left.
func checkPart(ctx context.Context, part *zip.File, name string, left int64, count *elements, limits Limits) (int64, error) {
	in, err := part.Open()
	if err != nil {
		return 0, fault("a part of the file cannot be unzipped")
	}
	defer in.Close()
	counted := &counter{in: io.LimitReader(in, left+1)}
	switch {
	case name == "[content_types].xml":
		var text bytes.Buffer
		if _, err = io.Copy(&text, counted); bytes.Contains(bytes.ToLower(text.Bytes()), []byte("macroenabled")) {
			return 0, fault("it is made for macros: save it as .xlsx")
		}
	case strings.HasSuffix(name, ".xml") && (strings.Contains(name, "worksheets/") || strings.HasSuffix(name, "sharedstrings.xml")):
		err = wellFormed(ctx, counted, count, limits)
	default:
		_, err = io.Copy(io.Discard, counted)
	}
	switch {
	case counted.n > left:
		return counted.n, nil
	case err != nil && ctx.Err() == nil && !errors.Is(err, ErrInvalid):
		err = errPart
	}
	return counted.n, err
}

var errPart = fault("a part of the file is cut short or not well-formed")

// counter counts what was read.
type counter struct {
	in io.Reader
	n  int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.in.Read(p)
	c.n += int64(n)
	return n, err
}

// maxBlank is how many blank rows there may be for each that is allowed: with
// ImportLimits as many as a sheet of any spreadsheet can hold, and no more.
const maxBlank = 20

// maxCells is how many cells there may be for each row that is allowed: twice a table of
// ours. A million empty ones take little room in a file, and much work.
const maxCells = 40

// elements are what a workbook was counted to hold.
type elements struct{ rows, cells int }

func (e *elements) add(name string) {
	switch name {
	case "row":
		e.rows++
	case "c", "si": // cells, and texts that cells share
		e.cells++
	}
}

func (l Limits) sheetRows() int { return l.Rows * (1 + maxBlank) }

func (l Limits) manyRows() error {
	return fault(fmt.Sprintf("more than %d rows, most of them blank", l.sheetRows()))
}

// wellFormed reads a part to its end as XML, and counts the rows in it.
func wellFormed(ctx context.Context, in io.Reader, count *elements, limits Limits) error {
	var open []xml.Name
	for d := xml.NewDecoder(in); ; {
		token, err := d.RawToken()
		switch t := token.(type) {
		case xml.StartElement:
			open = append(open, t.Name)
			count.add(t.Name.Local)
		case xml.EndElement:
			if len(open) == 0 || open[len(open)-1] != t.Name {
				return errPart
			}
			open = open[:len(open)-1]
		}
		switch {
		case errors.Is(err, io.EOF) && len(open) == 0:
			return nil
		case err != nil:
			return errPart
		case count.rows > limits.sheetRows():
			return limits.manyRows()
		case count.cells > limits.Rows*maxCells:
			return fault(fmt.Sprintf("more than %d cells", limits.Rows*maxCells))
		case count.cells%1024 == 0 && ctx.Err() != nil:
			return ctx.Err()
		}
	}
}
