package main

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"wenda/internal/testbed"
)

// Two serves on one PostgreSQL and one Redis are one Wenda. Redis is away when the
// first of them starts: customers are answered all the same.
func TestTwoNodes(t *testing.T) {
	t.Parallel()
	redis := testbed.StartRedis(t)
	shared := []string{"--database-url", testbed.Postgres(t), "--redis-url", redis.URL}
	redis.Kill()
	a := startServe(t, shared...)
	if !strings.Contains(a.log.String(), "Redis is not reachable") {
		t.Errorf("Redis is away and the log says\n%s", a.log)
	}
	early, _ := openChat(t, a.base, "", 0)
	early.say(frame{"type": "send", "text": "卡里有钱为什么还款失败"})
	early.answered("还款失败")
	if p := newVisitor(t, a.base).get("/readyz"); p.status != http.StatusOK {
		t.Errorf("without Redis: %s", p)
	}

	redis.Restart(t)
	b := startServe(t, append(shared, "--key-file", filepath.Join(a.dir, keyFile))...)
	if b.setup != "" && a.setup == "" {
		t.Error("only the second node printed a set-up link")
	}
	a.setup = b.setup // a newer link replaces the older
	agent := a.founder("team")
	agent.base = b.base
	if p := agent.get("/desk"); p.status != http.StatusOK || strings.Contains(p.body, `class="solo"`) {
		t.Fatalf("logged in on one node, the desk on the other: %s", p)
	}
	desk := openDesk(t, agent)
	desk.send(frame{"type": "available", "on": true})
	desk.send(frame{"type": "ping"})
	desk.until("pong") // what was sent before it is done
	customer, welcome := openChat(t, a.base, "", 0)
	fence := meet(t, customer, desk, welcome.text("session"))
	elsewhere, _ := openChat(t, b.base, welcome.text("token"), 0) // the customer comes back on the other node
	elsewhere.hears("麻烦您了")
	desk.say(frame{"type": "close", "session": welcome.text("session"), "fence": fence, "wrap": "resolved"})
	customer.becomes("closed")
	elsewhere.becomes("closed")
	strangers(t, shared)
}

// strangers may not join with a key of their own: nothing that the others signed
// would count for them.
func strangers(t *testing.T, shared []string) {
	t.Helper()
	var out, errs written
	serve := append([]string{"serve", "--data-dir", t.TempDir(), "--addr", "127.0.0.1:0", "--private-addr", ""}, shared...)
	if code := run(t.Context(), serve, strings.NewReader(""), &out, &errs); code != 1 || !strings.Contains(errs.String(), errOtherKey.Error()) {
		t.Errorf("a node with another key ended with %d: %s", code, &errs)
	}
}

// meet lets a customer on one node and an agent on the other talk. It returns the
// fence of the agent.
func meet(t *testing.T, customer, desk *socket, session string) (fence any) {
	customer.say(frame{"type": "send", "text": "转人工"})
	customer.becomes("queued")
	desk.next("the chat in the queue", func(f frame) bool {
		for _, chat := range f.list("queue") {
			if chat.text("session") == session {
				return true
			}
		}
		return false
	})
	desk.send(frame{"type": "watch", "session": session, "after": 0})
	desk.hears("转人工")
	claimed := desk.say(frame{"type": "claim", "session": session})
	customer.becomes("assigned")
	desk.say(frame{"type": "say", "session": session, "fence": claimed["fence"], "text": "您好，我来帮您看一下。"})
	if said := customer.hears("我来帮您看一下"); said["from"].(map[string]any)["name"] != "小周" {
		t.Errorf("the customer reads %v", said)
	}
	customer.types(func() { desk.until("typing") })
	customer.say(frame{"type": "send", "text": "好的，麻烦您了"})
	desk.hears("麻烦您了")
	return claimed["fence"]
}
