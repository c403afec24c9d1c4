package exchange

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"wenda/knowledge"
)

func read(text string) ([]knowledge.Entry, error) {
	return ReadBase(strings.NewReader(text), DefaultLimits)
}

func TestReadBase(t *testing.T) {
	got, err := read(`{"id":"repay-how","question":"怎么还款","similar":["如何还钱"," ","在哪里还"],"answer":"第一步\n第二步","category":"还款","lang":"zh"}

{"lang":"en-GB","id":"Refund?","question":"Where is my refund?"}` + "\r\n" +
		`{"id":"b","question":"how","lang":"en","similar":[]}
{"id":"c","question":"怎么办"}
{"id":"d","question":"why"}
{"id":"e","question":"\ud83d\ude00 \ufffd","lang":"zh-CN"}`)
	if err != nil {
		t.Fatal(err)
	}
	want := []knowledge.Entry{
		{ID: "repay-how", Revision: 1, Category: "还款", Texts: map[knowledge.Lang]knowledge.Text{
			knowledge.Chinese: {Question: "怎么还款", Similar: []string{"如何还钱", "在哪里还"}, Answer: "第一步\n第二步"}}},
		{ID: "Refund?", Revision: 1, Texts: map[knowledge.Lang]knowledge.Text{knowledge.English: {Question: "Where is my refund?"}}},
		{ID: "b", Revision: 1, Texts: map[knowledge.Lang]knowledge.Text{knowledge.English: {Question: "how"}}},
		{ID: "c", Revision: 1, Texts: map[knowledge.Lang]knowledge.Text{knowledge.Chinese: {Question: "怎么办"}}},
		{ID: "d", Revision: 1, Texts: map[knowledge.Lang]knowledge.Text{knowledge.English: {Question: "why"}}},
		{ID: "e", Revision: 1, Texts: map[knowledge.Lang]knowledge.Text{knowledge.Chinese: {Question: "😀 \ufffd"}}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
	if _, err := knowledge.NewRelease(1, got); err != nil {
		t.Errorf("what is read must make a release: %v", err)
	}
}

func TestReadBaseRefuses(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"nothing", "", "no entry"},
		{"blank lines only", "\n \n", "no entry"},
		{"not JSON", "id,question", "line 1: not a JSON object"},
		{"a list", "[]", "line 1: not a JSON object"},
		{"null", "null", "line 1: not a JSON object"},
		{"byte order mark", "\ufeff" + `{"id":"a","question":"q"}`, "line 1: not a JSON object"},
		{"cut short", `{"id":"a","question":"q"`, "line 1: malformed JSON"},
		{"cut in a list", `{"id":"a","question":"q","similar":["x"`, "line 1: malformed JSON"},
		{"cut at a value", `{"id":`, "line 1: malformed JSON"},
		{"comma too many", `{"id":"a","question":"q",}`, "line 1: malformed JSON"},
		{"text after", `{"id":"a","question":"q"}{}`, "line 1: text after the object"},
		{"unknown key", `{"id":"a","question":"q","quesiton":"x"}`, `line 1: unknown key "quesiton"`},
		{"other case", `{"ID":"a","question":"q"}`, `line 1: unknown key "ID"`},
		{"long s for s", `{"id":"a","que\u017ftion":"q"}`, `line 1: unknown key "queſtion"`},
		{"key twice", `{"id":"a","question":"q","id":"b"}`, `line 1: key "id" stands twice`},
		{"number for text", `{"id":1,"question":"q"}`, "line 1: id: want a text"},
		{"null for text", `{"id":"a","question":null}`, "line 1: question: want a text"},
		{"text for list", `{"id":"a","question":"q","similar":"x"}`, "line 1: similar: want a list"},
		{"number in list", `{"id":"a","question":"q","similar":["x",1]}`, "line 1: similar: want a text"},
		{"list in list", `{"id":"a","question":"q","similar":[["x"]]}`, "line 1: similar: want a text"},
		{"deep", `{"id":` + strings.Repeat("[", 100_000), "line 1: id: want a text"},
		{"half a surrogate pair", `{"id":"a","question":"q\ud800"}`, "line 1: question: half a surrogate pair"},
		{"half a pair in a list", `{"id":"a","question":"q","similar":["\udc00"]}`, "line 1: similar: half a surrogate pair"},
		{"not UTF-8", "{\"id\":\"a\",\"question\":\"q\xff\"}", "line 1: not UTF-8"},
		{"no id", `{"question":"q"}`, "line 1: id is missing or empty"},
		{"empty id", `{"id":"","question":"q"}`, "line 1: id is missing or empty"},
		{"bad id", `{"id":"a b","question":"q"}`, `line 1: id "a b": want`},
		{"long id", `{"id":"` + strings.Repeat("a", 65) + `","question":"q"}`, "line 1: id"},
		{"no question", `{"id":"a"}`, "line 1: question is missing or empty"},
		{"blank question", `{"id":"a","question":" \t"}`, "line 1: question is missing or empty"},
		{"NUL", `{"id":"a","question":"q\u0000"}`, "line 1: question holds a control character"},
		{"escape in a list", `{"id":"a","question":"q","similar":["\u001b[31m"]}`, "line 1: similar holds a control character"},
		{"other language", `{"id":"a","question":"q","lang":"fr"}`, `line 1: lang "fr": want`},
		{"id twice", "{\"id\":\"a\",\"question\":\"q\"}\n\n{\"id\":\"a\",\"question\":\"r\"}", `line 3: id "a" stands in line 1 already`},
		{"second line bad", "{\"id\":\"a\",\"question\":\"q\"}\nx", "line 2: not a JSON object"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := read(c.text)
			if got != nil || !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%d entries, error %v, want %q", len(got), err, c.want)
			}
		})
	}
}

func TestAllFaultsAreTold(t *testing.T) {
	_, err := read(`{"id":" ","question":"","lang":"xx"}` + strings.Repeat("\nx", 30))
	var faults *Faults
	if !errors.As(err, &faults) {
		t.Fatal(err)
	}
	if len(faults.List) != MaxFaults || faults.More != 34-MaxFaults {
		t.Errorf("%d told, %d more: %v", len(faults.List), faults.More, err)
	}
	if faults.List[0].Line != 1 || faults.List[3].Line != 1 || faults.List[4] != (Fault{2, "not a JSON object"}) {
		t.Errorf("faults: %v", faults.List)
	}
	if !strings.HasSuffix(err.Error(), "and 14 more") {
		t.Errorf("error: %v", err)
	}
}

func TestLimits(t *testing.T) {
	entry := func(i int) string { return fmt.Sprintf(`{"id":"a%d","question":"q","similar":["x","y"]}`+"\n", i) }
	two := entry(1) + entry(2)
	for _, c := range []struct {
		name   string
		limits Limits
		want   string
	}{
		{"all fit exactly", Limits{Bytes: int64(len(two)), Line: len(entry(1)), Phrasings: 6}, ""},
		{"one byte too many", Limits{Bytes: int64(len(two)) - 1, Line: 1000, Phrasings: 6}, "file of more than"},
		{"one phrasing too many", Limits{Bytes: 1000, Line: 1000, Phrasings: 5}, "line 2: more than 5 phrasings"},
		{"lines too long", Limits{Bytes: 1000, Line: 10, Phrasings: 6}, "line 1: line of more than 10 bytes\nline 2: line of more than 10 bytes"},
	} {
		_, err := ReadBase(strings.NewReader(two), c.limits)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	endless := io.MultiReader(strings.NewReader(entry(1)), endlessly{})
	if _, err := ReadBase(endless, DefaultLimits); !errors.Is(err, ErrInvalid) {
		t.Errorf("a file without end: %v", err)
	}
}

// endlessly reads as spaces.
type endlessly struct{}

func (endlessly) Read(p []byte) (int, error) {
	copy(p, bytes.Repeat([]byte(" "), len(p)))
	return len(p), nil
}

func TestReadErrorsAreNotFaults(t *testing.T) {
	broken := errors.New("disk on fire")
	_, err := ReadBase(io.MultiReader(strings.NewReader(`{"id":"a"`), iotest.ErrReader(broken)), DefaultLimits)
	if !errors.Is(err, broken) || errors.Is(err, ErrInvalid) {
		t.Errorf("got %v", err)
	}
}

// The public sets are what wenda match is measured on: all must be readable.
func TestPublicSetsAreReadable(t *testing.T) {
	dir := os.Getenv("WENDA_TEST_DATA")
	if dir == "" {
		dir = "../../../shared/data"
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "kb.jsonl"))
	if err != nil || len(files) == 0 {
		t.Skip("no research data here: WENDA_TEST_DATA=FOLDER go test ./knowledge/exchange")
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		entries, err := ReadBase(f, DefaultLimits)
		f.Close()
		if err == nil {
			_, err = knowledge.NewRelease(1, entries)
		}
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(filepath.Dir(name)), err)
		}
	}
}

func FuzzReadBase(f *testing.F) {
	for _, s := range []string{
		`{"id":"a","question":"怎么还款","similar":["如何还钱"],"answer":"x","category":"y","lang":"zh"}`,
		"{\"id\":\"a\",\"question\":\"q\"}\n{\"id\":\"a\",\"question\":\"q\"}", `{"id":"a","question":"\ud800"}`, "\xff", "{}", `{"id":[[]]}`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		entries, err := ReadBase(strings.NewReader(s), Limits{Bytes: 1 << 16, Line: 1 << 12, Phrasings: 50})
		if (err == nil) == (len(entries) == 0) {
			t.Fatalf("%d entries and error %v", len(entries), err)
		}
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		if _, err := knowledge.NewRelease(1, entries); err != nil {
			t.Fatalf("what was read makes no release: %v", err)
		}
	})
}
