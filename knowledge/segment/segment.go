// Package segment reads an utterance as a matcher does: it normalises the text and
// cuts it into words. It is the one door for gse, and safe for concurrent use.
//
//	seg, err := segment.New("安心借")           // extra business words, if any
//	t := seg.Cut("帳單怎麼還不了??")
//	t.Normal                                  // "账单怎么还不了"
//	t.Words                                   // 账单 怎么 还不了
//	t.Chars                                   // 账 单 怎 么 还 不 了
//	t.Pairs                                   // 账单 单怎 怎么 么还 还不 不了
//
// Four streams of tokens come out, because each finds what the others miss: words
// carry the meaning, single characters survive a typo, pairs keep the order, and
// pieces make English forms and typos resemble each other.
//
// Chinese words come from gse's shortest path (Cut without arguments) over our own
// trimmed dictionary of 37,000 words, without HMM. Measured by the best entry (top-1)
// on three public sets of Chinese questions (bank, wallet, general), words +
// characters + pairs: shortest path 91.1 / 88.7 / 98.7, DAG 91.1 / 88.7 / 98.7, DAG
// with HMM 91.1 / 87.6 / 98.5; gse's whole dictionary of 352,000 words changes none
// of them by more than 0.4. The shortest path is the cheapest of the three.
package segment

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/go-ego/gse"

	"wenda/knowledge"
)

// rules goes up whenever Normalise or Cut changes what comes out of the same text.
const rules = "1"

// Segmenter cuts text into tokens. Make one with New.
type Segmenter struct {
	words   *gse.Segmenter // only read after New
	version string
}

// New loads the dictionary (about 0.15 s and 17 MB) and adds the extra business
// words; words that are not Chinese, of one character or over 12 need no adding and
// are passed over.
func New(extra ...string) (*Segmenter, error) {
	words, err := load(extra)
	if err != nil {
		return nil, fmt.Errorf("segment: dictionary: %w", err)
	}
	h := sha256.New()
	for _, part := range append([]string{rules, foldPairs, customary, commonWords, businessWords}, extra...) {
		fmt.Fprintf(h, "%d:", len(part))
		_, _ = io.WriteString(h, part)
	}
	return &Segmenter{words: words, version: rules + "-" + hex.EncodeToString(h.Sum(nil))[:12]}, nil
}

// Version names rules and dictionary: what was cut by another version must not be
// compared with what this one cuts.
func (s *Segmenter) Version() string { return s.version }

// Text is an utterance as it is compared. Tokens stand in the order of the text and
// may repeat; within a stream they are plain words without spaces.
type Text struct {
	Normal string   // see Normalise
	Words  []string // Chinese words and the words inside them; English stems
	Chars  []string // single Chinese characters
	Pairs  []string // two neighbours: Chinese characters, or words of other scripts joined by PairMark
	Pieces []string // three letters in a row of a word written with spaces, "^" and "$" at its ends
}

// Cut normalises the text and cuts it. It looks at the first
// knowledge.MaxUtteranceRunes runes only.
func (s *Segmenter) Cut(text string) Text {
	normal := Normalise(Clip(text, knowledge.MaxUtteranceRunes))
	normal = strings.TrimSuffix(Clip(normal, knowledge.MaxUtteranceRunes), " ") // NFKC may lengthen
	t := Text{Normal: normal}
	last := ""
	for _, u := range units(normal) {
		if last != "" {
			t.Pairs = append(t.Pairs, pair(last, u))
		}
		last = u
		if r, _ := utf8.DecodeRuneInString(u); cjk(r) {
			t.Chars = append(t.Chars, u)
		} else {
			t.Pieces = append(t.Pieces, pieces(u)...)
		}
	}
	for _, run := range runs(normal) {
		t.Words = append(t.Words, s.cutRun(run)...)
	}
	return t
}

// cutRun returns the words of a run of one script. A dictionary word inside a
// longer one is a word too: 还款 is found in 提前还款.
func (s *Segmenter) cutRun(run string) []string {
	if r, _ := utf8.DecodeRuneInString(run); !cjk(r) {
		return []string{stem(run)}
	}
	var out []string
	for _, word := range s.words.Cut(run) {
		out = append(out, word)
		for _, inner := range parts(word) {
			if freq, _, ok := s.words.Find(inner); ok && freq > 0 {
				out = append(out, inner)
			}
		}
	}
	return out
}

// parts returns all pieces of two or more characters that are shorter than the word.
func parts(word string) []string {
	r := []rune(word)
	var out []string
	for n := 2; n < len(r); n++ {
		for i := 0; i+n <= len(r); i++ {
			out = append(out, string(r[i:i+n]))
		}
	}
	return out
}
