package artefact

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wenda/internal/sqldb"
	"wenda/internal/testbed"
)

// Two nodes, each asked from several sides at once, make one.
func together(r *rig) {
	var calls atomic.Int32
	results := make([][]byte, 8)
	var all sync.WaitGroup
	for i := range results {
		s := r.node(i, patient)
		all.Go(func() {
			var err error
			results[i], err = s.Make(r.Context(), "one", func(context.Context, func(done, of int)) ([]byte, error) {
				calls.Add(1)
				time.Sleep(50 * time.Millisecond)
				return noise(chunkSize + 1), nil
			})
			if err != nil {
				r.Errorf("node %d: %v", i, err)
			}
		})
	}
	all.Wait()
	if calls.Load() != 1 {
		r.Errorf("made %d times, want once", calls.Load())
	}
	for i, got := range results {
		if len(got) == 0 || !bytes.Equal(got, results[0]) {
			r.Errorf("node %d has %d other bytes", i, len(got))
		}
	}
	r.tidy()
}

// begun is a Make under way on another goroutine, whose maker waits to be told.
type begun struct {
	*rig
	calls atomic.Int32
	in    chan context.Context // the maker's, each time it is called
	out   chan error           // tell it to return, with an error or with its bytes
	gives []byte
	done  chan struct{}
	data  []byte
	err   error
}

func (r *rig) begin(ctx context.Context, s *Store, key string) *begun {
	b := &begun{rig: r, in: make(chan context.Context, 10), out: make(chan error, 10), gives: noise(chunkSize + 7), done: make(chan struct{})}
	go func() {
		defer close(b.done)
		b.data, b.err = s.Make(ctx, key, func(ctx context.Context, _ func(done, of int)) ([]byte, error) {
			b.calls.Add(1)
			b.in <- ctx
			return b.gives, <-b.out
		})
	}()
	return b
}

// ends waits for the end and holds what it returns.
func (b *begun) ends(want []byte, err error, calls int32) {
	b.Helper()
	<-b.done
	if !bytes.Equal(b.data, want) || !errors.Is(b.err, err) {
		b.Errorf("Make: %d bytes, %v; want %d, %v", len(b.data), b.err, len(want), err)
	}
	if b.calls.Load() != calls {
		b.Errorf("called %d times, want %d", b.calls.Load(), calls)
	}
}

// A maker that does not beat any more is gone: another node makes it, and it stores
// nothing should it come back.
func makerGone(r *rig) {
	first := r.begin(r.Context(), r.node(0, dead), "one")
	<-first.in
	want := noise(2 * chunkSize)
	if got := r.make(r.node(1, hasty), "one", gives(want)); !bytes.Equal(got, want) {
		r.Error("who took over returns other bytes")
	}
	first.out <- nil
	first.ends(want, nil, 1)
	r.wantGet(r.node(0, patient), "one", want)
	r.tidy()
}

// steal gives the claim to somebody else, as if its maker had been asleep.
func (r *rig) steal(key string) {
	r.Helper()
	r.do(`UPDATE artefact_making SET maker = 'thief', beat = beat + 1 WHERE key = $1`, key)
}

// A maker that lost its claim is told to stop, and makes again if the other one fails.
func claimLost(r *rig) {
	b := r.begin(r.Context(), r.node(0, patient), "one")
	ctx := <-b.in
	r.steal("one")
	<-ctx.Done()
	b.out <- ctx.Err()
	r.do(`DELETE FROM artefact_making`)
	<-b.in
	b.out <- nil
	b.ends(b.gives, nil, 2)
	r.wantGet(r.node(1, patient), "one", b.gives)
	r.tidy()
}

// A maker that had the bytes when it lost its claim stores them if the other one fails.
func claimLostLate(r *rig) {
	b := r.begin(r.Context(), r.node(0, patient), "one")
	<-b.in
	r.steal("one")
	b.out <- nil
	r.until("its upload is cleared", func() bool { return r.count(countChunks) == 0 })
	r.wantNone(r.node(1, patient), "one")
	r.do(`DELETE FROM artefact_making`)
	b.ends(b.gives, nil, 1)
	r.wantGet(r.node(1, patient), "one", b.gives)
	r.tidy()
}

// Who finds an artefact when it stores its own returns the other one.
func madeMeanwhile(r *rig) {
	b := r.begin(r.Context(), r.node(0, patient), "one")
	<-b.in
	want := []byte("theirs")
	r.do(`INSERT INTO artefact_chunk (upload, number, bytes) VALUES ('theirs', 0, $1)`, want)
	r.do(`INSERT INTO artefact (key, upload, size, sha256, used) VALUES ('one', 'theirs', $1, $2, 1)`, len(want), sum(want))
	b.out <- nil
	b.ends(want, nil, 1)
	r.wantGet(r.node(1, patient), "one", want)
	r.tidy()
}

// The error goes to who called; who waits tries.
func makerFails(r *rig) {
	bad := errors.New("no memory")
	first := r.begin(r.Context(), r.node(0, patient), "one")
	<-first.in
	second := r.begin(r.Context(), r.node(1, patient), "one")
	first.out <- bad
	first.ends(nil, bad, 1)
	<-second.in
	r.wantNone(r.node(0, patient), "one")
	second.out <- nil
	second.ends(second.gives, nil, 1)
	r.tidy()
}

func makerPanics(r *rig) {
	s := r.node(0, patient)
	func() {
		defer func() {
			if what := recover(); what != "oops" {
				r.Errorf("recovered %v", what)
			}
		}()
		_, _ = s.Make(r.Context(), "one", func(context.Context, func(done, of int)) ([]byte, error) { panic("oops") })
		r.Error("the panic was swallowed")
	}()
	r.tidy()
	r.make(s, "one", gives([]byte("x")))
}

func waitingEnds(r *rig) {
	first := r.begin(r.Context(), r.node(0, patient), "one")
	<-first.in
	ctx, cancel := context.WithCancel(r.Context())
	second := r.begin(ctx, r.node(1, patient), "one")
	cancel()
	second.ends(nil, context.Canceled, 0)
	ctx, cancel = context.WithTimeout(r.Context(), 30*time.Millisecond)
	defer cancel()
	r.begin(ctx, r.node(1, patient), "one").ends(nil, context.DeadlineExceeded, 0)
	first.out <- nil
	first.ends(first.gives, nil, 1)
	r.tidy()
}

// A maker whose caller leaves gives up its claim at once.
func makingEnds(r *rig) {
	ctx, cancel := context.WithCancel(r.Context())
	first := r.begin(ctx, r.node(0, patient), "one")
	of := <-first.in
	cancel()
	<-of.Done()
	first.out <- nil // it did not listen: too late to store
	first.ends(nil, context.Canceled, 1)
	r.tidy()
	r.make(r.node(1, patient), "one", gives([]byte("x")))
}

// Pages see how far it is, on every node.
func progressShown(r *rig) {
	a, b := r.node(0, patient), r.node(1, patient)
	type seen struct {
		done, of int
		making   bool
	}
	show := func() seen {
		done, of, making, err := b.Progress(r.Context(), "one")
		if err != nil {
			r.Fatal(err)
		}
		return seen{done, of, making}
	}
	if got := show(); got != (seen{}) {
		r.Errorf("before: %v", got)
	}
	r.make(a, "one", func(_ context.Context, progress func(done, of int)) ([]byte, error) {
		if got := show(); got != (seen{0, 0, true}) {
			r.Errorf("at first: %v", got)
		}
		for _, done := range []int{3, 7} {
			progress(done, 10)
			r.until(fmt.Sprint(done, " of 10"), func() bool { return show() == seen{done, 10, true} })
		}
		return []byte("x"), nil
	})
	if got := show(); got != (seen{}) {
		r.Errorf("after: %v", got)
	}
}

func progressOfTheDead(r *rig) {
	s := r.node(0, hasty)
	r.do(`INSERT INTO artefact_making (key, maker, beat, done, total) VALUES ('one', 'dead', 5, 3, 10)`)
	if done, of, making, err := s.Progress(r.Context(), "one"); done != 3 || of != 10 || !making || err != nil {
		r.Errorf("at first: %d of %d, %v, %v", done, of, making, err)
	}
	r.until("nobody makes it", func() bool {
		_, _, making, err := s.Progress(r.Context(), "one")
		return !making && err == nil
	})
}

// An answer of the server that is lost, at any commit, changes nothing.
func TestLostAnswers(t *testing.T) {
	url := testbed.Postgres(t)
	direct := opened(t, sqldb.Options{URL: url, Readers: 4})
	proxy := testbed.StartProxy(t, url)
	behind := opened(t, sqldb.Options{URL: proxy.URL, Readers: 4})
	r := &rig{t, sqldb.Options{}, []*sqldb.DB{behind, direct}}
	quiet := patient
	quiet.beat = time.Hour // else a beat meets the cut
	for name, cut := range map[string]func(string){"before": proxy.CutBefore, "after": proxy.CutAfter} {
		for at, size := range map[string]int{"claim": 5, "chunk": chunkSize + 5, "publish": 0} {
			t.Run(name+" "+at, func(t *testing.T) {
				r, key, calls, cuts := &rig{t, r.options, r.dbs}, name+at, 0, proxy.Cuts()
				want := noise(size)
				if at == "claim" {
					cut("commit")
				}
				got := r.make(r.node(0, quiet), key, func(context.Context, func(done, of int)) ([]byte, error) {
					calls++
					if at != "claim" {
						cut("commit")
					}
					return want, nil
				})
				if !bytes.Equal(got, want) || calls != 1 {
					t.Errorf("%d other bytes, made %d times", len(got), calls)
				}
				if proxy.Cuts() != cuts+1 {
					t.Errorf("%d cuts", proxy.Cuts()-cuts)
				}
				r.wantGet(r.node(1, quiet), key, want)
				r.tidy()
			})
		}
	}
}

// A database that does not come back is told, after Patience.
func TestNoDatabase(t *testing.T) {
	for name, o := range map[string]sqldb.Options{"sqlite": {Dir: t.TempDir()}, "postgres": {URL: testbed.Postgres(t), Readers: 4}} {
		t.Run(name, func(t *testing.T) {
			db := opened(t, o)
			r := &rig{t, o, []*sqldb.DB{db}}
			short := patient
			short.patience = 50 * time.Millisecond
			s := r.node(0, short)
			_, err := s.Make(t.Context(), "one", func(context.Context, func(done, of int)) ([]byte, error) {
				return []byte("x"), db.Close()
			})
			if !errors.Is(err, sqldb.ErrClosed) {
				t.Errorf("closed while making: %v", err)
			}
			if _, err := s.Make(t.Context(), "one", r.never); err == nil {
				t.Error("closed before: no error")
			}
			if _, err := s.Get(t.Context(), "one"); err == nil || errors.Is(err, ErrNone) {
				t.Errorf("Get: %v", err)
			}
			if _, _, _, err := s.Progress(t.Context(), "one"); err == nil {
				t.Error("Progress: no error")
			}
			if err := s.Keep(t.Context()); err == nil {
				t.Error("Keep: no error")
			}
		})
	}
}
