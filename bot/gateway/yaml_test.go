package gateway

import (
	"fmt"
	"strconv"
	"strings"
)

// readYAML reads the part of YAML that asyncapi.yaml is written in: blocks of maps
// and lists, {flow, maps} and [lists] on one line, plain and quoted scalars, and
// literal blocks. Anything else is an error, so that the test fails rather than
// reads something other than a real parser would.
func readYAML(data []byte) (any, error) {
	y := &yamlReader{}
	for _, line := range strings.Split(string(data), "\n") {
		text := strings.TrimLeft(line, " ")
		said, _, _ := strings.Cut(text, " # ")
		y.lines = append(y.lines, yamlLine{len(line) - len(text), strings.TrimRight(said, " ")})
	}
	v, err := y.block(0)
	if err == nil && y.at < len(y.lines) {
		err = fmt.Errorf("line %d: does not belong anywhere", y.at+1)
	}
	return v, err
}

type yamlLine struct {
	indent int
	text   string
}

type yamlReader struct {
	lines []yamlLine
	at    int
}

func (y *yamlReader) skipBlank() bool {
	for y.at < len(y.lines) && y.lines[y.at].text == "" {
		y.at++
	}
	return y.at < len(y.lines)
}

// block reads the map or list that begins at the current line with that indent.
func (y *yamlReader) block(indent int) (any, error) {
	if !y.skipBlank() || y.lines[y.at].indent != indent {
		return nil, fmt.Errorf("line %d: a block is missing", y.at+1)
	}
	if strings.HasPrefix(y.lines[y.at].text, "- ") {
		return y.list(indent)
	}
	return y.mapping(indent)
}

func (y *yamlReader) list(indent int) (any, error) {
	all := []any{}
	for y.skipBlank() && y.lines[y.at].indent == indent && strings.HasPrefix(y.lines[y.at].text, "- ") {
		// What stands behind the dash is a block of its own, two further in.
		y.lines[y.at] = yamlLine{indent + 2, y.lines[y.at].text[2:]}
		v, err := y.item(indent + 2)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}

func (y *yamlReader) item(indent int) (any, error) {
	text := y.lines[y.at].text
	if _, _, isKey := cutKey(text); isKey && text[0] != '{' {
		return y.mapping(indent)
	}
	y.at++
	return scalar(text)
}

func (y *yamlReader) mapping(indent int) (any, error) {
	all := map[string]any{}
	for y.skipBlank() && y.lines[y.at].indent == indent {
		key, rest, ok := cutKey(y.lines[y.at].text)
		if _, twice := all[key]; !ok || twice {
			return nil, fmt.Errorf("line %d: not a key, or there twice", y.at+1)
		}
		y.at++
		v, err := y.value(rest, indent)
		if err != nil {
			return nil, err
		}
		all[key] = v
	}
	if y.skipBlank() && y.lines[y.at].indent > indent {
		return nil, fmt.Errorf("line %d: too far in", y.at+1)
	}
	return all, nil
}

func (y *yamlReader) value(rest string, indent int) (any, error) {
	switch {
	case rest == "|":
		return y.literal(indent + 2), nil
	case rest != "":
		v, err := scalar(rest)
		if err != nil {
			err = fmt.Errorf("line %d: %w", y.at, err)
		}
		return v, err
	}
	return y.block(indent + 2)
}

func (y *yamlReader) literal(indent int) string {
	var b strings.Builder
	for ; y.at < len(y.lines) && (y.lines[y.at].text == "" || y.lines[y.at].indent >= indent); y.at++ {
		b.WriteString(y.lines[y.at].text + "\n")
	}
	return b.String()
}

func cutKey(text string) (key, rest string, ok bool) {
	key, rest, ok = strings.Cut(text, ":")
	if !ok || rest != "" && rest[0] != ' ' || strings.ContainsAny(key, "{[\"# ") {
		return "", "", false
	}
	return strings.Trim(key, "'"), strings.TrimSpace(rest), true
}

func scalar(text string) (any, error) {
	f := &flow{text: text}
	v, err := f.value("")
	if err == nil && strings.TrimSpace(f.text) != "" {
		err = fmt.Errorf("%q stands behind a value", f.text)
	}
	return v, err
}

// flow reads values on one line.
type flow struct{ text string }

func (f *flow) value(ends string) (any, error) {
	f.text = strings.TrimLeft(f.text, " ")
	switch {
	case f.text == "":
		return nil, fmt.Errorf("a value is missing")
	case f.text[0] == '{':
		return f.mapping()
	case f.text[0] == '[':
		return f.list()
	case f.text[0] == '\'':
		return f.quoted("'", "''", "'")
	case f.text[0] == '"':
		return f.quoted(`"`, `\"`, `"`)
	case strings.ContainsRune("&*!|>%@`#", rune(f.text[0])):
		return nil, fmt.Errorf("%q is beyond this reader", f.text)
	}
	end := len(f.text)
	if ends != "" {
		if i := strings.IndexAny(f.text, ends); i >= 0 {
			end = i
		}
	}
	plain := strings.TrimSpace(f.text[:end])
	f.text = f.text[end:]
	if strings.Contains(plain, ": ") || strings.HasSuffix(plain, ":") || strings.Contains(plain, " #") {
		return nil, fmt.Errorf("%q must be quoted", plain)
	}
	return typed(plain), nil
}

func typed(plain string) any {
	if n, err := strconv.ParseInt(plain, 10, 64); err == nil {
		return float64(n) // as JSON reads it
	}
	switch plain {
	case "true":
		return true
	case "false":
		return false
	}
	return plain
}

func (f *flow) quoted(quote, escaped, means string) (any, error) {
	var b strings.Builder
	for rest := f.text[1:]; ; {
		if s, ok := strings.CutPrefix(rest, escaped); ok {
			b.WriteString(means)
			rest = s
			continue
		}
		if s, ok := strings.CutPrefix(rest, quote); ok {
			f.text = s
			return b.String(), nil
		}
		if rest == "" {
			return nil, fmt.Errorf("%q does not end", f.text)
		}
		b.WriteByte(rest[0])
		rest = rest[1:]
	}
}

func (f *flow) mapping() (any, error) {
	all := map[string]any{}
	for f.text = f.text[1:]; !f.skip("}"); {
		key, rest, ok := strings.Cut(strings.TrimLeft(f.text, " "), ": ")
		key = strings.Trim(key, "'")
		if _, twice := all[key]; !ok || twice {
			return nil, fmt.Errorf("%q is not a key, or there twice", f.text)
		}
		f.text = rest
		v, err := f.value(",}")
		if err != nil {
			return nil, err
		}
		all[key] = v
		if !f.skip(",") && !strings.HasPrefix(f.text, "}") {
			return nil, fmt.Errorf("%q stands in a map", f.text)
		}
	}
	return all, nil
}

func (f *flow) list() (any, error) {
	all := []any{}
	for f.text = f.text[1:]; !f.skip("]"); {
		v, err := f.value(",]")
		if err != nil {
			return nil, err
		}
		all = append(all, v)
		if !f.skip(",") && !strings.HasPrefix(f.text, "]") {
			return nil, fmt.Errorf("%q stands in a list", f.text)
		}
	}
	return all, nil
}

func (f *flow) skip(c string) bool {
	f.text = strings.TrimLeft(f.text, " ")
	rest, ok := strings.CutPrefix(f.text, c)
	f.text = rest
	return ok
}
