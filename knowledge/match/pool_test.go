package match

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wenda/knowledge"
)

var silent = slog.New(slog.NewTextHandler(io.Discard, nil))

func answer(context.Context, string, int) (knowledge.Result, error) {
	return knowledge.Result{Release: 1}, nil
}

func within(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), d)
	t.Cleanup(cancel)
	return ctx
}

func TestPoolAnswers(t *testing.T) {
	p := newPool(2, 8, answer, silent)
	defer p.close()
	for range 100 {
		if res, err := p.do(within(t, time.Minute), "还款", 1); err != nil || res.Release != 1 {
			t.Fatal(res, err)
		}
	}
}

func TestPoolSurvivesPanics(t *testing.T) {
	var log strings.Builder
	p := newPool(1, 1, func(ctx context.Context, utterance string, limit int) (knowledge.Result, error) {
		if utterance == "秘密" {
			panic("panicked on " + utterance)
		}
		return answer(ctx, utterance, limit)
	}, slog.New(slog.NewTextHandler(&log, nil)))
	for range 3 {
		if _, err := p.do(within(t, time.Minute), "秘密", 1); !errors.Is(err, knowledge.ErrUnavailable) {
			t.Fatalf("a panic: %v", err)
		}
		if _, err := p.do(within(t, time.Minute), "还款", 1); err != nil {
			t.Fatalf("the next: %v", err)
		}
	}
	p.close()
	if got := log.String(); !strings.Contains(got, "match panicked") || strings.Contains(got, "秘密") {
		t.Errorf("log: %s", got)
	}
}

// A search that hangs costs its caller the budget, and the others nothing.
func TestPoolOutlivesAHungSearch(t *testing.T) {
	release := make(chan struct{})
	p := newPool(2, 8, func(ctx context.Context, utterance string, limit int) (knowledge.Result, error) {
		if utterance == "hang" {
			<-release
		}
		return answer(ctx, utterance, limit)
	}, silent)
	if _, err := p.do(within(t, 20*time.Millisecond), "hang", 1); !errors.Is(err, knowledge.ErrUnavailable) {
		t.Fatalf("hung: %v", err)
	}
	for range 20 {
		if _, err := p.do(within(t, time.Minute), "还款", 1); err != nil {
			t.Fatalf("beside a hung one: %v", err)
		}
	}
	close(release)
	p.close()
}

func TestPoolRefusesWhenFull(t *testing.T) {
	release, begun := make(chan struct{}), make(chan struct{}, 3)
	p := newPool(1, 1, func(ctx context.Context, utterance string, limit int) (knowledge.Result, error) {
		begun <- struct{}{}
		<-release
		return answer(ctx, utterance, limit)
	}, silent)
	results := make(chan error, 2)
	ask := func() { _, err := p.do(within(t, time.Minute), "还款", 1); results <- err }
	go ask()
	<-begun // one is at work
	go ask()
	for len(p.jobs) == 0 { // and one waits
		time.Sleep(time.Millisecond)
	}
	if _, err := p.do(within(t, time.Minute), "还款", 1); !errors.Is(err, knowledge.ErrUnavailable) {
		t.Errorf("a full queue: %v", err)
	}
	close(release)
	for range 2 {
		if err := <-results; err != nil {
			t.Errorf("one that was let in: %v", err)
		}
	}
	p.close()
}

func TestPoolPassesOverWhomNobodyWaitsFor(t *testing.T) {
	var runs atomic.Int32
	release := make(chan struct{})
	p := newPool(1, 4, func(ctx context.Context, utterance string, limit int) (knowledge.Result, error) {
		runs.Add(1)
		<-release
		return answer(ctx, utterance, limit)
	}, silent)
	answered := make(chan error, 1)
	go func() { _, err := p.do(within(t, time.Minute), "a", 1); answered <- err }()
	for runs.Load() == 0 {
		time.Sleep(time.Millisecond)
	}
	if _, err := p.do(within(t, time.Millisecond), "b", 1); err == nil {
		t.Fatal("nobody was free")
	}
	close(release)
	if err := <-answered; err != nil {
		t.Fatal(err)
	}
	if _, err := p.do(within(t, time.Minute), "c", 1); err != nil {
		t.Fatal(err)
	}
	if n := runs.Load(); n != 2 {
		t.Errorf("%d searches ran, want 2", n)
	}
	p.close()
}

func TestPoolCloses(t *testing.T) {
	p := newPool(1, 1, answer, silent)
	p.close()
	p.close()
	if _, err := p.do(within(t, time.Minute), "还款", 1); !errors.Is(err, knowledge.ErrUnavailable) {
		t.Errorf("closed: %v", err)
	}
}

func TestOptionsDefaults(t *testing.T) {
	o := Options{}.withDefaults()
	if o.Budget != 50*time.Millisecond || o.Workers < 1 || o.Queue != 64*o.Workers || o.Log == nil {
		t.Errorf("%+v", o)
	}
	if kept := (Options{Budget: time.Second, Workers: 3, Queue: 5, Log: silent}).withDefaults(); kept.Workers != 3 || kept.Queue != 5 || kept.Budget != time.Second || kept.Log != silent {
		t.Errorf("%+v", kept)
	}
}

// A caller's own context ends: that is its error, not a matcher that cannot.
func TestCallersContext(t *testing.T) {
	m := open(t, base(t, 1), patient)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := m.Match(ended, "还款", 1); !errors.Is(err, context.Canceled) || errors.Is(err, knowledge.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}

func TestBudget(t *testing.T) {
	m := open(t, base(t, 1), Options{Budget: time.Nanosecond})
	if _, err := m.Match(context.Background(), "还款", 1); !errors.Is(err, knowledge.ErrUnavailable) {
		t.Errorf("got %v", err)
	}
}
