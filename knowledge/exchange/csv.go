package exchange

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// utf8Mark tells spreadsheets that a CSV file is UTF-8.
var utf8Mark = []byte("\uFEFF")

// Text returns the text of a CSV file: by its mark, else UTF-8 if it is that but
// for a few bytes, else GB18030 (which GBK and GB2312 are part of). What fits
// neither becomes U+FFFD.
func Text(data []byte) string {
	if text, marked := bytes.CutPrefix(data, utf8Mark); marked {
		return strings.ToValidUTF8(string(text), "\uFFFD")
	}
	if bytes.HasPrefix(data, []byte{0xFF, 0xFE}) || bytes.HasPrefix(data, []byte{0xFE, 0xFF}) {
		text, _ := unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM).NewDecoder().Bytes(data)
		return strings.ToValidUTF8(string(text), "\uFFFD")
	}
	if mostlyUTF8(data) {
		return strings.ToValidUTF8(string(data), "\uFFFD")
	}
	text, _ := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	return string(text)
}

// mostlyUTF8 reports whether at most one in ten characters beyond ASCII is broken.
// Chinese in GB18030 is broken nearly everywhere.
func mostlyUTF8(data []byte) bool {
	good, bad := 0, 0
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && size == 1:
			bad++
		case size > 1:
			good++
		}
		data = data[size:]
	}
	return bad*10 <= good
}

// csvRows yields the rows. A row that is not CSV has a flaw; the error is the context's.
func csvRows(ctx context.Context, text string) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		in := csv.NewReader(strings.NewReader(text))
		in.Comma, in.FieldsPerRecord = separator(text), -1
		for {
			cells, err := in.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			r := record{cells: cells}
			var bad *csv.ParseError
			if errors.As(err, &bad) {
				r.line = bad.StartLine
				r.flaw("", Unreadable, bad.Err.Error())
			} else if len(cells) > 0 {
				r.line, _ = in.FieldPos(0)
			}
			if !yield(r, ctx.Err()) || ctx.Err() != nil {
				return
			}
		}
	}
}

// separator is what stands most often in the first line: spreadsheets write
// semicolons and tabs too.
func separator(text string) rune {
	first, _, _ := strings.Cut(text, "\n")
	best := ','
	for _, r := range ";\t" {
		if strings.Count(first, string(r)) > strings.Count(first, string(best)) {
			best = r
		}
	}
	return best
}

func writeCSV(w io.Writer, t table) error {
	if _, err := w.Write(utf8Mark); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write(t.headings); err != nil {
		return err
	}
	for _, row := range t.rows {
		if err := out.Write(escaped(row)); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func escaped(row []string) []string {
	out := make([]string, len(row))
	for i, cell := range row {
		out[i] = escape(cell)
	}
	return out
}
