//go:build !linux

package bench

import "time"

var began = time.Now()

// spent is the time that has passed, which is all that can be known everywhere.
func spent() time.Duration { return time.Since(began) }
