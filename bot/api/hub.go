package api

import (
	"context"

	"wenda/bot/web"
	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/knowledge/gate"
	"wenda/knowledge/health"
	"wenda/knowledge/inbox"
	"wenda/knowledge/lint"
)

// Hub is what the editors' pages and the API for other channels work on.
type Hub struct {
	Base    *base.Store
	Matcher knowledge.Matcher // on the release in force

	// Trial returns a matcher on a release that is not in force, knowing what the one
	// in force has learnt, and what to call when it is not needed any more. It takes
	// about a second for a base of 10,000 phrasings; equal releases share one.
	Trial func(context.Context, *knowledge.Release) (knowledge.Matcher, func(), error)

	// Replies are those of agents that Wenda is shipped with. A base that is older than some
	// of them is offered these as drafts.
	Replies []knowledge.Entry

	Book  *lint.Book   // what answers are held against
	Inbox *inbox.Store // what customers asked and did not get
	Cases *gate.Store  // the labelled set that a publish is held against
	Judge *gate.Judge  // holds it

	// Limits are what a release must keep on that set to go live with one signature.
	Limits gate.Limits

	// Inspect looks at the release in force (knowledge/health), with the figures of its
	// entries. It takes half a minute for a base of 10,000 phrasings. nil: nobody can.
	Inspect func(ctx context.Context, progress func(done, of int)) (health.Report, error)

	// Learning says how far learning from the release in force is; nil from it: it is done.
	Learning func(context.Context) (*web.Learning, error)

	// Go does work beside the requests; the context it gets ends when this node stops, and
	// the node waits for it. nil: the work goes on until the process ends.
	Go func(work func(context.Context))

	// Told lets this node look for a new release now, instead of within two seconds.
	Told func()
}
