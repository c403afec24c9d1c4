package bench

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// bench is one run.
type bench struct {
	plan
	product string // its binary
	dir     string
	say     func(format string, values ...any)
	report  *report

	redis, echo, floor, commits, wenda *child
	children                           []*child
	client                             *redis.Client
	questions                          []string
}

func (b *bench) start(ctx context.Context) (err error) {
	b.say("starting redis, echo, floor and wenda …")
	keep := func(c *child, err error) (*child, error) {
		if err == nil {
			b.children = append(b.children, c)
		}
		return c, err
	}
	if b.redis, err = keep(startRedis(ctx, b.dir)); err != nil {
		return err
	}
	b.client = redis.NewClient(&redis.Options{Addr: b.redis.addr})
	if b.echo, err = keep(startServed(ctx, "echo")); err != nil {
		return err
	}
	if b.floor, err = keep(startServed(ctx, "floor", "--dir", filepath.Join(b.dir, "floor"), "--redis", b.redis.addr)); err != nil {
		return err
	}
	if b.commits, err = keep(startServed(ctx, "floor", "--dir", filepath.Join(b.dir, "commits"), "--match=false")); err != nil {
		return err
	}
	if b.wenda, err = keep(startWenda(ctx, b.product, b.dir, b.redis.addr)); err != nil {
		return err
	}
	b.questions, err = b.confident(ctx)
	return err
}

func (b *bench) stop() {
	if b.client != nil {
		_ = b.client.Close()
	}
	for i := len(b.children) - 1; i >= 0; i-- {
		b.children[i].stop()
	}
}

// turns are whole answers: echo, floor and product at each level, asked what no matcher
// remembers; and beside them floor and product asked what many customers ask.
func (b *bench) turns(ctx context.Context) error {
	most := b.levels[len(b.levels)-1]
	again := anyOf(b.questions[:popular])
	targets := []*target{
		{child: b.echo, speech: &plain, ask: again},
		{child: b.floor, speech: &plain, ask: inTurn(b.questions)},
		{child: b.wenda, speech: &wendas, ask: inTurn(b.questions)},
		{child: b.floor, speech: &plain, ask: again, popular: true},
		{child: b.wenda, speech: &wendas, ask: again, popular: true},
	}
	for _, t := range targets {
		var err error
		if t.lines, err = dialAll(ctx, t.child, t.speech, most); err != nil {
			return err
		}
		defer hangUp(t.lines)
	}
	for range b.rounds {
		for _, level := range b.levels {
			for _, t := range targets {
				before := b.redisCPU(ctx)
				l, err := closed(ctx, t.child, t.lines[:level], t.ask, b.round)
				if err != nil {
					return err
				}
				t.note(level, l, b.redisCPU(ctx)-before)
			}
		}
	}
	b.reportTurns(targets)
	return nil
}

// target is a server that is loaded, and what it did.
type target struct {
	child  *child
	speech *speech
	ask    asker
	lines  []*line
	loads  map[int][]load
	redis  map[int][]float64 // µs an answer

	popular bool // it is asked what many ask
}

func (t *target) note(level int, l load, redis time.Duration) {
	if t.loads == nil {
		t.loads, t.redis = map[int][]load{}, map[int][]float64{}
	}
	t.loads[level] = append(t.loads[level], l)
	if l.answered() > 0 {
		t.redis[level] = append(t.redis[level], float64(redis.Microseconds())/float64(l.answered()))
	}
}

func (t *target) median(level int, of func(load) float64) float64 {
	var all []float64
	for _, l := range t.loads[level] {
		all = append(all, of(l))
	}
	return median(all)
}

// beside is the median of how t compares with what was measured beside it, round by round:
// a machine that others use, too, is not as fast in one round as in the next.
func (t *target) beside(other *target, level int, of func(load) float64) float64 {
	var all []float64
	for i, l := range t.loads[level] {
		all = append(all, of(l)/of(other.loads[level][i]))
	}
	return median(all)
}

func (b *bench) reportTurns(targets []*target) {
	echo, floor, wenda := targets[0], targets[1], targets[2]
	for _, level := range b.levels {
		for _, t := range targets {
			b.report.turn(turn{
				Server: t.child.name, Popular: t.popular, Connections: level, CPU: t.median(level, load.cost), Rate: t.median(level, load.rate),
				P50: t.median(level, func(l load) float64 { return l.wait(0.5) }), P99: t.median(level, func(l load) float64 { return l.wait(0.99) }),
				Redis: median(t.redis[level]), Refused: sum(t.loads[level], func(l load) int { return l.refused }), Failed: sum(t.loads[level], func(l load) int { return l.failed }),
			})
		}
	}
	first, middle := b.levels[0], b.levels[min(1, len(b.levels)-1)]
	p50 := func(l load) float64 { return l.wait(0.5) }
	b.report.goal("one connection, p50 wenda / floor", wenda.beside(floor, first, p50), 1.3, "×", atMost)
	b.report.goal(fmt.Sprintf("%d connections, CPU a message wenda / floor", middle), wenda.beside(floor, middle, load.cost), 1.3, "×", atMost)
	b.report.goal(fmt.Sprintf("Redis CPU a turn at %d connections", middle), median(wenda.redis[middle]), 10, "µs", atMost)
	b.report.fact("the same / a bare SET of the floor", median(wenda.redis[middle])/median(floor.redis[middle]), "×")
	b.report.fact("one connection, p50 wenda / floor, popular questions", targets[4].beside(targets[3], first, p50), "×")
	b.report.fact(fmt.Sprintf("%d connections, CPU a message wenda / floor, popular questions", middle), targets[4].beside(targets[3], middle, load.cost), "×")
	b.report.fact(fmt.Sprintf("%d connections, CPU a message wenda / echo", middle), wenda.beside(echo, middle, load.cost), "×")
}

// redisCPU is what Redis has used so far.
func (b *bench) redisCPU(ctx context.Context) time.Duration {
	text, err := b.client.Info(ctx, "cpu").Result()
	if err != nil {
		return 0
	}
	var all float64
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		if name == "used_cpu_sys" || name == "used_cpu_user" {
			seconds, _ := strconv.ParseFloat(value, 64)
			all += seconds
		}
	}
	return time.Duration(all * float64(time.Second))
}

// framePath is a frame that needs neither search nor commit, beside an echo.
func (b *bench) framePath(ctx context.Context) error {
	const level = 100
	targets := []*target{{child: b.echo, speech: &plain}, {child: b.wenda, speech: &pings}}
	for _, t := range targets {
		var err error
		if t.lines, err = dialAll(ctx, t.child, t.speech, level); err != nil {
			return err
		}
		defer hangUp(t.lines)
	}
	for range b.rounds {
		for _, t := range targets {
			l, err := closed(ctx, t.child, t.lines, anyOf([]string{`{"type":"ping"}`}), b.round)
			if err != nil {
				return err
			}
			t.note(level, l, 0)
		}
	}
	for _, t := range targets {
		b.report.turn(turn{
			Server: t.child.name, Frame: true, Connections: level, CPU: t.median(level, load.cost), Rate: t.median(level, load.rate),
			P50: t.median(level, func(l load) float64 { return l.wait(0.5) }), P99: t.median(level, func(l load) float64 { return l.wait(0.99) }),
			Failed: sum(t.loads[level], func(l load) int { return l.failed }),
		})
	}
	b.report.goal("frame path (ping), CPU wenda / echo", targets[1].median(level, load.cost)/targets[0].median(level, load.cost), 1.5, "×", atMost)
	return nil
}

// idleMemory is what a connection costs that does nothing, a session attached to each of
// the product's: what the last two thirds of many add to the server's memory. The first
// have grown its caches to their size, which are no connection's.
func (b *bench) idleMemory(ctx context.Context) error {
	var each [2]float64
	for i, t := range []*target{{child: b.echo, speech: &plain}, {child: b.wenda, speech: &wendas}} {
		first, before, err := b.idling(ctx, t, b.idle/3)
		if err != nil {
			return err
		}
		began := time.Now()
		second, after, err := b.idling(ctx, t, b.idle-b.idle/3)
		took := time.Since(began)
		hangUp(first)
		hangUp(second)
		if err != nil {
			return err
		}
		each[i] = float64(after-before) / float64(len(second))
		b.report.fact(fmt.Sprintf("%s, memory of an idle connection (%d more in %.0f s)", t.child.name, len(second), took.Seconds()), each[i], "KiB")
	}
	b.report.goal("idle connection with a session, RSS", each[1], 10, "KiB", atMost)
	return nil
}

// settle is how long a server gets to tidy up behind a wave of connections.
const settle = 8 * time.Second

// idling opens idle connections, lets each say something once if nothing is said at the
// start, and returns them with the server's memory then, in KiB.
func (b *bench) idling(ctx context.Context, t *target, n int) ([]*line, int64, error) {
	lines, err := dialAll(ctx, t.child, t.speech, n)
	if err != nil {
		return nil, 0, err
	}
	for _, l := range lines {
		if t.speech.hello != "" {
			break
		}
		if _, err := l.talk("{}"); err != nil {
			return lines, 0, err
		}
	}
	time.Sleep(settle)
	kib, err := t.child.rss()
	return lines, kib, err
}

// crowded is many connections that talk a little, in an open loop.
func (b *bench) crowded(ctx context.Context) error {
	var p99 [2]float64
	failures := 0
	for i, t := range []*target{{child: b.commits, speech: &plain}, {child: b.wenda, speech: &wendas}} {
		lines, err := dialAll(ctx, t.child, t.speech, b.crowd)
		if err != nil {
			return err
		}
		l, err := open(ctx, t.child, lines, inTurn(b.questions), float64(b.crowdRate), b.crowdFor)
		hangUp(lines)
		if err != nil {
			return err
		}
		p99[i] = l.wait(0.99)
		name := "echo + commit"
		if t.child == b.wenda {
			name, failures = "wenda", l.failed+l.refused+l.unoffered
		}
		b.report.turn(turn{
			Server: name, Offered: float64(b.crowdRate), Connections: b.crowd, CPU: l.cost(), Rate: l.rate(), P50: l.wait(0.5), P99: l.wait(0.99),
			Refused: l.refused, Failed: l.failed + l.unoffered,
		})
	}
	crowd := fmt.Sprintf("%d connections at %d msg/s", b.crowd, b.crowdRate)
	b.report.goal(crowd+", failures", float64(failures), 0, "", atMost)
	b.report.goal(crowd+", p99 wenda / (echo + commit)", p99[1]/p99[0], 3, "×", atMost)
	return nil
}

// overloaded offers the product twice what it can do.
func (b *bench) overloaded(ctx context.Context) error {
	const level = 2000
	lines, err := dialAll(ctx, b.wenda, &wendas, level)
	if err != nil {
		return err
	}
	defer hangUp(lines)
	peak, err := b.peak(ctx, lines)
	if err != nil {
		return err
	}
	half, err := open(ctx, b.wenda, lines, inTurn(b.questions), peak/2, b.overload)
	if err != nil {
		return err
	}
	l, err := open(ctx, b.wenda, lines, inTurn(b.questions), 2*peak, b.overload)
	if err != nil {
		return err
	}
	for _, one := range []struct {
		offered float64
		load
	}{{peak / 2, half}, {2 * peak, l}} {
		b.report.turn(turn{
			Server: "wenda", Offered: one.offered, Connections: level, CPU: one.cost(), Rate: one.rate(), P50: one.wait(0.5), P99: one.wait(0.99),
			Refused: one.refused, Failed: one.failed, Unoffered: one.unoffered,
		})
	}
	b.report.goal("offered twice its capacity, throughput / peak", l.rate()/peak, 0.9, "×", atLeast)
	b.report.goal("offered twice its capacity, not refused cleanly", float64(l.failed), 0, "", atMost)
	b.report.fact("offered twice its capacity, p99 / p99 at half load", l.wait(0.99)/half.wait(0.99), "×")
	return nil
}

// peak is the most the product answers a second, the median of several loads.
func (b *bench) peak(ctx context.Context, lines []*line) (float64, error) {
	var all []float64
	for range min(b.rounds, 3) {
		l, err := closed(ctx, b.wenda, lines[:min(200, len(lines))], inTurn(b.questions), b.overload/4)
		if err != nil {
			return 0, err
		}
		all = append(all, l.rate())
	}
	return median(all), nil
}
