package exchange

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"wenda/internal/sqldb"
	"wenda/knowledge"
	"wenda/knowledge/base"
)

// many are entries of a usual size: ten phrasings and an answer of 200 letters.
func many(n int) []Entry {
	entries := make([]Entry, n)
	for i := range entries {
		t := base.Text{Question: fmt.Sprintf("第%d种情况怎么还款", i), Answer: fmt.Sprintf("第%d种情况：", i) + string(bytes.Repeat([]byte("请在还款页面操作，"), 22))}
		for k := range 10 {
			t.Similar = append(t.Similar, fmt.Sprintf("第%d种情况下的第%d个说法是怎么还", i, k))
		}
		entries[i] = Entry{fmt.Sprintf("e%05d", i), base.Content{Category: "还款", Tags: []string{"x"}, Texts: map[knowledge.Lang]base.Text{knowledge.Chinese: t}}}
	}
	return entries
}

// BenchmarkImport reads and plans 5,000 rows.
func BenchmarkImport(b *testing.B) {
	for _, format := range formats {
		b.Run(string(format), func(b *testing.B) {
			var file bytes.Buffer
			if err := Write(&file, format, many(5000)); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				f, err := Read(context.Background(), bytes.NewReader(file.Bytes()), format, ImportLimits)
				if err != nil {
					b.Fatal(err)
				}
				p, err := NewPlan(context.Background(), f, shelf{}, Update)
				if err != nil || p.Counts.New != 5000 {
					b.Fatal(p.Counts, err)
				}
			}
			b.ReportMetric(float64(file.Len()), "bytes")
		})
	}
}

// BenchmarkWrite writes 5,000 rows.
func BenchmarkWrite(b *testing.B) {
	entries := many(5000)
	for _, format := range formats {
		b.Run(string(format), func(b *testing.B) {
			for b.Loop() {
				var file bytes.Buffer
				if err := Write(&file, format, entries); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkApply saves 5,000 new entries as drafts.
func BenchmarkApply(b *testing.B) {
	ctx := context.Background()
	db, err := sqldb.Open(ctx, sqldb.Options{Dir: b.TempDir()})
	if err == nil {
		err = db.Migrate(ctx)
	}
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	n := 0
	for b.Loop() {
		entries := many(5000)
		for i := range entries {
			n++
			entries[i].ID = fmt.Sprint("e", n)
		}
		var file bytes.Buffer
		if err := Write(&file, JSONL, entries); err != nil {
			b.Fatal(err)
		}
		f, err := Read(ctx, &file, JSONL, ImportLimits)
		if err != nil {
			b.Fatal(err)
		}
		p, err := NewPlan(ctx, f, shelf{}, Append)
		if err != nil {
			b.Fatal(err)
		}
		if saved, err := p.Apply(ctx, base.New(db), "zhou", "bench"); saved != 5000 || err != nil {
			b.Fatal(saved, err)
		}
	}
}
