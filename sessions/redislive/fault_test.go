package redislive

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wenda/internal/sqldb/sqldbtest"
	"wenda/internal/testbed"
	"wenda/sessions"
	"wenda/sessions/sqlstore"
)

// size is how much of a long proof to do: all of it in make prove.
func size(t *testing.T, ordinary, full int) int {
	t.Helper()
	if os.Getenv("WENDA_PROVE") == "1" {
		return full
	}
	t.Logf("at size %d; WENDA_PROVE=1 for %d", ordinary, full)
	return ordinary
}

// truth is a Store that counts what is asked of it.
type truth struct {
	sessions.Store
	loads, commits atomic.Int64
	id             string // of the one session
}

func newTruth(t *testing.T) *truth {
	t.Helper()
	db := sqldbtest.New(t)
	store := &truth{Store: sqlstore.New(db)}
	s, err := store.Open(t.Context(), sessions.Customer{ID: "wang"}, "widget", "zh-CN")
	if err != nil {
		t.Fatal(err)
	}
	store.id = s.ID
	return store
}

func (s *truth) Load(ctx context.Context, id string) (sessions.Session, error) {
	s.loads.Add(1)
	return s.Store.Load(ctx, id)
}

func (s *truth) Commit(ctx context.Context, by sessions.Actor, next sessions.Session, events ...sessions.Event) (sessions.Committed, error) {
	s.commits.Add(1)
	return s.Store.Commit(ctx, by, next, events...)
}

// turns lets the bot say n things, each guarded by seq. Every one is committed, with at
// most one commit for nothing: whatever Redis says, it is believed once.
func (s *truth) turns(t *testing.T, l *Live, n int) {
	t.Helper()
	for range n {
		before := s.commits.Load()
		done, err := sessions.Update(t.Context(), s, l, s.id, sessions.Actor{Role: sessions.RoleBot}, speaks)
		if err != nil {
			t.Fatalf("Update: %v", err)
		}
		if tries := s.commits.Load() - before; tries > 2 {
			t.Fatalf("%d commits for one turn, want at most 2", tries)
		}
		if truth, err := s.Store.Load(t.Context(), s.id); err != nil || truth.Seq != done.Session.Seq {
			t.Fatalf("at seq %d, the truth is at %d, %v", done.Session.Seq, truth.Seq, err)
		}
	}
}

func speaks(s sessions.Session) (sessions.Session, []sessions.Event, error) {
	s.Memory.Misses++
	return s, []sessions.Event{{
		Kind: sessions.Message, From: sessions.Speaker{Role: sessions.RoleBot}, Text: "答", Decision: &sessions.Decision{Action: "answer"},
	}}, nil
}

// wantSeq says how many events there must be, none lost and none doubled.
func (s *truth) wantSeq(t *testing.T, want int) {
	t.Helper()
	n := 0
	for e, err := range sessions.Tail(t.Context(), s, s.id, 0, sessions.Staff) {
		if n++; err != nil || e.Seq != int64(n) {
			t.Fatalf("event %d has seq %d, %v", n, e.Seq, err)
		}
	}
	if n != want {
		t.Errorf("%d events, want %d", n, want)
	}
}

// hot waits until copies are kept and found again.
func (s *truth) hot(t *testing.T, l *Live) {
	t.Helper()
	eventually(t, "copies are kept again", func() bool {
		now, err := s.Store.Load(t.Context(), s.id)
		if err != nil || l.Put(t.Context(), now) != nil {
			return false
		}
		got, ok, err := l.Get(t.Context(), s.id)
		return err == nil && ok && got.Seq == now.Seq
	})
}

// caughtUp waits until the newest copy is found, near or in Redis.
func (s *truth) caughtUp(t *testing.T, l *Live) { s.newest(t, l.Get) }

// sent waits until the newest copy has arrived in Redis: they are sent while nobody waits.
func (s *truth) sent(t *testing.T, l *Live) { s.newest(t, l.held) }

func (s *truth) newest(t *testing.T, get func(context.Context, string) (sessions.Session, bool, error)) {
	t.Helper()
	now, err := s.Store.Load(t.Context(), s.id)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the newest copy is there", func() bool {
		got, ok, err := get(t.Context(), s.id)
		return err == nil && ok && got.Seq == now.Seq
	})
}

// hotTurns are turns that start from hot copies.
func (s *truth) hotTurns(t *testing.T, l *Live, n int) {
	t.Helper()
	for range n {
		s.caughtUp(t, l)
		loads := s.loads.Load()
		s.turns(t, l, 1)
		if s.loads.Load() != loads {
			t.Error("the hot copy was not used")
		}
	}
}

// recorder notes what is sent to Redis.
type recorder struct {
	mu       sync.Mutex
	sent     [][]any
	trips    int
	patience time.Duration // the longest a command may have taken by its deadline
}

func (r *recorder) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (r *recorder) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		r.note(ctx, cmd)
		return next(ctx, cmd)
	}
}

func (r *recorder) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		r.note(ctx, cmds...)
		return next(ctx, cmds)
	}
}

// note takes down one trip to the server.
func (r *recorder) note(ctx context.Context, cmds ...redis.Cmder) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if cmds[0].Name() == "hello" { // the library's own, of a new connection
		return
	}
	r.trips++
	for _, cmd := range cmds {
		r.sent = append(r.sent, cmd.Args())
	}
	left := time.Duration(1<<63 - 1)
	if end, bounded := ctx.Deadline(); bounded {
		left = time.Until(end)
	}
	r.patience = max(r.patience, left)
}

func (r *recorder) take() (sent [][]any, trips int, patience time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.sent, r.trips, r.patience
}

// While Redis hangs turns go on; few of their commands are sent at all, none may take
// longer than 200 ms, and no restart is needed afterwards.
func TestHungRedisIsLeftAlone(t *testing.T) {
	t.Parallel()
	server, store := testbed.StartRedis(t), newTruth(t)
	l := opened(t, server.URL, standard)
	hears := func() bool { return l.hears(newsTopic) }
	eventually(t, "near copies count", hears)
	store.hot(t, l)
	store.turns(t, l, 1)
	var sent recorder
	l.client.AddHook(&sent)
	turns := size(t, 40, 1000)
	server.Pause()
	began := time.Now()
	store.turns(t, l, turns)
	// The near copies answer, and what the turns left is sent together, perhaps only after the last.
	eventually(t, "Redis is asked", func() bool { _, trips, _ := sent.take(); return trips > 0 })
	_, trips, patience := sent.take()
	if most := breakAfter + int(time.Since(began)/probeEvery) + 1; trips > most {
		t.Errorf("Redis was asked %d times in %d turns, want at most %d", trips, turns, most)
	}
	if patience > standard.command || standard.command > 200*time.Millisecond {
		t.Errorf("a command had %v", patience)
	}
	server.Resume()
	eventually(t, "near copies count again", hears)
	store.hot(t, l)
	store.turns(t, l, 1)
	store.hotTurns(t, l, 5)
	store.wantSeq(t, 1+turns+1+5)
}

// FLUSHALL again and again, while two nodes are at work.
func TestFlushAll(t *testing.T) {
	t.Parallel()
	server, store := testbed.StartRedis(t), newTruth(t)
	nodes := []*Live{opened(t, server.URL, patient), opened(t, server.URL, patient)}
	stop := make(chan struct{})
	var flusher sync.WaitGroup
	flusher.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				server.Say("FLUSHALL")
			}
		}
	})
	n := size(t, 50, 2000)
	for range n {
		for _, node := range nodes {
			store.turns(t, node, 1)
		}
	}
	close(stop)
	flusher.Wait()
	store.wantSeq(t, 2*n)
	store.hot(t, nodes[0])
}

// Redis is there and refuses to be written to: full, a replica, or still loading.
// Old copies stay in it, that cannot be renewed and perhaps not even dropped.
func TestRefusesWrites(t *testing.T) {
	t.Parallel()
	other := testbed.StartRedis(t)
	other.Say("CONFIG SET rdbcompression no") // so that the event loop turns once a key at least while it is loaded
	if answer := other.Say(`EVAL "for i = 1, 600 do redis.call('SET', 'k' .. i, string.rep('x', 2000)) end return 'filled'" 0`); !strings.Contains(answer, "filled") {
		t.Fatalf("filling a server: %s", answer)
	}
	host, port, _ := net.SplitHostPort(other.Addr)
	for name, test := range map[string]struct {
		refuse, allow []string
		says          string
	}{
		"full":    {[]string{"CONFIG SET maxmemory 1mb", "CONFIG SET maxmemory-policy noeviction"}, []string{"CONFIG SET maxmemory 0"}, "OOM"},
		"replica": {[]string{"REPLICAOF " + host + " " + port}, []string{"REPLICAOF NO ONE"}, "READONLY"},
		"loading": {
			[]string{"CONFIG SET key-load-delay 100000", "CONFIG SET loading-process-events-interval-bytes 1024", "REPLICAOF " + host + " " + port}, // a minute for 600 keys
			[]string{"CONFIG SET key-load-delay 0", "REPLICAOF NO ONE"}, "LOADING",
		},
		"writes stopped": {[]string{"CONFIG SET min-replicas-to-write 1"}, []string{"CONFIG SET min-replicas-to-write 0"}, "NOREPLICAS"},
	} {
		t.Run(name, func(t *testing.T) {
			server, store := testbed.StartRedis(t), newTruth(t)
			a, b := opened(t, server.URL, patient), opened(t, server.URL, patient)
			store.hot(t, a)
			for _, command := range test.refuse {
				if answer := server.Say(command); !strings.HasPrefix(answer, "+OK") {
					t.Fatalf("%s: %s", command, answer)
				}
			}
			eventually(t, "Redis says "+test.says, func() bool {
				err := a.Put(t.Context(), someSession(1))
				return err != nil && strings.Contains(err.Error(), test.says)
			})
			n := size(t, 10, 200)
			for range n {
				store.turns(t, a, 1)
				store.turns(t, b, 1)
			}
			if !a.breaker.lets(time.Now()) {
				t.Error("a Redis that answers counts as away")
			}
			for _, command := range test.allow {
				eventually(t, command+" is obeyed", func() bool { return strings.HasPrefix(server.Say(command), "+OK") })
			}
			store.hot(t, a)
			store.turns(t, b, 1)
			store.wantSeq(t, 2*n+1)
		})
	}
}

// A failover to a replica that missed the newest copies brings the old ones back. They
// are not believed.
func TestFailoverToAStaleReplica(t *testing.T) {
	t.Parallel()
	all, store := testbed.StartSentinel(t, 2, 1), newTruth(t)
	downAfter := func(ms int) { // the sentinel believes
		t.Helper()
		if answer := all.Sentinels[0].Say(fmt.Sprint("SENTINEL SET wenda down-after-milliseconds ", ms)); !strings.HasPrefix(answer, "+OK") {
			t.Fatalf("the sentinel says %q", answer)
		}
	}
	downAfter(600_000) // a slow machine is no failover
	a, b := opened(t, all.URL, patient), opened(t, all.URL, patient)
	eventually(t, "the replicas are there", func() bool { return strings.Contains(all.Servers[0].Say("INFO replication"), "connected_slaves:2") })
	store.hot(t, a)
	eventually(t, "the replicas have the copy", func() bool {
		return !strings.Contains(all.Servers[1].Say("DBSIZE"), ":0") && !strings.Contains(all.Servers[2].Say("DBSIZE"), ":0")
	})
	eventually(t, "the sentinel knows the replicas", func() bool {
		return strings.Count(all.Sentinels[0].Say("SENTINEL REPLICAS wenda"), "runid") == 2
	})
	for _, replica := range all.Servers[1:] {
		replica.Pause()
	}
	// More than the connections to them hold: what comes behind it never leaves the master.
	if answer := all.Servers[0].Say(`EVAL "for i = 1, 64 do redis.call('SET', 'filler', string.rep('x', 1000000)) end return 'filled'" 0`); !strings.Contains(answer, "filled") {
		t.Fatalf("filling the master: %s", answer)
	}
	store.turns(t, a, 3)
	store.sent(t, a)
	downAfter(1000)
	all.Servers[0].Kill()
	for _, replica := range all.Servers[1:] {
		replica.Resume()
	}
	eventually(t, "a stale copy is back", func() bool {
		s, ok, err := b.Get(t.Context(), store.id)
		return err == nil && ok && s.Seq == 0
	})
	loads := store.loads.Load()
	store.turns(t, b, 1)
	if store.loads.Load() != loads+1 {
		t.Errorf("%d loads, want one: the truth", store.loads.Load()-loads)
	}
	store.hot(t, a)
	store.turns(t, a, 1)
	store.wantSeq(t, 5)
}

// Somebody keeps putting a stale copy back, while two nodes are at work: each turn is
// misled at most once.
func TestLateCopiesDoNotLivelock(t *testing.T) {
	t.Parallel()
	server, store := testbed.StartRedis(t), newTruth(t)
	a, b, late := opened(t, server.URL, patient), opened(t, server.URL, patient), opened(t, server.URL, patient)
	stale, err := store.Load(t.Context(), store.id)
	if err != nil {
		t.Fatal(err)
	}
	stop, puts := make(chan struct{}), atomic.Int64{}
	var putter sync.WaitGroup
	putter.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			_ = late.Drop(context.Background(), stale.ID)
			if late.Put(context.Background(), stale) == nil {
				puts.Add(1)
			}
		}
	})
	n := size(t, 50, 2000)
	for i := range n {
		for seen := puts.Load(); puts.Load() == seen; { // at least one between two turns
			time.Sleep(50 * time.Microsecond)
		}
		store.turns(t, []*Live{a, b}[i%2], 1)
	}
	close(stop)
	putter.Wait()
	store.wantSeq(t, n)
	if store.commits.Load() == int64(n) {
		t.Error("no turn was ever misled: the test shows nothing")
	}
}

// Two nodes at work on one session at once, among stale copies: conflicts are real then,
// and every turn still ends.
func TestRivalsAmongLateCopies(t *testing.T) {
	t.Parallel()
	server, store := testbed.StartRedis(t), newTruth(t)
	stale, err := store.Load(t.Context(), store.id)
	if err != nil {
		t.Fatal(err)
	}
	n := size(t, 30, 500)
	var nodes sync.WaitGroup
	for range 2 {
		l := opened(t, server.URL, patient)
		nodes.Go(func() {
			for range n {
				_ = l.Drop(context.Background(), stale.ID)
				_ = l.Put(context.Background(), stale)
				for {
					_, err := sessions.Update(context.Background(), store, l, store.id, sessions.Actor{Role: sessions.RoleBot}, speaks)
					if err == nil {
						break
					}
					if !errors.Is(err, sessions.ErrConflict) { // a rival may win eight times
						t.Errorf("Update: %v", err)
						return
					}
				}
			}
		})
	}
	nodes.Wait()
	store.wantSeq(t, 2*n)
}

// Scripts are forgotten at any moment, as after a failover: they are sent anew. A token is
// still taken once.
func TestScriptFlush(t *testing.T) {
	t.Parallel()
	server, store := testbed.StartRedis(t), newTruth(t)
	l := opened(t, server.URL, patient)
	const burst = 10
	for i := range burst + 1 {
		server.Say("SCRIPT FLUSH")
		store.turns(t, l, 1)
		server.Say("SCRIPT FLUSH")
		if err := l.Announce(t.Context(), "agents", "chen", time.Hour); err != nil {
			t.Fatal(err)
		}
		server.Say("SCRIPT FLUSH")
		if there, err := l.Present(t.Context(), "agents"); err != nil || fmt.Sprint(there) != "[chen]" {
			t.Fatalf("present %v, %v", there, err)
		}
		server.Say("SCRIPT FLUSH")
		if ok, _, err := l.Allow(t.Context(), "k", 1e-3, burst); err != nil || ok != (i < burst) {
			t.Fatalf("token %d: %v, %v", i+1, ok, err)
		}
	}
	store.hotTurns(t, l, 1)
}
