package gateway

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"wenda/bot/desk/queue"
	"wenda/sessions"
)

func boarded(o *Options) {
	o.Queues, o.Limits.BoardWithin = queue.Delivered, 20*time.Millisecond
	o.Limits.ReconcileEvery = 20 * time.Millisecond
}

// queueOf finds a queue on a board, and agentOf an agent.
func queueOf(b frame, skill string) map[string]any { return boardLine(b["queues"], "skill", skill) }
func agentOf(b frame, id string) map[string]any    { return boardLine(b["agents"], "id", id) }

func boardLine(list any, key, is string) map[string]any {
	lines, _ := list.([]any)
	for _, l := range lines {
		if line := l.(map[string]any); line[key] == is {
			return line
		}
	}
	return nil
}

// spaced writes values with a space between.
func spaced(values ...any) string { return strings.TrimSpace(fmt.Sprintln(values...)) }

func TestBoard(t *testing.T) {
	r := newRig(t, boarded)
	r.staffed()
	a, lead := r.agent(zhou), r.agent(wu)
	a.send(Available{Type: "available", On: true})
	lead.send(BoardOn{Type: "board", On: true})
	lead.until("somebody is free", func(f frame) bool {
		return f.kind() == "board" && spaced(queueOf(f, "")["free"]) == "1" && spaced(queueOf(f, "")["there"]) == "1"
	})
	c := r.waiting("a/d/阿明", "")
	b := lead.until("somebody waits", func(f frame) bool { return f.kind() == "board" && spaced(queueOf(f, "")["waiting"]) == "1" })
	if q := queueOf(b, ""); q["oldest"] == nil || q["name"] != "一线客服" {
		t.Errorf("the queue is %v", q)
	}
	if line := boardLine(queueOf(b, "")["chats"], "session", c.session); line == nil || line["preview"] != "人工" || line["accept_by"] != nil {
		t.Errorf("who waits is shown as %v", line)
	}
	lead.send(Watch{Type: "watch", Session: c.session})
	lead.until("who waits can be read", func(f frame) bool { return f.kind() == "event" && f.text("text") == "人工" })
	lead.send(Unwatch{Type: "unwatch", Session: c.session})
	a.send(Claim{Type: "claim", CID: "cid-claim", Session: c.session})
	ack := a.until("ack", is("ack"))
	// A look that the claim came into the middle of shows some of it; the next shows all.
	b = lead.until("somebody has it", func(f frame) bool {
		who := agentOf(f, "u1")
		return f.kind() == "board" && has(who["chats"], c.session) && spaced(who["load"], queueOf(f, "")["waiting"]) == "1 0"
	})
	if who := agentOf(b, "u1"); spaced(who["capacity"], who["there"], who["takes"], who["name"]) != "5 true true 小周" {
		t.Errorf("the agent is %v", who)
	}
	if q := queueOf(b, ""); spaced(q["service"]) != "-1" {
		t.Errorf("nobody has spoken, the queue is %v", q)
	}
	a.act("say", c.session, ack.num("fence"), "cid-say-01", "您好")
	lead.until("the service level", func(f frame) bool {
		return f.kind() == "board" && spaced(queueOf(f, "")["service"], queueOf(f, "")["offered"]) == "100 1"
	})
	lead.send(BoardOn{Type: "board", On: false})
	within(t, "nobody watches", func() bool { return len(r.g.logins.of("u3")) == 1 && !r.g.logins.of("u3")[0].watchesBoard() })
}

// A page that only shows the board makes nobody present, and is for those who lead.
func TestABoardIsNoDesk(t *testing.T) {
	r := newRig(t, boarded)
	r.staff.set(wu)
	r.staff.set(zhou)
	look := func(id string) *client {
		c := r.open("/desk/ws", map[string][]string{"Cookie": {"login=" + id}})
		c.send(DeskHello{Type: "hello", V: 1, Lang: "en", Board: true})
		return c
	}
	look("u1").until("forbidden", errorOf(CodeForbidden))
	c := look("u3")
	c.expect("welcome")
	c.send(BoardOn{Type: "board", On: true})
	if b := c.expect("board"); agentOf(b, "u3") != nil || queueOf(b, "")["name"] != "Front line" {
		t.Errorf("got %v", b)
	}
	if err := r.g.beat(t.Context()); err != nil {
		t.Fatal(err)
	}
	beats, err := r.store.Beats(t.Context())
	if err != nil || len(beats) > 0 {
		t.Errorf("present are %+v, %v", beats, err)
	}
	// Who has taken a chat over is there: it must not be taken from them as from who left.
	r.staffed()
	waits := r.waiting("a/d/", "")
	s, err := r.store.Load(t.Context(), waits.session)
	if err != nil {
		t.Fatal(err)
	}
	c.act("takeover", s.ID, s.Fence, "cid-take-1", "")
	c.until("ack", ackOf("cid-take-1"))
	within(t, "present", func() bool {
		beats, err := r.store.Beats(t.Context())
		return err == nil && len(beats) == 1 && beats[0].Count > 0
	})
}

// What a queue says of the longest wait is true of all who wait, not of those who are
// next; and who waits where nobody serves is on the board as well.
func TestTheLongestWait(t *testing.T) {
	r := newRig(t, boarded)
	when := time.Now().Add(-time.Hour).Truncate(time.Millisecond)
	wait := func(customer, skill string, since time.Time, change func(*sessions.Session)) {
		t.Helper()
		s, err := r.store.Open(t.Context(), sessions.Customer{ID: customer}, "widget", "zh-CN")
		if err != nil {
			t.Fatal(err)
		}
		s = s.Queue(skill, since)
		change(&s)
		if _, err := r.store.Commit(t.Context(), sessions.Actor{Role: sessions.RoleSystem}, s, sessions.Event{
			Kind: sessions.Handed, From: sessions.Speaker{Role: sessions.RoleBot}, Move: &sessions.Move{Reason: "customer_request"},
		}); err != nil {
			t.Fatal(err)
		}
	}
	wait("oldest", "", when, func(*sessions.Session) {})
	for i := range listed + 1 {
		wait(fmt.Sprint("c", i), "", when.Add(30*time.Minute), func(s *sessions.Session) { s.Priority = 60 })
	}
	wait("message", "", when.Add(-time.Hour), func(s *sessions.Session) { s.Desk.Promised = when.Add(24 * time.Hour) })
	wait("lost", "nobody-serves", when, func(s *sessions.Session) {
		s.State, s.Agent, s.Desk.Dangers = sessions.Queued, "", []sessions.Danger{{Kind: "harm", Segment: 1, Seq: 1}}
	})
	b, err := r.g.look(time.Now()).board(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	front, last := b.Queues[0], b.Queues[len(b.Queues)-1]
	if front.Skill != "" || front.Waiting != listed+3 || front.Left != 1 || front.Oldest != timeText(when) || len(front.Chats) != boardWaits {
		t.Errorf("the front line is %d waiting, %d left, oldest %s (want %s), %d chats", front.Waiting, front.Left, front.Oldest, timeText(when), len(front.Chats))
	}
	if last.Skill != "nobody-serves" || last.Waiting != 1 || last.Chats[0].Danger != "harm" || b.in("en").Queues[len(b.Queues)-1].Name != "nobody-serves" {
		t.Errorf("where nobody serves it is %+v", last)
	}
}

func TestTally(t *testing.T) {
	start := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	at := func(d time.Duration) time.Time { return start.Add(d) }
	chat := func(id string, state sessions.State, queued, answered time.Time) sessions.Session {
		return sessions.Session{ID: id, State: state, QueuedAt: queued, Desk: sessions.Desk{Answered: answered}}
	}
	left := chat("left", sessions.Queued, at(0), time.Time{})
	left.Memory.Left = true
	var never time.Time
	seen := []sessions.Session{
		chat("soon", sessions.Queued, at(0), never), chat("soon", sessions.Assigned, at(0), at(time.Minute)),
		chat("late", sessions.Queued, at(0), never), chat("late", sessions.Closed, at(0), at(time.Minute+1)),
		chat("done before we looked", sessions.Closed, at(0), at(time.Second)), chat("never queued", sessions.Closed, never, never),
		chat("gave up", sessions.Queued, at(0), never), chat("gave up", sessions.Bot, never, never),
		chat("waits", sessions.Queued, at(0), never),
		chat("just came", sessions.Queued, at(100*time.Second), never),
		chat("before", sessions.Queued, at(-2*time.Hour), at(-time.Hour)),
		chat("with the bot", sessions.Bot, never, never), left,
		// An answer from before it was queued this time is none.
		chat("again", sessions.Queued, at(90*time.Second), at(time.Second)),
	}
	tally := &tally{}
	tally.init()
	for _, s := range seen {
		tally.see(s)
	}
	h := tally.hours(at(2 * time.Minute))[""]
	if want := (hour{offered: 7, abandoned: 1, soon: 2, judged: 5}); h != want || h.service() != 40 {
		t.Errorf("got %+v, %d, want %+v", h, h.service(), want)
	}
	if h := tally.hours(at(3 * time.Hour)); len(h) > 0 || len(tally.of) > 0 {
		t.Errorf("hours later %+v", h)
	}
}

// TestCrowdedFloor: ten thousand wait, and one agent has two hundred chats; what is sent
// stays bounded, and the right ones are on it.
func TestCrowdedFloor(t *testing.T) {
	const crowd, mine = 10_000, 200
	r := newRig(t, boarded)
	ctx := context.Background()
	busy := sessions.Agent{ID: "u1", Name: "小周", Skills: []string{""}, Capacity: 1000}
	when := time.Now().Add(-time.Hour)
	crowded(t, r, crowd+mine, when)
	for range mine {
		if _, err := r.desk.Claim(ctx, busy, "", ""); err != nil {
			t.Fatal(err)
		}
	}
	a := r.agent(busy)
	lists, err := r.g.look(time.Now()).chats(ctx, busy)
	if err != nil || len(lists.Queue) != listed || len(lists.Mine) != mine || lists.Waiting != crowd {
		t.Fatalf("%d listed, %d mine, %d waiting, %v", len(lists.Queue), len(lists.Mine), lists.Waiting, err)
	}
	for i := range lists.Mine[1:] {
		if lists.Mine[i].Session == lists.Mine[i+1].Session {
			t.Fatal("a chat twice")
		}
	}
	last := lists.Mine[mine-1]
	a.act("say", last.Session, last.Fence, "cid-say-01", "您好")
	a.until("ack", ackOf("cid-say-01"))
	b, err := r.g.look(time.Now()).board(ctx)
	if err != nil || b.Queues[0].Waiting != crowd || b.Agents[0].Load != mine {
		t.Fatalf("the board has %+v, %v", b.Queues, err)
	}
}

// crowded lets many customers wait for the general queue.
func crowded(t *testing.T, r *rig, many int, since time.Time) {
	t.Helper()
	work := make(chan int)
	failed := make(chan error, 64)
	for range 64 { // together they share transactions
		go func() {
			var err error
			for i := range work {
				if err == nil {
					err = r.waits(fmt.Sprint("c", i), since.Add(time.Duration(i)*time.Millisecond))
				}
			}
			failed <- err
		}()
	}
	for i := range many {
		work <- i
	}
	close(work)
	for range 64 {
		if err := <-failed; err != nil {
			t.Fatal(err)
		}
	}
}

func (r *rig) waits(customer string, since time.Time) error {
	ctx := context.Background()
	s, err := r.store.Open(ctx, sessions.Customer{ID: customer}, "widget", "zh-CN")
	if err != nil {
		return err
	}
	_, err = r.store.Commit(ctx, sessions.Actor{Role: sessions.RoleSystem}, s.Queue("", since), sessions.Event{
		Kind: sessions.Handed, From: sessions.Speaker{Role: sessions.RoleBot}, Move: &sessions.Move{Reason: "customer_request"},
	})
	return err
}

// A clock that jumps sends nobody home and gives nobody two owners: acts are judged by the
// fence, and an offer stays whose it is.
func TestClockJumps(t *testing.T) {
	r := newRig(t, boarded)
	r.staffed(zhou, xiaoli)
	a, b := r.agent(zhou), r.agent(xiaoli)
	c, fence := r.taken("a/d/", a)
	r.desk.Now = func() time.Time { return time.Now().Add(-3 * time.Hour) }
	a.send(Act{Type: "snooze", Session: c.session, Fence: fence, CID: "cid-snooz1", Minutes: 30})
	a.until("ack", ackOf("cid-snooz1"))
	r.desk.Now = func() time.Time { return time.Now().Add(3 * time.Hour) }
	a.send(Act{Type: "transfer", Session: c.session, Fence: fence, CID: "cid-trans1", Agent: "u2", Text: "请接"})
	a.until("ack", ackOf("cid-trans1"))
	b.until("the offer", func(f frame) bool { return f.kind() == "chats" && has(f["queue"], c.session) })
	r.desk.Now = time.Now
	b.send(Claim{Type: "claim", CID: "cid-claim8", Session: c.session})
	b.until("ack", ackOf("cid-claim8"))
	a.act("say", c.session, fence, "cid-say-01", "还在")
	a.until("not theirs", errorOf(CodeNotOwner))
	s, err := r.store.Load(t.Context(), c.session)
	if err != nil || s.Agent != "u2" || s.State != sessions.Assigned {
		t.Errorf("the chat is %+v, %v", s, err)
	}
}
