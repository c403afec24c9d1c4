package index

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	bleveindex "github.com/blevesearch/bleve_index_api"

	"wenda/knowledge/segment"
	"wenda/knowledge/segment/token"
)

// register is what is kept in memory of a generation, read from it once: about 130
// bytes a phrasing, and at most as much again of the lists that searches read (see heldBy). A document has the number that it got when it was written, which
// is not its phrasing's place: bleve writes a batch in no particular order.
type register struct {
	known  token.Table // of the tokens: their numbers
	tokens []held
	heard  map[segment.Said][]uint32 // by sound: the tokens of the pairs that are said so, see listen
	place  []int32                   // by document number: the phrasing's place in the generation
	start  []uint32                  // by document number, and one more: where its tokens begin
	holds  []uint32                  // the numbers of the distinct tokens of all documents, one after the other
	scale  []float32                 // by document number: 1/√n of its n distinct tokens, over one
}

// held is a token of a generation, by its number: the fewer hold it, the higher; of equals
// the later in the alphabet the lower.
type held struct {
	text   string
	number uint32
	by     uint32 // so many phrasings
	weight uint32 // what it adds to a score, see weight
}

// tokensOf returns the numbers of the tokens that a document holds, rising.
func (r *register) tokensOf(doc uint32) []uint32 { return r.holds[r.start[doc]:r.start[doc+1]] }

// readRegister reads every document's id and every list of postings once, about
// 4 µs a phrasing. It fails if the documents are not the n phrasings, each once.
func readRegister(reader bleveindex.IndexReader, n int) (*register, error) {
	r := &register{}
	var err error
	if r.place, err = readPlaces(reader, n); err != nil {
		return nil, err
	}
	docs, err := r.readTokens(reader)
	if err != nil {
		return nil, err
	}
	r.turn(docs, n)
	r.listen()
	return r, nil
}

// readTokens numbers the tokens, and returns the documents that hold each, by its number.
func (r *register) readTokens(reader bleveindex.IndexReader) (docs [][]uint32, err error) {
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
		in, err := postings.of(entry.Term)
		if err != nil {
			return nil, err
		}
		from, n := len(docs), len(in)
		docs = append(docs, slices.Clone(in))
		r.tokens = append(r.tokens, held{entry.Term, uint32(from), uint32(n), weight(n, len(r.place))})
	}
	return r.number(docs), err
}

// number numbers the tokens, read in the order of the alphabet, and returns what belongs to
// each in the new order.
func (r *register) number(docs [][]uint32) [][]uint32 {
	slices.SortFunc(r.tokens, func(a, b held) int {
		return cmp.Or(cmp.Compare(b.by, a.by), cmp.Compare(b.number, a.number))
	})
	r.known = token.NewTable(len(r.tokens))
	out := make([][]uint32, len(docs))
	for n := range r.tokens {
		t := &r.tokens[n]
		out[n], t.number = docs[t.number], uint32(n)
		r.known.Add(token.Of(t.text[0], t.text[1:]), int32(n))
	}
	return out
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
	r.scale = make([]float32, n)
	for doc := range r.scale {
		r.scale[doc] = float32(1 / (one * math.Sqrt(float64(len(r.tokensOf(uint32(doc)))))))
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
