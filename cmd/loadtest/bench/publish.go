package bench

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"wenda/internal/garbage"
	"wenda/internal/gentle"
	"wenda/knowledge"
	"wenda/knowledge/index"
	"wenda/knowledge/match"
)

// publishing is what it takes to put another base in force: until it answers, with what
// was learnt from the one before, and until it has learnt anew; and what those notice who
// ask meanwhile.
func (b *bench) publishing(ctx context.Context) error {
	n := 20_000
	if b.small() {
		n = 2000
	}
	p, err := b.newPublish(ctx, n)
	if err != nil {
		return err
	}
	defer p.matcher.Close()
	defer garbage.Tune()() // as a node does
	if err := b.buildAlone(ctx, p); err != nil {
		return err
	}
	quiet := p.asking(ctx, 5*b.overload) // of some 300 the third worst is chance
	var learnt *match.Learnt
	var answering, learning time.Duration
	busy := p.askingWhile(ctx, func() error {
		began := time.Now()
		if err := p.matcher.Use(ctx, p.next, p.learnt); err != nil {
			return err
		}
		answering = time.Since(began)
		b.say("another base answers after %.1f s; learning …", answering.Seconds())
		if learnt, err = match.Learn(gentle.Context(ctx), p.words, p.next, match.Study{Progress: func(done, of int) { b.say("%d of %d", done, of) }}); err != nil {
			return err
		}
		if err := p.matcher.Use(ctx, p.next, learnt); err != nil {
			return err
		}
		learning = time.Since(began)
		return nil
	})
	if err := errors.Join(quiet.err, busy.err); err != nil {
		return err
	}
	what := fmt.Sprintf("publish of %d phrasings of %s", n, p.from)
	b.report.goal(what+", answering after", answering.Seconds(), 10, "s", atMost)
	b.report.goal(what+", learnt anew after", learning.Seconds(), 300, "s", atMost)
	b.report.goal(what+", p99 of matching meanwhile / before", busy.p99()/quiet.p99(), 1.5, "×", atMost)
	b.report.fact(what+", p99 of matching before", quiet.p99(), "ms")
	return nil
}

// publish is a base in force, and the one that will be.
type publish struct {
	material
	matcher *match.Matcher
	learnt  *match.Learnt
	next    *knowledge.Release
}

func (b *bench) newPublish(ctx context.Context, n int) (*publish, error) {
	m, err := newMaterial()
	if err != nil {
		return nil, err
	}
	p := &publish{material: m}
	before, err := m.release(1, 0, n)
	if err != nil {
		return nil, err
	}
	if p.next, err = m.release(2, n/10, n); err != nil { // an entry is another's neighbour before
		return nil, err
	}
	if p.learnt, err = quickly(ctx, m.words, before); err != nil {
		return nil, err
	}
	p.matcher, err = match.Open(ctx, filepath.Join(b.dir, "publish"), m.words, before, match.Options{Budget: time.Minute, Learnt: p.learnt})
	return p, err
}

// buildAlone is the index by itself. It is built in processor time: a second of one core is
// a second or less of the clock on a machine that does nothing else, and stays one on a busy
// one.
func (b *bench) buildAlone(ctx context.Context, p *publish) error {
	dir := filepath.Join(b.dir, "index-alone")
	shelf, err := index.OpenShelf(dir, p.words)
	if err != nil {
		return err
	}
	before := spent()
	g, err := shelf.Generation(ctx, p.next)
	if err != nil {
		return err
	}
	built := spent() - before
	g.Drop()
	began := time.Now()
	if g, err = shelf.Generation(ctx, p.next); err != nil {
		return err
	}
	opened := time.Since(began)
	g.Drop()
	bytes, err := folderSize(dir)
	if err != nil {
		return err
	}
	n := float64(len(index.Phrasings(p.next)))
	b.report.goal(fmt.Sprintf("index of %.0f phrasings of %s, built and opened in processor time", n, p.from), n/built.Seconds(), 8000, "phrasings/s", atLeast)
	b.report.goal("the same, on disk", float64(bytes)/n, 300, "bytes a phrasing", atMost)
	b.report.goal("the same, opened again when kept", opened.Seconds(), 2, "s", atMost)
	return nil
}

func folderSize(dir string) (all int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			all += info.Size()
		}
		return err
	})
	return all, err
}

// asks are how long those waited who asked.
type asks struct {
	waits []time.Duration
	err   error
}

func (a asks) p99() float64 {
	if len(a.waits) == 0 {
		return 0
	}
	slices.Sort(a.waits)
	return float64(a.waits[len(a.waits)*99/100].Microseconds()) / 1000
}

// asking asks for so long, without anything else going on.
func (p *publish) asking(ctx context.Context, d time.Duration) asks {
	return p.askingWhile(ctx, func() error {
		time.Sleep(d)
		return ctx.Err()
	})
}

// askEvery is the time between two questions: far less than one core can answer.
const askEvery = 20 * time.Millisecond

// askingWhile asks in an open loop as long as something is done.
func (p *publish) askingWhile(ctx context.Context, do func() error) (got asks) {
	pace, err := startPace(ctx, askEvery)
	if err != nil {
		return asks{err: err}
	}
	defer pace.stop()
	over := make(chan error, 1)
	go func() { over <- do() }()
	var all sync.WaitGroup
	var lock sync.Mutex
	var failed error
	for i, coming := 0, pace.due; ; i++ {
		select {
		case err := <-over:
			all.Wait()
			got.err = errors.Join(got.err, err, failed)
			return got
		case due, ok := <-coming:
			if !ok { // what is done goes on, and is waited for
				got.err, coming = errors.New("the pace ended"), nil
				continue
			}
			all.Go(func() {
				_, err := p.matcher.Match(ctx, p.question(i), 5)
				lock.Lock()
				defer lock.Unlock()
				failed = errors.Join(failed, err)
				got.waits = append(got.waits, time.Since(due))
			})
		}
	}
}
