package artefact

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"wenda/internal/sqldb"
	"wenda/internal/testbed"
)

// engines are what is measured.
func engines(b *testing.B, run func(*testing.B, *sqldb.DB)) {
	b.Run("sqlite", func(b *testing.B) { run(b, opened(b, sqldb.Options{Dir: b.TempDir()})) })
	b.Run("postgres", func(b *testing.B) { run(b, opened(b, sqldb.Options{URL: testbed.Postgres(b)})) })
}

// BenchmarkMake stores 15 MB, BenchmarkGet reads and checks them.
func BenchmarkMake(b *testing.B) {
	engines(b, func(b *testing.B, db *sqldb.DB) {
		s, data, n := New(db), noise(15_000_000), 0
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			n++
			if _, err := s.Make(b.Context(), fmt.Sprint(n), gives(data)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkGet(b *testing.B) {
	engines(b, func(b *testing.B, db *sqldb.DB) {
		s, data := New(db), noise(15_000_000)
		if _, err := s.Make(b.Context(), "one", gives(data)); err != nil {
			b.Fatal(err)
		}
		b.SetBytes(int64(len(data)))
		for b.Loop() {
			if _, err := s.Get(b.Context(), "one"); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkBeside is a small write while nothing else happens, and while artefacts are
// stored and removed without a pause: what a customer's message waits longer.
func BenchmarkBeside(b *testing.B) {
	engines(b, func(b *testing.B, db *sqldb.DB) {
		b.Run("alone", func(b *testing.B) { small(b, db) })
		b.Run("beside", func(b *testing.B) {
			var stop atomic.Bool
			ended := make(chan error, 1)
			go func() {
				s, data := New(db), noise(15_000_000)
				var err error
				for n := 0; err == nil && !stop.Load(); n++ {
					if _, err = s.Make(b.Context(), fmt.Sprint(n), gives(data)); err == nil {
						err = s.Keep(b.Context())
					}
				}
				ended <- err
			}()
			small(b, db)
			stop.Store(true)
			if err := <-ended; err != nil {
				b.Fatal(err)
			}
		})
	})
}

func small(b *testing.B, db *sqldb.DB) {
	var took []time.Duration
	for b.Loop() {
		began := time.Now()
		if err := db.Write(b.Context(), func(tx sqldb.Tx) error {
			_, err := tx.Exec(`INSERT INTO setting (name, value, changed_at) VALUES ('n', 'v', 1) ON CONFLICT (name) DO UPDATE SET changed_at = setting.changed_at + 1`)
			return err
		}); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	for name, part := range map[string]int{"p50-ns": 50, "p99-ns": 99} {
		b.ReportMetric(float64(took[len(took)*part/100]), name)
	}
	b.ReportMetric(float64(took[len(took)-1]), "max-ns")
}
