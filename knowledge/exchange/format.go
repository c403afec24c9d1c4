package exchange

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
)

// Format is a kind of file.
type Format string

// The formats of bases.
const (
	JSONL Format = "jsonl" // one entry a line, lossless
	CSV   Format = "csv"   // one row an entry and language, for any tool
	XLSX  Format = "xlsx"  // the same rows with drop-downs, for people
)

// FormatOf tells the format from a file's name. The error wraps ErrInvalid.
func FormatOf(name string) (Format, error) {
	switch ext := strings.ToLower(filepath.Ext(name)); ext {
	case ".jsonl", ".ndjson":
		return JSONL, nil
	case ".csv", ".txt":
		return CSV, nil
	case ".xlsx":
		return XLSX, nil
	case ".xlsm", ".xltm", ".xlsb", ".xls":
		return "", fmt.Errorf("%w: %s may hold macros or is of an old kind: save it as .xlsx", ErrInvalid, ext)
	}
	return "", fmt.Errorf("%w: the name must end in .xlsx, .csv or .jsonl", ErrInvalid)
}

// fits refuses a file whose first bytes are of another format than its name.
func (f Format) fits(data []byte) error {
	zipped, old := bytes.HasPrefix(data, []byte("PK")), bytes.HasPrefix(data, []byte("\xD0\xCF\x11\xE0"))
	switch {
	case old:
		return fault("it is locked with a password, or an old .xls: save it as .xlsx without a password")
	case f == XLSX && !zipped:
		return fault("not an .xlsx file")
	case f != XLSX && zipped:
		return fault("this is a spreadsheet or an archive, not a text: its name must end in .xlsx")
	}
	return nil
}

// fault is an error about a file as a whole.
func fault(reason string) error { return faultAt(0, reason) }

// faultAt is an error about a file because of one line.
func faultAt(line int, reason string) error {
	f := &Faults{}
	f.add(line, reason)
	return f
}
