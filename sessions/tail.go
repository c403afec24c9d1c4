package sessions

import (
	"context"
	"iter"
)

// TailPage is how many events Tail reads at a time.
const TailPage = 200

// Tail yields the events of a session after a seq that the audience may see, in
// order, and ends when it is level with the store. A page is read whole before
// its events are yielded, so no statement is open while the caller writes to a
// socket. After an error it yields that error and ends.
func Tail(ctx context.Context, store Store, id string, after int64, to Audience) iter.Seq2[Event, error] {
	return func(yield func(Event, error) bool) {
		for {
			page, err := store.Transcript(ctx, id, after, TailPage)
			if err != nil {
				yield(Event{}, err)
				return
			}
			for _, e := range page {
				after = e.Seq
				if e.Visible(to) && !yield(e, nil) {
					return
				}
			}
			if len(page) < TailPage {
				return
			}
		}
	}
}
