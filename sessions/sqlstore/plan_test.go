package sqlstore

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"wenda/internal/sqldb"
	"wenda/sessions"
)

// crowd puts n chats into a queue at once.
func crowd(t testing.TB, s *Store, n int) {
	t.Helper()
	err := s.db.Write(t.Context(), func(tx sqldb.Tx) error {
		for i := range n {
			if _, err := tx.Exec(`INSERT INTO session (`+sessionColumns+`, hinted, change) VALUES ($1, $1, '', TRUE, 'widget', 'zh-CN', 0, 2, 2, 'queued', '', '',
				$2, $3, 0, 0, '{}', $3, $3, $3, 0, 0, '', FALSE, 1)`, fmt.Sprintf("crowd-%05d", i), i%3*10, time.Now().Add(-time.Duration(i)*time.Second).UnixMilli()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// However many wait, the heads of a queue are read through its index and nothing is sorted.
func TestHeadsOfAQueueAreNotSorted(t *testing.T) {
	s := openSQLite(t)
	for name, query := range map[string]string{
		"Queue":   selectSession + `WHERE state = 'queued' AND skill = '' ORDER BY ` + rank + `, id LIMIT 50`,
		"Waiting": selectSession + `WHERE state = 'queued' AND skill = '' AND offered = '' ORDER BY ` + rank + `, id LIMIT 50`,
	} {
		plan, err := collectPlan(s.db.Read(t.Context()).Query(`EXPLAIN QUERY PLAN ` + query))
		if text := strings.Join(plan, "; "); err != nil || !strings.Contains(text, "INDEX session_rank (skill=?)") || strings.Contains(text, "TEMP B-TREE") {
			t.Errorf("%s is planned as %s, %v", name, text, err)
		}
	}
}

// However many wait, how all queues stand is read from an index alone.
func TestLinesAreReadFromTheirIndex(t *testing.T) {
	s := openSQLite(t)
	plan, err := collectPlan(s.db.Read(t.Context()).Query(`EXPLAIN QUERY PLAN ` + selectLines))
	if text := strings.Join(plan, "; "); err != nil || !strings.Contains(text, "COVERING INDEX session_lines") || strings.Contains(text, "TEMP B-TREE") {
		t.Errorf("planned as %s, %v", text, err)
	}
}

var collectPlan = sqldb.Collect(func(row sqldb.Scanner) (string, error) {
	var id, parent, unused int
	var detail string
	return detail, row.Scan(&id, &parent, &unused, &detail)
})

// What a router asks each second while ten thousand wait, and what a claim costs.
func BenchmarkCrowd(b *testing.B) {
	for name, open := range engines {
		b.Run(name, func(b *testing.B) {
			s := open(b)
			crowd(b, s, 10_000)
			ask := map[string]func() error{
				"waiting": func() error { _, err := s.Waiting(b.Context(), "", 250); return err },
				"offered": func() error { _, err := s.Offered(b.Context(), 1000); return err },
				"lines":   func() error { _, err := s.Lines(b.Context()); return err },
				"loads":   func() error { _, err := s.Loads(b.Context()); return err },
				"claim next": func() error {
					_, err := s.Claim(b.Context(), sessions.Agent{ID: "chen", Skills: []string{"", "loan"}, Capacity: 1 << 20}, "", "")
					return err
				},
			}
			for name, do := range ask {
				b.Run(name, func(b *testing.B) {
					for b.Loop() {
						if err := do(); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		})
	}
}

var engines = map[string]func(testing.TB) *Store{"SQLite": openSQLite, "PostgreSQL": openPostgres}
