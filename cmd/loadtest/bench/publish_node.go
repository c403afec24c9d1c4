package bench

import (
	"context"
	"path/filepath"
	"time"
)

// aNode is a served node that nobody talks to: its memory, and how soon it is ready
// again when its index was kept.
func (b *bench) aNode(ctx context.Context) error {
	dir := filepath.Join(b.dir, "node")
	var ready []float64
	for round := range 1 + b.rounds { // the first builds the index
		began := time.Now()
		c, err := startWenda(ctx, b.product, dir, b.redis.addr+"/1")
		if err != nil {
			return err
		}
		took := time.Since(began)
		if round == 1 {
			time.Sleep(settle)
			kib, err := c.rss()
			if err != nil {
				c.stop()
				return err
			}
			b.report.goal("memory of a node without connections", float64(kib)/1024, 300, "MiB", atMost)
		}
		c.stop()
		if round > 0 {
			ready = append(ready, took.Seconds())
		}
	}
	b.report.goal("ready after a start from what was kept", median(ready), 2, "s", atMost)
	return nil
}
