package match

import (
	"math"
	"slices"

	"wenda/knowledge/segment"
	"wenda/knowledge/semantic"
)

// question is an utterance as the scorer sees it. Give it back with done.
type question struct {
	text    segment.Text
	numbers []segment.Number
	negated bool
	vector  []weighted       // the terms that the base knows, sorted; of length ≤ 1
	meaning *semantic.Vector // nil if the variant does not look at it
	margins []float32        // of the classifier, by its number; nil if the variant does not look at them
	shares  []float64        // of e^(sharpness × margin)
	shared  float64          // the sum of those
	unsure  float64          // weight of the content that the base does not know
	at      *[]int32         // for every term of the model: its place in vector plus 1, or 0
}

// ask reads an utterance against the model.
func (m *model) ask(t segment.Text) *question {
	q := &question{text: t, numbers: t.Numbers(), negated: t.Negated()}
	var read semantic.Features
	if m.learnt.Encoder != nil {
		read = semantic.FeaturesOf(t)
		q.meaning = m.learnt.Encoder.Sum(read)
	}
	if m.learnt.Classifier != nil { // never without an encoder
		q.margins = m.learnt.Classifier.MarginsOf(read)
		q.shares, q.shared = shares(q.margins)
	}
	var terms []int32
	seen := map[string]bool{}
	squares := 0.0
	for token := range features(t) {
		if seen[token] {
			continue
		}
		seen[token] = true
		if id, ok := m.terms[token]; ok {
			terms = append(terms, id)
			continue
		}
		squares += unknown * unknown
		if carries(token) {
			q.unsure += unknown
		}
	}
	slices.Sort(terms)
	for _, t := range terms {
		q.vector = append(q.vector, weighted{t, m.weight[t]})
		squares += float64(m.weight[t]) * float64(m.weight[t])
	}
	for i := range q.vector {
		q.vector[i].weight /= float32(math.Sqrt(squares))
	}
	return m.spread(q)
}

// sharpness makes shares of margins, which run from about −1 to 1.
const sharpness = 5

// shares is the softmax of the margins, and what they are shares of.
func shares(margins []float32) (out []float64, sum float64) {
	out = make([]float64, len(margins))
	for i, margin := range margins {
		out[i] = math.Exp(sharpness * float64(margin))
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return out, sum
}

// spread lays the vector out, so that a phrasing is compared in one pass over its
// own terms.
func (m *model) spread(q *question) *question {
	q.at = m.spare.Get().(*[]int32)
	for i, w := range q.vector {
		(*q.at)[w.term] = int32(i + 1)
	}
	return q
}

// done gives the question's memory back to the model.
func (m *model) done(q *question) {
	for _, w := range q.vector {
		(*q.at)[w.term] = 0
	}
	m.spare.Put(q.at)
	q.at = nil
}

// like returns the cosine of the question and a phrasing: 0 to 1.
func (q *question) like(p phrasing) float64 {
	sum, at := 0.0, *q.at
	for _, w := range p.vector {
		if i := at[w.term]; i > 0 {
			sum += float64(w.weight) * float64(q.vector[i-1].weight)
		}
	}
	return sum
}

// covered returns the share of the question's content, by weight, that any of the
// phrasings holds: 0 to 1.
func (m *model) covered(q *question, phrasings ...phrasing) float64 {
	held, at := make([]bool, len(q.vector)), *q.at
	for _, p := range phrasings {
		for _, w := range p.vector {
			if i := at[w.term]; i > 0 {
				held[i-1] = true
			}
		}
	}
	in, all := 0.0, q.unsure
	for i, w := range q.vector {
		if !m.content[w.term] {
			continue
		}
		all += float64(m.weight[w.term])
		if held[i] {
			in += float64(m.weight[w.term])
		}
	}
	return share(in, all)
}

// covers returns the share of a phrasing's terms, by weight, that the question
// holds: 0 to 1.
func (m *model) covers(q *question, p phrasing) float64 {
	in, all := 0.0, 0.0
	for _, w := range p.vector {
		all += float64(w.weight)
		if (*q.at)[w.term] > 0 {
			in += float64(w.weight)
		}
	}
	return share(in, all)
}

func share(part, of float64) float64 {
	if of == 0 {
		return 0
	}
	return part / of
}
