package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// BatchMax is how many requests one SQLite transaction carries at most.
	BatchMax = 256

	// WaitMax is how much work may stand before a new request; beyond it Write
	// says ErrBusy at once. A batch that fills up behind the running one is no
	// work before: requests are only refused when they would wait for several.
	WaitMax = 200 * time.Millisecond

	// queueMax bounds the memory of the queue, however fast batches are.
	queueMax = 64 * BatchMax
)

// groupWriter commits the writes of many callers in common transactions.
type groupWriter struct {
	pool  *sql.DB // of one connection
	log   *slog.Logger
	queue chan *request
	stop  chan struct{} // closed when no more requests are to be taken
	ended chan struct{} // closed when the goroutine has ended
	once  sync.Once

	began   atomic.Int64 // when the running batch began, Unix nanoseconds; 0 if none runs
	usual   atomic.Int64 // how long a batch takes of late, nanoseconds
	trouble atomic.Pointer[error]
	broke   chan error             // capacity 1: trouble, for who ends the process
	boot    atomic.Pointer[string] // of our lease: without it we write nothing; nil if we need none

	groupTx // of the goroutine only
}

// request is one caller's write.
type request struct {
	do    func(Tx) error
	state atomic.Int32
	done  chan error // capacity 1: the writer never waits for a caller
}

// answer tells the caller what became of the write. Only the first answer counts, and
// no answer may leave before COMMIT.
func (r *request) answer(err error) {
	select {
	case r.done <- err:
	default:
	}
}

const (
	waiting int32 = iota
	taken         // by the writer: it will be run
	left          // by its caller: it will not be run
)

func newGroupWriter(pool *sql.DB, log *slog.Logger) *groupWriter {
	w := &groupWriter{pool: pool, log: log, queue: make(chan *request, queueMax), stop: make(chan struct{}), ended: make(chan struct{}), broke: make(chan error, 1)}
	go w.run()
	return w
}

func (w *groupWriter) write(ctx context.Context, do func(Tx) error) error {
	if err := w.refusal(); err != nil {
		return err
	}
	r := &request{do: do, done: make(chan error, 1)}
	select {
	case w.queue <- r:
	default:
		return fmt.Errorf("%w: %d writes are waiting", ErrBusy, queueMax)
	}
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		r.state.CompareAndSwap(waiting, left)
		return ctx.Err()
	case <-w.ended:
	}
	select {
	case err := <-r.done: // answered just before the end
		return err
	default:
		return ErrClosed
	}
}

// refusal says why a request is not even queued.
func (w *groupWriter) refusal() error {
	select {
	case <-w.stop:
		return ErrClosed
	default:
	}
	if broken := w.trouble.Load(); broken != nil {
		return *broken
	}
	queued := len(w.queue)
	if queued < BatchMax {
		return nil
	}
	wait := time.Duration(w.usual.Load()) * time.Duration(queued/BatchMax)
	if began := w.began.Load(); began != 0 {
		wait = max(wait, time.Since(time.Unix(0, began)))
	}
	if wait > WaitMax {
		return fmt.Errorf("%w: %d writes are waiting", ErrBusy, queued)
	}
	return nil
}

func (w *groupWriter) ping(context.Context) error {
	if broken := w.trouble.Load(); broken != nil {
		return *broken
	}
	return nil
}

func (w *groupWriter) close() error {
	w.once.Do(func() { close(w.stop) })
	<-w.ended
	return w.pool.Close()
}

func (w *groupWriter) run() {
	defer close(w.ended)
	for {
		select {
		case r := <-w.queue:
			w.commit(w.batch(r))
		case <-w.stop:
			w.drain()
			w.disconnect()
			return
		}
	}
}

// drain finishes what was queued before the end.
func (w *groupWriter) drain() {
	for {
		select {
		case r := <-w.queue:
			w.commit(w.batch(r))
		default:
			return
		}
	}
}

// batch takes what waits behind the first request. It waits for nobody: while one
// batch is synced to disk, the next one gathers by itself. But it steps back once, so that
// goroutines that are about to write and wait for a processor come along; if there are
// none that costs nothing.
func (w *groupWriter) batch(first *request) []*request {
	batch, stepped := make([]*request, 0, 16), false
	for r := first; r != nil; {
		if r.state.CompareAndSwap(waiting, taken) {
			batch = append(batch, r)
		}
		if len(batch) == BatchMax {
			break
		}
		if r = w.next(); r == nil && !stepped {
			stepped = true
			runtime.Gosched()
			r = w.next()
		}
	}
	return batch
}

// next is a request that waits, or nil.
func (w *groupWriter) next() *request {
	select {
	case r := <-w.queue:
		return r
	default:
		return nil
	}
}

// commit runs a batch and answers its requests. If the common transaction cannot
// be saved, each request gets one of its own, so that the guilty one fails alone.
func (w *groupWriter) commit(batch []*request) {
	if len(batch) == 0 {
		return
	}
	began := time.Now()
	w.began.Store(began.UnixNano())
	answers, err := w.try(batch, false)
	if errors.Is(err, errMixed) {
		answers, err = w.try(batch, true)
	}
	w.began.Store(0)
	usual := w.usual.Load()
	w.usual.Store(usual + (int64(time.Since(began))-usual)/8)

	if err == nil {
		for i, r := range batch {
			r.answer(answers[i])
		}
		return
	}
	if unsynced(err) {
		w.breaks(fmt.Errorf("%w: %w", ErrBroken, err))
	} else if errors.Is(err, ErrServed) {
		w.breaks(err)
	}
	for _, r := range batch {
		if broken := w.trouble.Load(); broken != nil {
			r.answer(*broken)
		} else if len(batch) == 1 || sqliteCode(err)&0xff == sqliteBusy {
			r.answer(busy(err))
		} else {
			w.commit([]*request{r})
		}
	}
}
