package memlive

import (
	"context"
	"slices"
	"sync"

	"wenda/sessions"
)

// watcher is one who watches a topic. Its lock is held while f runs, so that f
// gets one signal at a time and stop can wait for it.
type watcher struct {
	mu      sync.Mutex
	f       func(sessions.Signal)
	stopped bool
}

func (w *watcher) tell(sig sessions.Signal) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.stopped {
		w.f(sig)
	}
}

func (w *watcher) stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped = true
}

// Signal implements sessions.Live.
func (l *Live) Signal(_ context.Context, topic string, sig sessions.Signal) error {
	l.mu.Lock()
	closed, watchers := l.closed, l.topics[topic] // never changed in place: see Watch
	l.mu.Unlock()
	if closed {
		return errClosed
	}
	for _, w := range watchers {
		w.tell(sig)
	}
	return nil
}

// Watch implements sessions.Live.
func (l *Live) Watch(topic string, f func(sessions.Signal)) (stop func(), err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return nil, errClosed
	}
	w := &watcher{f: f}
	l.topics[topic] = append(slices.Clip(l.topics[topic]), w)
	return func() {
		l.unwatch(topic, w)
		w.stop()
	}, nil
}

func (l *Live) unwatch(topic string, w *watcher) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var rest []*watcher
	for _, other := range l.topics[topic] {
		if other != w {
			rest = append(rest, other)
		}
	}
	if l.topics[topic] = rest; len(rest) == 0 {
		delete(l.topics, topic)
	}
}
