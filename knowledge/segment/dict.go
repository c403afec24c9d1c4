package segment

import (
	_ "embed"
	"strconv"
	"strings"

	"github.com/go-ego/gse"
)

//go:generate go run ./internal/words -out words.txt

// The dictionaries: words.txt is trimmed from gse's own, business.txt is ours.
var (
	//go:embed words.txt
	commonWords string
	//go:embed business.txt
	businessWords string
)

// businessFreq is the frequency of a business word, that of the 430 most
// common words: high enough to win over a cut into two rarer words.
const businessFreq = 10000

// load makes gse's segmenter with our dictionary. The first of two equal words
// counts, so the business words come first. What gse calculates of each word for its
// own cut (CalcToken) is left out: see path.
func load(extra []string) (*gse.Segmenter, error) {
	g := &gse.Segmenter{Dict: gse.NewDict(), NotLoadHMM: true, Load: true, SkipLog: true}
	for word := range businessWordsAnd(extra) {
		if err := add(g, word, businessFreq); err != nil {
			return nil, err
		}
	}
	for line := range strings.Lines(commonWords) {
		word, count, _ := strings.Cut(strings.TrimSpace(line), " ")
		freq, err := strconv.ParseFloat(count, 64)
		if err != nil || strings.HasPrefix(line, "#") {
			continue
		}
		if err := add(g, word, freq); err != nil {
			return nil, err
		}
	}
	return g, nil
}

// businessWordsAnd yields the words of business.txt and the extra ones, normalised.
func businessWordsAnd(extra []string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for line := range strings.Lines(businessWords) {
			if strings.HasPrefix(line, "#") {
				continue
			}
			for _, word := range strings.Fields(line) {
				if !yield(Key(word)) {
					return
				}
			}
		}
		for _, word := range extra {
			if !yield(Key(word)) {
				return
			}
		}
	}
}

// add gives gse one word of Chinese. Others need no dictionary: they are written
// with spaces.
func add(g *gse.Segmenter, word string, freq float64) error {
	if n := 0; word == "" || len(word) > maxWordBytes || !allCJK(word, &n) || n < 2 {
		return nil
	}
	return g.AddToken(word, freq)
}

// maxWordBytes keeps one absurd "word" from slowing every cut down: gse looks as
// far ahead as its longest word.
const maxWordBytes = 36 // 12 characters; path has room for 15

func allCJK(word string, n *int) bool {
	for _, r := range word {
		if !cjk(r) {
			return false
		}
		*n++
	}
	return true
}
