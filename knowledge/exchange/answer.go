package exchange

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"wenda/knowledge"
)

// MaxCandidates is the number of candidates that stand in an answer line.
const MaxCandidates = 5

// questionLimits are generous: a question may be a megabyte long, and there may be
// any number of them.
var questionLimits = Limits{Bytes: 1 << 40, Line: 8 << 20}

// Answer is what a matcher made of a question.
type Answer struct {
	Text       string         `json:"text"`
	Decision   knowledge.Zone `json:"decision"`
	Confidence float64        `json:"confidence"` // of the first candidate, 0 without one
	Candidates []Candidate    `json:"candidates"` // at most MaxCandidates, most confident first
	Micros     int64          `json:"micros"`     // from text to decision
}

// Candidate is an entry that may be meant.
type Candidate struct {
	ID         string  `json:"id"`
	Confidence float64 `json:"confidence"`
}

// AnswerAll answers every question of in, one a line, and writes one answer a line.
// A question that the matcher cannot serve (knowledge.ErrUnavailable) is written as
// a handoff without candidates. It returns the number of lines written; errors wrap
// ErrInvalid with the line, or are the context's, in's or out's.
func AnswerAll(ctx context.Context, m knowledge.Matcher, in io.Reader, out io.Writer) (int, error) {
	w := bufio.NewWriter(out)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	n := 0
	for l, err := range lines(in, questionLimits) {
		if err != nil {
			return n, err
		}
		text, err := readQuestion(l)
		if err != nil {
			return n, fmt.Errorf("%w: line %d: %v", ErrInvalid, l.number, err)
		}
		a, err := answer(ctx, m, text)
		if err != nil {
			return n, err
		}
		if err := enc.Encode(a); err != nil {
			return n, err
		}
		n++
	}
	return n, w.Flush()
}

func answer(ctx context.Context, m knowledge.Matcher, text string) (Answer, error) {
	start := time.Now()
	res, err := m.Match(ctx, text, MaxCandidates)
	if err != nil && (ctx.Err() != nil || !errors.Is(err, knowledge.ErrUnavailable)) {
		return Answer{}, err
	}
	a := Answer{Text: text, Decision: res.Zone(), Candidates: []Candidate{}, Micros: time.Since(start).Microseconds()}
	for _, c := range res.Matches {
		a.Candidates = append(a.Candidates, Candidate{c.Entry, c.Confidence})
	}
	if len(a.Candidates) > 0 {
		a.Confidence = a.Candidates[0].Confidence
	}
	return a, nil
}

// readQuestion reads the text of a question line. Other keys are ignored; "Text" is
// another key. Invalid UTF-8 is no fault here: customers' texts are matched as they
// come.
func readQuestion(l line) (string, error) {
	if l.fault != "" {
		return "", errors.New(l.fault)
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal([]byte(l.text), &keys); err != nil {
		return "", errors.New("not a JSON object")
	}
	var text *string
	if err := json.Unmarshal(keys["text"], &text); err != nil || text == nil {
		return "", errors.New(`"text" is missing or not a text`)
	}
	return *text, nil
}
