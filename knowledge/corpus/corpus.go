// Package corpus is how customers of consumer finance really say it: texts written by
// us, for no tenant in particular, from which the product learns the language before
// it has seen a tenant's base.
//
//	c := corpus.Own()
//	c.Intents                    what may be meant, each with twenty or more ways to say it
//	c.Outside                    what no lender's base answers
//	c.Pairs                      texts that look alike and mean different things
//	encoder, err := corpus.Encoder()   what was learnt from them
//	report := corpus.Check(c, seg)     whether they are as they must be
//
// The files are for people to read and to add to:
//
//	zh/TOPIC.tsv  en/TOPIC.tsv            intent<TAB>utterance
//	outside/zh/KIND.tsv  outside/en/…     utterance
//	pairs/zh/TOPIC.tsv  pairs/en/…        utterance<TAB>utterance<TAB>different
//
// Two utterances are of one intent only if one and the same answer serves both. They
// are written as people type on a phone: short, with typos, dialect, anger and
// politeness, without names of real companies and without personal data. Nothing is
// generated from patterns, and nothing comes from anywhere else. After a change run
// wenda corpus check, and make encoder, which learns anew.
package corpus

import (
	"bufio"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"wenda/knowledge"
)

// Intent is something customers want, and how they say it.
type Intent struct {
	ID         string // TOPIC.what, unique within a language
	Lang       knowledge.Lang
	Utterances []string
}

// Topic is the first part of the id: intents of one topic are the hardest to tell apart.
func (i Intent) Topic() string { topic, _, _ := strings.Cut(i.ID, "."); return topic }

// Outside is what no base of a lender answers.
type Outside struct {
	Kind string // chitchat, near_miss, …
	Lang knowledge.Lang
	Text string
}

// Pair is two utterances that look alike and need different answers.
type Pair struct {
	Lang knowledge.Lang
	A, B string
}

// Corpus is everything. It is not to be changed.
type Corpus struct {
	Intents []Intent // sorted by language and id
	Outside []Outside
	Pairs   []Pair
}

//go:embed zh en outside pairs
var files embed.FS

// Own returns the corpus this program was built with. Read it, do not change it.
var Own = sync.OnceValue(func() *Corpus {
	c, err := Read(files)
	if err != nil {
		panic(fmt.Sprintf("the corpus inside this program: %v", err)) // a test reads it at every build
	}
	return c
})

// Read reads a corpus from a folder like this one. Errors name file and line.
func Read(folder fs.FS) (*Corpus, error) {
	c := &Corpus{}
	for _, lang := range []knowledge.Lang{knowledge.Chinese, knowledge.English} {
		short, _, _ := strings.Cut(string(lang), "-")
		at := map[string]int{}
		for _, part := range []struct {
			folder  string
			columns int
			take    func(file string, row []string) error
		}{
			{short, 2, func(file string, row []string) error { return c.addUtterance(lang, at, file, row) }},
			{path.Join("outside", short), 1, func(file string, row []string) error {
				c.Outside = append(c.Outside, Outside{file, lang, row[0]})
				return nil
			}},
			{path.Join("pairs", short), 3, func(_ string, row []string) error {
				if row[2] != "different" {
					return fmt.Errorf("the third column says %q, not different", row[2])
				}
				c.Pairs = append(c.Pairs, Pair{lang, row[0], row[1]})
				return nil
			}},
		} {
			if err := eachFile(folder, part.folder, part.columns, part.take); err != nil {
				return nil, err
			}
		}
	}
	slices.SortStableFunc(c.Intents, func(a, b Intent) int {
		if a.Lang != b.Lang {
			return strings.Compare(string(b.Lang), string(a.Lang)) // Chinese first
		}
		return strings.Compare(a.ID, b.ID)
	})
	return c, nil
}

func (c *Corpus) addUtterance(lang knowledge.Lang, at map[string]int, file string, row []string) error {
	id, text := row[0], row[1]
	if topic := (Intent{ID: id}).Topic(); topic != file || topic == id {
		return fmt.Errorf("intent %q does not belong into %s.tsv", id, file)
	}
	n, ok := at[id]
	if !ok {
		n = len(c.Intents)
		at[id] = n
		c.Intents = append(c.Intents, Intent{ID: id, Lang: lang})
	}
	c.Intents[n].Utterances = append(c.Intents[n].Utterances, text)
	return nil
}

// eachFile calls take with every row of every .tsv file of a folder, in order.
func eachFile(folder fs.FS, dir string, columns int, take func(file string, row []string) error) error {
	names, err := fs.Glob(folder, path.Join(dir, "*.tsv"))
	if err != nil {
		return err
	}
	for _, name := range names {
		f, err := folder.Open(name)
		if err != nil {
			return err
		}
		err = eachRow(f, columns, func(row []string) error { return take(strings.TrimSuffix(path.Base(name), ".tsv"), row) })
		_ = f.Close()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func eachRow(r io.Reader, columns int, take func(row []string) error) error {
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		row := strings.Split(lines.Text(), "\t")
		if err := sound(row, columns); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
		if err := take(row); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return lines.Err()
}

func sound(row []string, columns int) error {
	if len(row) != columns {
		return fmt.Errorf("%d columns, want %d", len(row), columns)
	}
	for _, cell := range row {
		if cell == "" || strings.TrimSpace(cell) != cell || !utf8.ValidString(cell) {
			return fmt.Errorf("%q is empty, has space at its ends or is not UTF-8", cell)
		}
	}
	return nil
}

// Far returns the texts of a language that no base answers and that are of other
// things altogether: what a base that calibrates itself takes for far out of scope.
// The near misses of finance are left out: a tenant may well answer one of them.
func (c *Corpus) Far(lang knowledge.Lang) []string {
	var out []string
	for _, o := range c.Outside {
		if o.Lang == lang && o.Kind != NearMiss {
			out = append(out, o.Text)
		}
	}
	return out
}

// NearMiss is the kind of questions about money that no lender's base answers.
const NearMiss = "near_miss"

// Sample returns n utterances picked at random, each as intent<TAB>utterance.
func (c *Corpus) Sample(n int) []string {
	var all []string
	for _, i := range c.Intents {
		for _, text := range i.Utterances {
			all = append(all, i.ID+"\t"+text)
		}
	}
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all[:min(n, len(all))]
}
