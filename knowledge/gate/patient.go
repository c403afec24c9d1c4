package gate

import (
	"context"
	"errors"
	"time"

	"wenda/knowledge"
)

// pauses are what a Patient matcher waits between tries: a node that serves customers
// meanwhile is busy for less than that.
var pauses = []time.Duration{10 * time.Millisecond, 50 * time.Millisecond, 250 * time.Millisecond, time.Second, 2 * time.Second}

// Patient is a matcher for measurements: one that is busy or over its budget
// (knowledge.ErrUnavailable) is asked again, up to six times within four seconds, because
// a measurement with holes in it would be none.
func Patient(m knowledge.Matcher) knowledge.Matcher { return patient{m} }

type patient struct{ knowledge.Matcher }

// Match implements knowledge.Matcher.
func (p patient) Match(ctx context.Context, utterance string, limit int) (knowledge.Result, error) {
	for _, pause := range pauses {
		found, err := p.Matcher.Match(ctx, utterance, limit)
		if err == nil || !errors.Is(err, knowledge.ErrUnavailable) {
			return found, err
		}
		select {
		case <-ctx.Done():
			return knowledge.Result{}, ctx.Err()
		case <-time.After(pause):
		}
	}
	return p.Matcher.Match(ctx, utterance, limit)
}
