package bench

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"wenda/knowledge"
	"wenda/knowledge/corpus"
	"wenda/knowledge/index"
	"wenda/knowledge/match"
	"wenda/knowledge/sample"
	"wenda/knowledge/segment"
	"wenda/knowledge/semantic"
)

// material are phrasings to make large bases of, and questions that are none of them.
type material struct {
	words     *segment.Segmenter
	from      string // what they are, for the report
	phrasings []string
	questions []string
}

// heldOut is how many texts of the material are questions.
const heldOut = 2000

// begins are ways to begin a question that change nothing of what is meant.
var begins = []string{"", "请问", "我想问一下", "麻烦问下", "那个", "你好，"}

// newMaterial reads real questions from the folder of public sets (WENDA_TEST_DATA), or
// else takes our corpus: its Chinese utterances, each begun in several ways.
func newMaterial() (material, error) {
	words, err := segment.New()
	if err != nil {
		return material{}, err
	}
	if dir := os.Getenv("WENDA_TEST_DATA"); dir != "" {
		raw, err := os.ReadFile(filepath.Join(dir, "zh-load", "questions.txt"))
		if err == nil {
			return split(words, "real questions", strings.Split(strings.TrimSpace(string(raw)), "\n")), nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return material{}, err
		}
	}
	var all []string
	for _, begin := range begins {
		for _, intent := range corpus.Own().Intents {
			for _, text := range intent.Utterances {
				if intent.Lang == knowledge.Chinese {
					all = append(all, begin+text)
				}
			}
		}
	}
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return split(words, "our corpus", all), nil
}

// split keeps the last texts for questions.
func split(words *segment.Segmenter, from string, texts []string) material {
	n := max(0, len(texts)-heldOut)
	return material{words, from, texts[:n], texts[n:]}
}

// question returns the n-th question. They come again after more than a matcher
// remembers.
func (m material) question(n int) string {
	return begins[n/len(m.questions)%len(begins)] + m.questions[n%len(m.questions)]
}

// errMaterial says that there are too few phrasings.
var errMaterial = errors.New("too few phrasings")

// release is a base of n phrasings from a place on, each ten of them that are alike an entry.
func (m material) release(id int64, from, n int) (*knowledge.Release, error) {
	if from+n > len(m.phrasings) {
		return nil, fmt.Errorf("%w: %d, want %d", errMaterial, len(m.phrasings), from+n)
	}
	var entries []knowledge.Entry
	for some := range slices.Chunk(m.alike(from, n), 10) {
		entries = append(entries, knowledge.Entry{
			ID: fmt.Sprintf("entry-%06d", len(entries)), Revision: 1,
			Texts: map[knowledge.Lang]knowledge.Text{knowledge.Chinese: {Question: some[0], Similar: some[1:], Answer: "好的。"}},
		})
	}
	return knowledge.NewRelease(id, entries)
}

// among is how many phrasings are put in order together.
const among = 10_000

// alike returns n phrasings from a place on when those that share their rarest words stand
// beside each other, as they do in entries: what a match costs hangs on how many entries its
// candidates belong to, and how much the phrasings of one say. The mean cosine of two of ten
// real questions in a row, their features weighed by rarity, is 0.14 so, and 0.02 as they
// come; of two of an entry in the public sets it is 0.16 to 0.62.
func (m material) alike(from, n int) []string {
	var all []string
	first := from / among * among
	for at := first; at < from+n; at += among {
		all = append(all, m.inOrder(m.phrasings[at:min(at+among, len(m.phrasings))])...)
	}
	return all[from-first:][:n]
}

// inOrder sorts texts by the words that ten of them share at least, the rarest first.
func (m material) inOrder(texts []string) []string {
	words, held := make([][]string, len(texts)), map[string]int{}
	for i, text := range texts {
		words[i] = slices.Compact(slices.Sorted(slices.Values(m.words.Cut(text).Words)))
		for _, w := range words[i] {
			held[w]++
		}
	}
	keys := map[string][]string{}
	for i, text := range texts {
		shared := slices.DeleteFunc(words[i], func(w string) bool { return held[w] < 10 })
		slices.SortStableFunc(shared, func(a, b string) int { return cmp.Compare(held[a], held[b]) })
		keys[text] = shared
	}
	return slices.SortedStableFunc(slices.Values(texts), func(a, b string) int { return slices.Compare(keys[a], keys[b]) })
}

// quickly returns something to match a release with that costs what the whole pipeline
// costs: the shipped encoder and stack, and a classifier of the release's entries, which
// are trained less than usual. What it says is not measured.
func quickly(ctx context.Context, words *segment.Segmenter, r *knowledge.Release) (*match.Learnt, error) {
	shipped, err := match.ReadLearnt(sample.Learnt)
	if err != nil {
		return nil, err
	}
	var groups []semantic.Group
	learnt := *shipped
	learnt.Classes = nil
	last := ""
	for _, p := range index.Phrasings(r) {
		if p.Entry != last {
			groups, last = append(groups, semantic.Group{Topic: string(p.Lang)}), p.Entry
			learnt.Classes = append(learnt.Classes, p.Entry+" "+string(p.Lang))
		}
		g := &groups[len(groups)-1]
		g.Texts = append(g.Texts, p.Text)
	}
	settings := semantic.Classifying
	settings.Rounds, settings.Looks, settings.Passes = 1, 0, 1
	learnt.Classifier, err = semantic.TrainClassifier(ctx, words, groups, settings)
	return &learnt, err
}
