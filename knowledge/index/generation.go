package index

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"github.com/blevesearch/bleve/v2"
	bleveindex "github.com/blevesearch/bleve_index_api"
)

// Generation is the index of one release. It is safe for concurrent use by all
// who hold it.
type Generation struct {
	shelf     *Shelf
	folder    string
	phrasings []Phrasing

	idx      bleve.Index            // nil if there are no phrasings
	reader   bleveindex.IndexReader // one for all: nothing in a generation changes, so it never grows old
	register *register
	read     []atomic.Pointer[[]uint32] // by number of token: see heldBy
	tallies  sync.Pool                  // of *tally
	holders  atomic.Int64
}

// openGeneration opens a verified folder, held once, and asks it a few questions.
func openGeneration(s *Shelf, folder, dir string, phrasings []Phrasing) (g *Generation, err error) {
	g = &Generation{shelf: s, folder: folder, phrasings: phrasings}
	g.holders.Store(1)
	if len(phrasings) == 0 {
		return g, nil
	}
	opened := g // what is returned beside an error is nil
	defer func() {
		if err != nil {
			opened.close()
		}
	}()
	defer guard(&err)()
	if g.idx, err = bleve.OpenUsing(filepath.Join(dir, "bleve"), map[string]any{
		"read_only": true, "bolt_timeout": "5s",
	}); err != nil {
		return nil, err
	}
	if err = g.open(); err != nil {
		return nil, err
	}
	if err = g.canary(); err != nil {
		return nil, err
	}
	return g, nil
}

// open opens the reader and fills the register.
func (g *Generation) open() error {
	advanced, err := g.idx.Advanced()
	if err != nil {
		return err
	}
	if g.reader, err = advanced.Reader(); err != nil {
		return err
	}
	documents, err := g.reader.DocCount()
	if err != nil || documents != uint64(len(g.phrasings)) {
		return fmt.Errorf("%w: %d documents, want %d: %v", ErrDamaged, documents, len(g.phrasings), err)
	}
	if g.register, err = readRegister(g.reader, len(g.phrasings)); err != nil {
		return err
	}
	g.read = make([]atomic.Pointer[[]uint32], len(g.register.tokens))
	return nil
}

// canary asks for a few phrasings spread over the release. Each must find something.
func (g *Generation) canary() error {
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

// guard turns a panic, and a fault on memory that maps a damaged file, into an
// error. Use it as: defer guard(&err)().
func guard(err *error) func() {
	before := debug.SetPanicOnFault(true)
	return func() {
		debug.SetPanicOnFault(before)
		if p := recover(); p != nil {
			*err = fmt.Errorf("%w: %v", ErrDamaged, p)
		}
	}
}

// Hold keeps the generation open until a matching Drop. It returns false if it is
// closed already.
func (g *Generation) Hold() bool {
	for n := g.holders.Load(); n > 0; n = g.holders.Load() {
		if g.holders.CompareAndSwap(n, n+1) {
			return true
		}
	}
	return false
}

// Drop ends one hold. With the last one the generation closes.
func (g *Generation) Drop() {
	if g.holders.Add(-1) == 0 {
		g.close()
		g.shelf.dropped(g)
	}
}

func (g *Generation) close() {
	var err error
	defer guard(&err)() // closing a damaged index must not hurt either
	if g.reader != nil {
		_ = g.reader.Close()
	}
	if g.idx != nil {
		_ = g.idx.Close()
	}
}
