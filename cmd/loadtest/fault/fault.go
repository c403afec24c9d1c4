// Package fault breaks a stage by a plan, and leaves it whole again.
//
//	plan := fault.New(seed, s, 60, 3*time.Minute)      // all kinds that fit the stage
//	plan := fault.New(seed, s, 10, time.Minute, fault.Kill, fault.RedisFlush)
//	fmt.Print(plan)
//	report, err := fault.Run(ctx, s, plan, log)
//
// A plan is made from a seed: the same seed, stage options and kinds give the same
// plan. What the programs do meanwhile is their own; a replay meets the same faults at
// the same times, not the same interleaving.
//
// Each fault begins, lasts and ends. Faults about the same subject (a node, Redis, the
// database) come one after another, about different ones they overlap.
package fault

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"wenda/cmd/loadtest/stage"
	"wenda/internal/sabotage"
)

// Kind is a way to break something.
type Kind string

// Step is one fault of a plan.
type Step struct {
	At     time.Duration `json:"at"`  // after the beginning of the run
	For    time.Duration `json:"for"` // how long it lasts, at least
	Kind   Kind          `json:"kind"`
	Target int           `json:"target"`          // number of the node; others have one target
	Point  string        `json:"point,omitempty"` // of internal/sabotage, for DieAt
	Amount int64         `json:"amount"`          // 0–99: how strong, or which passage
}

func (s Step) String() string {
	text := fmt.Sprintf("%7.2fs for %5.2fs  %s", s.At.Seconds(), s.For.Seconds(), s.Kind)
	if kinds[s.Kind].of == ofNode {
		text += fmt.Sprint(" of node ", s.Target)
	}
	if s.Point != "" {
		text += fmt.Sprintf(" at %s, passage %d", s.Point, s.passage())
	}
	return text
}

// passage of a point at which to die: the first ones are at the start of a node.
func (s Step) passage() int { return int(s.Amount) + 1 }

// Plan is what goes wrong, in order of time.
type Plan struct {
	Seed  uint64 `json:"seed"`
	Steps []Step `json:"steps"`
}

func (p Plan) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d faults, seed %d\n", len(p.Steps), p.Seed)
	for _, s := range p.Steps {
		fmt.Fprintln(&b, " ", s)
	}
	return b.String()
}

// Parse reads a plan that was kept as JSON.
func Parse(text []byte) (Plan, error) {
	var p Plan
	if err := json.Unmarshal(text, &p); err != nil {
		return p, err
	}
	for _, s := range p.Steps {
		if _, known := kinds[s.Kind]; !known {
			return p, fmt.Errorf("no such fault: %q", s.Kind)
		}
	}
	return p, nil
}

// Kinds are all kinds that fit a stage, in the order of their names.
func Kinds(s *stage.Stage) []Kind {
	var fit []Kind
	for name, k := range kinds {
		if k.fits(s) {
			fit = append(fit, name)
		}
	}
	slices.Sort(fit)
	return fit
}

// New plans count faults over a span of time, of the kinds given or of all that fit
// the stage. Every kind comes as often as every other, or once more.
func New(seed uint64, s *stage.Stage, count int, span time.Duration, of ...Kind) Plan {
	if len(of) == 0 {
		of = Kinds(s)
	}
	random := rand.New(rand.NewPCG(seed, 0))
	p := Plan{Seed: seed}
	var order []Kind
	for len(of) > 0 && len(order) < count {
		round := slices.Clone(of)
		random.Shuffle(len(round), func(i, j int) { round[i], round[j] = round[j], round[i] })
		order = append(order, round...)
	}
	for i, k := range order[:min(count, len(order))] {
		step := Step{
			At:   time.Duration(float64(span) * (float64(i) + random.Float64()) / float64(count)).Round(time.Millisecond),
			Kind: k, Target: random.IntN(len(s.Nodes())), Amount: random.Int64N(100),
		}
		kind := kinds[k]
		step.For = (kind.least + time.Duration(random.Float64()*float64(kind.most-kind.least))).Round(time.Millisecond)
		point := sabotage.Points[random.IntN(len(sabotage.Points))]
		if k == DieAt {
			step.Point = point
		}
		p.Steps = append(p.Steps, step)
	}
	slices.SortStableFunc(p.Steps, func(a, b Step) int { return cmp.Compare(a.At, b.At) })
	return p
}

// Report says what was done.
type Report struct {
	Done map[Kind]int `json:"done"`
	Took time.Duration
}

// Run carries out a plan and returns when everything is whole again, also when ctx
// ends early: then what has not begun is left out. An error says that a fault could
// not be done or undone; the stage is then of no more use.
func Run(ctx context.Context, s *stage.Stage, p Plan, log *slog.Logger) (Report, error) {
	began := time.Now()
	r := Report{Done: map[Kind]int{}}
	var mu sync.Mutex
	var group sync.WaitGroup
	var faults []error
	last := map[string]chan struct{}{} // by subject: closed when its last fault has ended
	for _, step := range p.Steps {
		k, known := kinds[step.Kind]
		if !known || !k.fits(s) {
			faults = append(faults, fmt.Errorf("%s does not fit this stage", step.Kind))
			continue
		}
		subject := k.subject(step)
		before, ended := last[subject], make(chan struct{})
		last[subject] = ended
		group.Go(func() {
			defer close(ended)
			if !step.due(ctx, began, before) {
				return
			}
			log.Info("fault", "kind", step.Kind, "target", step.Target, "for", step.For, "point", step.Point, "amount", step.Amount)
			err := k.during(ctx, s, step)
			mu.Lock()
			defer mu.Unlock()
			r.Done[step.Kind]++
			if err != nil {
				faults = append(faults, fmt.Errorf("%s: %w", step, err))
			}
		})
	}
	group.Wait()
	r.Took = time.Since(began)
	return r, errors.Join(faults...)
}

// due waits until it is time, and the fault before is over.
func (s Step) due(ctx context.Context, began time.Time, before <-chan struct{}) bool {
	pause(ctx, time.Until(began.Add(s.At)))
	if before != nil {
		<-before
	}
	return ctx.Err() == nil
}

// endWithin bounds how long it may take to make the stage whole.
const endWithin = 3 * time.Minute

// during begins a fault, waits and ends it.
func (k kind) during(ctx context.Context, s *stage.Stage, step Step) error {
	end, err := k.begin(ctx, s, step)
	if end == nil {
		return err
	}
	pause(ctx, step.For)
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), endWithin)
	defer cancel()
	return errors.Join(err, end(ending))
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
