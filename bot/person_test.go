package bot

import (
	"bufio"
	"os"
	"strings"
	"testing"
)

// testdata/person.txt holds what customers type: "+" asks for a person, "-" does not.
func TestAsksForPerson(t *testing.T) {
	f, err := os.Open("testdata/person.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, n := bufio.NewScanner(f), 0
	for lines.Scan() {
		sign, utterance, ok := strings.Cut(lines.Text(), " ")
		if !ok || sign == "#" {
			continue
		}
		n++
		if got := AsksForPerson(utterance); got != (sign == "+") {
			t.Errorf("AsksForPerson(%q) = %v", utterance, got)
		}
	}
	if n < 100 {
		t.Errorf("only %d utterances read", n)
	}
}

func FuzzAsksForPerson(f *testing.F) {
	f.Add("转人工")
	f.Add("I want to talk to a real person")
	f.Fuzz(func(t *testing.T, utterance string) {
		if AsksForPerson(utterance) && strings.TrimSpace(utterance) == "" {
			t.Errorf("%q asks for nobody", utterance)
		}
	})
}
