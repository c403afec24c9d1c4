package redislive

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wenda/internal/leak"
	"wenda/internal/testbed"
	"wenda/sessions"
	"wenda/sessions/livetest"
)

func TestMain(m *testing.M) { leak.Main(m) }

// patient is for machines that do too much at once, or stand still for a while.
var patient = timing{command: time.Minute, quiet: time.Minute}

func opened(t testing.TB, url string, timing timing) *Live {
	t.Helper()
	l, err := open(t.Context(), url, timing)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

func TestRedis(t *testing.T) {
	server := testbed.StartRedis(t)
	livetest.Run(t, func(t *testing.T) (a, b sessions.Live) {
		server.Say("FLUSHALL")
		server.Say("SCRIPT FLUSH")
		return opened(t, server.URL, patient), opened(t, server.URL, patient)
	})
}

func TestCluster(t *testing.T) {
	url := testbed.RedisCluster(t)
	livetest.Run(t, func(t *testing.T) (a, b sessions.Live) {
		one := opened(t, url, patient)
		err := one.client.(*redis.ClusterClient).ForEachMaster(t.Context(), func(ctx context.Context, node *redis.Client) error {
			return node.FlushAll(ctx).Err()
		})
		if err != nil {
			t.Fatal(err)
		}
		first, _, _ := strings.Cut(strings.TrimPrefix(url, "redis://"), ",")
		return one, opened(t, "redis://"+first+"?cluster=true", patient)
	})
}

func TestSentinel(t *testing.T) {
	url := testbed.RedisSentinel(t)
	livetest.Run(t, func(t *testing.T) (a, b sessions.Live) {
		one := opened(t, url, patient)
		if err := one.client.FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		return one, opened(t, url, patient)
	})
}

func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain until %s", what)
		}
	}
}

func someSession(seq int64) sessions.Session {
	return sessions.Session{ID: "s", Customer: sessions.Customer{ID: "wang"}, State: sessions.Bot, Seq: seq, Fence: 1, Segment: 1}
}

// Redis crashes and comes back empty: watchers are watching again, all else goes on.
func TestRestart(t *testing.T) {
	server := testbed.StartRedis(t)
	hasty := timing{command: time.Second, quiet: standard.quiet}
	a, b := opened(t, server.URL, hasty), opened(t, server.URL, hasty)
	var told atomic.Int64
	stop, err := b.Watch("topic", func(sessions.Signal) { told.Add(1) })
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	arrives := func() {
		t.Helper()
		told.Store(0)
		eventually(t, "a signal arrives", func() bool {
			_ = a.Signal(t.Context(), "topic", sessions.Signal{Session: "s", Seq: 1})
			return told.Load() > 0
		})
	}
	arrives()
	server.Kill()
	if err := a.Put(t.Context(), someSession(1)); err == nil {
		t.Error("Put succeeds without a server")
	}
	// Watched while it is away: not an error.
	var late atomic.Int64
	stopLate, err := b.Watch("late", func(sessions.Signal) { late.Add(1) })
	if err != nil {
		t.Fatalf("Watch while Redis is away: %v", err)
	}
	defer stopLate()
	// This process is told all the same.
	if err := b.Signal(t.Context(), "late", sessions.Signal{Session: "s", Seq: 1}); err == nil || late.Load() != 1 {
		t.Errorf("a signal while Redis is away: %v, told %d times here; want an error, and once", err, late.Load())
	}
	server.Restart(t)
	arrives()
	eventually(t, "what was watched meanwhile is watched", func() bool {
		_ = a.Signal(t.Context(), "late", sessions.Signal{Session: "s", Seq: 2})
		return late.Load() > 1
	})
	eventually(t, "copies are kept again", func() bool { return a.Put(t.Context(), someSession(1)) == nil })
	eventually(t, "and found", func() bool { _, ok, err := b.Get(t.Context(), "s"); return ok && err == nil })
}

// Redis hangs: nobody waits long, and soon nobody waits at all.
func TestHangs(t *testing.T) {
	server := testbed.StartRedis(t)
	l := opened(t, server.URL, standard)
	eventually(t, "Redis answers", func() bool { _, _, err := l.Get(t.Context(), "s"); return err == nil })
	server.Pause()
	for range breakAfter {
		if _, _, err := l.Get(t.Context(), "s"); err == nil || errors.Is(err, errAway) {
			t.Errorf("Get of a server that hangs: %v", err)
		}
	}
	// Each may be the one a second that looks whether Redis is back: see TestBreaker.
	eventually(t, "Get does not wait", func() bool { _, _, err := l.Get(t.Context(), "s"); return errors.Is(err, errAway) })
	eventually(t, "Allow does not wait", func() bool { _, _, err := l.Allow(t.Context(), "k", 1, 1); return errors.Is(err, errAway) })
	if err := l.Ping(t.Context()); err == nil || errors.Is(err, errAway) {
		t.Errorf("Ping asks though Redis is known to be away: %v", err)
	}
	server.Resume()
	eventually(t, "Redis is used again", func() bool { _, _, err := l.Get(t.Context(), "s"); return err == nil })
}

// After a few in a row that found nobody, one a second is let through, until one is answered.
func TestBreaker(t *testing.T) {
	var b breaker
	now := time.Now()
	lets := func(want bool) {
		t.Helper()
		if got := b.lets(now); got != want {
			t.Errorf("%d failed: let through %v, want %v", b.failed, got, want)
		}
	}
	for range breakAfter {
		lets(true)
		b.note(false, now)
	}
	lets(false)
	now = now.Add(probeEvery - 1)
	lets(false)
	now = now.Add(1)
	lets(true)
	lets(false)
	b.note(false, now)
	now = now.Add(probeEvery)
	lets(true)
	b.note(true, now)
	lets(true)
	lets(true)
}

// A caller who gives up says nothing about Redis.
func TestCallerGivesUp(t *testing.T) {
	l := opened(t, testbed.Redis(t), patient)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for range breakAfter + 1 {
		if _, _, err := l.Get(ctx, "s"); !errors.Is(err, context.Canceled) {
			t.Errorf("with an ended context: %v", err)
		}
	}
	if _, _, err := l.Get(t.Context(), "s"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// What others wrote into our keys is not believed, and does no lasting harm.
func TestGarbage(t *testing.T) {
	server := testbed.StartRedis(t)
	a, b := opened(t, server.URL, patient), opened(t, server.URL, patient)
	raw := func(args ...any) {
		t.Helper()
		if err := a.client.Do(t.Context(), args...).Err(); err != nil {
			t.Fatalf("%v: %v", args, err)
		}
	}
	present, rate := presentKey("desk"), rateKey("k")
	text, err := encodeCopy(someSession(7))
	if err != nil {
		t.Fatal(err)
	}
	for _, garbage := range []string{
		"", "7", "7\n", "7\n{}", "7\nnull", "x" + text, "8" + text[1:], strings.Replace(text, `"s"`, `"other"`, 1),
		strings.Replace(text, `"bot"`, `"root"`, 1), strings.Replace(text, `"bot"`, `"assigned"`, 1), text + "}", "-7" + text[1:],
		text[:len(text)-1] + strings.Repeat(" ", copyMax) + "}", "\x00\xff", "99999999999999999999\n{}",
	} {
		raw("SET", copyKey("s"), garbage)
		if s, ok, err := b.Get(t.Context(), "s"); ok || err != nil {
			t.Errorf("%.40q was taken for the session %+v, %v", garbage, s, err)
		}
		if err := a.Put(t.Context(), someSession(7)); err != nil {
			t.Errorf("Put over %.40q: %v", garbage, err)
		}
		if _, ok, err := b.Get(t.Context(), "s"); !ok || err != nil {
			t.Errorf("after Put over %.40q: %v, %v", garbage, ok, err)
		}
	}
	// Keys of another type.
	for _, key := range []string{copyKey("s"), present, rate} {
		raw("DEL", key)
		raw("HSET", key, "a", "b")
	}
	if _, ok, err := b.Get(t.Context(), "s"); ok || err != nil {
		t.Errorf("Get of a hash: %v, %v", ok, err)
	}
	if err := a.Put(t.Context(), someSession(1)); err != nil {
		t.Errorf("Put over a hash: %v", err)
	}
	if there, err := b.Present(t.Context(), "desk"); len(there) != 0 || err != nil {
		t.Errorf("Present of a hash: %v, %v", there, err)
	}
	if err := b.Leave(t.Context(), "desk", "chen"); err != nil {
		t.Errorf("Leave of a hash: %v", err)
	}
	if err := a.Announce(t.Context(), "desk", "chen", time.Hour); err != nil {
		t.Errorf("Announce over a hash: %v", err)
	}
	raw("ZADD", present, "inf", "\xff\xfe", "inf", strings.Repeat("x", nameMax+1))
	if there, err := b.Present(t.Context(), "desk"); fmt.Sprint(there) != "[chen]" || err != nil {
		t.Errorf("Present among strange members: %q, %v", there, err)
	}
	// A bucket that claims to fill up in the year 3000 does so within its own time.
	for _, full := range []string{"32503680000000000", "inf", "nan", "-1", "x", ""} {
		raw("SET", rate, full)
		if _, wait, err := a.Allow(t.Context(), "k", 10, 2); wait > 100*time.Millisecond || err != nil {
			t.Errorf("a bucket that fills up at %q: wait %v, %v", full, wait, err)
		}
	}
	raw("DEL", rate)
	raw("HSET", rate, "a", "b")
	if ok, _, err := a.Allow(t.Context(), "k", 10, 2); !ok || err != nil {
		t.Errorf("Allow over a hash: %v, %v", ok, err)
	}
	// Messages.
	var told atomic.Int64
	stop, err := b.Watch("topic", func(sig sessions.Signal) {
		if sig.Session != "s" {
			t.Errorf("garbage was taken for the signal %+v", sig)
		}
		told.Add(1)
	})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for _, garbage := range []string{"", "x", "node", "node ", "node null x", "node []", `node {"session":"x","seq":-1}`, `node {"session":"x","typing":{"role":"root"}}`,
		`node {"session":"x"}` + strings.Repeat(" ", signalMax)} {
		raw("PUBLISH", channelOf("topic"), garbage)
	}
	eventually(t, "a real signal arrives", func() bool {
		_ = a.Signal(t.Context(), "topic", sessions.Signal{Session: "s", Seq: 1})
		return told.Load() > 0
	})
}

// Nothing stays in Redis for ever, and no name of a bucket is readable.
func TestKeysExpire(t *testing.T) {
	server := testbed.StartRedis(t)
	l := opened(t, server.URL, patient)
	ctx := t.Context()
	const each = 1000 * time.Second // a token: the bucket is full again after as long
	if _, _, err := l.Allow(ctx, "ip 203.0.113.7", 1/each.Seconds(), 5); err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{l.Put(ctx, someSession(1)), l.Announce(ctx, "desk", "chen", time.Hour), l.Announce(ctx, "desk", "li", time.Second)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	keys, err := l.client.Keys(ctx, "*").Result()
	if err != nil || len(keys) != 3 {
		t.Fatalf("keys %q, %v", keys, err)
	}
	for _, key := range keys {
		ttl, err := l.client.PTTL(ctx, key).Result()
		most := map[string]time.Duration{"session": copyTime, "present": time.Hour, "rate": each}[strings.Split(key, ":")[1]]
		if err != nil || ttl <= 0 || ttl > most+time.Second {
			t.Errorf("%s expires in %v, %v; want within %v", key, ttl, err, most)
		}
		if strings.Contains(key, "203.0.113.7") {
			t.Errorf("the key %q shows an address", key)
		}
	}
	if ttl, err := l.client.PTTL(ctx, presentKey("desk")).Result(); err != nil || ttl < time.Hour/2 {
		t.Errorf("a short announcement shortened the group's life to %v, %v", ttl, err)
	}
	sum := sha256.Sum256([]byte("ip 203.0.113.7"))
	if want := "wenda:rate:{" + hex.EncodeToString(sum[:16]) + "}"; rateKey("ip 203.0.113.7") != want {
		t.Errorf("the bucket's key is %s, want %s", rateKey("ip 203.0.113.7"), want)
	}
}

// The connection for topics goes silent without breaking: it is replaced.
func TestSilence(t *testing.T) {
	server := testbed.StartRedis(t)
	proxy := testbed.StartProxy(t, server.URL)
	a, b := opened(t, server.URL, patient), opened(t, proxy.URL, timing{command: patient.command, quiet: 500 * time.Millisecond})
	var told atomic.Int64
	stop, err := b.Watch("topic", func(sessions.Signal) { told.Add(1) })
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for range 2 {
		told.Store(0)
		eventually(t, "a signal arrives", func() bool {
			_ = a.Signal(t.Context(), "topic", sessions.Signal{Session: "s", Seq: 1})
			return told.Load() > 0
		})
		proxy.Silence()
	}
}

// The connection for topics is cut right after it asked for one.
func TestConnectionCut(t *testing.T) {
	server := testbed.StartRedis(t)
	proxy := testbed.StartProxy(t, server.URL)
	a, b := opened(t, server.URL, patient), opened(t, proxy.URL, patient)
	proxy.CutAfter("topic2")
	var told [3]atomic.Int64
	for i := range told {
		stop, err := b.Watch(fmt.Sprint("topic", i), func(sessions.Signal) { told[i].Add(1) })
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
	}
	eventually(t, "the connection is cut", func() bool { return proxy.Cuts() == 1 })
	for i := range told {
		eventually(t, "a signal arrives on the new connection", func() bool {
			_ = a.Signal(t.Context(), fmt.Sprint("topic", i), sessions.Signal{Session: "s", Seq: 1})
			return told[i].Load() > 0
		})
	}
}

// Topics nobody watches any more are not subscribed to.
func TestUnsubscribes(t *testing.T) {
	server := testbed.StartRedis(t)
	l := opened(t, server.URL, patient)
	channels := func() int {
		all, err := l.client.PubSubChannels(t.Context(), channelPrefix+"*").Result()
		if err != nil {
			t.Fatal(err)
		}
		return len(slices.DeleteFunc(all, func(channel string) bool { return channel == channelOf(newsTopic) })) // that one is for ever
	}
	var stops []func()
	for i := range 1200 { // more than one command takes
		stop, err := l.Watch(fmt.Sprint("topic", i%600), func(sessions.Signal) {})
		if err != nil {
			t.Fatal(err)
		}
		stops = append(stops, stop)
	}
	eventually(t, "all are subscribed to", func() bool { return channels() == 600 })
	for _, stop := range stops[:600] {
		stop()
		stop()
	}
	if n := channels(); n != 600 {
		t.Errorf("%d channels while each is still watched by one, want 600", n)
	}
	for _, stop := range stops[600:] {
		stop()
	}
	eventually(t, "none is subscribed to", func() bool { return channels() == 0 })
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.topics) != 1 {
		t.Errorf("%d topics are remembered", len(l.topics)-1)
	}
}

func TestPassword(t *testing.T) {
	server := testbed.StartRedis(t)
	server.Say("CONFIG SET requirepass s3cret/x")
	addr := server.Addr
	opened(t, "redis://:s3cret%2Fx@"+addr, patient)
	opened(t, "redis://default:s3cret%2Fx@"+addr+"/3", patient)
	for _, url := range []string{"redis://" + addr, "redis://:wr0ng@" + addr, "redis://nobody:wr0ng@" + addr} {
		l, err := open(t.Context(), url, patient) // who has not answered yet is let in
		if err == nil {
			l.Close()
			t.Errorf("%s was let in", url)
		} else if strings.Contains(err.Error(), "wr0ng") {
			t.Errorf("the error shows the password: %v", err)
		}
	}
}

// No server at all is no reason not to start.
func TestNobodyThere(t *testing.T) {
	l := opened(t, "redis://127.0.0.1:1", patient)
	if err := l.Ping(t.Context()); err == nil {
		t.Error("Ping of nobody succeeds")
	}
}

func BenchmarkTurn(b *testing.B) {
	l := opened(b, testbed.Redis(b), patient)
	s := someSession(0)
	b.RunParallel(func(pb *testing.PB) {
		for n := int64(1); pb.Next(); n++ {
			s := s
			s.ID, s.Seq = fmt.Sprint("s", n%100), n
			if _, _, err := l.Get(b.Context(), s.ID); err != nil {
				b.Error(err)
			}
			if err := l.Put(b.Context(), s); err != nil {
				b.Error(err)
			}
			if err := l.Signal(b.Context(), sessions.SessionTopic(s.ID), sessions.Signal{Session: s.ID, Seq: n}); err != nil {
				b.Error(err)
			}
		}
	})
}
