// Package match ranks candidates and says how sure it is: the Matcher that the
// product runs.
//
//	learnt, err := match.Learn(ctx, seg, release, match.Study{})       // a second to minutes
//	m, err := match.Open(ctx, dir, seg, release, match.Options{Learnt: learnt, Target: 0.95})
//	res, err := m.Match(ctx, "卡里有钱为什么还款失败", 4)
//	res.Zone()                          // answer, clarify or handoff
//	err = m.Use(ctx, next, learnt)      // builds aside, swaps; running matches end on the old one
//	m.Close()
//
// One utterance goes this way:
//
//	normalise, cut → exact hit → candidates → glance → signs → stack → confidence
//
// An utterance equal to a phrasing (spaces, case, punctuation and script aside) is
// that entry's, with confidence 0.99, shared if several entries claim it; so is one that
// differs by courtesies only, or by one slip of a finger (near.go). Otherwise
// the index names phrasings that share tokens, and the encoder names entries that mean
// nearly the same (nearest.go). A glance at each of those entries as a whole leaves the
// dozen that promise most, and they are compared in full (score.go): by words, cosines
// weighted by how rare a word is in this base; by meaning, cosines of vectors; and by
// the classifier. An entry with a counter-phrasing nearer than all its phrasings is out.
// A few signs of each comparison (confidence.go) go into a logistic stack, and what
// comes out is the probability that the entry is what was meant. Everything after the
// index is a pure function of release and utterance.
//
// What the stack weighs, and with what confidence to answer, Learn finds out from the
// release alone (fold.go), or from what customers said besides (study.go): utterances
// whose entry somebody confirmed, and those that no entry answers. It is kept as one
// file (learnt.go), so that all nodes answer alike. There are three variants of the
// pipeline; results name theirs and bring their own thresholds, because what 0.8 means
// depends on how it was computed. Without anything learnt a matcher starts with the
// words only: what it needs of a small base it learns in a second, and of a large one it
// answers exact hits until somebody has learnt from it (Untaught).
//
// Matching runs on a fixed pool of workers behind a bounded queue, each request
// within a budget: a search that hangs or panics costs one request and at worst one
// worker, never the caller. When the index turns out damaged it is set aside and
// built again in the background; requests meanwhile fail with ErrUnavailable.
package match

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"wenda/internal/gentle"
	"wenda/knowledge"
	"wenda/knowledge/index"
	"wenda/knowledge/segment"
)

// Options are the settings of a Matcher. The zero value is ready for service.
type Options struct {
	Budget  time.Duration // time for one match, waiting included; default 50 ms
	Workers int           // matches at once; default GOMAXPROCS
	Queue   int           // matches that may wait; default 64 a worker
	Log     *slog.Logger  // default slog.Default()
	Learnt  *Learnt       // what was learnt from the release; nil: see Use
	Target  float64       // share of automatic answers that shall be right, 0.8 to 0.995; default 0.95
}

// DefaultTarget is the share of automatic answers that shall be right if nobody chose another.
const DefaultTarget = 0.95

func (o Options) withDefaults() Options {
	if o.Budget <= 0 {
		o.Budget = 50 * time.Millisecond
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Queue <= 0 {
		o.Queue = 64 * o.Workers
	}
	if o.Target <= 0 {
		o.Target = DefaultTarget
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

// Matcher answers from the release in force. It is a knowledge.Matcher.
type Matcher struct {
	seg   *segment.Segmenter
	shelf *index.Shelf
	opts  Options
	pool  *pool
	force atomic.Pointer[inForce] // nil after Close

	ctx        context.Context // ends with Close
	cancel     context.CancelFunc
	mu         sync.Mutex // one change of what is in force at a time
	repairing  atomic.Bool
	repairs    sync.WaitGroup
	lastRepair time.Time // guarded by mu
}

// inForce is a release with everything that is needed to match against it.
type inForce struct {
	model  *model
	gen    *index.Generation
	recall recall
}

// Open makes a matcher for a release, its index kept in dir (which it owns). It
// takes about 0.3 ms a phrasing if the index must be built, half of that if not.
func Open(ctx context.Context, dir string, seg *segment.Segmenter, r *knowledge.Release, opts Options) (*Matcher, error) {
	shelf, err := index.OpenShelf(dir, seg)
	if err != nil {
		return nil, err
	}
	m := &Matcher{seg: seg, shelf: shelf, opts: opts.withDefaults()}
	m.ctx, m.cancel = context.WithCancel(context.Background())
	m.pool = newPool(m.opts.Workers, m.opts.Queue, m.find, m.opts.Log)
	if err := m.Use(ctx, r, opts.Learnt); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// Use puts another release in force, or the same with more that was learnt. Without
// anything learnt it learns Lexical now, or of a Large release starts Untaught. It builds
// aside, gently if it answers meanwhile, and then swaps: matches that have begun end on
// what they began with. On an error, or after Close, what is in force stays.
func (m *Matcher) Use(ctx context.Context, r *knowledge.Release, learnt *Learnt) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ctx.Err() != nil {
		return fmt.Errorf("match: closed: %w", knowledge.ErrUnavailable)
	}
	if m.force.Load() != nil {
		ctx = gentle.Context(ctx)
	}
	gen, err := m.shelf.Generation(ctx, r)
	if err != nil {
		return fmt.Errorf("match: %w", err)
	}
	if learnt == nil {
		if learnt, err = start(ctx, m.seg, r); err != nil {
			gen.Drop()
			return fmt.Errorf("match: %w", err)
		}
	}
	model := build(ctx, r, m.seg, learnt, m.opts.Target)
	m.swap(&inForce{model, gen, newRecall(model)})
	return nil
}

// swap puts f in force; the last reader of what was before closes its index.
func (m *Matcher) swap(f *inForce) {
	if before := m.force.Swap(f); before != nil {
		before.gen.Drop()
	}
}

// acquire returns what is in force, held, or nil after Close.
func (m *Matcher) acquire() *inForce {
	for {
		f := m.force.Load()
		if f == nil || f.gen.Hold() {
			return f
		}
	}
}

// Release returns the release in force, nil after Close.
func (m *Matcher) Release() *knowledge.Release {
	if f := m.force.Load(); f != nil {
		return f.model.release
	}
	return nil
}

// Match is as knowledge.Matcher says. It returns within the budget.
func (m *Matcher) Match(ctx context.Context, utterance string, limit int) (knowledge.Result, error) {
	f := m.force.Load()
	if f == nil {
		return knowledge.Result{}, knowledge.ErrUnavailable
	}
	utterance = segment.Clip(utterance, knowledge.MaxUtteranceRunes) // nobody copies or compares the rest of a megabyte
	within, cancel := context.WithTimeout(ctx, m.opts.Budget)
	defer cancel()
	res, err := f.recall.flights.do(within, asked{utterance, limit}, func() (knowledge.Result, error) {
		return m.pool.do(within, utterance, limit)
	})
	switch {
	case err == nil:
		return res, nil
	case ctx.Err() != nil:
		return knowledge.Result{}, ctx.Err()
	case errors.Is(err, knowledge.ErrUnavailable):
		return knowledge.Result{}, err
	}
	return knowledge.Result{}, fmt.Errorf("%w: %w", knowledge.ErrUnavailable, err)
}

// candidates is the number of phrasings whose entries are looked at, beside those that mean
// nearly the same. With 50, 32 and 24 of them top-1 and coverage at 95 % precision of seven
// public sets were the same; the right entry is among the first 5 for 97 to 100 % of their
// questions in scope.
const candidates = 32

// find is one match, in a worker.
func (m *Matcher) find(ctx context.Context, utterance string, limit int) (knowledge.Result, error) {
	f := m.acquire()
	if f == nil {
		return knowledge.Result{}, knowledge.ErrUnavailable
	}
	defer f.gen.Drop()
	t := f.model.seg.Cut(utterance)
	key := keyOf(t, limit)
	if res, ok := f.recall.get(key); ok {
		return res, nil
	}
	said := t.Normal
	if text, ok := f.recall.nearby.phrasing(t); ok {
		t = f.model.seg.Cut(text)
	}
	found, err := f.gen.Candidates(ctx, t, candidates)
	if errors.Is(err, index.ErrDamaged) {
		m.repair(f)
	}
	if err != nil {
		return knowledge.Result{}, err
	}
	res := f.model.result(t, found, limit)
	res.Why.Normal = said
	f.recall.put(key, res)
	return res, nil
}

// Close stops the workers and closes the index. Matches that wait fail with
// ErrUnavailable. A worker that hangs is left behind.
func (m *Matcher) Close() {
	m.cancel()
	m.pool.close()
	m.mu.Lock()
	m.swap(nil)
	m.mu.Unlock()
	m.repairs.Wait()
}
