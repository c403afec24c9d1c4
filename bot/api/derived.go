package api

import (
	"sync"

	"wenda/knowledge"
)

// derived is what is worked out of a release once. The zero derived knows none yet.
type derived[T any] struct {
	mu      sync.Mutex
	release *knowledge.Release
	value   T
}

// of returns what work makes of a release.
func (d *derived[T]) of(release *knowledge.Release, work func(*knowledge.Release) T) T {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.release != release {
		d.release, d.value = release, work(release)
	}
	return d.value
}
