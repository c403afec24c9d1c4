package redislive

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wenda/internal/testbed"
	"wenda/sessions"
)

func copyAt(id string, seq int64) sessions.Session {
	return sessions.Session{ID: id, Customer: sessions.Customer{ID: "wang"}, Channel: "widget", State: sessions.Bot, Seq: seq, Fence: 1, Segment: 1}
}

// Renew keeps the copy and wakes other nodes, without anybody having waited.
func TestRenewReachesOtherNodes(t *testing.T) {
	server := testbed.StartRedis(t)
	a, b := opened(t, server.URL, patient), opened(t, server.URL, patient)
	var heard atomic.Int64 // the seq of the newest wake-up
	stop, err := b.Watch(sessions.SessionTopic("s"), func(sig sessions.Signal) {
		if sig.Session == "s" {
			heard.Store(sig.Seq)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	eventually(t, "the copy is there", func() bool {
		a.Renew(copyAt("s", 1), sessions.SessionTopic("s")) // it may be lost
		s, ok, _ := b.Get(t.Context(), "s")
		return ok && s.Seq == 1
	})
	eventually(t, "the other node is woken", func() bool {
		a.Renew(copyAt("s", 2), sessions.SessionTopic("s"))
		return heard.Load() == 2
	})
}

// A stale copy that is renewed late does not stay in place of a newer one, nor does
// what is no copy at all.
func TestRenewPutsTheNewestBack(t *testing.T) {
	server := testbed.StartRedis(t)
	a, b := opened(t, server.URL, patient), opened(t, server.URL, patient)
	if err := b.Put(t.Context(), copyAt("s", 9)); err != nil {
		t.Fatal(err)
	}
	a.Renew(copyAt("s", 3), sessions.SessionTopic("s"))
	a.Renew(copyAt("other", 1))
	eventually(t, "the newer copy is back", func() bool {
		_, later, _ := b.Get(t.Context(), "other")
		s, ok, _ := b.Get(t.Context(), "s")
		return later && ok && s.Seq == 9
	})
	server.Say("DEL " + copyKey("s"))
	server.Say("LPUSH " + copyKey("s") + " junk")
	a.Renew(copyAt("s", 10))
	eventually(t, "the copy replaces what was no copy", func() bool {
		s, ok, _ := b.Get(t.Context(), "s")
		return ok && s.Seq == 10
	})
}

// A near copy is used only while changes elsewhere are heard of, and until one is.
func TestNearCopies(t *testing.T) {
	server := testbed.StartRedis(t)
	a, b := opened(t, server.URL, patient), opened(t, server.URL, patient)
	// What is near already is forgotten when the channel begins to be heard.
	eventually(t, "both hear of changes", func() bool { return a.hears(newsTopic) && b.hears(newsTopic) })
	a.Renew(copyAt("s", 1), sessions.SessionTopic("s"))
	eventually(t, "the copy is in Redis", func() bool { _, ok, _ := b.Get(t.Context(), "s"); return ok })
	eventually(t, "Redis is flushed", func() bool { return strings.HasPrefix(server.Say("FLUSHALL"), "+OK") })
	eventually(t, "it is still near", func() bool {
		s, ok, _ := a.Get(t.Context(), "s")
		return ok && s.Seq == 1
	})
	if _, ok, _ := b.Get(t.Context(), "s"); ok {
		t.Fatal("another node has it")
	}
	b.Renew(copyAt("s", 2), sessions.SessionTopic("s"))
	eventually(t, "the change elsewhere is seen", func() bool {
		s, ok, _ := a.Get(t.Context(), "s")
		return ok && s.Seq == 2
	})
	a.Renew(copyAt("s", 3), sessions.SessionTopic("s"))
	_ = a.Drop(t.Context(), "s")
	if held, ok := a.near.get("s"); ok {
		t.Errorf("after Drop there is %d", held.Seq)
	}
	server.Kill()
	a.Renew(copyAt("s", 4), sessions.SessionTopic("s"))
	eventually(t, "without Redis nobody hears, so nothing is believed", func() bool {
		_, ok, _ := a.Get(t.Context(), "s")
		return !ok
	})
}

func TestNearIsBounded(t *testing.T) {
	var n near
	now := time.Now()
	for i := range 3 * nearMost {
		n.put(copyAt(fmt.Sprint(i), 1), now)
	}
	if held := n.copies.Len(); held > 2*nearMost {
		t.Errorf("%d copies", held)
	}
	if _, ok := n.get(fmt.Sprint(3*nearMost - 1)); !ok {
		t.Error("the newest copy is gone")
	}
	n.put(copyAt("a", 1), now.Add(nearTime+time.Second))
	n.put(copyAt("b", 1), now.Add(2*nearTime+2*time.Second))
	n.put(copyAt("c", 1), now.Add(3*nearTime+3*time.Second))
	if _, ok := n.get("a"); ok || n.copies.Len() != 2 {
		t.Errorf("%d copies, too old ones among them: %v", n.copies.Len(), ok)
	}
}

func TestNewsOfOneSessionIsToldOnce(t *testing.T) {
	topic, desk := sessions.SessionTopic("a"), sessions.DeskTopic
	got := newest([]news{
		{copyAt("a", 1), []string{topic}, false}, {copyAt("b", 5), nil, true}, {copyAt("a", 3), []string{topic, desk}, true}, {copyAt("a", 2), []string{topic}, true},
	})
	if len(got) != 2 || got[0].session.Seq != 3 || len(got[0].topics) != 2 || got[0].ours || got[1].session.Seq != 5 || !got[1].ours {
		t.Errorf("got %v", got)
	}
}

// slow is a way to Redis on which what begins with one copy waits until it may go on.
type slow struct {
	key         string
	waits, goOn chan struct{}
}

func (s slow) DialHook(next redis.DialHook) redis.DialHook          { return next }
func (s slow) ProcessHook(next redis.ProcessHook) redis.ProcessHook { return next }

func (s slow) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		if args := cmds[0].Args(); len(args) > 1 && args[1] == s.key {
			s.waits <- struct{}{}
			<-s.goOn
		}
		return next(ctx, cmds)
	}
}

// However many turns there are while Redis is asked, their wake-ups are one message; and
// only a copy that somebody else may have put is looked at.
func TestOneMessageForAll(t *testing.T) {
	server := testbed.StartRedis(t)
	l := opened(t, server.URL, patient)
	eventually(t, "other nodes are heard", func() bool { return l.hears(newsTopic) })
	var sent recorder
	way := slow{copyKey("before"), make(chan struct{}), make(chan struct{})}
	l.client.AddHook(&sent)
	l.client.AddHook(way)
	for seq := range int64(2) {
		l.Renew(copyAt("before", seq))
		<-way.waits
		for i := range 100 {
			id := fmt.Sprint("s", i)
			l.Renew(copyAt(id, seq), sessions.SessionTopic(id))
		}
		way.goOn <- struct{}{}
		eventually(t, "they are sent", func() bool {
			s, ok, _ := l.held(t.Context(), "s99")
			return ok && s.Seq == seq
		})
	}
	all, _, _ := sent.take()
	n := map[string]int{}
	for _, args := range all {
		n[args[0].(string)]++
		if args[0] == "set" && args[len(args)-1] == "get" {
			n["get"]++
		}
	}
	if n["set"] != 2*101 || n["get"] != 101 || n["publish"] != 2*2 {
		t.Errorf("%v, want 101 copies twice, one look at each, and two messages each time", n)
	}
}

// What is no list of wake-ups wakes nobody, and the rest of a list counts.
func TestGarbageOnTheChannelOfWakeUps(t *testing.T) {
	server := testbed.StartRedis(t)
	l := opened(t, server.URL, patient)
	heard := make(chan sessions.Signal, 1)
	stop, err := l.Watch("topic", func(sig sessions.Signal) {
		select {
		case heard <- sig:
		default: // the first is enough
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for _, text := range []string{"", "node", "node ", "node {}", "node null", `node ["s"]`, `node [{"session":1}]`, `node [{"session":"s","seq":-1,"topics":["topic"]}]`,
		`node [{"session":"s","seq":1,"topics":["topic"]}]` + strings.Repeat(" ", newsMax), l.node + ` [{"session":"s","seq":1,"topics":["topic"]}]`} {
		if err := l.client.Publish(t.Context(), channelOf(newsTopic), text).Err(); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "a wake-up arrives behind the garbage", func() bool {
		_ = l.client.Publish(t.Context(), channelOf(newsTopic), `node [{"session":"s","seq":-7,"topics":["topic"]},{"session":"s","seq":7,"topics":["other","topic"]}]`).Err()
		return len(heard) > 0
	})
	if sig := <-heard; sig != (sessions.Signal{Session: "s", Seq: 7}) {
		t.Errorf("heard %+v", sig)
	}
}
