package index

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	bleveindex "github.com/blevesearch/bleve_index_api"
)

// register is what is kept in memory of a generation, read from it once: about 130
// bytes a phrasing. A document has the number that it got when it was written, which
// is not its phrasing's place: bleve writes a batch in no particular order.
type register struct {
	known map[string]token
	heard map[string][]string // by sound: the pairs that are said so, see listen; in no order
	place []int32             // by document number: the phrasing's place in the generation
	scale []float64           // by document number: 1/√n of its n distinct tokens
	start []uint32            // by document number, and one more: where its tokens begin
	holds []uint32            // the numbers of the distinct tokens of all documents, one after the other
}

// token is a distinct token of a generation.
type token struct {
	number uint32  // in the order of the alphabet
	held   uint32  // by so many phrasings
	weight float32 // what it adds to a score, see weight
}

// tokensOf returns the numbers of the tokens that a document holds, rising.
func (r *register) tokensOf(doc uint32) []uint32 { return r.holds[r.start[doc]:r.start[doc+1]] }

// readRegister reads every document's id and every list of postings once, about
// 4 µs a phrasing. It fails if the documents are not the n phrasings, each once.
func readRegister(reader bleveindex.IndexReader, n int) (*register, error) {
	r := &register{known: map[string]token{}, scale: make([]float64, n)}
	var err error
	if r.place, err = readPlaces(reader, n); err != nil {
		return nil, err
	}
	held, err := r.readTokens(reader)
	if err != nil {
		return nil, err
	}
	r.turn(held, n)
	r.listen()
	return r, nil
}

// readTokens returns the documents that hold a token, by the number of the token, one
// list after the other.
func (r *register) readTokens(reader bleveindex.IndexReader) (held [][]uint32, err error) {
	postings, err := newLists(reader)
	if err != nil {
		return nil, err
	}
	dict, err := reader.FieldDict(field)
	if err != nil {
		return nil, err
	}
	defer dict.Close()
	entry, err := dict.Next()
	for ; err == nil && entry != nil; entry, err = dict.Next() {
		var docs []uint32
		n, err := postings.each(entry.Term, func(some []uint32) { docs = append(docs, some...) })
		if err != nil {
			return nil, err
		}
		r.known[entry.Term] = token{uint32(len(held)), n, weight(int(n), len(r.scale))}
		held = append(held, docs)
	}
	return held, err
}

// turn makes lists of tokens by document of the lists of documents by token.
func (r *register) turn(held [][]uint32, n int) {
	r.start = make([]uint32, n+1)
	for _, docs := range held {
		for _, doc := range docs {
			r.start[doc+1]++
		}
	}
	for doc := range n {
		r.scale[doc] = 1 / math.Sqrt(float64(r.start[doc+1]))
		r.start[doc+1] += r.start[doc]
	}
	r.holds = make([]uint32, r.start[n])
	next := slices.Clone(r.start)
	for number, docs := range held {
		for _, doc := range docs {
			r.holds[next[doc]] = uint32(number)
			next[doc]++
		}
	}
}

func readPlaces(reader bleveindex.IndexReader, n int) ([]int32, error) {
	var number bleveindex.IndexInternalID
	places, seen := make([]int32, n), make([]bool, n)
	for doc := range places {
		number = bleveindex.NewIndexInternalID(number, uint64(doc))
		id, err := reader.ExternalID(number)
		if err != nil {
			return nil, err
		}
		place, err := strconv.Atoi(id)
		if err != nil || place < 0 || place >= n || seen[place] {
			return nil, fmt.Errorf("%w: unknown document", ErrDamaged)
		}
		places[doc], seen[place] = int32(place), true
	}
	return places, nil
}
