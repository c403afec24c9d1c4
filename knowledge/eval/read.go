package eval

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"wenda/knowledge"
)

// maxLine bounds a line of labelled utterances, in bytes.
const maxLine = 8 << 20

// maxFaults is the number of faults that are told in full.
const maxFaults = 20

// ErrInvalid is wrapped by every error about what a file of labelled utterances holds.
var ErrInvalid = errors.New("eval: labelled utterances not valid")

// Read reads labelled utterances, one a line: entry-id<TAB>utterance, with "-" for
// an utterance that no entry is meant by. Empty lines and lines that begin with "#"
// are passed over. Errors name the lines.
func Read(r io.Reader) ([]Case, error) {
	return eachLine(r, func(line string, _ int) (Case, error) {
		switch {
		case !utf8.ValidString(line):
			return Case{}, errors.New("not UTF-8")
		case strings.HasPrefix(line, "#"):
			return Case{}, errPass
		}
		id, text, ok := strings.Cut(line, "\t")
		if !ok || id == "" || strings.TrimSpace(text) == "" || strings.Contains(text, "\t") {
			return Case{}, fmt.Errorf("want entry-id<TAB>utterance")
		}
		if id == "-" {
			id = ""
		}
		return Case{Text: text, Expect: id}, nil
	})
}

// ReadJSONL reads labelled utterances, one object a line:
//
//	{"text":"怎么还钱","expect":"repay-how","kind":"in"}
//	{"text":"今天天气怎么样","expect":null,"kind":"oos_far"}
//
// kind may be absent; it is "in" or "oos", or begins with "in_" or "oos_", and must
// agree with expect. Reading is strict, because a misspelt "expect" would make every
// utterance one that no entry is meant by: unknown and doubled keys and other types
// are faults. All are told, the first twenty with line and reason.
//
// Customers' texts come as they are: what of a text is not UTF-8, or half of a surrogate
// pair, is a � of the case, and a line of which not even that can be read is passed over.
// unreadable are the lines of both, rising.
func ReadJSONL(r io.Reader) (cases []Case, unreadable []int, err error) {
	cases, err = eachLine(r, func(line string, n int) (Case, error) {
		c, err := readCase(line)
		lost := err != nil && !utf8.ValidString(line)
		if lost || strings.ContainsRune(c.Text, utf8.RuneError) {
			unreadable = append(unreadable, n)
		}
		if lost {
			err = errPass
		}
		return c, err
	})
	return cases, unreadable, err
}

// readCase reads a line of ReadJSONL.
func readCase(line string) (Case, error) {
	keys, err := object(line)
	if err != nil {
		return Case{}, err
	}
	var text, expect, kind *string
	for _, k := range []struct {
		name string
		to   **string
	}{{"text", &text}, {"expect", &expect}, {"kind", &kind}} {
		if value, there := keys[k.name]; there && json.Unmarshal(value, k.to) != nil {
			return Case{}, fmt.Errorf("%s: want a text", k.name)
		}
	}
	return labelled(text, expect, kind, keys["expect"] != nil)
}

func labelled(text, expect, kind *string, told bool) (Case, error) {
	c := Case{}
	switch {
	case text == nil:
		return c, errors.New("text is missing")
	case !told:
		return c, errors.New("expect is missing: want the id of an entry, or null")
	case expect != nil && *expect == "":
		return c, errors.New("expect is empty: want the id of an entry, or null")
	}
	c.Text = *text
	if expect != nil {
		c.Expect = *expect
	}
	if kind == nil || *kind == "" {
		return c, nil
	}
	c.Kind = *kind
	switch group, _, _ := strings.Cut(c.Kind, "_"); {
	case len(c.Kind) > 64 || group != "in" && group != "oos":
		return c, errors.New("kind: want in or oos, or one that begins with in_ or oos_")
	case group == "in" && c.Expect == "":
		return c, fmt.Errorf("kind %q, but expect names no entry", c.Kind)
	case group == "oos" && c.Expect != "":
		return c, fmt.Errorf("kind %q, but expect names an entry", c.Kind)
	}
	return c, nil
}

// object reads one JSON object whose keys are known.
func object(line string) (map[string]json.RawMessage, error) {
	keys := map[string]json.RawMessage{}
	d := json.NewDecoder(strings.NewReader(line))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("not a JSON object")
	}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, errors.New("malformed JSON")
		}
		key, _ := t.(string)
		if !slices.Contains([]string{"text", "expect", "kind"}, key) {
			return nil, fmt.Errorf("unknown key %q: want text, expect and kind", cut(key))
		}
		if _, twice := keys[key]; twice {
			return nil, fmt.Errorf("key %q stands twice", key)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, errors.New("malformed JSON")
		}
		keys[key] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, errors.New("malformed JSON")
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text after the object")
	}
	return keys, nil
}

// Known reports the cases whose label is not an entry of the release that can be
// matched, by line.
func Known(cases []Case, r *knowledge.Release) error {
	var faults faults
	for _, c := range cases {
		if c.Expect == "" {
			continue
		}
		switch e, there := r.Entry(c.Expect); {
		case !there:
			faults.add(c.Line, fmt.Errorf("expect %q is no entry of the base", cut(c.Expect)))
		case !e.Matchable():
			faults.add(c.Line, fmt.Errorf("expect %q is one of the sentences of the bot or of agents, which are never matched", c.Expect))
		}
	}
	return faults.err()
}

// errPass is returned by a reader of lines for one that holds no case.
var errPass = errors.New("no case")

// eachLine returns the case of every line that is not empty; read is told its number.
func eachLine(r io.Reader, read func(line string, n int) (Case, error)) ([]Case, error) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	var out []Case
	var faults faults
	n := 0
	for lines.Scan() {
		n++
		line := strings.TrimRight(lines.Text(), "\r")
		if strings.TrimSpace(line) == "" {
			continue
		}
		switch c, err := read(line, n); {
		case err == nil:
			c.Line = n
			out = append(out, c)
		case !errors.Is(err, errPass):
			faults.add(n, err)
		}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		faults.add(n+1, fmt.Errorf("line of more than %d bytes", maxLine))
	} else if err != nil {
		return nil, fmt.Errorf("eval: line %d: %w", n+1, err)
	}
	if err := faults.err(); err != nil {
		return nil, err
	}
	return out, nil
}

// faults are the reasons why a file cannot be used.
type faults []string

func (f *faults) add(line int, err error) { *f = append(*f, fmt.Sprintf("line %d: %v", line, err)) }

func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	told, more := f, ""
	if len(f) > maxFaults {
		told, more = f[:maxFaults], fmt.Sprintf("\nand %d more", len(f)-maxFaults)
	}
	return fmt.Errorf("%w\n%s%s", ErrInvalid, strings.Join(told, "\n"), more)
}

// cut shortens a name for a message.
func cut(name string) string {
	if r := []rune(name); len(r) > 64 {
		return string(r[:64]) + "…"
	}
	return name
}
