package index

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"sync/atomic"

	"github.com/blevesearch/bleve/v2"
)

// Generation is the index of one release. It is safe for concurrent use by all
// who hold it.
type Generation struct {
	shelf     *Shelf
	folder    string
	phrasings []Phrasing

	idx      bleve.Index                        // nil if there are no phrasings
	count    func(token string) (uint64, error) // phrasings that hold a token
	endCount func() error
	holders  atomic.Int64
}

// openGeneration opens a verified folder, held once, and asks it a few questions.
func openGeneration(s *Shelf, folder, dir string, phrasings []Phrasing) (g *Generation, err error) {
	g = &Generation{shelf: s, folder: folder, phrasings: phrasings}
	g.holders.Store(1)
	if len(phrasings) == 0 {
		return g, nil
	}
	defer func() {
		if err != nil {
			g.close()
		}
	}()
	defer guard(&err)()
	if g.idx, err = bleve.OpenUsing(filepath.Join(dir, "bleve"), map[string]any{
		"read_only": true, "bolt_timeout": "5s",
	}); err != nil {
		return nil, err
	}
	if err = g.openCount(); err != nil {
		return nil, err
	}
	return g, g.canary()
}

// openCount keeps one reader for document frequencies: nothing in a generation
// changes, so it never grows old.
func (g *Generation) openCount() error {
	advanced, err := g.idx.Advanced()
	if err != nil {
		return err
	}
	reader, err := advanced.Reader()
	if err != nil {
		return err
	}
	g.endCount = reader.Close
	g.count = func(token string) (uint64, error) {
		postings, err := reader.TermFieldReader(context.Background(), []byte(token), field, false, false, false)
		if err != nil {
			return 0, err
		}
		return postings.Count(), postings.Close()
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
	if g.endCount != nil {
		_ = g.endCount()
	}
	if g.idx != nil {
		_ = g.idx.Close()
	}
}
