package redislive

import (
	"fmt"
	"testing"
	"time"

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
	heard := make(chan sessions.Signal, 100)
	stop, err := b.Watch(sessions.SessionTopic("s"), func(sig sessions.Signal) { heard <- sig })
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	a.Renew(copyAt("s", 1), sessions.SessionTopic("s"))
	eventually(t, "the copy is there", func() bool {
		s, ok, _ := b.Get(t.Context(), "s")
		return ok && s.Seq == 1
	})
	eventually(t, "the other node is woken", func() bool {
		a.Renew(copyAt("s", 2), sessions.SessionTopic("s"))
		select {
		case sig := <-heard:
			return sig.Session == "s" && sig.Seq == 2
		default:
			return false
		}
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
	stop, err := a.Watch(sessions.SessionTopic("s"), func(sessions.Signal) {})
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	a.Renew(copyAt("s", 1), sessions.SessionTopic("s"))
	eventually(t, "the copy is in Redis", func() bool { _, ok, _ := b.Get(t.Context(), "s"); return ok })
	server.Say("FLUSHALL")
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
	if held := len(n.young) + len(n.old); held > 2*nearMost {
		t.Errorf("%d copies", held)
	}
	if _, ok := n.get(fmt.Sprint(3*nearMost - 1)); !ok {
		t.Error("the newest copy is gone")
	}
	n.put(copyAt("a", 1), now.Add(nearTime+time.Second))
	n.put(copyAt("b", 1), now.Add(2*nearTime+2*time.Second))
	n.put(copyAt("c", 1), now.Add(3*nearTime+3*time.Second))
	if _, ok := n.get("a"); ok || len(n.young)+len(n.old) != 2 {
		t.Errorf("%d copies, too old ones among them: %v", len(n.young)+len(n.old), ok)
	}
}

func TestNewsOfOneSessionIsToldOnce(t *testing.T) {
	topic, desk := sessions.SessionTopic("a"), sessions.DeskTopic
	got := newest([]news{
		{copyAt("a", 1), []string{topic}}, {copyAt("b", 5), nil}, {copyAt("a", 3), []string{topic, desk}}, {copyAt("a", 2), []string{topic}},
	})
	if len(got) != 2 || got[0].session.Seq != 3 || len(got[0].topics) != 2 || got[1].session.Seq != 5 {
		t.Errorf("got %v", got)
	}
}
