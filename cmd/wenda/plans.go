package main

import (
	"context"
	"encoding/json"
	"sync"

	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/knowledge/gate"
	"wenda/knowledge/lint"
)

// plans looks at planned publications again when their minute has come. That takes up to
// half a minute, in which the node goes on following releases: it asks again later.
type plans struct {
	hub    *base.Store
	book   *lint.Book
	judge  *gate.Judge
	limits gate.Limits
	beside func(func(context.Context))
	ready  func() // called when a judgement is there

	mu      sync.Mutex
	working bool
	found   *opinion
}

// opinion is what was found of a plan, on the release that was in force then.
type opinion struct {
	plan, release int64
	base.Judgement
	err error
}

// look is a base.Judge.
func (p *plans) look(_ context.Context, planned base.Planned) (base.Judgement, error) {
	release := p.judge.Live().ID
	o, begin := p.take(planned.ID, release)
	if o != nil {
		return o.Judgement, o.err
	}
	if begin {
		p.beside(func(ctx context.Context) { p.work(ctx, planned, release) })
	}
	return base.Judgement{}, base.ErrLater
}

// take returns what was found, once: an error is worth another try. Or it says that
// somebody has to begin.
func (p *plans) take(plan, release int64) (o *opinion, begin bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if o := p.found; o != nil && o.plan == plan && o.release == release {
		p.found = nil
		return o, false
	}
	begin, p.working = !p.working, true
	return nil, begin
}

func (p *plans) work(ctx context.Context, planned base.Planned, release int64) {
	o := &opinion{plan: planned.ID, release: release}
	o.Judgement, o.err = p.consider(ctx, planned)
	p.mu.Lock()
	p.working, p.found = false, o
	p.mu.Unlock()
	p.ready()
}

// consider checks the texts by the rules of today and holds what would be in force
// against the labelled set of today.
func (p *plans) consider(ctx context.Context, planned base.Planned) (base.Judgement, error) {
	next, err := p.hub.ProposedBy(ctx, planned)
	if err != nil {
		return base.Judgement{}, err
	}
	if blocked, err := p.blocked(ctx, next, planned.Entries); blocked || err != nil {
		return base.Judgement{Blocked: blocked}, err
	}
	v, err := p.judge.Hold(ctx, next, planned.Entries)
	if err != nil || v.Cases == 0 {
		return base.Judgement{Passed: err == nil}, err
	}
	report, err := json.Marshal(v.Report)
	return base.Judgement{Passed: len(v.Fails(p.limits)) == 0, Gate: report}, err
}

func (p *plans) blocked(ctx context.Context, next *knowledge.Release, entries []string) (bool, error) {
	rules, err := p.book.Rules(ctx)
	if err != nil {
		return false, err
	}
	for _, id := range entries {
		e, _ := next.Entry(id)
		revision, err := p.hub.Revision(ctx, id, e.Revision)
		if err != nil {
			return false, err
		}
		if lint.Blocked(lint.Check(id, revision.Content, rules)) {
			return true, nil
		}
	}
	return false, nil
}
