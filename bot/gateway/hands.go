package gateway

import "context"

// hands are goroutines that carry out frames which go through other packages: that takes
// a deep stack, and growing one costs more than handing a frame over. A hand keeps its
// stack and takes the next frame; the socket's own goroutine waits, and stays so small that
// an idle connection costs 4 KiB of stack and not what its deepest frame took.
type hands struct {
	idle  chan *errand
	spare chan struct{} // one for each hand that waits for a frame
	home  <-chan struct{}
}

// errand is one frame for a hand.
type errand struct {
	do   func()
	done chan struct{} // capacity 1: a hand waits for nobody
}

// init keeps at most spare hands that have nothing to do, until ctx ends.
func (h *hands) init(ctx context.Context, spare int) {
	h.idle, h.spare, h.home = make(chan *errand), make(chan struct{}, spare), ctx.Done()
}

// carry has a hand run do, and returns when it has. do must not panic.
func (h *hands) carry(do func()) {
	e := &errand{do, make(chan struct{}, 1)}
	select {
	case h.idle <- e:
	default:
		go h.work(e)
	}
	<-e.done
}

// work runs one errand after the other, until there are hands enough without it.
func (h *hands) work(e *errand) {
	for {
		e.do()
		e.done <- struct{}{}
		select {
		case h.spare <- struct{}{}:
		default:
			return
		}
		select {
		case e = <-h.idle:
			<-h.spare
		case <-h.home:
			return
		}
	}
}
