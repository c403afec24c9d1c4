package history_test

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"wenda/cmd/loadtest/history"
)

// What is written is read, in any content and from any number of writers.
func TestReadsWhatWasWritten(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		path := filepath.Join(dir, "history.jsonl")
		log, err := history.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		want := rapid.SliceOf(rapid.Custom(func(t *rapid.T) history.Record {
			return history.Record{
				Op: rapid.SampledFrom([]history.Op{history.Send, history.Receive, history.Claim}).Draw(t, "op"), Who: rapid.StringN(0, 5, 9).Draw(t, "who"),
				Begin: rapid.Int64().Draw(t, "begin"), Hash: rapid.Uint64().Draw(t, "hash"), Seq: rapid.Int64().Draw(t, "seq"),
			}
		})).Draw(t, "records")
		for _, r := range want {
			log.Add(r)
		}
		if err := log.Close(); err != nil {
			t.Fatal(err)
		}
		got, err := history.Read(path)
		if err != nil || len(got) != len(want) || len(got) > 0 && !reflect.DeepEqual(got, want) {
			t.Fatalf("read %v, %v; want %v", got, err, want)
		}
	})
}

func TestManyWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.jsonl")
	file, err := history.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	memory := history.New()
	var all sync.WaitGroup
	for who := range 8 {
		all.Go(func() {
			for n := range 500 {
				r := history.Record{Op: history.Send, Who: fmt.Sprint("c", who), Seq: int64(n + 1), End: memory.Now()}
				file.Add(r)
				memory.Add(r)
			}
		})
	}
	all.Wait()
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	read, err := history.Read(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, records := range [][]history.Record{read, memory.Records()} {
		last := map[string]int64{}
		for _, r := range records {
			if r.Seq != last[r.Who]+1 {
				t.Fatalf("%s: %d after %d", r.Who, r.Seq, last[r.Who])
			}
			last[r.Who] = r.Seq
		}
		if len(records) != 4000 || len(last) != 8 {
			t.Fatalf("%d records of %d writers", len(records), len(last))
		}
	}
}

func TestDamagedFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.jsonl")
	if err := os.WriteFile(path, []byte("{\"op\":\"send\"}\n{\"op\":"), 0o600); err != nil {
		t.Fatal(err)
	}
	if records, err := history.Read(path); err == nil {
		t.Fatalf("a file cut in the middle was read as %v", records)
	}
}

// A nil log takes everything.
func TestNoLog(*testing.T) {
	var log *history.Log
	log.Add(history.Record{Begin: log.Now()})
	_ = log.Close()
}

func BenchmarkAdd(b *testing.B) {
	log, err := history.Create(filepath.Join(b.TempDir(), "history.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	r := history.Record{Op: history.Receive, Who: "c17", Reader: "c17.0", Session: "0192f0c0-0000-7000-8000-000000000000", Seq: 17, Prev: 16, Hash: 1 << 60, Kind: "message", From: "bot"}
	for b.Loop() {
		log.Add(r)
	}
	if err := log.Close(); err != nil {
		b.Fatal(err)
	}
}
