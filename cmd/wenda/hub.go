package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"sync"
	"time"

	"wenda/bot/api"
	"wenda/internal/sqldb"
	"wenda/knowledge"
	"wenda/knowledge/gate"
	"wenda/knowledge/health"
	"wenda/knowledge/inbox"
	"wenda/knowledge/lint"
	"wenda/knowledge/sample"
)

// openHub puts together what the editors' pages work on. beside does work that takes its
// time, until the node stops.
func openHub(db *sqldb.DB, b *brain, limits gate.Limits, beside func(func(context.Context)), log *slog.Logger) (api.Hub, error) {
	box, err := openInbox(db, b.words, b, inbox.Drafts{Base: b.hub}, log)
	if err != nil {
		return api.Hub{}, err
	}
	b.lessons = lessonsOf(box)
	replies, err := shippedReplies()
	if err != nil {
		return api.Hub{}, err
	}
	c, book, cases := checkup{b, box}, lint.NewBook(b.hub), gate.New(db)
	judge := &gate.Judge{Cases: cases, Live: b.Release, Matcher: b, Trial: b.Trial}
	plans := &plans{hub: b.hub, book: book, judge: judge, limits: limits, beside: beside, ready: b.Told}
	b.judge = plans.look
	return api.Hub{
		Base: b.hub, Book: book, Matcher: b, Trial: b.Trial, Told: b.Told,
		Inbox: box, Cases: cases, Judge: judge, Limits: limits, Inspect: c.inspect, Replies: replies, Go: beside, Learning: (&progress{brain: b}).look,
	}, nil
}

// shippedReplies are those of agents in what Wenda is shipped with.
func shippedReplies() ([]knowledge.Entry, error) {
	entries, err := sample.Entries()
	return slices.DeleteFunc(entries, func(e knowledge.Entry) bool { return !e.Canned() }), err
}

// checkup inspects the release in force.
type checkup struct {
	*brain
	box *inbox.Store
}

// usageOver is how far back an inspection looks at what customers made of answers.
const usageOver = 30 * 24 * time.Hour

// inspect looks for what nobody complained about yet. See api.Hub.
func (c checkup) inspect(ctx context.Context, progress func(done, of int)) (health.Report, error) {
	stats, err := c.stats(ctx)
	if err != nil {
		return health.Report{}, err
	}
	look := health.Inspection{Segmenter: c.words, Open: c.part, Now: time.Now(), Progress: progress}
	return look.Inspect(ctx, c.Release(), stats)
}

// stats are what is known of the entries in force.
func (c checkup) stats(ctx context.Context) (health.Stats, error) {
	used, err := c.box.Usage(ctx, time.Now().Add(-usageOver))
	heads, err2 := c.hub.Heads(ctx)
	if err := errors.Join(err, err2); err != nil {
		return nil, err
	}
	stats := health.Stats{}
	for _, h := range heads {
		if h.Live == 0 {
			continue
		}
		u := used[h.ID]
		s := health.Seen{Hits: u.Hits, Handoffs: u.Handoffs, Unhelpful: u.Unhelpful, Last: u.Last}
		if h.Newest.Number == h.Live { // else a newer one is being written
			s.Since, s.ReviewBy, s.Until = h.Newest.ApprovedAt, h.Newest.Content.ReviewBy, h.Newest.Content.Until
		}
		stats[h.ID] = s
	}
	return stats, nil
}

// part opens a matcher on a part of the release in force, that nobody else uses.
func (c checkup) part(ctx context.Context, release *knowledge.Release) (knowledge.Matcher, func(), error) {
	t, err := c.newTrial(ctx, release)
	if err != nil {
		return nil, nil, err
	}
	return t, sync.OnceFunc(func() {
		t.Close()
		_ = os.RemoveAll(t.dir)
	}), nil
}
