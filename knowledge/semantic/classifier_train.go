package semantic

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"wenda/internal/gentle"
	"wenda/knowledge/segment"
)

// ClassifierSettings say how to train a classifier.
type ClassifierSettings struct {
	Cost   float32 `json:"cost"`   // of a text on the wrong side; the larger, the closer the fit
	Rounds int     `json:"rounds"` // over all texts, for each group, at most
	Looks  int     `json:"looks"`  // at texts: until then there may be up to 20 rounds
	Passes int     `json:"passes"` // over those found wrong, in each round, at most
	Close  float32 `json:"close"`  // how far from its best a text's margin may stay
	Least  float32 `json:"least"`  // smaller weights join the background
	Others int     `json:"others"` // texts of other groups that each is told apart from by itself, the nearest; 0 for all
	Pairs  int     `json:"pairs"`  // of a group and a text: until then there may be more Others
}

// Classifying are the settings for a base.
var Classifying = ClassifierSettings{Cost: 2, Rounds: 3, Looks: 4_000_000, Passes: 20, Close: 0.05, Least: 0.05, Others: 2000, Pairs: 16_000_000}

// ErrGroups says that there are more than GroupsMost groups.
var ErrGroups = errors.New("semantic: too many groups")

// TrainClassifier trains on all texts of the groups, each as much as it weighs. The same groups and settings
// give the same classifier, bit by bit, on one kind of processor; groups in another
// order give the same one with other numbers. The error is ctx's, or ErrGroups.
func TrainClassifier(ctx context.Context, seg *segment.Segmenter, groups []Group, s ClassifierSettings) (*Classifier, error) {
	return ReadExamples(seg, groups).Train(ctx, s, func(group, text int) float32 { return groups[group].weight(text) })
}

// Train trains on a part of the examples. weight says how much a text counts, by the
// numbers of its group and of its place there: 1 as usual, 0 or less to leave it out,
// also of what is known as rare; nil is 1 for all. So a fold is left out, or a text
// that agents confirmed counts more than one that somebody made up.
//
// Margins of texts that were trained on are about 1 and say nothing of how a question
// will do. Honest ones come from three classifiers, each trained on two thirds, each
// asked about the rest: two and a half times the time of one.
func (e *Examples) Train(ctx context.Context, s ClassifierSettings, weight func(group, text int) float32) (*Classifier, error) {
	if len(e.places) > GroupsMost {
		return nil, fmt.Errorf("%w: %d", ErrGroups, len(e.places))
	}
	if weight == nil {
		weight = func(int, int) float32 { return 1 }
	}
	m := e.choose(weight)
	models, sums := m.solveAll(ctx, s)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return pack(m, models, sums), nil
}

// model is what was learnt of a group: its large weights.
type model struct {
	bias    float32
	columns []int32
	weights []float32
}

// fixed are weights as whole numbers: their sum does not depend on the order.
const fixed = 1 << 30

// solveAll returns the model of each group that has texts, and for each column the sum
// of what the models leave out, in fixed.
func (m *examples) solveAll(ctx context.Context, s ClassifierSettings) ([]model, []int64) {
	hands := handsOf(ctx)
	models, start := make([]model, len(m.own)), newStart(m, s)
	var near *postings
	if m.others(s) < len(m.costs) {
		near = newPostings(m)
	}
	rest := make([][]int64, hands)
	hands.each(func(hand int) {
		rest[hand] = make([]int64, len(m.features))
		t := newSolver(m, s, start, near)
		for group := hand; group < len(m.own) && ctx.Err() == nil; group += int(hands) {
			if len(m.own[group]) > 0 {
				t.solve(group)
				models[group] = t.model(rest[hand])
			}
		}
	})
	all := start.rest(s.Least, m.trained())
	for _, of := range rest {
		for column, x := range of {
			all[column] += x
		}
	}
	return models, all
}

// others is how many texts of other groups each group looks at.
func (m *examples) others(s ClassifierSettings) int {
	if s.Others == 0 {
		return len(m.costs)
	}
	return max(s.Others, s.Pairs/max(1, len(m.own)))
}

// trained is how many groups have texts.
func (m *examples) trained() (n int) {
	for _, own := range m.own {
		n += min(1, len(own))
	}
	return n
}

// left is what a weight adds to the sum of those left out, in fixed.
func left(w, least float32) int64 {
	if w > least || w < -least {
		return 0
	}
	return int64(float64(w) * fixed)
}

// rest is what so many models would leave out that are no further than the start.
func (s *state) rest(least float32, models int) []int64 {
	out := make([]int64, len(s.w))
	for column, w := range s.w {
		out[column] = int64(models) * left(w, least)
	}
	return out
}

// model copies the large weights, and adds to rest how much more the others are than at
// the start.
func (t *solver) model(rest []int64) model {
	out := model{bias: t.now.bias}
	for _, column := range t.changed() {
		if w := t.now.w[column]; w > t.Least || w < -t.Least {
			out.columns, out.weights = append(out.columns, column), append(out.weights, w)
		}
		rest[column] += left(t.now.w[column], t.Least) - left(t.start.w[column], t.Least)
	}
	out.columns, out.weights = slices.Clip(out.columns), slices.Clip(out.weights)
	return out
}

// changed returns the columns that may be other than at the start, or are large there,
// until it is called again.
func (t *solver) changed() []int32 {
	columns := append(t.room[:0], t.large...)
	for _, column := range t.large {
		t.seen[column] = true
	}
	for _, row := range t.moved {
		held, _ := t.at(row)
		for _, column := range held {
			if !t.seen[column] {
				t.seen[column], columns = true, append(columns, column)
			}
		}
	}
	for _, column := range columns {
		t.seen[column] = false
	}
	t.room = columns
	return columns
}

// pack puts the models together, by feature.
func pack(m *examples, models []model, rest []int64) *Classifier {
	c := &Classifier{strange: m.strange, heads: make([]head, len(m.features)+1)}
	order := make([]int32, len(m.features)) // columns by ascending feature
	for column := range order {
		order[column] = int32(column)
	}
	slices.SortFunc(order, gentle.Order(func(a, b int32) int { return cmp.Compare(m.features[a], m.features[b]) }))
	listed, trained := c.size(m, models)
	place := make([]int32, len(order))
	for i, column := range order {
		gentle.AsideAt(i)
		c.features = append(c.features, m.features[column])
		others := max(1, trained-int(listed[column]))
		c.heads[i].rarity, c.heads[i].ground = m.rarity[column], float32(float64(rest[column])/fixed/float64(others))
		place[column] = c.heads[i].first
		c.heads[i+1].first = place[column] + listed[column]
	}
	c.votes = make([]vote, c.heads[len(order)].first)
	for group, model := range models {
		for i, column := range model.columns {
			c.votes[place[column]] = voteOf(group, int8(math.RoundToEven(float64(model.weights[i]/c.step))))
			place[column]++
		}
		gentle.Aside()
	}
	return c.index()
}

// size fills in what belongs to groups, and the step; it returns how many groups list a
// column, and how many have texts.
func (c *Classifier) size(m *examples, models []model) (listed []int32, trained int) {
	listed = make([]int32, len(m.features))
	most := float32(0)
	for group, model := range models {
		c.bias = append(c.bias, model.bias)
		c.trained = append(c.trained, len(m.own[group]) > 0)
		trained += min(1, len(m.own[group]))
		for i, column := range model.columns {
			listed[column]++
			most = max(most, model.weights[i], -model.weights[i])
		}
		gentle.Aside()
	}
	c.step = most / 127
	return listed, trained
}
