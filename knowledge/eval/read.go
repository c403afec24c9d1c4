package eval

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// maxLine bounds a line of labelled utterances, in bytes.
const maxLine = 1 << 20

// Read reads labelled utterances, one a line: entry-id<TAB>utterance, with "-" for
// an utterance that no entry is meant by. Empty lines and lines that begin with "#"
// are passed over. Errors name the line.
func Read(r io.Reader) ([]Case, error) {
	var out []Case
	err := eachLine(r, func(line string) error {
		if strings.HasPrefix(line, "#") {
			return nil
		}
		id, text, ok := strings.Cut(line, "\t")
		if !ok || id == "" || strings.TrimSpace(text) == "" || strings.Contains(text, "\t") {
			return fmt.Errorf("want entry-id<TAB>utterance")
		}
		if id == "-" {
			id = ""
		}
		out = append(out, Case{Text: text, Expect: id})
		return nil
	})
	return out, err
}

// ReadJSONL reads labelled utterances as {"text":…,"expect":entry-id or null}, one
// object a line; other keys are ignored. Errors name the line.
func ReadJSONL(r io.Reader) ([]Case, error) {
	var out []Case
	err := eachLine(r, func(line string) error {
		var v struct {
			Text   *string `json:"text"`
			Expect string  `json:"expect"`
		}
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			return err
		}
		if v.Text == nil {
			return fmt.Errorf(`no "text"`)
		}
		out = append(out, Case{Text: *v.Text, Expect: v.Expect})
		return nil
	})
	return out, err
}

// eachLine calls f with every line that is not empty.
func eachLine(r io.Reader, f func(line string) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	n := 0
	for lines.Scan() {
		n++
		line := strings.TrimRight(lines.Text(), "\r")
		if line == "" {
			continue
		}
		if !utf8.ValidString(line) {
			return fmt.Errorf("eval: line %d: not UTF-8", n)
		}
		if err := f(line); err != nil {
			return fmt.Errorf("eval: line %d: %w", n, err)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("eval: line %d: %w", n+1, err)
	}
	return nil
}
