package memlive

import "time"

// expiring is a map whose values end. The zero value is empty.
type expiring[K comparable, V any] struct {
	kept map[K]held[V]
	next int // sweep when it has grown to this
}

type held[V any] struct {
	value V
	until time.Time
}

func (m *expiring[K, V]) get(key K, now time.Time) (value V, ok bool) {
	h, ok := m.kept[key]
	if !ok || !now.Before(h.until) {
		return value, false
	}
	return h.value, true
}

// until is when the value ends or ended; zero if it is not there.
func (m *expiring[K, V]) until(key K) time.Time { return m.kept[key].until }

func (m *expiring[K, V]) set(key K, value V, until, now time.Time) {
	if m.kept == nil {
		m.kept = map[K]held[V]{}
	}
	m.kept[key] = held[V]{value, until}
	if len(m.kept) > m.next {
		m.sweep(now)
		m.next = max(1024, 2*len(m.kept)) // so that sweeping costs each set the same few steps
	}
}

func (m *expiring[K, V]) drop(key K) { delete(m.kept, key) }

func (m *expiring[K, V]) len() int { return len(m.kept) }

// sweep drops what has ended.
func (m *expiring[K, V]) sweep(now time.Time) {
	for key, h := range m.kept {
		if !now.Before(h.until) {
			delete(m.kept, key)
		}
	}
}

// shrink drops values, whichever come first, until there are at most n.
func (m *expiring[K, V]) shrink(n int) {
	for key := range m.kept {
		if len(m.kept) <= n {
			return
		}
		delete(m.kept, key)
	}
}

func (m *expiring[K, V]) keys() []K {
	keys := make([]K, 0, len(m.kept))
	for key := range m.kept {
		keys = append(keys, key)
	}
	return keys
}
