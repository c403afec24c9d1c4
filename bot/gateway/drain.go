package gateway

import (
	"context"
	"math/rand/v2"
	"time"
)

// Drain ends the gateway. New sockets are refused (503); every client is told to come
// back after a while of its own, so that they do not all come at once; each socket is
// closed (1012) when the frame it is busy with is acked. It returns when all goroutines
// have ended. If ctx ends first, what is still being done is given up and ctx's error
// returned. Calling it again does no harm.
func (g *Gateway) Drain(ctx context.Context) error {
	if g.draining.Swap(true) {
		return g.wait(ctx)
	}
	sockets := g.sockets.close()
	within := g.spread(len(sockets))
	for _, s := range sockets {
		g.spawn(func() {
			s.send(Draining{Type: "draining", AfterMS: rand.N(within).Milliseconds()})
			s.part(CloseRestart)
		})
	}
	g.stopJobs()
	g.lists.end()
	g.mentions.end()
	return g.wait(ctx)
}

// spread returns over how long n clients should come back: 1,000 a second, which a
// small node welcomes easily, in at most DrainWithin.
func (g *Gateway) spread(n int) time.Duration {
	return min(max(time.Duration(n)*time.Millisecond, 100*time.Millisecond), g.Limits.DrainWithin)
}

func (g *Gateway) wait(ctx context.Context) error {
	done := make(chan struct{})
	go func() {
		g.tasks.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
		g.cancel()
		for _, s := range g.sockets.all() {
			s.conn.Close()
		}
		<-done
		return ctx.Err()
	}
	g.cancel()
	return nil
}
