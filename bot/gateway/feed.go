package gateway

import (
	"context"
	"time"

	"wenda/sessions"
)

// Wake-ups may be lost, and while Live is not reachable all are. The store's feed of
// changed sessions is the second way to hear of them: one query every ReconcileEvery
// (PollEvery while Live is not reachable), however many sockets there are; its cost
// grows with what changed, not with who is connected. Who is level already is not
// woken by it. So a lost wake-up costs at most ReconcileEvery.

// feedPage is how many sessions are read at a time.
const feedPage = 500

// feed is how far the feed was read. Only the job uses it.
type feed struct {
	mark  sessions.Mark
	begun bool
	at    time.Time
}

func (g *Gateway) reconcile(ctx context.Context) error {
	down := g.Live.Ping(ctx) != nil
	if g.liveDown.Swap(down) != down {
		g.Log.Warn("the hot side changed", "reachable", !down)
	}
	if !down {
		for _, f := range g.follows.takeDeaf() {
			f.subscribe()
			f.wake(0)
		}
	}
	now := time.Now()
	if !down && now.Sub(g.feed.at) < g.Limits.ReconcileEvery {
		return nil
	}
	g.feed.at = now
	return g.readFeed(ctx)
}

// beginFeed takes the end of the feed as the place to read on from. It is called
// before the first socket comes, and later again only if that failed.
func (g *Gateway) beginFeed(ctx context.Context) error {
	mark, err := g.Store.Newest(ctx)
	if err == nil {
		g.feed.mark, g.feed.begun = mark, true
	}
	return err
}

func (g *Gateway) readFeed(ctx context.Context) error {
	if !g.feed.begun {
		if err := g.beginFeed(ctx); err != nil {
			return err
		}
		g.follows.wakeAll() // what changed before the mark is not in the feed
	}
	for ctx.Err() == nil {
		page, mark, err := g.Store.Feed(ctx, g.feed.mark, feedPage)
		if err != nil {
			return err
		}
		for _, s := range page {
			g.follows.wake(s.ID, s.Seq)
			g.tally.see(s)
		}
		g.settled(page)
		if err := g.tellMentions(ctx, page...); err != nil {
			return err
		}
		g.feed.mark = mark
		if len(page) < feedPage {
			if len(page) > 0 {
				g.changed()
			}
			return nil
		}
	}
	return ctx.Err()
}
