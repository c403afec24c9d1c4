package sqldb

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"
)

var (
	comment = regexp.MustCompile(`--[^\n]*`)
	expands = regexp.MustCompile(`(?is)^(CREATE TABLE |CREATE (UNIQUE )?INDEX |ALTER TABLE \w+ ADD COLUMN )`)
	adds    = regexp.MustCompile(`(?is)^ALTER TABLE`)
	uniques = regexp.MustCompile(`(?is)^CREATE UNIQUE INDEX \w+ ON (\w+)`)
	raises  = regexp.MustCompile(`(?is)^INSERT INTO oldest .* DO UPDATE SET version = excluded\.version$`)
)

// violation says what in a migration would break a binary of the version before, ""
// if nothing does. One that says from where on binaries work may do what it likes.
func violation(text string) string {
	var wrong string
	for _, s := range strings.Split(comment.ReplaceAllString(text, ""), ";") {
		s = strings.TrimSpace(s)
		switch {
		case s == "":
		case raises.MatchString(s):
			return ""
		case uniques.MatchString(s) && !strings.Contains(text, "CREATE TABLE "+uniques.FindStringSubmatch(s)[1]+" "):
			wrong = s // old binaries may write what it forbids
		case !expands.MatchString(s), adds.MatchString(s) && !strings.Contains(strings.ToUpper(s), " DEFAULT "):
			wrong = s
		}
	}
	return wrong
}

// An old binary goes on while a new one migrates the database under it.
func TestMigrationsExpand(t *testing.T) {
	files, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil || len(files) < 3 {
		t.Fatalf("%d migrations, %v", len(files), err)
	}
	for _, file := range files[2:] { // before there were two nodes
		text, err := fs.ReadFile(migrations, file)
		if err != nil {
			t.Fatal(err)
		}
		if wrong := violation(string(text)); wrong != "" {
			t.Errorf("%s: %q breaks binaries that know nothing of it: see package sqldb, Expand, then contract", file, wrong)
		}
	}
	for text, ok := range map[string]bool{
		"-- +goose Up\nALTER TABLE session ADD COLUMN mood TEXT NOT NULL DEFAULT ''; -- DROP":                                             true,
		"ALTER TABLE session ADD COLUMN mood TEXT NOT NULL":                                                                               false,
		"ALTER TABLE session DROP COLUMN lang":                                                                                            false,
		"ALTER TABLE session RENAME COLUMN lang TO language":                                                                              false,
		"CREATE TABLE mood (id TEXT); DROP TABLE session":                                                                                 false,
		"CREATE UNIQUE INDEX one_name ON session (customer_name)":                                                                         false,
		"CREATE TABLE mood (id TEXT); CREATE UNIQUE INDEX one_mood ON mood (id)":                                                          true,
		"UPDATE session SET lang = 'en'":                                                                                                  false,
		"DROP TABLE session; INSERT INTO oldest (one, version) VALUES (1, 9) ON CONFLICT (one) DO UPDATE SET version = excluded.version;": true,
	} {
		if (violation(text) == "") != ok {
			t.Errorf("%q: violation %q", text, violation(text))
		}
	}
}
