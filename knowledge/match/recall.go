package match

import (
	"slices"

	lru "github.com/hashicorp/golang-lru/v2"

	"wenda/knowledge"
	"wenda/knowledge/segment"
)

// remembered is how many results are kept, of some 2 KiB each. Customers ask the same
// short questions again and again.
const remembered = 4096

// recall keeps results of what is in force, and goes with it: no result outlives its
// release or what was learnt.
type recall struct {
	results *lru.Cache[asked, knowledge.Result]
	flights *flights
	nearby  nearby
}

// asked is what a result depends on: equal keys, equal results.
type asked struct {
	text  string // normal in results; as it was written in flights
	limit int
}

func newRecall(m *model) recall {
	cache, err := lru.New[asked, knowledge.Result](remembered)
	if err != nil {
		panic(err) // only for a size below 1
	}
	return recall{cache, newFlights(), newNearby(m)}
}

func keyOf(t segment.Text, limit int) asked { return asked{t.Normal, limit} }

// get returns a result that the caller may change.
func (r recall) get(key asked) (knowledge.Result, bool) {
	res, ok := r.results.Get(key)
	return owned(res), ok
}

func (r recall) put(key asked, res knowledge.Result) { r.results.Add(key, owned(res)) }

// owned returns an equal result that may be changed without changing this one.
func owned(res knowledge.Result) knowledge.Result {
	res.Matches = slices.Clone(res.Matches)
	return res
}
