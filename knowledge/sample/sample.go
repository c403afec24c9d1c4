// Package sample is the consumer-finance knowledge base that Wenda is shipped
// with: loans, repayment, limits, overdue, accounts, fraud, the bot's own sentences
// and replies of agents, in Chinese and, for the commonest questions, in English.
//
// It was written for Wenda and may be used, changed and shipped like the rest of
// it. A company starts from it and replaces what is different at home: nothing in
// it names a company, a rate or an amount.
//
// The entries are TOML files by topic in entries/, made to be read and extended by
// people. Held-out utterances that are in no entry stand in testdata/ and measure
// the matcher.
package sample

import (
	"bytes"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"wenda/knowledge"
)

//go:embed entries/*.toml
var files embed.FS

//go:generate go run wenda/cmd/encoder -sample

// Learnt is what the matcher learns from the sample base (match.ReadLearnt), so that a
// first start need not. make encoder writes it; it is void once an entry, the segmenter
// or the encoder changes, which its key tells.
//
//go:embed learnt.bin
var Learnt []byte

// topic is one file.
type topic struct {
	Category string  `toml:"category"`
	Entries  []entry `toml:"entry"`
}

type entry struct {
	ID  string `toml:"id"`
	Hot bool   `toml:"hot"`
	Zh  *text  `toml:"zh"`
	En  *text  `toml:"en"`
}

type text struct {
	Question string   `toml:"question"`
	Similar  []string `toml:"similar"`
	Not      []string `toml:"not"`
	Answer   string   `toml:"answer"`
}

// Entries returns the sample base, every entry at revision 1, sorted by file and
// then as written. The caller owns the result. An error means that the binary was
// built from a broken file; tests keep that from happening.
func Entries() ([]knowledge.Entry, error) {
	names, err := fs.Glob(files, "entries/*.toml")
	if err != nil {
		return nil, err
	}
	var all []knowledge.Entry
	for _, name := range names {
		raw, err := files.ReadFile(name)
		if err != nil {
			return nil, err
		}
		entries, err := parse(raw)
		if err != nil {
			return nil, fmt.Errorf("sample: %s: %w", path.Base(name), err)
		}
		all = append(all, entries...)
	}
	return all, nil
}

// Release returns the sample base as a release.
func Release(id int64) (*knowledge.Release, error) {
	entries, err := Entries()
	if err != nil {
		return nil, err
	}
	return knowledge.NewRelease(id, entries)
}

func parse(raw []byte) ([]knowledge.Entry, error) {
	var t topic
	dec := toml.NewDecoder(bytes.NewReader(raw)).DisallowUnknownFields()
	if err := dec.Decode(&t); err != nil {
		return nil, err
	}
	entries := make([]knowledge.Entry, 0, len(t.Entries))
	for _, e := range t.Entries {
		texts := map[knowledge.Lang]knowledge.Text{}
		e.Zh.into(texts, knowledge.Chinese)
		e.En.into(texts, knowledge.English)
		entries = append(entries, knowledge.Entry{ID: e.ID, Revision: 1, Category: t.Category, Hot: e.Hot, Texts: texts})
	}
	return entries, nil
}

func (t *text) into(texts map[knowledge.Lang]knowledge.Text, lang knowledge.Lang) {
	if t != nil {
		texts[lang] = knowledge.Text{Question: t.Question, Similar: t.Similar, Not: t.Not, Answer: strings.TrimSpace(t.Answer)}
	}
}
