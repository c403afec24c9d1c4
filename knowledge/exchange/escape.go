package exchange

import (
	"slices"
	"strings"
)

// brokenCells are what spreadsheets show where a formula has no value. A text that
// begins with a minus sign often becomes one while it is typed.
var brokenCells = []string{"#NAME?", "#REF!", "#VALUE!", "#DIV/0!", "#N/A", "#NUM!", "#NULL!"}

// escape makes a text one that no spreadsheet runs as a formula: what begins like
// one gets an apostrophe in front. So does what looks escaped already, that nothing
// is lost on the way back.
func escape(cell string) string {
	if formula(strings.TrimLeft(cell, "'")) {
		return "'" + cell
	}
	return cell
}

// unescape takes the apostrophe away again; other ones stay.
func unescape(cell string) string {
	if rest, quoted := strings.CutPrefix(cell, "'"); quoted && formula(strings.TrimLeft(rest, "'")) {
		return rest
	}
	return cell
}

func formula(s string) bool {
	return s != "" && strings.IndexByte("=+-@\t\r", s[0]) >= 0 || slices.Contains(brokenCells, s)
}
