package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"wenda/internal/sqldb"
	"wenda/knowledge"
	"wenda/knowledge/corpus"
	"wenda/knowledge/inbox"
	"wenda/knowledge/segment"
	"wenda/sessions"
)

const (
	collectEvery = 3 * time.Second        // looks for chats that changed
	collectPause = 100 * time.Millisecond // between two pages at least: collecting what was missed for long must not be felt
	collectShare = 100                    // nor while customers are served: one part in so many of a CPU
	collectBatch = 50                     // chats a page
	collectAfter = 10 * time.Second       // of quiet a chat is read: each message of its own would cost a reading
	collectMost  = 1000                   // newest events of a chat
	collectSweep = time.Hour              // between two looks for what is too old
)

// openInbox opens the inbox, with the encoder that Wenda is shipped with to say what is
// alike. words cut the texts; drafts may be nil.
func openInbox(db *sqldb.DB, words *segment.Segmenter, matcher knowledge.Matcher, drafts inbox.Drafter, log *slog.Logger) (*inbox.Store, error) {
	encoder, err := corpus.Encoder()
	if err != nil {
		return nil, err
	}
	return inbox.New(db, inbox.Options{
		Vector:  func(text string) []float32 { return encoder.Encode(words.Cut(text))[:] },
		Matcher: matcher, Drafter: drafts, Log: log,
	})
}

// collect reads the chats for the inbox and removes from it what is older than keep,
// until ctx ends. Any number of nodes may run it: one does it at a time.
func collect(ctx context.Context, chats sessions.Store, box *inbox.Store, keep time.Duration, log *slog.Logger) {
	c := collector{chats: chats, box: box, keep: keep, batch: collectBatch, now: time.Now}
	defer c.leave(ctx)
	failing := false
	for wait := time.Duration(0); ; {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		began := time.Now()
		more, err := c.step(ctx)
		if ctx.Err() != nil {
			return
		}
		if (err != nil) != failing {
			failing = err != nil
			log.Info("collecting what customers asked and did not get", "failing", failing, "err", err)
		}
		if wait = collectEvery; more && err == nil {
			wait = max(collectPause, (collectShare-1)*time.Since(began))
		}
	}
}

// collector is one node that reads the chats, if it has the duty.
type collector struct {
	chats sessions.Store
	box   *inbox.Store
	keep  time.Duration
	batch int // chats a page
	now   func() time.Time
	swept time.Time
}

func (c *collector) leave(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = c.box.Leave(ctx) // else another node waits a little
}

// step reads one page, if this node has the duty, and reports whether there is more.
func (c *collector) step(ctx context.Context) (more bool, err error) {
	mine, err := c.box.Duty(ctx)
	if err != nil || !mine {
		return false, err
	}
	if now := c.now(); now.Sub(c.swept) >= collectSweep || now.Before(c.swept) {
		if _, err := c.box.Sweep(ctx, now.Add(-c.keep)); err != nil {
			return false, err
		}
		c.swept = now
	}
	more, err = c.page(ctx)
	if errors.Is(err, inbox.ErrMoved) {
		return false, nil // somebody else read it, or an editor's act came in between
	}
	return more, err
}

// page reads the chats that changed next and are quiet, and moves the mark behind them.
func (c *collector) page(ctx context.Context) (more bool, err error) {
	from, err := c.box.Mark(ctx)
	if err != nil {
		return false, err
	}
	var mark sessions.Mark
	if from != "" {
		if err := json.Unmarshal([]byte(from), &mark); err != nil {
			return false, fmt.Errorf("the inbox's mark: %w", err)
		}
	}
	ripe, mark, all, err := c.ripe(ctx, mark)
	if err != nil || len(ripe) == 0 {
		return false, err
	}
	var found inbox.Gleaned
	for _, s := range ripe {
		one, err := c.read(ctx, s)
		if err != nil {
			return false, err
		}
		found.Items, found.Confirmed = append(found.Items, one.Items...), append(found.Confirmed, one.Confirmed...)
		found.Ended = append(found.Ended, one.Ended...)
	}
	to, err := json.Marshal(mark)
	if err != nil {
		return false, err
	}
	return all, c.box.Take(ctx, from, string(to), found)
}

// ripe returns the chats behind a mark up to the first that is not quiet, and the mark
// behind the last of them; all says whether the page was full. A chat that changes
// again comes again, behind others: so one is read when its people pause, and
// not with each message.
func (c *collector) ripe(ctx context.Context, after sessions.Mark) (ripe []sessions.Session, mark sessions.Mark, all bool, err error) {
	changed, mark, err := c.chats.Feed(ctx, after, c.batch)
	if err != nil {
		return nil, after, false, err
	}
	n := 0
	for n < len(changed) && c.quiet(changed[n]) {
		n++
	}
	if n > 0 && n < len(changed) { // the mark behind the n-th
		changed, mark, err = c.chats.Feed(ctx, after, n)
	}
	return changed[:min(n, len(changed))], mark, n == c.batch, err
}

// quiet reports whether nobody has written for a while, or will. A clock that was ahead
// when they did holds up nobody.
func (c *collector) quiet(s sessions.Session) bool {
	age := c.now().Sub(s.ChangedAt)
	return !s.Open() || age >= collectAfter || age < -collectAfter
}

// read gleans a chat, unless its words are too old to be kept.
func (c *collector) read(ctx context.Context, s sessions.Session) (inbox.Gleaned, error) {
	oldest := c.now().Add(-c.keep)
	if s.Seq == 0 || s.ChangedAt.Before(oldest) {
		return inbox.Gleaned{}, nil
	}
	events, err := c.chats.Transcript(ctx, s.ID, max(s.Seq-collectMost, 0), collectMost)
	if err != nil {
		return inbox.Gleaned{}, err
	}
	return young(glean(s, events), oldest), nil
}

// young leaves out what is too old to be kept.
func young(g inbox.Gleaned, oldest time.Time) (out inbox.Gleaned) {
	out.Ended = g.Ended
	for _, i := range g.Items {
		if !i.At.Before(oldest) {
			out.Items = append(out.Items, i)
		}
	}
	for _, c := range g.Confirmed {
		if !c.At.Before(oldest) {
			out.Confirmed = append(out.Confirmed, c)
		}
	}
	return out
}
