// Package recent keeps what was used of late: a map that cannot grow beyond a bound.
//
// There are two ages of values, so that forgetting costs nothing: when the young are as
// many as they may be they become the old, and who was old is forgotten.
package recent

// Map keeps the Most values that were set last, and at most twice as many. It is
// not safe for concurrent use. The zero value but for Most is empty.
type Map[K comparable, V any] struct {
	Most       int
	young, old map[K]V
}

// Get returns a value that is kept.
func (m *Map[K, V]) Get(key K) (V, bool) {
	v, ok := m.young[key]
	if !ok {
		v, ok = m.old[key]
	}
	return v, ok
}

// Set keeps a value. It is young now.
func (m *Map[K, V]) Set(key K, v V) {
	if _, young := m.young[key]; !young && (m.young == nil || len(m.young) >= m.Most) {
		m.Age()
	}
	m.young[key] = v
}

// Age makes the young old, and forgets the old.
func (m *Map[K, V]) Age() { m.old, m.young = m.young, map[K]V{} }

// Drop forgets a value.
func (m *Map[K, V]) Drop(key K) {
	delete(m.young, key)
	delete(m.old, key)
}

// Len is how many values are kept, one that is both young and old counted twice.
func (m *Map[K, V]) Len() int { return len(m.young) + len(m.old) }
