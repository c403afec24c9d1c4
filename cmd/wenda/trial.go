package main

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"log/slog"
	"os"
	"sync"

	"wenda/knowledge"
	"wenda/knowledge/match"
)

// trials are matchers on releases that are not in force, for trying them out. One is
// kept: whoever tries a draft asks several questions of it.
type trials struct {
	mu   sync.Mutex
	last *trial
}

// trial is such a matcher, with how many use it.
type trial struct {
	*match.Matcher
	of    [sha256.Size]byte
	dir   string
	users int // guarded by trials.mu; the keeper is one
}

// Trial returns a matcher on release that knows what the one in force has learnt, and
// what to call when it is not needed any more. See api.Hub.
func (b *brain) Trial(ctx context.Context, release *knowledge.Release) (knowledge.Matcher, func(), error) {
	of, err := contents(release)
	if err != nil {
		return nil, nil, err
	}
	b.trials.mu.Lock()
	defer b.trials.mu.Unlock()
	if last := b.trials.last; last == nil || last.of != of {
		made, err := b.newTrial(ctx, release)
		if err != nil {
			return nil, nil, err
		}
		made.of = of
		b.trials.replace(made)
	}
	t := b.trials.last
	t.users++
	return t, sync.OnceFunc(func() {
		b.trials.mu.Lock()
		defer b.trials.mu.Unlock()
		t.leave()
	}), nil
}

// contents names what is in a release, its id aside.
func contents(release *knowledge.Release) (of [sha256.Size]byte, err error) {
	text, err := json.Marshal([]any{release.Entries(), release.Synonyms()})
	return sha256.Sum256(text), err
}

func (b *brain) newTrial(ctx context.Context, release *knowledge.Release) (*trial, error) {
	dir, err := os.MkdirTemp("", "wenda-trial-")
	if err != nil {
		return nil, err
	}
	learnt, err := b.learntOf(ctx, release)
	if err == nil && learnt.Learnt == nil {
		learnt = b.known.Load()
	}
	if err == nil {
		var m *match.Matcher
		m, err = match.Open(ctx, dir, b.words, release, match.Options{Budget: matchBudget, Target: b.target, Learnt: learnt.Learnt, Log: slog.New(slog.DiscardHandler)})
		if err == nil {
			return &trial{Matcher: m, dir: dir, users: 1}, nil
		}
	}
	_ = os.RemoveAll(dir)
	return nil, err
}

func (t *trials) replace(by *trial) {
	if t.last != nil {
		t.last.leave()
	}
	t.last = by
}

// leave ends one use; the last closes it.
func (t *trial) leave() {
	if t.users--; t.users == 0 {
		t.Close()
		_ = os.RemoveAll(t.dir)
	}
}

// Close closes the matcher and what is kept for trying out.
func (b *brain) Close() {
	b.Matcher.Close()
	b.trials.mu.Lock()
	defer b.trials.mu.Unlock()
	b.trials.replace(nil)
}
