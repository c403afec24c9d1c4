package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The committed table is what the generator makes of Debian's file.
func TestTableIsGenerated(t *testing.T) {
	const in = "/usr/share/unicode/Unihan_Variants.txt.bz2"
	if _, err := os.Stat(in); err != nil {
		t.Skip("needs Debian's Unihan data: apt-get install unicode-data")
	}
	out := filepath.Join(t.TempDir(), "fold_table.go")
	if err := run(in, out); err != nil {
		t.Fatal(err)
	}
	made, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	committed, err := os.ReadFile("../../fold_table.go")
	if err != nil {
		t.Fatal(err)
	}
	if _, version, _ := bytes.Cut(made, []byte("internal/unihan from ")); !bytes.Contains(committed, version[:bytes.IndexByte(version, 10)]) {
		t.Skip("the committed table is of another version of Unicode")
	}
	if !bytes.Equal(committed, made) {
		t.Error("fold_table.go is stale: run go generate in knowledge/segment")
	}
}

func TestRead(t *testing.T) {
	fold, version, err := read(strings.NewReader(`# Unicode version: 15.0.0
U+5E33	kSimplifiedVariant	U+5E10
U+4E7E	kSimplifiedVariant	U+4E7E U+5E72
U+4E00	kTraditionalVariant	U+4E8C
U+20000	kSimplifiedVariant	U+4E00
U+4E01	kSimplifiedVariant	U+20000
U+4E02	kSimplifiedVariant	U+4E03
U+4E03	kSimplifiedVariant	U+4E04
U+4E05	kSimplifiedVariant	U+4E06
U+4E06	kSimplifiedVariant	U+4E05
`))
	if err != nil || version != "Unicode 15.0.0" {
		t.Fatal(version, err)
	}
	want := map[rune]rune{0x5E33: 0x5E10, 0x4E7E: 0x5E72, 0x4E02: 0x4E04, 0x4E03: 0x4E04}
	if !maps.Equal(fold, want) {
		t.Errorf("got %x, want %x", fold, want)
	}
	if _, _, err := read(strings.NewReader("U+XYZ\tkSimplifiedVariant\tU+4E00\n")); err == nil {
		t.Error("a bad code point must be an error")
	}
}
