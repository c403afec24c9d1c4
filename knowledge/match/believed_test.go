package match

import (
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"testing"

	"wenda/knowledge"
	"wenda/knowledge/corpus"
	"wenda/knowledge/eval/evaltest"
	"wenda/knowledge/semantic"
)

// One entry with a twin makes many sure mistakes. A small base does not take them for what
// will come, a large one does.
func TestBelieve(t *testing.T) {
	for _, c := range []struct {
		entries    int
		right, sum float64
	}{{1, 1, 1}, {1, 0, 0}, {believedFrom - 1, 1, 1}, {50, 1, 0.95}, {50, 0, 0.45}, {1 << 40, 1, 1}, {1 << 40, 0, 0}} {
		v := []verdict{{confidence: 0.9, right: c.right}}
		believe(v, c.entries)
		if math.Abs(v[0].right-c.sum) > 1e-6 {
			t.Errorf("%+v: %.3f", c, v[0].right)
		}
	}
}

// TestBelieved shows where believed is from. Bases are cut out of our own corpus, calibrate
// themselves, and are then asked what was left out: other phrasings of their entries, and
// the intents beside them. It does so with the encoder as it is, and with one that has not
// seen the topics of the bases. It takes a quarter of an hour: its figures are in the log.
func TestBelieved(t *testing.T) {
	evaltest.Large(t)
	roundsMost = 4
	defer func(shipped func() (*semantic.Encoder, error)) { roundsMost, corpus.Encoder = 1, shipped }(corpus.Encoder)
	for _, fresh := range []bool{false, true} {
		sums := map[float64]*kept{}
		for half := range 2 {
			if fresh {
				teachWithout(t, half)
			}
			for seed := half; seed < 14; seed += 2 {
				n, most := []int{20, 33, 45, 60, 90}[seed%5], []int{6, 12, 12}[seed%3]
				r, texts := cutOut(half, seed, n, most)
				verdicts, real := calibrated(t, r, texts)
				for _, by := range []float64{0, 25, 50, 100, 200} {
					if sums[by] == nil {
						sums[by] = &kept{}
					}
					sums[by].add(verdicts, real, float64(n)/(float64(n)+by))
				}
			}
		}
		for _, by := range []float64{0, 25, 50, 100, 200} {
			t.Logf("encoder without the topics %v, believed %3.0f: %v", fresh, by, sums[by])
		}
	}
}

// kept sums up how bases kept a target of 95 %.
type kept struct{ n, right, off, answered float64 }

func (k *kept) add(verdicts, real []verdict, own float64) {
	mixed, total, sum, right := []verdict{}, 0.0, 0.0, 0.0
	for _, v := range verdicts {
		v.right = own*v.right + (1-own)*v.confidence
		mixed = append(mixed, v)
		total += v.weight
	}
	answer := point(surestFirst(mixed), DefaultTarget, total).Answer
	all := 0.0
	for _, v := range real {
		all += v.weight
		if v.confidence >= answer {
			sum, right = sum+v.weight, right+v.weight*v.right
		}
	}
	share := 1.0
	if sum > 0 {
		share = right / sum
	}
	k.n, k.right, k.off, k.answered = k.n+1, k.right+share, k.off+(share-DefaultTarget)*(share-DefaultTarget), k.answered+sum/all
}

func (k *kept) String() string {
	return fmt.Sprintf("%.0f bases, right %.2f, off the target %.2f, answered %.1f", k.n, 100*k.right/k.n, 100*math.Sqrt(k.off/k.n), 100*k.answered/k.n)
}

// calibrated returns what the folds of a base came to, and what its own model makes of texts.
func calibrated(t *testing.T, r *knowledge.Release, texts [kinds][]labelled) (verdicts, real []verdict) {
	s := Study{Variant: Full}.of(r)
	var asked []asking
	for _, part := range foldings(r) {
		some, err := part.of(t.Context(), seg(), r, s)
		if err != nil {
			t.Fatal(err)
		}
		asked = append(asked, some...)
	}
	learnt, err := tuned(t.Context(), seg(), r, s)
	if err != nil {
		t.Fatal(err)
	}
	doubt(asked, s.Variant)
	weigh(asked, mix)
	learnt.Stack = fit(examplesOf(asked, -1), prior[s.Variant])
	learnt.Curve = uncharted()
	then, err := folding{}.ask(t.Context(), build(t.Context(), r, seg(), learnt, DefaultTarget), texts)
	if err != nil {
		t.Fatal(err)
	}
	weigh(then, mix)
	for _, a := range then {
		real = append(real, a.verdict(learnt.Stack))
	}
	verdicts, _ = verdictsOn(asked, s.Variant)
	return verdicts, real
}

// cutOut makes a base of n entries of neighbouring topics of our corpus, with at most so
// many phrasings each, and the texts to ask it; of a third as many intents beside them it
// has none.
func cutOut(half, seed, n, most int) (*knowledge.Release, [kinds][]labelled) {
	random := rand.New(rand.NewPCG(uint64(seed), 77))
	shuffle := func(all []string) []string {
		all = append([]string{}, all...)
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		return all
	}
	of := map[string][]corpus.Intent{}
	var topics []string
	for _, i := range corpus.Own().Intents {
		if i.Lang == knowledge.Chinese && halfOf(i) == half {
			if of[i.Topic()] == nil {
				topics = append(topics, i.Topic())
			}
			of[i.Topic()] = append(of[i.Topic()], i)
		}
	}
	var pool []corpus.Intent
	for _, topic := range shuffle(topics) {
		if len(pool) < (n+n/3)*5/4 {
			pool = append(pool, of[topic]...)
		}
	}
	random.Shuffle(len(pool), func(i, j int) { pool[i], pool[j] = pool[j], pool[i] })
	var entries []knowledge.Entry
	var texts [kinds][]labelled
	for i, intent := range pool[:min(n+n/3, len(pool))] {
		said := shuffle(intent.Utterances)
		k, known := near, 0
		if i < n {
			k, known = in, min(most/2+random.IntN(most-most/2+1), len(said)-4)
			entries = append(entries, knowledge.Entry{ID: intent.ID, Texts: map[knowledge.Lang]knowledge.Text{
				knowledge.Chinese: {Question: said[0], Similar: said[1:known], Answer: "好"}}})
		}
		for _, text := range spread(said[known:], 14) {
			texts[k] = append(texts[k], labelled{text: text, entry: intent.ID, worth: 1})
		}
	}
	for _, text := range spread(shuffle(corpus.Own().Far(knowledge.Chinese)), 200) {
		texts[far] = append(texts[far], labelled{text: text, worth: 1})
	}
	r, err := knowledge.NewRelease(1, entries)
	if err != nil {
		panic(err)
	}
	return r, texts
}

func halfOf(i corpus.Intent) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(i.Topic()))
	return int(h.Sum32()>>4) % 2
}

// teachWithout puts an encoder in place that has not seen half of the Chinese topics.
func teachWithout(t *testing.T, half int) {
	whole, unseen := corpus.Own(), map[string]bool{}
	c := &corpus.Corpus{Outside: whole.Outside}
	for _, i := range whole.Intents {
		if i.Lang == knowledge.English || halfOf(i) != half {
			c.Intents = append(c.Intents, i)
			continue
		}
		for _, text := range i.Utterances {
			unseen[text] = true
		}
	}
	for _, p := range whole.Pairs {
		if !unseen[p.A] && !unseen[p.B] {
			c.Pairs = append(c.Pairs, p)
		}
	}
	e, err := semantic.Train(t.Context(), seg(), nil, c.Lesson(), semantic.Pretraining, nil)
	if err != nil {
		t.Fatal(err)
	}
	corpus.Encoder = func() (*semantic.Encoder, error) { return e, nil }
}
