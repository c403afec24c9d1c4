package semantic

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"

	"wenda/internal/gentle"
	"wenda/knowledge/segment"
)

// Train teaches an encoder: base is where it starts from, nil for nothing. The encoder
// holds what the lesson is about, and asks base for the rest. The same
// arguments give the same encoder, bit by bit, on one kind of processor, however many
// of them there are. progress, if not nil, is told the mean loss after each epoch. The
// error is ctx's.
//
// Two texts of a group are drawn together, all others of the batch apart: the loss is
// the cross entropy of finding a text's partner in its batch by cosine ÷ temperature,
// both ways (InfoNCE; van den Oord, Li, Vinyals 2018). Texts of the same group are no
// strangers to each other and are left out of the sum. Each time some features of a
// text are left out, so that none is relied on.
func Train(ctx context.Context, seg *segment.Segmenter, base *Encoder, lesson Lesson, s Settings, progress func(epoch int, loss float64)) (*Encoder, error) {
	t := newTrainer(seg, base, lesson, s, handsOf(ctx))
	for epoch := range s.Epochs {
		loss, batches := 0.0, 0
		for batch := range slices.Chunk(t.order(), t.Batch) {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			loss += t.learn(t.draw(batch))
			batches++
		}
		if progress != nil {
			progress(epoch+1, loss/float64(max(1, batches)))
		}
	}
	return t.encoder(), nil
}

// trainer holds an encoder while it learns.
type trainer struct {
	Settings
	seg  *segment.Segmenter
	base *Encoder
	rand *rand.Rand
	only map[feature]bool // features that are trained; nil for all
	hands

	at     map[feature]int32
	rows   []float32 // Dim each
	bend   []float32 // Adagrad's memory, parts of each row
	slope  []float32 // of the batch, as rows
	dirty  []int32   // rows that have a slope
	marked []bool    // whether a row is dirty
	room   []side    // of batches, one after the other
	drawn  int       // of them in this batch

	texts  [][]int32 // rows of each text
	group  []int32   // of each text; −1 if it has none
	weight []float32 // of each text
	member [][]int32 // texts of each group, ascending
	topic  []int32   // of each group
	topics int
	pairs  [][2]int32 // texts
	alone  []int32    // texts
}

func newTrainer(seg *segment.Segmenter, base *Encoder, l Lesson, s Settings, h hands) *trainer {
	t := &trainer{Settings: s, seg: seg, base: base, hands: h, at: map[feature]int32{}, rand: rand.New(rand.NewPCG(s.Seed, 0))}
	if s.Rows > 0 {
		t.only = mostFrequent(seg, l, s.Rows)
		t.rows = make([]float32, 0, Dim*len(t.only))
	}
	t.read(l)
	t.bend = make([]float32, parts*len(t.at))
	t.slope = make([]float32, len(t.rows))
	t.marked = make([]bool, len(t.at))
	return t
}

// mostFrequent returns the n features that most texts of groups hold.
func mostFrequent(seg *segment.Segmenter, l Lesson, n int) map[feature]bool {
	var tally tally
	for _, g := range l.Groups {
		for _, text := range g.Texts {
			tally.add(featuresOf(seg.Cut(text)))
		}
	}
	all := tally.mostFirst()
	only := map[feature]bool{}
	for i, f := range all[:min(n, len(all))] {
		gentle.AsideAt(i)
		only[f.feature] = true
	}
	return only
}

// read gives every text its rows.
func (t *trainer) read(l Lesson) {
	topics := map[string]int32{}
	for n, g := range l.Groups {
		if _, ok := topics[g.Topic]; !ok {
			topics[g.Topic] = int32(len(topics))
		}
		t.topic = append(t.topic, topics[g.Topic])
		var members []int32
		for i, text := range g.Texts {
			members = append(members, t.text(text, int32(n), g.weight(i)))
		}
		t.member = append(t.member, members)
	}
	t.topics = len(topics)
	for _, p := range l.Pairs {
		t.pairs = append(t.pairs, [2]int32{t.text(p.A, -1, 1), t.text(p.B, -1, 1)})
	}
	for _, text := range l.Alone {
		t.alone = append(t.alone, t.text(text, -1, 1))
	}
}

func (t *trainer) text(text string, group int32, weight float32) int32 {
	var rows []int32
	for _, f := range featuresOf(t.seg.Cut(text)) {
		if t.only == nil || t.only[f] {
			rows = append(rows, t.row(f))
		}
	}
	gentle.Aside()
	t.texts, t.group, t.weight = append(t.texts, rows), append(t.group, group), append(t.weight, weight)
	return int32(len(t.texts) - 1)
}

// row returns the row of a feature, which starts as base has it.
func (t *trainer) row(f feature) int32 {
	if n, ok := t.at[f]; ok {
		return n
	}
	n := int32(len(t.at))
	t.at[f] = n
	v := &Vector{}
	if t.base == nil {
		addSigns(v, f, t.Fresh)
	} else {
		t.base.add(v, f)
	}
	t.rows = append(t.rows, v[:]...)
	return n
}

// encoder rounds the rows to bytes.
func (t *trainer) encoder() *Encoder {
	e := &Encoder{features: make([]feature, len(t.at)), rows: make([]int8, len(t.rows)), scales: make([]float32, len(t.at)), strange: t.Strange, under: t.base}
	for f, row := range t.at {
		e.features[row] = f
	}
	for n := range e.scales {
		gentle.Aside()
		row := t.rows[n*Dim:][:Dim]
		most := float32(0)
		for _, x := range row {
			most = max(most, x, -x)
		}
		if most == 0 {
			continue
		}
		e.scales[n] = most / math.MaxInt8
		for i, x := range row {
			e.rows[n*Dim+i] = int8(math.RoundToEven(float64(x / e.scales[n])))
		}
	}
	return e.index()
}
