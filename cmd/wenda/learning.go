package main

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"time"

	"wenda/internal/gentle"
	"wenda/knowledge"
	"wenda/knowledge/artefact"
	"wenda/knowledge/inbox"
	"wenda/knowledge/match"
	"wenda/knowledge/sample"
)

// learntOf returns what was learnt from a release, be it at home or by a node; lore
// without anything learnt if nobody has.
func (b *brain) learntOf(ctx context.Context, release *knowledge.Release) (*lore, error) {
	key, err := match.Key(release, b.words, match.Full)
	if err != nil {
		return nil, err
	}
	if known := b.known.Load(); known != nil && known.key == key && known.Learnt != nil {
		return known, nil
	}
	if key == shippedKey() {
		return readLore(sample.Learnt, key)
	}
	file, err := b.kept.Get(ctx, key)
	if errors.Is(err, artefact.ErrNone) || errors.Is(err, artefact.ErrDamaged) {
		return &lore{key: key}, nil
	}
	if err != nil {
		return nil, err
	}
	return readLore(file, key)
}

// shippedKey names what was learnt at home; "" if that cannot be read. It is some
// megabytes, so only its name is kept.
var shippedKey = sync.OnceValue(func() string {
	shipped, err := match.ReadLearnt(sample.Learnt)
	if err != nil {
		return ""
	}
	return shipped.Key
})

func readLore(file []byte, key string) (*lore, error) {
	learnt, err := match.ReadLearnt(file)
	return &lore{learnt, key}, err
}

// learnAgain is the pause after a failure to learn.
const learnAgain = time.Minute

// learnAfter is how long a release is in force before it is learnt from: editors who publish
// often publish again.
const learnAfter = 20 * time.Second

// teach lets the matcher learn what it does not know of the release in force: one node
// learns, stores it, and all use the same. A newer release ends what is being learnt.
// It returns with ctx.
func (b *brain) teach(ctx context.Context) {
	for again := make(<-chan time.Time); ; {
		select {
		case <-ctx.Done():
			return
		case <-b.study:
			again = time.After(b.patience)
			continue
		case <-again:
		}
		if err := b.learn(ctx); err != nil && ctx.Err() == nil {
			b.log.Warn("nothing was learnt from the newest release; utterances are matched by what is known of the one before", "err", err)
			again = time.After(learnAgain)
		}
	}
}

// learn learns from the release in force and puts that in force. If another release came
// meanwhile, it does nothing: study is nudged then.
func (b *brain) learn(ctx context.Context) error {
	release := b.Release()
	key, err := match.Key(release, b.words, match.Full)
	if err != nil {
		return err
	}
	if known := b.known.Load(); known.Learnt == nil || known.key != key {
		within, cancel := context.WithCancel(ctx)
		defer cancel()
		go b.untilAnother(within, release.ID, cancel)
		err := b.makeOut(within, key, release)
		if b.Release().ID != release.ID {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return b.kept.Keep(ctx, key)
}

// makeOut learns from a release and puts that in force: of a large one that nothing is known
// of first the words, which takes a tenth of the time.
func (b *brain) makeOut(ctx context.Context, key string, release *knowledge.Release) error {
	if b.known.Load().Learnt == nil && match.Large(release) {
		words, err := match.Learn(gentle.Context(ctx), b.words, release, match.Study{Variant: match.Lexical})
		if err != nil {
			return err
		}
		if err := b.know(ctx, release, &lore{Learnt: words}); err != nil {
			return err
		}
	}
	learnt, err := b.make(ctx, key, release)
	if err != nil {
		return err
	}
	return b.know(ctx, release, learnt)
}

// know puts what was learnt from a release in force, if that still is.
func (b *brain) know(ctx context.Context, release *knowledge.Release, learnt *lore) error {
	b.change.Lock()
	defer b.change.Unlock()
	if b.Release().ID != release.ID {
		return nil
	}
	at := learnt.At(b.target)
	b.log.Info("what was learnt is in force", "release", release.ID, "pipeline", learnt.Variant, "expects", at.Answered, "right", at.Precision)
	return b.use(ctx, release, learnt)
}

// untilAnother calls stop when the release is not in force any more.
func (b *brain) untilAnother(ctx context.Context, release int64, stop func()) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for b.Release().ID == release {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
	stop()
}

// make learns, or waits for the node that does.
func (b *brain) make(ctx context.Context, key string, release *knowledge.Release) (*lore, error) {
	file, err := b.kept.Make(ctx, key, func(ctx context.Context, progress func(done, of int)) ([]byte, error) {
		study, err := b.studies(ctx)
		if err != nil {
			return nil, err
		}
		study.Progress = progress
		b.log.Info("learning from the knowledge base", "release", release.ID, "confirmed", len(study.Confirmed), "outside", len(study.Outside))
		learnt, err := match.Learn(gentle.Context(ctx), b.words, release, study)
		if err != nil {
			return nil, err
		}
		var file bytes.Buffer
		err = learnt.Write(&file)
		return file.Bytes(), err
	})
	if err != nil {
		return nil, err
	}
	return readLore(file, key)
}

func (b *brain) studies(ctx context.Context) (match.Study, error) {
	if b.lessons == nil {
		return match.Study{}, nil
	}
	return b.lessons(ctx)
}

// lessonsOf are what chats taught: what customers said and an agent, or they themselves,
// picked the entry of, and what editors marked as no business of ours. One chat may be
// wrong: it weighs half an editor's phrasing, many nearly a whole one.
func lessonsOf(box *inbox.Store) func(context.Context) (match.Study, error) {
	return func(ctx context.Context) (s match.Study, err error) {
		confirmed, err := box.Confirmed(ctx)
		if err != nil {
			return s, err
		}
		for _, c := range confirmed {
			s.Confirmed = append(s.Confirmed, match.Confirmed{Utterance: c.Utterance, Entry: c.Entry, Weight: 1 - 1/float64(c.Weight+1)})
		}
		s.Outside, err = box.OutOfScope(ctx)
		return s, err
	}
}
