// Package evaltest lets the tests below knowledge measure on public sets of questions.
// The sets are for research only and not part of the product: without them a test is
// skipped, and says how to point to them.
package evaltest

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"wenda/knowledge"
	"wenda/knowledge/eval"
	"wenda/knowledge/exchange"
)

// Dir is the folder of the sets, seen from a package in knowledge.
func Dir() string {
	if dir := os.Getenv("WENDA_TEST_DATA"); dir != "" {
		return dir
	}
	return "../../../shared/data"
}

// All reports whether what takes long shall be measured, too.
func All() bool { return os.Getenv("WENDA_DATA_ALL") != "" }

// Large skips a test of a large set unless all are wanted.
func Large(t testing.TB) {
	t.Helper()
	if !All() {
		t.Skip("a large set: WENDA_DATA_ALL=1 go test -v")
	}
}

// File returns a file of the sets.
func File(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(Dir(), name))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no research data here: WENDA_TEST_DATA=FOLDER go test")
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Set returns the base and the labelled questions of a set.
func Set(t testing.TB, name string) (*knowledge.Release, []eval.Case) {
	t.Helper()
	entries, err := exchange.ReadBase(bytes.NewReader(File(t, name+"/kb.jsonl")), exchange.DefaultLimits)
	if err != nil {
		t.Fatal(err)
	}
	r, err := knowledge.NewRelease(1, entries)
	if err != nil {
		t.Fatal(err)
	}
	cases, _, err := eval.ReadJSONL(bytes.NewReader(File(t, name+"/queries.jsonl")))
	if err != nil {
		t.Fatal(err)
	}
	return r, cases
}
