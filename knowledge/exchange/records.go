package exchange

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wenda/knowledge"
	"wenda/knowledge/base"
)

// readLines reads JSON Lines: whole entries, or texts in the form of ReadBase.
func readLines(ctx context.Context, f *File, data []byte, limits Limits) error {
	for l, err := range lines(bytes.NewReader(data), limits) {
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		r := record{line: l.number, text: l.text}
		var p piece
		if l.fault != "" {
			r.flaw("", Unreadable, l.fault)
		} else {
			p = readRecord(&r)
		}
		if err := f.add(r, limits); err != nil {
			return err
		}
		f.pieces = append(f.pieces, p)
	}
	return nil
}

// readRecord reads one line of either form.
func readRecord(r *record) piece {
	if !utf8.ValidString(r.text) {
		r.flaw("", Unreadable, "not UTF-8")
		return piece{}
	}
	all, err := members([]byte(r.text))
	if err != nil {
		r.flaw("", Unreadable, err.Error())
		return piece{}
	}
	delete(all, errorsKey)
	if _, whole := all["texts"]; whole {
		return readWhole(all, r)
	}
	return readText(all, r)
}

// readText reads a line of ReadBase's form, as if it were a row with these columns.
func readText(all map[string]json.RawMessage, r *record) piece {
	cells := map[string]string{}
	var heads []column
	for _, key := range slices.Sorted(maps.Keys(all)) {
		raw := all[key]
		c, known := columnOf(key)
		if !known || c.key != key || !slices.Contains([]string{idKey, langKey, "question", "similar", "answer", "category"}, key) {
			r.flaw("", Unreadable, "unknown key "+quote(key))
			continue
		}
		var text string
		var list []string
		if err := one(raw, &text); c.key != "similar" && err != nil {
			r.flaw(key, Unreadable, "want a text")
		}
		if err := one(raw, &list); c.key == "similar" && err != nil {
			r.flaw(key, Unreadable, "want a list of texts")
		}
		heads, cells[key] = append(heads, c), text
		for i, item := range list {
			list[i] = strings.Join(strings.Fields(item), " ")
		}
		cells[key] += strings.Join(list, "\n")
	}
	row := record{line: r.line}
	for _, c := range heads {
		row.cells = append(row.cells, escape(cells[c.key])) // as a table's row would hold it
	}
	p := readRow(heads, &row)
	for _, f := range row.flaws {
		r.flaw(f.Column, f.Code, f.Detail)
	}
	return p
}

// readWhole reads a line that is a whole entry.
func readWhole(all map[string]json.RawMessage, r *record) piece {
	var e Entry
	p := piece{whole: true}
	fields := map[string]any{
		idKey: &e.ID, "category": &e.Category, "tags": &e.Tags, "hot": &e.Hot, "owner": &e.Owner, "source": &e.Source, "risk": &e.Risk,
		"related": &e.Related, "from": &e.From, "until": &e.Until, "review_by": &e.ReviewBy,
	}
	texts := all["texts"]
	delete(all, "texts")
	if err := fill(all, fields); err != nil {
		r.flaw("", Unreadable, err.Error())
	}
	e.Texts = map[knowledge.Lang]base.Text{}
	byLang, err := members(texts)
	if err != nil {
		r.flaw("texts", Unreadable, err.Error())
	}
	for _, lang := range slices.Sorted(maps.Keys(byLang)) {
		t, err := readTexts(byLang[lang])
		if err != nil {
			r.flaw("texts", Unreadable, err.Error())
		}
		if lang != string(knowledge.Chinese) && lang != string(knowledge.English) {
			r.flaw(langKey, BadValue, quote(lang))
			continue
		}
		e.Texts[knowledge.Lang(lang)] = t
	}
	if p.id = e.ID; !knowledge.ValidID(e.ID) {
		r.flaw(idKey, BadID, quote(e.ID))
	}
	if halfPair(r.text, e) {
		r.flaw("", Unreadable, "half a surrogate pair")
	}
	p.content = e.Content
	return p
}

func readTexts(raw json.RawMessage) (t base.Text, err error) {
	all, err := members(raw)
	if err != nil {
		return t, err
	}
	if raw, there := all["channels"]; there {
		channels, err := members(raw)
		if err != nil {
			return t, err
		}
		t.Channels = map[string]string{}
		for name, raw := range channels {
			var text string
			if err := one(raw, &text); err != nil {
				return t, errors.New("channels: want texts")
			}
			t.Channels[name] = text
		}
		delete(all, "channels")
	}
	return t, fill(all, map[string]any{"question": &t.Question, "similar": &t.Similar, "not": &t.Not, "answer": &t.Answer})
}

// fill reads the members into the fields of the same name; all must have one.
func fill(all map[string]json.RawMessage, fields map[string]any) error {
	for _, key := range slices.Sorted(maps.Keys(all)) {
		into, known := fields[key]
		if !known {
			return fmt.Errorf("unknown key %s", quote(key))
		}
		if err := one(all[key], into); err != nil {
			return fmt.Errorf("%s: want %s", key, wanted(into))
		}
	}
	return nil
}

func wanted(into any) string {
	switch into.(type) {
	case *[]string:
		return "a list of texts"
	case *bool:
		return "true or false"
	case *time.Time:
		return "a time like 2026-11-22T08:00:00Z"
	}
	return "a text"
}

// one reads a value that is there: null is none.
func one(raw json.RawMessage, into any) error {
	if list, ok := into.(*[]string); ok {
		var texts []*string
		if err := json.Unmarshal(raw, &texts); err != nil || texts == nil || slices.Contains(texts, nil) {
			return errValue
		}
		for _, t := range texts {
			*list = append(*list, *t)
		}
		return nil
	}
	if string(raw) == "null" {
		return errValue
	}
	return json.Unmarshal(raw, into)
}

// members reads a JSON object. It is stricter than encoding/json, which lets the
// last of two equal keys win and takes "ID" for "id".
func members(raw []byte) (map[string]json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("not a JSON object")
	}
	all := map[string]json.RawMessage{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, malformed(err)
		}
		name, _ := key.(string)
		if _, twice := all[name]; twice {
			return nil, fmt.Errorf("key %s stands twice", quote(name))
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, malformed(err)
		}
		all[name] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, malformed(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text after the object")
	}
	return all, nil
}

// halfPair reports a replacement character in what was read that the line does not
// hold: encoding/json puts it where an escape is half a surrogate pair.
func halfPair(text string, e Entry) bool {
	const bad = "\uFFFD"
	if strings.Contains(text, bad) || strings.Contains(strings.ToLower(text), `\ufffd`) {
		return false
	}
	again, err := json.Marshal(e)
	return err == nil && strings.Contains(string(again), bad)
}

func writeLines(w io.Writer, entries []Entry) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for _, e := range entries {
		if err := enc.Encode(e); err != nil {
			return err
		}
	}
	return nil
}
