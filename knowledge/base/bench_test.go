package base

import (
	"context"
	"fmt"
	"testing"
	"time"

	"wenda/internal/sqldb"
	"wenda/knowledge"
)

// many is the size of a large base.
const many = 20_000

// large is a base of many approved entries with ten phrasings each, of which none is published.
func large(b *testing.B, r *rig) *Store {
	b.Helper()
	ctx, s := context.Background(), r.node(0)
	var batch []Proposal
	for n := range many {
		c := says(fmt.Sprintf("第 %d 个问题怎么办", n), "请在 App 里办理，办好之后会有短信通知。")
		t := c.Texts[knowledge.Chinese]
		for i := range 10 {
			t.Similar = append(t.Similar, fmt.Sprintf("我想问第 %d 个问题的第 %d 种说法", n, i))
		}
		c.Texts[knowledge.Chinese] = t
		batch = append(batch, Proposal{ID: fmt.Sprintf("e%05d", n), Content: c})
	}
	began := time.Now()
	if _, err := s.SaveAll(ctx, "zhou", batch, ""); err != nil {
		b.Fatal(err)
	}
	b.Logf("saving %d entries: %v", many, time.Since(began))
	approveAll(b, s)
	return s
}

// approveAll spares 40,000 steps of review.
func approveAll(b *testing.B, s *Store) {
	b.Helper()
	err := s.db.Write(context.Background(), func(tx sqldb.Tx) error {
		if _, err := tx.Exec(`INSERT INTO approval (entry, revision, author, approver, solo, at) SELECT entry, number, author, 'li', FALSE, at FROM revision`); err != nil {
			return err
		}
		_, err := tx.Exec(`UPDATE entry SET state = 'approved', ready = newest`)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
}

// BenchmarkLarge is what a large base costs: publishing all of it, taking back all of
// it, loading it, publishing one entry, listing and searching.
func BenchmarkLarge(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchLarge(b, onSQLite(b)) })
	b.Run("postgres", func(b *testing.B) { benchLarge(b, onPostgres(b)) })
}

func benchLarge(b *testing.B, r *rig) {
	ctx, s := context.Background(), large(b, r)
	p := publication("e00000")
	if _, err := s.Publish(ctx, p); err != nil {
		b.Fatal(err)
	}
	p.Entries = nil
	for n := 1; n < many; n++ {
		p.Entries = append(p.Entries, fmt.Sprintf("e%05d", n))
	}
	began := time.Now()
	if _, err := s.Publish(ctx, p); err != nil {
		b.Fatal(err)
	}
	b.Logf("publishing %d entries: %v", len(p.Entries), time.Since(began))
	b.Run("rollback", func(b *testing.B) {
		for n := 0; b.Loop(); n++ {
			if _, err := s.Rollback(ctx, "li", int64(1+n%2), ""); err != nil {
				b.Fatal(err)
			}
		}
	})
	if current, _ := s.Current(ctx); r.inForce(s, current)["e19999"] == 0 {
		if _, err := s.Rollback(ctx, "li", 2, ""); err != nil {
			b.Fatal(err)
		}
	}
	current, _ := s.Current(ctx)
	for name, do := range map[string]func() error{
		"load":    func() error { return failure(s.Load(ctx, current)) },
		"preview": func() error { return failure(s.Preview(ctx, []string{"e00001"})) },
		"current": func() error { return failure(s.Current(ctx)) },
		"due":     func() error { return failure(s.Due(ctx, nil)) },
		"count":   func() error { return failure(s.Count(ctx)) },
		"heads":   func() error { return failure(s.Heads(ctx)) },
		"changes": func() error { return failure(s.Changes(ctx, current-1, current)) },
		"list":    func() error { _, _, err := s.List(ctx, Query{}); return err },
		"search":  func() error { _, _, err := s.List(ctx, Query{Text: "19998 说法"}); return err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := do(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("publish one", func(b *testing.B) {
		for n := 0; b.Loop(); n++ {
			b.StopTimer()
			head, err := s.Get(ctx, "e00007")
			if err == nil {
				head, err = s.Save(ctx, "zhou", "e00007", head.Version, says("新", fmt.Sprint(n)), "")
			}
			if err == nil {
				head, err = s.Submit(ctx, "zhou", "e00007", head.Version, "")
			}
			if err == nil {
				_, err = s.Approve(ctx, Reviewer{ID: "li"}, "e00007", head.Version, "")
			}
			b.StartTimer()
			if err == nil {
				_, err = s.Publish(ctx, publication("e00007"))
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}
