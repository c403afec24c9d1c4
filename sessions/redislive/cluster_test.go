package redislive

import (
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"wenda/internal/testbed"
	"wenda/sessions"
)

// Whatever a session's turn sends names one key, with the session as its hash tag: so
// all of it may live in one slot, and no script ever asks two nodes.
func TestOneKeyEach(t *testing.T) {
	server, store := testbed.StartRedis(t), newTruth(t)
	l := opened(t, server.URL, patient)
	var sent recorder
	l.client.AddHook(&sent)
	store.turns(t, l, 2)
	store.sent(t, l)
	_ = l.Drop(t.Context(), store.id)
	_ = l.Announce(t.Context(), "agents", "chen", time.Hour)
	_, _ = l.Present(t.Context(), "agents")
	_ = l.Leave(t.Context(), "agents", "chen")
	_, _, _ = l.Allow(t.Context(), "k", 1, 1)
	lawful := map[string]bool{copyKey(store.id): true, presentKey("agents"): true, rateKey("k"): true}
	commands, _, _ := sent.take()
	seen := map[string]bool{}
	for _, args := range commands {
		name := args[0].(string)
		seen[name] = true
		at := 1
		switch name {
		case "eval", "evalsha":
			if keys := fmt.Sprint(args[2]); keys != "1" {
				t.Errorf("%s with %s keys", name, keys)
			}
			at = 3
		case "publish":
			continue // a channel, not a key
		case "unlink", "getrange", "set", "zrem":
			if name == "unlink" && len(args) != 2 {
				t.Errorf("%d keys at once: %v", len(args)-1, args)
			}
		default:
			t.Errorf("a command whose keys nobody has thought about: %s", name)
		}
		if key := fmt.Sprint(args[at]); !lawful[key] {
			t.Errorf("%s of the key %s", name, key)
		}
	}
	if !seen["getrange"] || !seen["publish"] || !seen["unlink"] || !seen["zrem"] || !seen["eval"] && !seen["evalsha"] {
		t.Errorf("only %v were sent: the test does not see what it should", seen)
	}
}

// slot is a slot of a cluster that can be moved.
type slot struct {
	number   int64
	from, to *redis.Client
	ids      map[*redis.Client]string
}

// slotOf finds who has the slot of a key, and somebody else.
func slotOf(t *testing.T, l *Live, key string) *slot {
	t.Helper()
	cluster := l.client.(*redis.ClusterClient)
	number, err := cluster.ClusterKeySlot(t.Context(), key).Result()
	if err != nil {
		t.Fatal(err)
	}
	s := &slot{number: number, ids: map[*redis.Client]string{}}
	if s.from, err = cluster.MasterForKey(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	err = cluster.ForEachMaster(t.Context(), func(ctx context.Context, node *redis.Client) error {
		id, err := node.Do(ctx, "CLUSTER", "MYID").Text()
		mu.Lock()
		defer mu.Unlock()
		s.ids[node] = id
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for node := range s.ids {
		if s.ids[node] != s.ids[s.from] {
			s.to = node
		}
	}
	return s
}

func (s *slot) do(t *testing.T, node *redis.Client, args ...any) {
	t.Helper()
	if err := node.Do(t.Context(), args...).Err(); err != nil {
		t.Fatalf("%v: %v", args, err)
	}
}

// settled waits until all nodes have heard of the last move: whoever takes a slot with an
// older epoch than its last owner's loses it again to that owner's next word.
func (s *slot) settled(t *testing.T) {
	t.Helper()
	eventually(t, "all nodes know the newest epoch", func() bool {
		epochs := map[string]bool{}
		for node := range s.ids {
			info, err := node.ClusterInfo(t.Context()).Result()
			if err != nil {
				t.Fatal(err)
			}
			_, after, _ := strings.Cut(info, "cluster_current_epoch:")
			epoch, _, _ := strings.Cut(after, "\r\n")
			epochs[epoch] = true
		}
		return len(epochs) == 1
	})
}

// begin makes from answer ASK for keys it has not; finish makes it answer MOVED.
func (s *slot) begin(t *testing.T) {
	s.settled(t)
	s.do(t, s.to, "CLUSTER", "SETSLOT", s.number, "IMPORTING", s.ids[s.from])
	s.do(t, s.from, "CLUSTER", "SETSLOT", s.number, "MIGRATING", s.ids[s.to])
}

func (s *slot) finish(t *testing.T) {
	host, port := hostPort(s.to.Options().Addr)
	for {
		keys, err := s.from.ClusterGetKeysInSlot(t.Context(), int(s.number), 100).Result()
		if err != nil {
			t.Fatal(err)
		}
		if len(keys) == 0 {
			break
		}
		for _, key := range keys {
			s.do(t, s.from, "MIGRATE", host, port, key, 0, 60_000, "REPLACE")
		}
	}
	for _, node := range []*redis.Client{s.to, s.from} {
		s.do(t, node, "CLUSTER", "SETSLOT", s.number, "NODE", s.ids[s.to])
	}
	s.from, s.to = s.to, s.from
}

// The slot of a session moves from node to node while turns go on. Some commands may
// fail on the way; none of it is seen outside, and copies are kept all along.
func TestSlotMoves(t *testing.T) {
	t.Parallel()
	l, store := opened(t, testbed.RedisCluster(t), patient), newTruth(t)
	eventually(t, "near copies count", func() bool { return l.hears(newsTopic) })
	store.hot(t, l)
	slot := slotOf(t, l, copyKey(store.id))
	n := 0
	for range size(t, 4, 100) {
		store.turns(t, l, 2)
		slot.begin(t)
		store.turns(t, l, 2) // the copy is where it was
		if err := l.Drop(t.Context(), store.id); err != nil {
			t.Errorf("Drop while the slot moves: %v", err)
		}
		store.turns(t, l, 2) // a key that is not there: ASK
		store.caughtUp(t, l)
		slot.finish(t)
		store.hotTurns(t, l, 2) // MOVED, and the copy with it
		n += 8
	}
	store.wantSeq(t, n)
	if ok, _, err := l.Allow(t.Context(), "k", 1, 1); err != nil || !ok {
		t.Errorf("Allow: %v, %v", ok, err)
	}
	told := make(chan struct{}, 1)
	stop, err := l.Watch("topic", func(sessions.Signal) {
		select {
		case told <- struct{}{}:
		default:
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	eventually(t, "a signal arrives", func() bool {
		_ = l.Signal(t.Context(), "topic", sessions.Signal{Session: "s", Seq: 1})
		return len(told) > 0
	})
}

func hostPort(addr string) (host, port string) {
	host, port, _ = net.SplitHostPort(addr)
	return host, port
}
