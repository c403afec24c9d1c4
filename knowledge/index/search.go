package index

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"wenda/knowledge/segment"
	"wenda/knowledge/segment/token"
)

// Two steps keep a search short. The rarest tokens are read whole from the index,
// until their postings exceed a budget: common tokens cost most and tell least. Then
// the best of those that were met are scored with the common tokens too, from the
// register. Ten times the phrasings are allowed 5.6 times the postings, which is some
// three times the work.
// TestPruningKeepsTheBest and TestRightEntryIsACandidate say what is kept.
const (
	postingsFloor = 1000
	postingsShare = 2.6 // times the number of phrasings to the power of 3/4
	again         = 2   // times the candidates asked for
)

// postings returns how many a search may read in a base of n phrasings.
func postings(n int) int {
	return max(postingsFloor, int(postingsShare*math.Pow(float64(n), 0.75)))
}

// weight is what a token held by some of all phrasings adds to a score. The power was
// chosen among 1.5 and 2 by how often the right entry is among 50 candidates on five
// sets of questions in two languages; it was the better one on each.
func weight(held, all int) uint32 {
	return uint32(math.Round(one * math.Pow(math.Log(1+float64(all)/float64(held)), 1.5)))
}

// one is what 1 is as a weight. The most tokens that a query may have weigh less than 2³²
// in any base: of four thousand million phrasings, each would weigh 104.
const one = 1 << 18

// Candidates returns at most limit phrasings that share tokens with t, best first,
// equal scores in the order of Phrasings. Phrasings that score alike at the limit are
// all left out, or the choice among them would be an accident of ids; should all of
// the first limit score alike, more are returned instead. Errors are ErrDamaged or
// the context's.
func (g *Generation) Candidates(ctx context.Context, t segment.Text, limit int) ([]Candidate, error) {
	return g.search(ctx, t, limit, postings(len(g.phrasings)), again*limit)
}

// Exhaustive is Candidates with no budget: whatever shares a token is scored in full. It
// is slow, and there to measure what Candidates leaves out.
func (g *Generation) Exhaustive(ctx context.Context, t segment.Text, limit int) ([]Candidate, error) {
	return g.search(ctx, t, limit, math.MaxInt, math.MaxInt)
}

// search reads tokens whole within the budget, and scores so many of the best in full.
func (g *Generation) search(ctx context.Context, t segment.Text, limit, budget, best int) (found []Candidate, err error) {
	if g.idx == nil || limit <= 0 {
		return nil, nil
	}
	defer guard(&err)()
	rare, common := choose(g.asked(t), budget)
	sum, err := g.tally()
	if err != nil {
		return nil, g.reason(ctx, err)
	}
	docs, err := g.meet(ctx, sum, rare, best)
	if err != nil {
		return nil, g.reason(ctx, err)
	}
	g.complete(sum, common, docs)
	hits := cutTies(g.ranked(sum, docs, limit), limit)
	sum.clear()
	g.tallies.Put(sum) // one that met an error or a panic is not used again
	return g.candidates(hits), nil
}

// tally returns an empty tally, one that was used before if there is one.
func (g *Generation) tally() (*tally, error) {
	if t, ok := g.tallies.Get().(*tally); ok {
		return t, nil
	}
	l, err := newLists(g.reader)
	if err != nil {
		return nil, err
	}
	return newTally(g.register, l), nil
}

// asked returns the distinct tokens of the base that an utterance is searched with, rarest
// first, at most knowledge.MaxQueryTokens.
func (g *Generation) asked(t segment.Text) []*held {
	var all rarest
	for stream, text := range marked(t) {
		if number := g.register.known.Find(token.Of(stream, text)); number >= 0 {
			all.add(uint32(number))
		}
	}
	g.register.soundAlike(&all, t)
	out := make([]*held, all.n)
	for i := range out {
		out[i] = &g.register.tokens[all.numbers[i]]
	}
	return out
}

// reason tells damage from a context that has ended.
func (g *Generation) reason(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%w: %v", ErrDamaged, err)
}

// choose returns those of the tokens whose postings the budget allows, and the rest.
func choose(tokens []*held, budget int) (rare, common []*held) {
	n := withinBudget(tokens, budget)
	return tokens[:n], tokens[n:]
}

// withinBudget returns how many of the tokens may be read whole; the first always is.
func withinBudget(tokens []*held, budget int) int {
	for i, t := range tokens {
		if budget -= int(t.by); budget < 0 && i > 0 {
			return i
		}
	}
	return len(tokens)
}

// meet scores all documents that hold any of the tokens and returns the best.
func (g *Generation) meet(ctx context.Context, sum *tally, tokens []*held, best int) ([]uint32, error) {
	for _, t := range tokens {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		docs, err := g.heldBy(t, sum.lists)
		if err != nil {
			return nil, err
		}
		sum.add(docs, t.weight)
	}
	return sum.best(best), ctx.Err()
}

// heldBy returns the numbers of the documents that hold a token, rising: read once, for
// questions ask for the same tokens again and again.
func (g *Generation) heldBy(t *held, lists *lists) ([]uint32, error) {
	if docs := g.read[t.number].Load(); docs != nil {
		return *docs, nil
	}
	docs, err := lists.of(t.text)
	if err != nil {
		return nil, err
	}
	if len(docs) != int(t.by) {
		return nil, fmt.Errorf("a token is held by %d phrasings, was by %d", len(docs), t.by)
	}
	docs = slices.Clone(docs)
	g.read[t.number].Store(&docs)
	return docs, nil
}

// complete adds to the scores of the documents what they have of the tokens, which are
// sorted as asked leaves them: what a document holds beyond the rarest is none of them.
func (g *Generation) complete(sum *tally, tokens []*held, docs []uint32) {
	if len(tokens) == 0 {
		return
	}
	for _, t := range tokens {
		sum.weight[t.number] = t.weight
	}
	for _, doc := range docs {
		score := sum.score[doc]
		for _, number := range g.register.tokensOf(doc) {
			if number > tokens[0].number {
				break
			}
			score += sum.weight[number]
		}
		sum.score[doc] = score
	}
	for _, t := range tokens {
		sum.weight[t.number] = 0
	}
}

// ranked returns the best documents as hits, best first: one more than limit, and all
// that are level with the last of them.
func (g *Generation) ranked(sum *tally, docs []uint32, limit int) []hit {
	least := 0.0
	if len(docs) > limit {
		least = sum.least(docs, limit+1)
	}
	hits := make([]hit, 0, min(len(docs), limit+1))
	for _, doc := range docs {
		if score := sum.scaled(doc); score >= least {
			hits = append(hits, hit{score, g.register.place[doc]})
		}
	}
	slices.SortFunc(hits, func(a, b hit) int {
		if a.score != b.score {
			return cmp.Compare(b.score, a.score)
		}
		return cmp.Compare(a.place, b.place)
	})
	return hits
}

// hit is a phrasing by its place, with its score.
type hit struct {
	score float64
	place int32
}

// cutTies shortens the list to limit, and further where the scores at the limit are
// alike; if nothing would be left, it returns all that are like the first.
func cutTies(hits []hit, limit int) []hit {
	if len(hits) <= limit {
		return hits
	}
	level := hits[limit].score
	if end := slices.IndexFunc(hits, func(h hit) bool { return h.score == level }); end > 0 {
		return hits[:end]
	}
	if end := slices.IndexFunc(hits, func(h hit) bool { return h.score != level }); end > 0 {
		return hits[:end]
	}
	return hits
}

func (g *Generation) candidates(hits []hit) []Candidate {
	found := make([]Candidate, len(hits))
	for i, h := range hits {
		found[i] = Candidate{g.phrasings[h.place], int(h.place), h.score}
	}
	return found
}
