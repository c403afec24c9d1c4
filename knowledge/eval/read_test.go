package eval

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"wenda/knowledge"
)

func TestRead(t *testing.T) {
	got, err := Read(strings.NewReader("# utterances\nrepay-how\t怎么还\r\n\n-\t今天天气\n"))
	if want := []Case{{Text: "怎么还", Expect: "repay-how", Line: 2}, {Text: "今天天气", Line: 4}}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"怎么还", "a\t", "\tb", "a\tb\tc", "a\t\xff", "a\t" + strings.Repeat("x", maxLine)} {
		if _, err := Read(strings.NewReader("a\tb\n" + bad)); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "line 2: ") {
			t.Errorf("%.20q: %v", bad, err)
		}
	}
}

func TestReadJSONL(t *testing.T) {
	got, unreadable, err := ReadJSONL(strings.NewReader(`{"text":"怎么还","expect":"repay-how","kind":"in"}

{"kind":"oos_far", "expect":null, "text":""}
{"text":"好","expect":null,"kind":null}
`))
	want := []Case{{"怎么还", "repay-how", "in", 1}, {"", "", "oos_far", 3}, {"好", "", "", 4}}
	if err != nil || unreadable != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v, %v", got, unreadable, err)
	}
	for bad, reason := range map[string]string{
		`x`:                                          "not a JSON object",
		`["a"]`:                                      "not a JSON object",
		`{"text":"a"`:                                "malformed JSON",
		`{"text":a}`:                                 "malformed JSON",
		`{"text":"a","expect":null} x`:               "text after the object",
		`{"expect":"a"}`:                             "text is missing",
		`{"text":null,"expect":"a"}`:                 "text is missing",
		`{"text":1,"expect":"a"}`:                    "text: want a text",
		`{"text":"a","expect":2}`:                    "expect: want a text",
		`{"text":"a"}`:                               "expect is missing",
		`{"text":"a","expect":""}`:                   "expect is empty",
		`{"text":"a","expected":"b"}`:                `unknown key "expected"`,
		`{"Text":"a","expect":"b"}`:                  `unknown key "Text"`,
		`{"text":"a","text":"b","expect":null}`:      `key "text" stands twice`,
		`{"text":"a","expect":null,"kind":"far"}`:    "kind: want in or oos",
		`{"text":"a","expect":null,"kind":"in"}`:     "expect names no entry",
		`{"text":"a","expect":"b","kind":"oos_far"}`: "expect names an entry",
	} {
		_, _, err := ReadJSONL(strings.NewReader(`{"text":"fine","expect":null}` + "\n" + bad))
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "line 2: ") || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// What cannot be read of some lines costs the others nothing.
func TestReadJSONLUnreadable(t *testing.T) {
	got, unreadable, err := ReadJSONL(strings.NewReader(strings.Join([]string{
		`{"text":"怎么还","expect":"repay-how"}`,
		"{\"text\":\"怎\xff么还\",\"expect\":\"repay-how\"}",
		"",
		"\xd4\xf5\xc3\xb4\xbb\xb9",
		`{"text":"还\ud83d款","expect":null,"kind":"oos"}`,
		`{"text":"😀\ud83d\ude00","expect":null}`,
		"{\"text\":\"\xff\",\"expect\":",
	}, "\n")))
	want := []Case{{"怎么还", "repay-how", "", 1}, {"怎�么还", "repay-how", "", 2}, {"还�款", "", "oos", 5}, {"😀😀", "", "", 6}}
	if err != nil || !reflect.DeepEqual(got, want) || !slices.Equal(unreadable, []int{2, 4, 5, 7}) {
		t.Errorf("%v, unreadable %v, %v", got, unreadable, err)
	}
}

func TestReadTellsAllFaults(t *testing.T) {
	_, _, err := ReadJSONL(strings.NewReader(strings.Repeat("x\n", maxFaults+3)))
	if err == nil || !strings.Contains(err.Error(), "line 20: ") || strings.Contains(err.Error(), "line 21: ") || !strings.Contains(err.Error(), "and 3 more") {
		t.Errorf("%v", err)
	}
}

func TestKnown(t *testing.T) {
	text := map[knowledge.Lang]knowledge.Text{knowledge.Chinese: {Question: "怎么还款"}}
	r, err := knowledge.NewRelease(1, []knowledge.Entry{{ID: "a", Texts: text}, {ID: "system.welcome", Texts: text}})
	if err != nil {
		t.Fatal(err)
	}
	if err := Known([]Case{{Expect: "a", Line: 1}, {Line: 2}}, r); err != nil {
		t.Error(err)
	}
	err = Known([]Case{{Expect: "a", Line: 1}, {Expect: "b", Line: 2}, {Expect: "system.welcome", Line: 3}}, r)
	if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), `line 2: expect "b" is no entry of the base`) || !strings.Contains(err.Error(), "line 3: ") || strings.Contains(err.Error(), "line 1") {
		t.Errorf("%v", err)
	}
}

// FuzzReadJSONL: whatever a file holds, it is refused as not valid, or every case of it
// says the same of its scope by kind and by label.
func FuzzReadJSONL(f *testing.F) {
	f.Add(`{"text":"怎么还","expect":"repay-how","kind":"in"}`)
	f.Add(`{"text":"\ud800","expect":null}`)
	f.Add("{\"text\":\"a\",\"expect\":null}\r\n\n{}")
	f.Add("{\"text\":\"\xff\",\"expect\":null}\n\xff")
	f.Fuzz(func(t *testing.T, file string) {
		cases, unreadable, err := ReadJSONL(strings.NewReader(file))
		if err != nil && !errors.Is(err, ErrInvalid) {
			t.Fatal(err)
		}
		if !slices.IsSorted(unreadable) {
			t.Error(unreadable)
		}
		for _, c := range cases {
			if err != nil || c.Line < 1 || strings.HasPrefix(c.Kind, "in") != (c.Expect != "") && c.Kind != "" {
				t.Errorf("%+v, %v", c, err)
			}
		}
	})
}
