package bench

import (
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
	if dir := os.Getenv("WENDA_TEST_DATA"); dir != "" {
		raw, err := os.ReadFile(filepath.Join(dir, "zh-load", "questions.txt"))
		if err == nil {
			return split("real questions", strings.Split(strings.TrimSpace(string(raw)), "\n")), nil
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
	return split("our corpus", all), nil
}

// split keeps the last texts for questions.
func split(from string, texts []string) material {
	n := max(0, len(texts)-heldOut)
	return material{from, texts[:n], texts[n:]}
}

// question returns the n-th question. They come again after more than a matcher
// remembers.
func (m material) question(n int) string {
	return begins[n/len(m.questions)%len(begins)] + m.questions[n%len(m.questions)]
}

// errMaterial says that there are too few phrasings.
var errMaterial = errors.New("too few phrasings")

// release is a base of n phrasings from a place on, ten an entry.
func (m material) release(id int64, from, n int) (*knowledge.Release, error) {
	if from+n > len(m.phrasings) {
		return nil, fmt.Errorf("%w: %d, want %d", errMaterial, len(m.phrasings), from+n)
	}
	var entries []knowledge.Entry
	for some := range slices.Chunk(m.phrasings[from:from+n], 10) {
		entries = append(entries, knowledge.Entry{
			ID: fmt.Sprintf("entry-%06d", len(entries)), Revision: 1,
			Texts: map[knowledge.Lang]knowledge.Text{knowledge.Chinese: {Question: some[0], Similar: some[1:], Answer: "好的。"}},
		})
	}
	return knowledge.NewRelease(id, entries)
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
