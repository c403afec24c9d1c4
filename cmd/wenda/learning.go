package main

import (
	"bytes"
	"context"
	"log/slog"

	"wenda/cmd/wenda/config"
	"wenda/knowledge"
	"wenda/knowledge/artefact"
	"wenda/knowledge/match"
	"wenda/knowledge/sample"
	"wenda/knowledge/segment"
)

// brain is a matcher and what it has still to learn.
type brain struct {
	*match.Matcher
	words   *segment.Segmenter
	release *knowledge.Release
	key     string // names what is to be learnt from the release
	knows   bool   // it was shipped with that
	target  float64
}

// openBrain opens a matcher on the sample base, its index in dir, with what was learnt
// from it at home. If that does not fit, because base, dictionary or encoder is another,
// the matcher begins with words alone, and learn teaches it the rest.
func openBrain(ctx context.Context, dir string, c config.Config, log *slog.Logger) (*brain, error) {
	release, err := sample.Release(1)
	if err != nil {
		return nil, err
	}
	return brainOf(ctx, dir, release, sample.Learnt, c, log)
}

func brainOf(ctx context.Context, dir string, release *knowledge.Release, shipped []byte, c config.Config, log *slog.Logger) (*brain, error) {
	words, err := segment.New()
	if err != nil {
		return nil, err
	}
	b := &brain{words: words, release: release, target: float64(c.Bot.Precision) / 100}
	if b.key, err = match.Key(release, words, match.Full); err != nil {
		return nil, err
	}
	learnt, err := match.ReadLearnt(shipped)
	if b.knows = err == nil && learnt.Key == b.key; !b.knows {
		learnt = nil
	}
	b.Matcher, err = match.Open(ctx, dir, words, release, match.Options{Budget: c.Bot.MatchBudget, Target: b.target, Learnt: learnt, Log: log})
	return b, err
}

// learn teaches the matcher what was not shipped: one node learns, stores it, and all
// use the same. It returns when that is in force, or with ctx.
func (b *brain) learn(ctx context.Context, store *artefact.Store, log *slog.Logger) error {
	if b.knows {
		return nil
	}
	file, err := store.Make(ctx, b.key, func(ctx context.Context, progress func(done, of int)) ([]byte, error) {
		log.Info("learning from the knowledge base; until then utterances are matched by their words alone", "release", b.release.ID)
		learnt, err := match.Learn(ctx, b.words, b.release, match.Study{Progress: progress})
		if err != nil {
			return nil, err
		}
		var file bytes.Buffer
		err = learnt.Write(&file)
		return file.Bytes(), err
	})
	if err != nil {
		return err
	}
	learnt, err := match.ReadLearnt(file)
	if err != nil {
		return err
	}
	if err := b.Use(ctx, b.release, learnt); err != nil {
		return err
	}
	at := learnt.At(b.target)
	log.Info("what was learnt is in force", "release", b.release.ID, "pipeline", learnt.Variant, "expects", at.Answered, "right", at.Precision)
	return store.Keep(ctx, b.key)
}
