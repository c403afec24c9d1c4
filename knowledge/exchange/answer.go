package exchange

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

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
	Unreadable bool           `json:"unreadable,omitempty"`
}

// Answered is what AnswerAll has done.
type Answered struct {
	Lines      int   // that were written
	Unreadable []int // lines of in of whose text not all can be read, rising
}

// Candidate is an entry that may be meant.
type Candidate struct {
	ID         string  `json:"id"`
	Confidence float64 `json:"confidence"`
}

// AnswerAll answers every question of in, one a line, and writes one answer a line.
// A question that the matcher cannot serve (knowledge.ErrUnavailable) is written as
// a handoff without candidates. What of a text is not UTF-8, or half of a surrogate
// pair, is a � of it; a line of which not even that can be read is a text that is empty.
// Errors wrap ErrInvalid with the line, or are the context's, in's or out's.
func AnswerAll(ctx context.Context, m knowledge.Matcher, in io.Reader, out io.Writer) (done Answered, err error) {
	w := bufio.NewWriter(out)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for l, err := range lines(in, questionLimits) {
		if err != nil {
			return done, err
		}
		text, whole, err := readQuestion(l)
		if err != nil {
			return done, fmt.Errorf("%w: line %d: %v", ErrInvalid, l.number, err)
		}
		a, err := answer(ctx, m, text)
		if err != nil {
			return done, err
		}
		if a.Unreadable = !whole; a.Unreadable {
			done.Unreadable = append(done.Unreadable, l.number)
		}
		if err := enc.Encode(a); err != nil {
			return done, err
		}
		done.Lines++
	}
	return done, w.Flush()
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

// readQuestion reads the text of a question line, and says whether that is all of it.
// Other keys are ignored; "Text" is another key.
func readQuestion(l line) (text string, whole bool, err error) {
	if l.fault != "" {
		return "", false, errors.New(l.fault)
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal([]byte(l.text), &keys); err != nil {
		if !utf8.ValidString(l.text) {
			return "", false, nil
		}
		return "", false, errors.New("not a JSON object")
	}
	var read *string
	if err := json.Unmarshal(keys["text"], &read); err != nil || read == nil {
		return "", false, errors.New(`"text" is missing or not a text`)
	}
	return *read, !strings.ContainsRune(*read, utf8.RuneError), nil
}
