package index

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"wenda/knowledge"
	"wenda/knowledge/segment"
)

// Shelf is a folder of generations. Two stay on disk: the latest, and the one
// before it for a quick way back. It is safe for concurrent use; two processes must
// not share one.
type Shelf struct {
	dir string
	seg *segment.Segmenter

	mu     sync.Mutex             // builds one at a time, and guards what follows
	open   map[string]*Generation // by folder
	latest string                 // the folder asked for last
}

// OpenShelf makes the folder if need be and clears away what interrupted builds
// and discarded generations left in it.
func OpenShelf(dir string, seg *segment.Segmenter) (*Shelf, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	names, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("index: %w", err)
	}
	for _, n := range names {
		if ext := filepath.Ext(n.Name()); strings.HasPrefix(n.Name(), "gen-") && (ext == ".tmp" || ext == ".bad") {
			_ = os.RemoveAll(filepath.Join(dir, n.Name())) // tried again at the next start
		}
	}
	return &Shelf{dir: dir, seg: seg, open: map[string]*Generation{}}, nil
}

// Generation returns the generation of a release, held for the caller: the one
// that is open, else the one on disk if it is sound, else one built now (about
// 0.1 ms a phrasing). The error is the context's, or says what kept it from being
// built.
func (s *Shelf) Generation(ctx context.Context, r *knowledge.Release) (*Generation, error) {
	phrasings := Phrasings(r)
	seg := s.seg.For(r)
	m := describe(r, phrasings, layout+"/"+seg.Version())
	s.mu.Lock()
	defer s.mu.Unlock()
	if g := s.open[m.folder()]; g != nil && g.Hold() {
		s.latest = m.folder()
		return g, nil
	}
	g, err := s.openKept(m, phrasings)
	if err != nil {
		if g, err = s.rebuild(ctx, m, seg, phrasings); err != nil {
			return nil, fmt.Errorf("index: build generation of release %d: %w", r.ID, err)
		}
	}
	s.open[m.folder()], s.latest = g, m.folder()
	s.prune()
	return g, nil
}

// Discard takes a damaged generation out of use: the next call of Generation builds
// it anew. Holders may still drop it. Discarding twice is discarding once.
func (s *Shelf) Discard(g *Generation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[g.folder] == g {
		delete(s.open, g.folder)
		s.setAside(g.folder)
	}
}

func (s *Shelf) openKept(m manifest, phrasings []Phrasing) (*Generation, error) {
	dir := filepath.Join(s.dir, m.folder())
	if err := m.verify(dir); err != nil {
		return nil, err
	}
	return openGeneration(s, m.folder(), dir, phrasings)
}

// rebuild puts a new generation where a damaged one or none is.
func (s *Shelf) rebuild(ctx context.Context, m manifest, seg *segment.Segmenter, phrasings []Phrasing) (*Generation, error) {
	tmp := filepath.Join(s.dir, m.folder()+".tmp")
	defer os.RemoveAll(tmp)
	if err := build(ctx, tmp, m, seg, phrasings); err != nil {
		return nil, err
	}
	s.setAside(m.folder())
	if err := os.Rename(tmp, filepath.Join(s.dir, m.folder())); err != nil {
		return nil, err
	}
	if err := flush(s.dir); err != nil {
		return nil, err
	}
	return s.openKept(m, phrasings)
}

// setAside removes a generation from its place. It is renamed first, because what
// is in an unreadable folder may not be removable.
func (s *Shelf) setAside(folder string) {
	from := filepath.Join(s.dir, folder)
	for n := 0; ; n++ {
		bad := fmt.Sprintf("%s-%d.bad", from, n)
		_ = os.RemoveAll(bad)
		err := os.Rename(from, bad)
		if err == nil {
			_ = os.RemoveAll(bad)
			return
		}
		if errors.Is(err, os.ErrNotExist) || n == 100 {
			return
		}
	}
}

// prune removes all folders but the latest generation, the newest other one, and
// those that still have readers: their last Drop comes here again.
func (s *Shelf) prune() {
	folders, err := filepath.Glob(filepath.Join(s.dir, "gen-*"))
	if err != nil {
		return
	}
	keep := map[string]bool{s.latest: true, s.newestBut(folders, s.latest): true}
	for _, f := range folders {
		if name := filepath.Base(f); !keep[name] && s.open[name] == nil {
			_ = os.RemoveAll(f)
		}
	}
}

// newestBut returns the name of the folder built last, that one name left out.
func (s *Shelf) newestBut(folders []string, but string) string {
	name, at := "", time.Time{}
	for _, f := range folders {
		m, err := readManifest(f)
		if err == nil && m.Built.After(at) && filepath.Base(f) == m.folder() && m.folder() != but {
			name, at = m.folder(), m.Built
		}
	}
	return name
}

// dropped is told that the last holder of a generation has left.
func (s *Shelf) dropped(g *Generation) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[g.folder] == g {
		delete(s.open, g.folder)
	}
	s.prune()
}
