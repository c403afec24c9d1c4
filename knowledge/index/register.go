package index

import (
	"context"
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
	number uint32 // in the order of the alphabet
	held   uint32 // by so many phrasings
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
	lists, err := r.readTokens(reader)
	if err != nil {
		return nil, err
	}
	r.turn(lists, n)
	r.listen()
	return r, nil
}

// readTokens returns the documents that hold a token, by the number of the token, one
// list after the other.
func (r *register) readTokens(reader bleveindex.IndexReader) (lists [][]uint32, err error) {
	dict, err := reader.FieldDict(field)
	if err != nil {
		return nil, err
	}
	defer dict.Close()
	entry, err := dict.Next()
	for ; err == nil && entry != nil; entry, err = dict.Next() {
		var docs []uint32
		held, err := each(reader, entry.Term, func(doc uint64) { docs = append(docs, uint32(doc)) })
		if err != nil {
			return nil, err
		}
		r.known[entry.Term] = token{uint32(len(lists)), held}
		lists = append(lists, docs)
	}
	return lists, err
}

// turn makes lists of tokens by document of the lists of documents by token.
func (r *register) turn(lists [][]uint32, n int) {
	r.start = make([]uint32, n+1)
	for _, docs := range lists {
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
	for number, docs := range lists {
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

// each calls do with the number of every document that holds the token, rising, and
// returns how many they are.
func each(reader bleveindex.IndexReader, token string, do func(doc uint64)) (uint32, error) {
	list, err := reader.TermFieldReader(context.Background(), []byte(token), field, false, false, false)
	if err != nil {
		return 0, err
	}
	n := uint32(0)
	var doc bleveindex.TermFieldDoc
	next, err := list.Next(&doc)
	for ; err == nil && next != nil; next, err = list.Next(&doc) {
		do(next.ID.Value())
		n++
	}
	if cerr := list.Close(); err == nil {
		err = cerr
	}
	return n, err
}
