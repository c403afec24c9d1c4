package exchange

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// kind is what a key's value must be.
type kind int

const (
	isString kind = iota
	isList        // of strings
)

// object is a flat JSON object.
type object struct {
	strings map[string]string
	lists   map[string][]string
}

// readObject reads one JSON object whose keys and types are known. It is stricter
// than encoding/json, which takes "ID" for "id", lets the last of two equal keys
// win, turns half a surrogate pair into U+FFFD and does not look at what follows.
func readObject(text string, keys map[string]kind) (object, error) {
	o := object{strings: map[string]string{}, lists: map[string][]string{}}
	d := json.NewDecoder(strings.NewReader(text))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return o, errors.New("not a JSON object")
	}
	seen := map[string]bool{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return o, malformed(err)
		}
		name, _ := key.(string)
		want, known := keys[name]
		if !known {
			return o, fmt.Errorf("unknown key %s", quote(name))
		}
		if seen[name] {
			return o, fmt.Errorf("key %q stands twice", name)
		}
		seen[name] = true
		if err := o.value(d, name, want); err != nil {
			return o, err
		}
	}
	if _, err := d.Token(); err != nil {
		return o, malformed(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return o, errors.New("text after the object")
	}
	return o, o.replaced(text)
}

// value reads what belongs to a key.
func (o object) value(d *json.Decoder, name string, want kind) error {
	var err error
	if want == isString {
		o.strings[name], err = readString(d, name)
		return err
	}
	if t, err := d.Token(); err != nil || t != json.Delim('[') {
		return fmt.Errorf("%s: want a list", name)
	}
	for d.More() {
		s, err := readString(d, name)
		if err != nil {
			return err
		}
		o.lists[name] = append(o.lists[name], s)
	}
	_, err = d.Token()
	return malformed(err)
}

func readString(d *json.Decoder, name string) (string, error) {
	t, err := d.Token()
	if err != nil {
		return "", malformed(err)
	}
	s, ok := t.(string)
	if !ok {
		return "", fmt.Errorf("%s: want a text", name)
	}
	return s, nil
}

// replaced reports a replacement character that the text itself does not hold:
// encoding/json puts it where an escape is half a surrogate pair.
func (o object) replaced(text string) error {
	const bad = "\uFFFD"
	if strings.Contains(text, bad) || strings.Contains(strings.ToLower(text), `\ufffd`) {
		return nil
	}
	for name, s := range o.strings {
		if strings.Contains(s, bad) {
			return fmt.Errorf("%s: half a surrogate pair", name)
		}
	}
	for name, list := range o.lists {
		if strings.Contains(strings.Join(list, ""), bad) {
			return fmt.Errorf("%s: half a surrogate pair", name)
		}
	}
	return nil
}

// malformed says where the JSON goes wrong, without what stands there.
func malformed(err error) error {
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax):
		return fmt.Errorf("malformed JSON at byte %d", syntax.Offset)
	}
	return errors.New("malformed JSON")
}
