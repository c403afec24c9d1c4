package base

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"wenda/internal/audit"
	"wenda/internal/sqldb"
)

// The sheets of company words there are.
const (
	Synonyms  = "synonyms"  // words that mean the same, a group a line; in force with the next release
	Forbidden = "forbidden" // phrases that no answer may hold
	Links     = "links"     // hosts that answers may link to
)

// MaxSheet bounds a sheet's text, in bytes.
const MaxSheet = 1 << 20

// Sheet is a small text of lines that the company keeps, in versions.
type Sheet struct {
	Name    string    `json:"name"`
	Version int64     `json:"version"` // 0: nobody has written it yet
	Text    string    `json:"text"`
	By      string    `json:"by,omitempty"`
	At      time.Time `json:"at,omitzero"`
	Why     string    `json:"why,omitempty"`
}

// Sheet returns the newest version. ErrNone if there is no sheet of that name.
func (s *Store) Sheet(ctx context.Context, name string) (Sheet, error) {
	if err := checkSheet(name); err != nil {
		return Sheet{}, err
	}
	sheet, err := newestSheet(s.db.Read(ctx), name)
	return sheet, wrapped("sheet", err)
}

// SheetHistory returns all versions, newest first. ErrNone.
func (s *Store) SheetHistory(ctx context.Context, name string) ([]Sheet, error) {
	if err := checkSheet(name); err != nil {
		return nil, err
	}
	all, err := sqldb.Collect(scanSheet)(s.db.Read(ctx).Query(`SELECT `+sheetColumns+` FROM sheet WHERE name = $1 ORDER BY version DESC`, name))
	return all, wrapped("sheet", err)
}

// SaveSheet writes the version after version, which must be the newest: else ErrChanged.
// A text equal to the newest changes nothing. ErrNone, ErrInvalid.
func (s *Store) SaveSheet(ctx context.Context, by, name string, version int64, text, why string) (sheet Sheet, err error) {
	if err := errors.Join(checkSheet(name), checkAct(by, why), checkLines(text)); err != nil {
		return Sheet{}, err
	}
	text, at := unixEnds.Replace(text), s.now()
	err = s.db.Write(ctx, func(tx sqldb.Tx) error {
		if err := tx.Serialize("base sheet"); err != nil {
			return err
		}
		if sheet, err = newestSheet(tx.Reader, name); err != nil {
			return err
		}
		switch {
		case sheet.Version != version:
			return fmt.Errorf("%w: sheet %s is at version %d, not %d", ErrChanged, name, sheet.Version, version)
		case sheet.Text == text:
			return nil
		}
		sheet = Sheet{name, version + 1, text, by, moment(at), why}
		if _, err := tx.Exec(`INSERT INTO sheet (name, version, author, at, why, text) VALUES ($1, $2, $3, $4, $5, $6)`,
			name, sheet.Version, by, at, why, text); err != nil {
			return err
		}
		return audit.Write(tx, time.UnixMilli(at), audit.Act{Who: by, Did: "sheet.save", About: name, OK: true, Detail: fmt.Sprintf("version=%d", sheet.Version)})
	})
	return sheet, wrapped("sheet", err)
}

const sheetColumns = `name, version, text, author, at, why`

func scanSheet(row sqldb.Scanner) (sheet Sheet, err error) {
	var at int64
	err = row.Scan(&sheet.Name, &sheet.Version, &sheet.Text, &sheet.By, &at, &sheet.Why)
	sheet.At = moment(at)
	return sheet, err
}

func newestSheet(r sqldb.Reader, name string) (Sheet, error) {
	sheet, err := scanSheet(r.QueryRow(`SELECT `+sheetColumns+` FROM sheet WHERE name = $1 ORDER BY version DESC LIMIT 1`, name))
	if errors.Is(err, sql.ErrNoRows) {
		return Sheet{Name: name}, nil
	}
	return sheet, err
}

func sheetVersion(r sqldb.Reader, name string) (version int64, err error) {
	err = r.QueryRow(`SELECT coalesce(max(version), 0) FROM sheet WHERE name = $1`, name).Scan(&version)
	return version, err
}

func checkSheet(name string) error {
	if !slices.Contains([]string{Synonyms, Forbidden, Links}, name) {
		return fmt.Errorf("%w: sheet %.40q", ErrNone, name)
	}
	return nil
}

func checkLines(text string) error {
	control := func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' }
	if len(text) > MaxSheet || !utf8.ValidString(text) || strings.ContainsFunc(text, control) {
		return invalid([]string{fmt.Sprintf("a sheet is at most %d bytes of UTF-8 without control characters", MaxSheet)})
	}
	return nil
}

// groups are the words that mean the same, out of the synonyms sheet: a group a line, its
// words between commas, semicolons, bars, tabs or equals signs; # begins a remark. Lines with less than
// two words are passed over.
func groups(text string) [][]string {
	var all [][]string
	for row := range strings.Lines(text) {
		row, _, _ = strings.Cut(row, "#")
		words := lines(strings.FieldsFunc(row, func(r rune) bool { return strings.ContainsRune(",，、;；|\t=", r) }))
		if len(words) > 1 {
			all = append(all, words)
		}
	}
	return all
}
