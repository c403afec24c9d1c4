package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"wenda/bot"
	"wenda/cmd/wenda/config"
	"wenda/internal/garbage"
	"wenda/internal/sqldb"
	"wenda/knowledge"
	"wenda/knowledge/artefact"
	"wenda/knowledge/base"
	"wenda/knowledge/match"
	"wenda/knowledge/sample"
	"wenda/knowledge/segment"
)

// brain is the matcher of a node. It answers from the newest release of the base, knows
// what was learnt from it, and follows both: a release that another node published is in
// force here within lookEvery and the time its index takes.
type brain struct {
	*match.Matcher
	hub    *base.Store
	kept   *artefact.Store // what was learnt, for all nodes
	words  *segment.Segmenter
	target float64
	log    *slog.Logger

	change sync.Mutex           // held while what is in force is changed
	known  atomic.Pointer[lore] // in force; what it was learnt from
	told   chan struct{}        // capacity 1: look now
	study  chan struct{}        // capacity 1: there is something to learn
	trials trials

	patience time.Duration // before it learns: learnAfter

	judge base.Judge // of plans whose minute has come; nil: as they were judged when they were made

	// lessons is what chats taught beside the release; nil: nothing.
	lessons func(context.Context) (match.Study, error)
}

// lore is what was learnt. Its key names the release's phrasings; what chats taught beside
// them is as whoever made it found it, and the same for all nodes.
type lore struct {
	*match.Learnt // nil: words only
	key           string
}

// lookEvery is how often a node looks for a new release.
const lookEvery = 2 * time.Second

// openBrain opens a matcher on the release in force, its index in dir. A base that has
// none gets what Wenda is shipped with.
func openBrain(ctx context.Context, dir string, db *sqldb.DB, c config.Config, log *slog.Logger) (*brain, error) {
	entries, err := sample.Entries()
	if err != nil {
		return nil, err
	}
	b := &brain{
		hub: base.New(db, base.Log(log)), kept: artefact.New(db, artefact.Log(log)), log: log,
		target: float64(c.Bot.Precision) / 100, told: make(chan struct{}, 1), study: make(chan struct{}, 1), patience: learnAfter,
	}
	if b.words, err = segment.New(); err != nil {
		return nil, err
	}
	if err := b.hub.Seed(ctx, entries, "shipped with Wenda"); err != nil {
		return nil, err
	}
	id, err := b.hub.Current(ctx)
	if err != nil {
		return nil, err
	}
	release, err := b.load(ctx, id)
	if err != nil {
		return nil, err
	}
	learnt, err := b.learntOf(ctx, release)
	if err != nil {
		return nil, err
	}
	b.Matcher, err = match.Open(ctx, dir, b.words, release, match.Options{Budget: c.Bot.MatchBudget, Target: b.target, Learnt: learnt.Learnt, Log: log})
	b.known.Store(learnt)
	nudge(b.study)
	if learnt.Learnt == nil && match.Large(release) {
		log.Warn("nothing was learnt yet from this large knowledge base: what is asked word for word is answered, the rest is asked back", "release", release.ID)
	}
	return b, err
}

// load reads a release, if the bot can speak with it.
func (b *brain) load(ctx context.Context, id int64) (*knowledge.Release, error) {
	release, err := b.hub.Load(ctx, id)
	if err != nil {
		return nil, err
	}
	return release, bot.CheckRelease(release)
}

// Told has the brain look for a new release now.
func (b *brain) Told() { nudge(b.told) }

func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// follow puts new releases in force, and does what the base's clock demands, until ctx
// ends. What goes wrong is told once, and tried again.
func (b *brain) follow(ctx context.Context) {
	trouble := ""
	for ctx.Err() == nil {
		_, err := b.hub.Due(ctx, b.judge)
		err = errors.Join(err, b.look(ctx)) // whatever is wrong with a plan: a rollback must come here
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			trouble = ""
		case err.Error() != trouble:
			trouble = err.Error()
			b.log.Error("cannot follow the knowledge base", "in_force", b.Release().ID, "err", err)
		}
		select {
		case <-ctx.Done():
		case <-b.told:
		case <-time.After(lookEvery):
		}
	}
}

// look puts the newest release in force, if it is not.
func (b *brain) look(ctx context.Context) error {
	id, err := b.hub.Current(ctx)
	if err != nil || id == b.Release().ID {
		return err
	}
	release, err := b.load(ctx, id)
	if err != nil {
		return err
	}
	if err := b.put(ctx, release); err != nil {
		return err
	}
	b.log.Info("a release is in force", "release", release.ID, "entries", release.Len())
	nudge(b.study)
	return nil
}

// put puts a release in force, with what was learnt from it or, until somebody has
// learnt from it, from the one before.
func (b *brain) put(ctx context.Context, release *knowledge.Release) error {
	learnt, err := b.learntOf(ctx, release)
	if err != nil {
		return err
	}
	b.change.Lock()
	defer b.change.Unlock()
	if learnt.Learnt == nil {
		learnt = b.known.Load()
	}
	return b.use(ctx, release, learnt)
}

// use puts both in force; change is held.
func (b *brain) use(ctx context.Context, release *knowledge.Release, learnt *lore) error {
	err := b.Use(ctx, release, learnt.Learnt)
	if err == nil {
		b.known.Store(learnt)
		garbage.Over() // of the index, and of what learnt it
	}
	return err
}
