package match

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"wenda/knowledge"
)

// pool runs matches on a fixed number of goroutines.
type pool struct {
	jobs    chan job
	quit    chan struct{}
	once    sync.Once
	workers sync.WaitGroup
	find    finder
	log     *slog.Logger
}

type finder func(ctx context.Context, utterance string, limit int) (knowledge.Result, error)

type job struct {
	ctx       context.Context
	utterance string
	limit     int
	out       chan outcome // room for one, so that a worker never waits for a caller
}

type outcome struct {
	result knowledge.Result
	err    error
}

func newPool(workers, queue int, find finder, log *slog.Logger) *pool {
	p := &pool{jobs: make(chan job, queue), quit: make(chan struct{}), find: find, log: log}
	p.workers.Add(workers)
	for range workers {
		go p.work()
	}
	return p
}

// do has a worker run one match. It returns ErrUnavailable if the queue is full, the
// context ends first or the pool is closed.
func (p *pool) do(ctx context.Context, utterance string, limit int) (knowledge.Result, error) {
	j := job{ctx, utterance, limit, make(chan outcome, 1)}
	select {
	case p.jobs <- j:
	default:
		return knowledge.Result{}, fmt.Errorf("%w: too many matches wait", knowledge.ErrUnavailable)
	}
	select {
	case o := <-j.out:
		return o.result, o.err
	case <-ctx.Done():
		return knowledge.Result{}, fmt.Errorf("%w: out of time", knowledge.ErrUnavailable)
	case <-p.quit:
		return knowledge.Result{}, fmt.Errorf("%w: closed", knowledge.ErrUnavailable)
	}
}

func (p *pool) work() {
	defer p.workers.Done()
	for {
		select {
		case <-p.quit:
			return
		case j := <-p.jobs:
			if j.ctx.Err() == nil { // else nobody waits for it any more
				j.out <- p.run(j)
			}
		}
	}
}

// run keeps a panic inside. What panicked is logged by type only: a value may hold
// what the customer wrote.
func (p *pool) run(j job) (o outcome) {
	defer func() {
		if v := recover(); v != nil {
			p.log.Error("match panicked", "type", fmt.Sprintf("%T", v), "stack", string(debug.Stack()))
			o = outcome{err: fmt.Errorf("%w: search panicked", knowledge.ErrUnavailable)}
		}
	}()
	res, err := p.find(j.ctx, j.utterance, j.limit)
	return outcome{res, err}
}

// closeGrace is how long close waits for workers that are at work.
const closeGrace = time.Second

// close ends the workers. Closing twice is closing once.
func (p *pool) close() {
	p.once.Do(func() { close(p.quit) })
	done := make(chan struct{})
	go func() {
		p.workers.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(closeGrace):
		p.log.Error("a match hangs; its worker is left behind")
	}
}
