package gateway

import "time"

// instant is a moment in nanoseconds of the monotonic clock since the program began, a
// third of the size of a time.Time: every socket keeps several. 0 is never.
type instant int64

var epoch = time.Now()

func instantOf(t time.Time) instant { return instant(t.Sub(epoch)) }

// before returns how long before now the instant was.
func (i instant) before(now time.Time) time.Duration { return now.Sub(epoch) - time.Duration(i) }
