package main

import (
	"context"
	"sync"
	"time"

	"wenda/bot/web"
	"wenda/knowledge/artefact"
	"wenda/knowledge/match"
)

// progress watches how far learning from the release in force is, whichever node does it.
type progress struct {
	*brain

	mu    sync.Mutex
	key   string // of what is being learnt
	since time.Time
	from  int // steps done then
}

// look is api.Hub's Learning.
func (p *progress) look(ctx context.Context) (*web.Learning, error) {
	key, err := match.Key(p.Release(), p.words, match.Full)
	if known := p.known.Load(); err != nil || known.key == key && known.Learnt != nil {
		return nil, err
	}
	done, of, _, err := p.kept.Progress(ctx, key)
	if err != nil {
		return nil, err
	}
	return &web.Learning{Done: done, Of: of, Left: p.left(key, done, of)}, nil
}

// left estimates from what this node has seen.
func (p *progress) left(key string, done, of int) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.key != key || done < p.from {
		p.key, p.since, p.from = key, time.Now(), done
	}
	left, _ := artefact.Left(time.Since(p.since), p.from, done, of)
	return left
}
