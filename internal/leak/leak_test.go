package leak

import (
	"sync/atomic"
	"testing"
	"time"
)

func TestMain(m *testing.M) { Main(m) }

type ended struct{ after func() }

func (e ended) Run() int { e.after(); return 0 }

// A goroutine that ends late is no leak.
func TestWaits(t *testing.T) {
	told, done := make(chan struct{}), atomic.Bool{}
	code := waiting{ended{func() {
		go func() {
			<-told
			done.Store(true)
		}()
		time.AfterFunc(time.Second, func() { close(told) }) // later than goleak looks
	}}, nil}.Run()
	if code != 0 || !done.Load() {
		t.Errorf("code %d while it runs: %v", code, !done.Load())
	}
}
