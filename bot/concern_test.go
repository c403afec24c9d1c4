package bot

import (
	"bufio"
	"os"
	"strings"
	"testing"

	"wenda/knowledge/sample"
)

// concern is what is heard in an utterance, as testdata/concern.txt names it.
func concern(utterance string) string {
	switch danger := Danger(utterance); {
	case danger != "":
		return danger
	case Complains(utterance):
		return "complaint"
	case Vulnerable(utterance):
		return "vulnerable"
	}
	return "-"
}

func TestConcerns(t *testing.T) {
	f, err := os.Open("testdata/concern.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines, n := bufio.NewScanner(f), 0
	for lines.Scan() {
		want, utterance, ok := strings.Cut(lines.Text(), " ")
		if !ok || want == "#" {
			continue
		}
		n++
		if got := concern(utterance); got != want {
			t.Errorf("%q: heard %s, want %s", utterance, got, want)
		}
	}
	if n < 100 {
		t.Errorf("only %d utterances read", n)
	}
}

// meant are the entries of the sample base that are asked in words which a person is to
// hear: there the words are meant as they are.
var meant = map[string]bool{
	"fraud-code-given": true, "fraud-transferred": true, "fraud-report": true, "fraud-screen-share": true, "collection-threat": true,
	"complaint-how": true, "complaint-agent": true, "complaint-regulator": true, "rate-legal": true,
	"human-elderly": true, "human-hearing": true, "app-font": true, "identity-face-unable": true,
}

// No other question of the sample base is taken for one of them.
func TestConcernsLeaveTheBaseAlone(t *testing.T) {
	release, err := sample.Release(1)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range release.Entries() {
		if !e.Matchable() || meant[e.ID] {
			continue
		}
		for _, text := range e.Texts {
			for _, asked := range append([]string{text.Question}, text.Similar...) {
				if heard := concern(asked); heard != "-" {
					t.Errorf("%s: %q is heard as %s", e.ID, asked, heard)
				}
			}
		}
	}
}

// Whoever asks for a person is heard, complaint or not, and nobody who asks nothing is.
func TestWantsPerson(t *testing.T) {
	for utterance, want := range map[string]string{
		"转人工": ReasonRequest, "我要投诉你们": ReasonComplaint, "我不想活了 转人工": ReasonRisk, "怎么还款": "", "": "",
	} {
		if got := WantsPerson(utterance); got != want {
			t.Errorf("WantsPerson(%q) = %q, want %q", utterance, got, want)
		}
	}
}

func FuzzConcerns(f *testing.F) {
	f.Add("我不想活了")
	f.Add("I gave him my code")
	f.Fuzz(func(t *testing.T, utterance string) {
		if concern(utterance) != "-" && strings.TrimSpace(utterance) == "" {
			t.Errorf("%q says nothing", utterance)
		}
	})
}
