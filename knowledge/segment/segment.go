// Package segment reads an utterance as a matcher does: it normalises the text and
// cuts it into words. It is the one door for gse, and safe for concurrent use.
//
//	seg, err := segment.New("安心借")           // extra business words, if any
//	seg = seg.With([]string{"备用金", "随心借"})  // words that mean the same in this base
//	seg = seg.For(release)                     // the same, as a release has them
//	t := seg.Cut("帳單怎麼還不了??")
//	t.Normal                                  // "账单怎么还不了"
//	t.Words                                   // 账单 怎么 还不了 不了
//	t.Chars                                   // 账 单 怎 么 还 不 了
//	t.Pairs                                   // 账单 单怎 怎么 么还 还不 不了
//	t.Means                                   // 账单 怎么 还款失败
//	t.Sounds()                                // zhang dan zen me hai bu le
//	t.Numbers()                               // none; of 借一万二分12期: 12000, 12 months
//	t.Negated()                               // true
//
// Several streams of tokens come out, because each finds what the others miss: words
// carry the meaning, single characters survive a typo, pairs keep the order, sounds
// see through what an input method mixed up, and pieces make English forms and typos
// resemble each other. Means, Numbers and Negated are for telling apart what looks
// alike: 收到 and 没收到, 3% and 3期.
//
// Normalise is what all of that and the exact comparison (Key) start from. It also
// writes amounts in one way, so that 一万二, 1万2, 1.2w and 12,000 are the same key and
// the same token, 12000; see numerals for what it leaves alone. What is shown to
// people is never normalised.
//
// Chinese words are those of gse's shortest path over gse's trie with our own trimmed
// dictionary of 37,000 words, without HMM; we walk the trie ourselves, because one walk
// finds the path and the words inside the words, in less than half of the time.
// Measured by the best entry (top-1) on three public sets of Chinese questions (bank,
// wallet, general), words + characters + pairs: shortest path 91.1 / 88.7 / 98.7, DAG 91.1 / 88.7 / 98.7,
// DAG with HMM 91.1 / 87.6 / 98.5; gse's whole dictionary of 352,000 words changes none
// of them by more than 0.4. The shortest path is the cheapest of the three.
//
// A question of twelve characters takes about 10 µs with its sounds, on one core.
package segment

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-ego/gse"

	"wenda/knowledge"
)

// rules goes up whenever Normalise or Cut changes what comes out of the same text.
const rules = "2"

// Segmenter cuts text into tokens. Make one with New.
type Segmenter struct {
	words   *gse.Segmenter // only read after New
	total   float32        // log2 of the frequencies of all words together
	longest int            // word, in characters
	general *meanings      // of means.txt
	own     *meanings      // of With; nil if none
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
	_ = sounds() // no question shall wait for them
	return &Segmenter{
		words: words, total: float32(math.Log2(words.Dict.TotalFreq())), longest: words.Dict.MaxTokenLen(),
		general: meaningsOf(generalGroups()),
		version: versionOf(append([]string{foldPairs, customary, commonWords, businessWords, generalWords}, extra...)...),
	}, nil
}

// With returns a segmenter that knows words which mean the same in one base besides:
// each group a list of them, the first the one that stands for all. It shares the
// dictionary with s and is cheap. Where a word of a group is said, Cut adds the
// group's first to Words and Means.
//
//	seg.With([]string{"备用金", "随心借"})
func (s *Segmenter) With(groups ...[]string) *Segmenter {
	parts := []string{s.version}
	for _, group := range groups {
		parts = append(append(parts, strconv.Itoa(len(group))), group...)
	}
	with := *s
	with.own, with.version = meaningsOf(groups), versionOf(parts...)
	return &with
}

// For returns the segmenter of a release: with its synonyms, or s itself if it has none.
func (s *Segmenter) For(r *knowledge.Release) *Segmenter {
	if len(r.Synonyms()) == 0 {
		return s
	}
	return s.With(r.Synonyms()...)
}

func versionOf(parts ...string) string {
	h := sha256.New()
	for _, part := range append([]string{rules}, parts...) {
		fmt.Fprintf(h, "%d:", len(part))
		_, _ = io.WriteString(h, part)
	}
	return rules + "-" + hex.EncodeToString(h.Sum(nil))[:12]
}

// Version names rules, dictionary and synonyms: what was cut by another version must
// not be compared with what this one cuts.
func (s *Segmenter) Version() string { return s.version }

// Text is an utterance as it is compared. Tokens stand in the order of the text and
// may repeat; within a stream they are plain words without spaces.
type Text struct {
	Normal string   // see Normalise
	Words  []string // Chinese words and the words inside them; English stems; at the end what With adds
	Chars  []string // single Chinese characters
	Pairs  []string // two neighbours: Chinese characters, or words of other scripts joined by PairMark
	Pieces []string // three letters in a row of a word written with spaces, "^" and "$" at its ends
	Means  []string // one word for each group of synonyms that the text holds a word of, once each
}

// Cut normalises the text and cuts it. It looks at the first
// knowledge.MaxUtteranceRunes runes only.
func (s *Segmenter) Cut(text string) Text {
	normal := Normalise(Clip(text, knowledge.MaxUtteranceRunes))
	normal = strings.TrimSuffix(Clip(normal, knowledge.MaxUtteranceRunes), " ") // NFKC may lengthen
	if normal == "" {
		return Text{}
	}
	size := utf8.RuneCountInString(normal)
	t := Text{Normal: normal, Words: make([]string, 0, size), Chars: make([]string, 0, size), Pairs: make([]string, 0, size)}
	var unitRoom [32]string
	var stepRoom [33]step
	units := unitRoom[:0]
	for run := range runs(normal) {
		first, pairs := len(units), len(t.Pairs)
		if r, _ := utf8.DecodeRuneInString(run); cjk(r) {
			units = s.cutChinese(&t, units, run, stepRoom[:0])
		} else {
			units = append(units, stem(run))
			t.Words, t.Pieces = append(t.Words, units[first]), append(t.Pieces, pieces(units[first])...)
		}
		if first > 0 {
			t.Pairs = slices.Insert(t.Pairs, pairs, pair(units[first-1], units[first]))
		}
	}
	s.mean(&t, units)
	return t
}

// cutChinese adds a run of Chinese to the streams and its characters to the units.
func (s *Segmenter) cutChinese(t *Text, units []string, run string, room []step) []string {
	p := s.path(run, room)
	first := len(units)
	for i := range len(p.steps) - 1 {
		units = append(units, run[p.steps[i].at:p.steps[i+1].at])
		if i > 0 {
			t.Pairs = append(t.Pairs, run[p.steps[i-1].at:p.steps[i+1].at])
		}
	}
	t.Chars = append(t.Chars, units[first:]...)
	t.Words = p.words(t.Words)
	return units
}

// mean adds the synonyms.
func (s *Segmenter) mean(t *Text, units []string) {
	if s.own != nil {
		t.Means = s.own.find(t.Means, units)
		for _, word := range t.Means {
			if !slices.Contains(t.Words, word) {
				t.Words = append(t.Words, word)
			}
		}
	}
	t.Means = s.general.find(t.Means, units)
}
