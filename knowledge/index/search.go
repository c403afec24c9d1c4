package index

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/search"
	"github.com/blevesearch/bleve/v2/search/query"

	"wenda/knowledge"
	"wenda/knowledge/segment"
)

// The postings a query may read: bleve scores every document that holds any of its
// tokens, so common tokens cost most and tell least. Tokens are taken rarest first
// until their postings exceed this many or this share of all phrasings. A fifth
// keeps 99 % of the best hits of the whole query; below the floor pruning saves
// nothing worth having.
const (
	postingsFloor = 4000
	postingsShare = 0.2
)

// Candidates returns at most limit phrasings that share tokens with t, best first.
// Phrasings that score alike at the limit are all left out, or the choice among
// them would depend on the order of documents on disk; should all of the first
// limit score alike, more are returned instead. Errors are ErrDamaged or the
// context's.
func (g *Generation) Candidates(ctx context.Context, t segment.Text, limit int) (found []Candidate, err error) {
	if g.idx == nil {
		return nil, nil
	}
	defer guard(&err)()
	terms, err := g.choose(tokens(t))
	if err != nil || len(terms) == 0 {
		return nil, g.reason(ctx, err)
	}
	for size := limit + 1; ; size *= 4 {
		hits, err := g.search(ctx, terms, size)
		if err != nil {
			return nil, g.reason(ctx, err)
		}
		if whole, ok := cutTies(hits, size); ok || size > len(g.phrasings) {
			return g.candidates(whole)
		}
	}
}

// reason tells damage from a context that has ended.
func (g *Generation) reason(ctx context.Context, err error) error {
	if err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%w: %v", ErrDamaged, err)
}

// term is a token of the query with the number of phrasings that hold it.
type term struct {
	token string
	count uint64
}

// choose returns the known, distinct tokens, rarest first, at most
// knowledge.MaxQueryTokens and within the postings budget.
func (g *Generation) choose(tokens []string) ([]term, error) {
	slices.Sort(tokens)
	var terms []term
	for _, token := range slices.Compact(tokens) {
		count, err := g.count(token)
		if err != nil {
			return nil, err
		}
		if count > 0 {
			terms = append(terms, term{token, count})
		}
	}
	slices.SortStableFunc(terms, func(a, b term) int { return cmp.Compare(a.count, b.count) })
	return withinBudget(terms, max(postingsFloor, int(postingsShare*float64(len(g.phrasings))))), nil
}

// withinBudget cuts the list where limit of tokens or budget of postings is
// reached; the first term always stays.
func withinBudget(terms []term, budget int) []term {
	terms = terms[:min(len(terms), knowledge.MaxQueryTokens)]
	for i, t := range terms {
		if budget -= int(t.count); budget < 0 && i > 0 {
			return terms[:i]
		}
	}
	return terms
}

func (g *Generation) search(ctx context.Context, terms []term, size int) (search.DocumentMatchCollection, error) {
	any := make([]query.Query, len(terms))
	for i, t := range terms {
		q := bleve.NewTermQuery(t.token)
		q.SetField(field)
		any[i] = q
	}
	res, err := g.idx.SearchInContext(ctx, bleve.NewSearchRequestOptions(bleve.NewDisjunctionQuery(any...), size, 0, false))
	if err != nil {
		return nil, err
	}
	return res.Hits, nil
}

// sameScore is how close two scores must be to count as equal: sums of the same
// numbers in another order differ in the last bits.
const sameScore = 1e-9

// cutTies removes the hits that score like the last one if more hits may exist. It
// returns false if nothing would be left.
func cutTies(hits search.DocumentMatchCollection, size int) (search.DocumentMatchCollection, bool) {
	if len(hits) < size {
		return hits, true
	}
	last := hits[len(hits)-1].Score
	end := slices.IndexFunc(hits, func(h *search.DocumentMatch) bool { return h.Score <= last*(1+sameScore) })
	return hits[:end], end > 0
}

// candidates looks the phrasings up and sorts equal scores by their place.
func (g *Generation) candidates(hits search.DocumentMatchCollection) ([]Candidate, error) {
	out := make([]Candidate, 0, len(hits))
	at := make(map[Phrasing]int, len(hits))
	for _, h := range hits {
		n, err := strconv.Atoi(h.ID)
		if err != nil || n < 0 || n >= len(g.phrasings) {
			return nil, fmt.Errorf("%w: unknown document", ErrDamaged)
		}
		at[g.phrasings[n]] = n
		out = append(out, Candidate{g.phrasings[n], h.Score})
	}
	slices.SortStableFunc(out, func(a, b Candidate) int {
		if diff := a.Score - b.Score; diff > sameScore*a.Score || -diff > sameScore*b.Score {
			return cmp.Compare(b.Score, a.Score)
		}
		return cmp.Compare(at[a.Phrasing], at[b.Phrasing])
	})
	return out, nil
}

// canary asks for a few phrasings spread over the release. Each must find
// something, and the index must hold as many documents as there are phrasings.
func (g *Generation) canary() error {
	n, err := g.idx.DocCount()
	if err != nil || n != uint64(len(g.phrasings)) {
		return fmt.Errorf("%w: %d documents, want %d: %v", ErrDamaged, n, len(g.phrasings), err)
	}
	for i := range min(5, len(g.phrasings)) {
		p := g.phrasings[i*len(g.phrasings)/5]
		found, err := g.Candidates(context.Background(), g.shelf.seg.Cut(p.Text), 10)
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return fmt.Errorf("%w: a phrasing does not find itself", ErrDamaged)
		}
	}
	return nil
}
