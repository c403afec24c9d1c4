package base

import (
	"context"
	"testing"
	"time"
)

func TestGuards(t *testing.T) { both(t, guards) }

// What must never be is refused by the database, whoever asks.
func guards(r *rig) {
	s := r.node(0)
	r.live(s, "a", says("甲", "一"))
	head, err := s.Create(context.Background(), "zhou", "b", says("乙", "一"), "")
	r.must(err)
	r.approved(s, "c", says("丙", "一"))
	if head.Newest.Number != 1 {
		r.Fatalf("created %+v", head)
	}
	p := publication("c")
	p.At = midday.Add(time.Hour)
	r.must(failure(s.Plan(context.Background(), p)))
	r.must(failure(s.SaveSheet(context.Background(), "zhou", Links, 0, "example.com", "")))
	const release = `INSERT INTO release (id, kind, equals, follows, at, maker, why, passed, signer, signer_why, solo, entries, synonyms) VALUES `
	for what, statement := range map[string]string{
		"approving one's own words":         `INSERT INTO approval (entry, revision, author, approver, solo, at) VALUES ('b', 1, 'zhou', 'zhou', FALSE, 1)`,
		"approving under another's name":    `INSERT INTO approval (entry, revision, author, approver, solo, at) VALUES ('b', 1, 'li', 'zhou', FALSE, 1)`,
		"approving by nobody":               `INSERT INTO approval (entry, revision, author, approver, solo, at) VALUES ('b', 1, 'zhou', '', FALSE, 1)`,
		"approving what is not there":       `INSERT INTO approval (entry, revision, author, approver, solo, at) VALUES ('b', 2, 'zhou', 'li', FALSE, 1)`,
		"changing an approval":              `UPDATE approval SET approver = 'wang'`,
		"taking an approval away":           `DELETE FROM approval WHERE entry = 'c'`,
		"changing a revision":               `UPDATE revision SET content = '{}' WHERE entry = 'a'`,
		"changing its author":               `UPDATE revision SET author = 'li' WHERE entry = 'b'`,
		"deleting a revision":               `DELETE FROM revision WHERE entry = 'b'`,
		"a revision of nobody":              `INSERT INTO revision (entry, number, author, at, why, content, question, valid_from, valid_until, review_by) VALUES ('b', 2, '', 1, '', '{}', '', 0, 0, 0)`,
		"a revision of nothing":             `INSERT INTO revision (entry, number, author, at, why, content, question, valid_from, valid_until, review_by) VALUES ('x', 1, 'li', 1, '', '{}', '', 0, 0, 0)`,
		"a revision in another's place":     `INSERT INTO revision (entry, number, author, at, why, content, question, valid_from, valid_until, review_by) VALUES ('b', 1, 'li', 1, '', '{}', '', 0, 0, 0)`,
		"listing what nobody approved":      `INSERT INTO listing (entry, slot, release, revision) VALUES ('b', 0, 1, 1)`,
		"listing in no release":             `INSERT INTO listing (entry, slot, release, revision) VALUES ('c', 0, 9, 1)`,
		"changing a list":                   `UPDATE listing SET revision = NULL`,
		"deleting from a list":              `DELETE FROM listing`,
		"changing a release":                `UPDATE release SET at = 1`,
		"deleting a release":                `DELETE FROM release WHERE id = 1`,
		"a release beside the chain":        release + `(3, 'publish', 0, 1, 1, 'li', '', TRUE, '', '', FALSE, 0, 0)`,
		"a second release after the same":   release + `(1, 'publish', 0, 0, 1, 'li', '', TRUE, '', '', FALSE, 0, 0)`,
		"a release against the gate":        release + `(2, 'publish', 0, 1, 1, 'li', '', FALSE, '', '', FALSE, 0, 0)`,
		"a release signed twice by one":     release + `(2, 'publish', 0, 1, 1, 'li', '', FALSE, 'li', 'x', FALSE, 0, 0)`,
		"changing history":                  `UPDATE step SET who = 'li'`,
		"deleting history":                  `DELETE FROM step`,
		"planning what nobody approved":     `INSERT INTO planned_entry (plan, entry, revision) VALUES (1, 'b', 1)`,
		"changing a sheet that was written": `UPDATE sheet SET text = ''`,
	} {
		if err := r.do(statement); err == nil {
			r.Errorf("the database allows %s", what)
		}
	}
	if r.options.URL == "" {
		for _, table := range []string{"revision", "approval", "release", "listing", "step"} {
			if err := r.do(`INSERT OR REPLACE INTO ` + table + ` SELECT * FROM ` + table + ` LIMIT 1`); err == nil {
				r.Errorf("the database allows replacing in %s", table)
			}
		}
	}
	for what, statement := range map[string]string{ // they were not refused for how they are written
		"approving another's words": `INSERT INTO approval (entry, revision, author, approver, solo, at) VALUES ('b', 1, 'zhou', 'li', FALSE, 1)`,
		"a release after the first": release + `(2, 'publish', 0, 1, 1, 'li', '', FALSE, 'wang', 'x', FALSE, 0, 0)`,
		"listing what was approved": `INSERT INTO listing (entry, slot, release, revision) VALUES ('c', 0, 1, 1)`,
		"planning it":               `INSERT INTO planned_entry (plan, entry, revision) VALUES (1, 'a', 1)`,
		"another revision":          `INSERT INTO revision (entry, number, author, at, why, content, question, valid_from, valid_until, review_by) VALUES ('b', 2, 'li', 1, '', '{}', '', 0, 0, 0)`,
	} {
		if err := r.do(statement); err != nil {
			r.Errorf("%s: %v", what, err)
		}
	}
	if got := r.inForce(s, 1); got["a"] != 1 || got["c"] != 1 || len(got) != 2 {
		r.Errorf("in force %v", got)
	}
}
