package match

import (
	"math"

	"wenda/knowledge/segment"
	"wenda/knowledge/segment/token"
	"wenda/knowledge/semantic"
)

// question is an utterance as the scorer sees it. Give it back with done.
type question struct {
	text     segment.Text
	numbers  []segment.Number
	negated  bool
	meaning  *semantic.Vector // nil if the variant does not look at it
	shared   float64          // the sum of all classes' weights
	content  float64          // weight of the content, of what the base does not know as well
	familiar int              // how many terms of content the base knows
	*room
}

// room is memory that one question after the other uses. Between two of them its weights
// are zero, and its sums not numbers.
type room struct {
	vector  []weighted        // the terms that the base knows, sorted; of length ≤ 1
	weights []float32         // for every term of the model: its weight in the vector
	known   []int32           // see known
	strange []token.ID        // of content, see known
	beside  []token.ID        // strange ones that are none
	margins []semantic.Margin // of the classifier, by its number; nil if the variant does not look at them
	lens    semantic.Lens
	sums    []float32 // of each group: see sum; NaN for what was not asked for
	summed  []int32   // groups that were
	groups  []int     // that are candidates, see groupsOf
	glances []scored  // at those, see promising
	most    []scored  // of those, see promising
	ranked  []scored  // see rank
}

func (m *model) newRoom() *room {
	r := &room{weights: make([]float32, len(m.weight)), sums: make([]float32, len(m.groups))}
	for n := range r.sums {
		r.sums[n] = float32(math.NaN())
	}
	return r
}

// ask reads an utterance against the model.
func (m *model) ask(t segment.Text) *question {
	q := &question{text: t, numbers: t.Numbers(), negated: t.Negated(), room: m.spare.Get().(*room)}
	m.understand(q)
	known := m.known(t, q.room)
	squares := float64(len(q.strange)+len(q.beside)) * unknown * unknown
	q.content = float64(len(q.strange)) * unknown
	q.vector = q.vector[:0]
	for _, t := range known {
		q.vector = append(q.vector, weighted{t, m.weight[t]})
		squares += float64(m.weight[t]) * float64(m.weight[t])
		if m.content[t] {
			q.content += float64(m.weight[t])
			q.familiar++
		}
	}
	length := float32(math.Sqrt(squares))
	for i := range q.vector {
		q.vector[i].weight /= length
		q.weights[q.vector[i].term] = q.vector[i].weight
	}
	return q
}

// understand has encoder and classifier read the question, as far as the variant has them.
func (m *model) understand(q *question) {
	if m.learnt.Encoder == nil {
		return
	}
	read := semantic.FeaturesOf(q.text)
	q.meaning = m.learnt.Encoder.Sum(read)
	if m.learnt.Classifier == nil { // never without an encoder
		return
	}
	q.margins = m.learnt.Classifier.MarginsOf(read, q.margins)
	for _, margin := range q.margins {
		q.shared += margin.Weight()
	}
}

// known returns the distinct terms of a text, sorted, in the room's memory; there it leaves
// the distinct features that are none, too.
func (m *model) known(t segment.Text, r *room) []int32 {
	r.known, r.strange, r.beside = r.known[:0], r.strange[:0], r.beside[:0]
	for stream, text := range features(t) {
		feature := token.Of(stream, text)
		switch id := m.terms.Find(feature); {
		case id >= 0:
			r.known = append(r.known, id)
		case carries(stream):
			r.strange = append(r.strange, feature)
		default:
			r.beside = append(r.beside, feature)
		}
	}
	r.known, r.strange, r.beside = distinct(r.known), distinct(r.strange), distinct(r.beside)
	return r.known
}

// done gives the question's memory back to the model.
func (m *model) done(q *question) {
	for _, w := range q.vector {
		q.weights[w.term] = 0
	}
	for _, n := range q.summed {
		q.sums[n] = float32(math.NaN())
	}
	q.summed = q.summed[:0]
	m.spare.Put(q.room)
	q.room = nil
}

// like returns the cosine of the question and a vector: 0 to 1. Two sums beside each other
// take half of the time of one.
func (q *question) like(vector []weighted) float64 {
	var a, b float32
	weights := q.weights
	for ; len(vector) >= 2; vector = vector[2:] {
		a += float32(vector[0].weight * weights[vector[0].term])
		b += float32(vector[1].weight * weights[vector[1].term])
	}
	for _, w := range vector {
		a += float32(w.weight * weights[w.term])
	}
	return float64(a + b)
}

// covered returns the share of the question's content, by weight, that a vector holds:
// 0 to 1.
func (m *model) covered(q *question, vector []weighted) float64 {
	in := 0.0
	for _, w := range vector {
		if q.weights[w.term] > 0 && m.content[w.term] {
			in += float64(m.weight[w.term])
		}
	}
	return share(in, q.content)
}

// covers returns the share of a phrasing's terms, by weight, that the question
// holds: 0 to 1.
func (m *model) covers(q *question, p phrasing) float64 {
	in, all := 0.0, 0.0
	for _, w := range p.vector {
		all += float64(w.weight)
		if q.weights[w.term] > 0 {
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
