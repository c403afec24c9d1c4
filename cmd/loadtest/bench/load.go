package bench

import (
	"context"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// load is what a server did in one round.
type load struct {
	took      time.Duration
	cpu       time.Duration   // of the server
	waits     []time.Duration // of what was answered, sorted
	refused   int
	failed    int
	unoffered int // of an open loop: nobody was free to say it
}

func (l load) answered() int { return len(l.waits) }

// rate is answers a second.
func (l load) rate() float64 { return float64(len(l.waits)) / l.took.Seconds() }

// cost is the server's CPU for one answer, in µs.
func (l load) cost() float64 {
	if len(l.waits) == 0 {
		return 0
	}
	return float64(l.cpu.Microseconds()) / float64(len(l.waits))
}

// wait is a quantile of how long answers took, in ms.
func (l load) wait(q float64) float64 {
	if len(l.waits) == 0 {
		return 0
	}
	return float64(l.waits[int(q*float64(len(l.waits)-1))]) / float64(time.Millisecond)
}

// tally gathers outcomes of many connections.
type tally struct {
	mu sync.Mutex
	load
}

func (t *tally) note(o outcome, waited time.Duration) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch o {
	case answered:
		t.waits = append(t.waits, waited)
	case refused:
		t.refused++
	default:
		t.failed++
	}
}

// warm is the part of a round before anything counts.
const warm = 5

// closed has every line say the next thing as soon as the last is answered, for d.
func closed(ctx context.Context, c *child, lines []*line, ask asker, d time.Duration) (load, error) {
	loop(ctx, lines, ask, d/warm, &tally{})
	var t tally
	err := measured(c, &t, func() { loop(ctx, lines, ask, d, &t) })
	return t.load, err
}

// measured runs a load and notes what the server used meanwhile.
func measured(c *child, t *tally, do func()) error {
	before, err := c.cpu()
	if err != nil {
		return err
	}
	began := time.Now()
	do()
	t.took = time.Since(began)
	after, err := c.cpu()
	t.cpu = after - before
	slices.Sort(t.waits)
	return err
}

func loop(ctx context.Context, lines []*line, ask asker, d time.Duration, t *tally) {
	var group sync.WaitGroup
	end := time.Now().Add(d)
	for _, l := range lines {
		group.Go(func() {
			for question := ""; time.Now().Before(end) && ctx.Err() == nil; {
				if question == "" { // what is taken is asked: one that is passed over would be remembered from the last time
					question = ask()
				}
				began := time.Now()
				o, err := l.talk(question)
				t.note(o, time.Since(began))
				if err != nil {
					return
				}
				if o == refused { // and is asked again, as clients do
					time.Sleep(min(l.retry(), time.Until(end)))
					continue
				}
				question = ""
			}
		})
	}
	group.Wait()
}

// open has something said rate times a second, on whichever line is free, for d. A
// message waits from when it was due.
func open(ctx context.Context, c *child, lines []*line, ask asker, rate float64, d time.Duration) (load, error) {
	free := make(chan *line, len(lines))
	for _, i := range rand.Perm(len(lines)) {
		free <- lines[i]
	}
	var t tally
	err := measured(c, &t, func() {
		var group sync.WaitGroup
		began := time.Now()
		for n := 0; ctx.Err() == nil; n++ {
			due := began.Add(time.Duration(float64(n) / rate * float64(time.Second)))
			if due.Sub(began) >= d {
				break
			}
			time.Sleep(time.Until(due))
			select {
			case l := <-free:
				group.Go(func() {
					o, err := l.talk(ask())
					t.note(o, time.Since(due))
					if err == nil {
						free <- l
					}
				})
			default:
				t.mu.Lock()
				t.unoffered++
				t.mu.Unlock()
			}
		}
		group.Wait()
	})
	return t.load, err
}
