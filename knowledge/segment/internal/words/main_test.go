package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The committed dictionary is what the generator makes of gse's.
func TestWordsAreGenerated(t *testing.T) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/go-ego/gse").Output()
	if err != nil {
		t.Fatal(err)
	}
	freq, err := read(filepath.Join(strings.TrimSpace(string(dir)), "data/dict/zh/s_1.txt"))
	if err != nil {
		t.Fatal(err)
	}
	committed, err := os.ReadFile("../../words.txt")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(committed, lines(freq)) {
		t.Error("words.txt is stale: run go generate in knowledge/segment")
	}
}

func TestWanted(t *testing.T) {
	for _, c := range []struct {
		word, kind string
		freq       int
		want       bool
	}{
		{"还款", "v", 50, true}, {"还款", "v", 49, false}, {"利", "n", 900, false}, {"卡a", "n", 900, false},
		{"张三丰", "nr", 499, false}, {"老公", "nr", 500, true}, {"一二三四五六", "n", 900, false},
	} {
		if got := wanted(c.word, c.freq, c.kind); got != c.want {
			t.Errorf("wanted(%q, %d, %s) = %v", c.word, c.freq, c.kind, got)
		}
	}
}
