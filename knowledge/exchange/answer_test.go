package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"

	"wenda/knowledge"
)

// echo matches an utterance with entries of fixed confidence.
type echo struct{ confidences []float64 }

var errOther = errors.New("other")

func (e echo) Match(ctx context.Context, utterance string, limit int) (knowledge.Result, error) {
	switch utterance {
	case "busy":
		return knowledge.Result{}, fmt.Errorf("%w: too many", knowledge.ErrUnavailable)
	case "broken":
		return knowledge.Result{}, errOther
	}
	var r knowledge.Result
	for i, c := range e.confidences[:min(limit, len(e.confidences))] {
		r.Matches = append(r.Matches, knowledge.Match{Entry: fmt.Sprint("e", i), Confidence: c})
	}
	return r, ctx.Err()
}

func answerAll(t *testing.T, in string, confidences ...float64) (string, error) {
	t.Helper()
	var out bytes.Buffer
	_, err := AnswerAll(context.Background(), echo{confidences}, strings.NewReader(in), &out)
	return regexp.MustCompile(`"micros":\d+`).ReplaceAllString(out.String(), `"micros":0`), err
}

func TestAnswerAll(t *testing.T) {
	for _, c := range []struct {
		name, in    string
		confidences []float64
		want        string
	}{
		{"sure", `{"text":"怎么<还>款","expect":"x","kind":1}`, []float64{0.9, 0.05},
			`{"text":"怎么<还>款","decision":"answer","confidence":0.9,"candidates":[{"id":"e0","confidence":0.9},{"id":"e1","confidence":0.05}],"micros":0}`},
		{"two close", `{"text":"q"}`, []float64{0.5, 0.4},
			`{"text":"q","decision":"clarify","confidence":0.5,"candidates":[{"id":"e0","confidence":0.5},{"id":"e1","confidence":0.4}],"micros":0}`},
		{"none", `{"text":""}`, nil, `{"text":"","decision":"handoff","confidence":0,"candidates":[],"micros":0}`},
		{"no more than five", `{"text":"q"}`, []float64{.1, .1, .1, .1, .1, .1, .1},
			`{"text":"q","decision":"handoff","confidence":0.1,"candidates":[{"id":"e0","confidence":0.1},{"id":"e1","confidence":0.1},{"id":"e2","confidence":0.1},{"id":"e3","confidence":0.1},{"id":"e4","confidence":0.1}],"micros":0}`},
		{"cannot now", `{"text":"busy"}`, []float64{0.9}, `{"text":"busy","decision":"handoff","confidence":0,"candidates":[],"micros":0}`},
		{"other case is another key", `{"text":"a","Text":"b","TEXT":3}`, nil, `{"text":"a","decision":"handoff","confidence":0,"candidates":[],"micros":0}`},
		{"invalid UTF-8", "{\"text\":\"a\xff\"}", nil, `{"text":"a�","decision":"handoff","confidence":0,"candidates":[],"micros":0,"unreadable":true}`},
		{"half a surrogate pair", `{"text":"\ude00怎么还款"}`, []float64{0.9},
			`{"text":"�怎么还款","decision":"answer","confidence":0.9,"candidates":[{"id":"e0","confidence":0.9}],"micros":0,"unreadable":true}`},
		{"no text at all", "\xd4\xf5\xc3\xb4", nil, `{"text":"","decision":"handoff","confidence":0,"candidates":[],"micros":0,"unreadable":true}`},
		{"invalid UTF-8 elsewhere", "{\"text\":\"a\",\"note\":\"\xff\"}", nil, `{"text":"a","decision":"handoff","confidence":0,"candidates":[],"micros":0}`},
	} {
		got, err := answerAll(t, c.in, c.confidences...)
		if err != nil || got != c.want+"\n" {
			t.Errorf("%s: %v\n%s", c.name, err, got)
		}
	}
}

func TestAnswerAllKeepsTheOrder(t *testing.T) {
	got, err := answerAll(t, "{\"text\":\"a\"}\n\n{\"text\":\"b\"}\r\n{\"text\":\"c\"}")
	if err != nil {
		t.Fatal(err)
	}
	var texts string
	for _, line := range strings.Split(strings.TrimSpace(got), "\n") {
		var a Answer
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		texts += a.Text
	}
	if texts != "abc" {
		t.Errorf("got %q", texts)
	}
}

// What cannot be read of some lines costs the others nothing, and is named.
func TestAnswerAllUnreadable(t *testing.T) {
	in := "{\"text\":\"a\"}\n\n{\"text\":\"b\xff\"}\n\xff\xfe\n{\"text\":\"\\ud800\"}\n{\"text\":\"c\"}\n"
	done, err := AnswerAll(t.Context(), echo{}, strings.NewReader(in), io.Discard)
	if err != nil || done.Lines != 5 || !slices.Equal(done.Unreadable, []int{3, 4, 5}) {
		t.Errorf("%+v, %v", done, err)
	}
}

func TestAnswerAllMegabyte(t *testing.T) {
	got, err := answerAll(t, `{"text":"`+strings.Repeat("还", 1<<20)+`"}`)
	if err != nil || len(got) < 3<<20 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func TestAnswerAllRefuses(t *testing.T) {
	for name, in := range map[string]string{
		"not JSON": "{\"text\":\"a\"}\nhello", "no text": "\n{\"txt\":\"a\"}", "not a text": "\n{\"text\":1}", "null": "\n{\"text\":null}",
		"too long": "\n{\"text\":\"" + strings.Repeat("a", 9<<20) + "\"}",
	} {
		if _, err := answerAll(t, in); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := answerAll(t, `{"text":"broken"}`); !errors.Is(err, errOther) {
		t.Errorf("a broken matcher: %v", err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := AnswerAll(ended, echo{}, strings.NewReader(`{"text":"a"}`), &bytes.Buffer{}); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
}
