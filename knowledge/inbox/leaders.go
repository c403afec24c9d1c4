package inbox

import (
	"context"
	"fmt"
	"math"

	"wenda/internal/sqldb"
)

// leaders are the clusters as new items are put into them: the first question of each,
// and all texts they hold.
type leaders struct {
	counter int64 // of inbox_follow when this was true
	items   int   // not archived
	texts   map[string]int64
	first   []leader // in order of their items' numbers
}

type leader struct {
	cluster int64
	vector  []float32 // of length 1, or 0
}

// place returns the cluster of a text, or one with the id free if none is like it.
func (l *leaders) place(normal string, v []float32, alike float32, free int64) (cluster int64, begun bool) {
	if c, ok := l.texts[normal]; ok {
		return c, false
	}
	cluster, begun = l.nearest(v, alike), false
	if cluster == 0 {
		cluster, begun = free, true
		l.first = append(l.first, leader{cluster, v})
	}
	l.texts[normal] = cluster
	return cluster, begun
}

// nearest returns the cluster whose leader is most like v and at least alike, of
// equals the oldest; 0 if there is none.
func (l *leaders) nearest(v []float32, alike float32) (cluster int64) {
	best := alike
	for _, one := range l.first {
		if c := dot(one.vector, v); c > best || cluster == 0 && c >= best {
			best, cluster = c, one.cluster
		}
	}
	return cluster
}

func dot(a, b []float32) (sum float32) {
	b = b[:min(len(a), len(b))]
	for i, x := range b {
		sum += float32(a[i] * x) // the conversion forbids fusing: the same on all machines
	}
	return sum
}

// unit returns v scaled to length 1. What has no length stays as it is.
func unit(v []float32) []float32 {
	length := float32(math.Sqrt(float64(dot(v, v))))
	if length == 0 {
		return v
	}
	out := make([]float32, len(v))
	for i, x := range v {
		out[i] = x / length
	}
	return out
}

// readLeaders reads all items that are not archived, in the order in which they came.
func (s *Store) readLeaders(ctx context.Context) (*leaders, error) {
	l := &leaders{texts: map[string]int64{}}
	// The counter first: what comes in between is noticed by Take.
	if err := s.db.Read(ctx).QueryRow(`SELECT counter FROM inbox_follow WHERE one = 1`).Scan(&l.counter); err != nil {
		return nil, fmt.Errorf("inbox: %w", err)
	}
	type row struct {
		cluster      int64
		text, normal string
	}
	rows, err := sqldb.Collect(func(r sqldb.Scanner) (one row, err error) {
		return one, r.Scan(&one.cluster, &one.text, &one.normal)
	})(s.db.Read(ctx).Query(`SELECT cluster, text, normal FROM inbox_item WHERE NOT archived ORDER BY number`))
	if err != nil {
		return nil, fmt.Errorf("inbox: %w", err)
	}
	led := map[int64]bool{}
	for _, r := range rows {
		if _, ok := l.texts[r.normal]; !ok {
			l.texts[r.normal] = r.cluster
		}
		if !led[r.cluster] {
			led[r.cluster] = true
			l.first = append(l.first, leader{r.cluster, unit(s.Vector(r.text))})
		}
	}
	l.items = len(rows)
	return l, ctx.Err()
}
