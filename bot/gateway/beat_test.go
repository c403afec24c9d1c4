package gateway

import (
	"testing"
	"time"

	"wenda/bot/desk/roster"
	"wenda/sessions"
	"wenda/sessions/memlive"
)

// count is how often an agent's desks beat.
func (r *rig) count(agent string) int64 {
	r.t.Helper()
	beats, err := r.store.Beats(r.t.Context())
	if err != nil {
		r.t.Fatal(err)
	}
	for _, b := range beats {
		if b.Agent == agent {
			return b.Count
		}
	}
	return 0
}

func (r *rig) beats() {
	r.t.Helper()
	if err := r.g.beat(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
}

// silent waits until no sign of life is left to beat for, and returns the count.
func (r *rig) silent(agent string) (n int64) {
	r.t.Helper()
	within(r.t, "nothing is heard any more", func() bool {
		n = r.count(agent)
		r.beats()
		return r.count(agent) == n
	})
	return n
}

// A desk beats while it answers; a socket that is open and silent is no agent. Several
// desks of one agent are one agent.
func TestOnlyADeskThatAnswersBeats(t *testing.T) {
	r := newRig(t)
	a := r.agent(zhou)
	within(t, "the first beat", func() bool { return r.count("u1") > 0 })
	r.agent(zhou) // reads nothing any more
	n := r.silent("u1")
	for range 3 { // pings that nobody answers
		r.beats()
	}
	if got := r.count("u1"); got != n {
		t.Fatalf("%d beats of silent desks, want %d", got, n)
	}
	a.send(Ping{Type: "ping"})
	a.until("pong, and all pings before it answered", is("pong"))
	r.beats()
	if got := r.count("u1"); got != n+1 {
		t.Fatalf("%d beats after one desk answered, want %d", got, n+1)
	}
}

// The switch is the same on another node that was never told, and after a break.
func TestTheSwitchIsTheSameEverywhere(t *testing.T) {
	r := newRig(t)
	a := r.agent(zhou)
	a.send(Available{Type: "available", On: true})
	within(t, "on duty", func() bool { n, _ := r.roster.OnDuty(t.Context(), ""); return n == 1 })
	live := memlive.New()
	defer live.Close()
	other := newRig(t, func(o *Options) { o.Store, o.Live, o.Roster = r.store, live, roster.New(r.store, live) })
	other.staff.set(zhou)
	b := other.open("/desk/ws", map[string][]string{"Cookie": {"login=u1"}})
	b.send(DeskHello{Type: "hello", V: 1})
	if w := b.expect("welcome"); w["available"] != true {
		t.Fatalf("got %v", w)
	}
}

// A claim whose answer was lost is sent again on a new socket: it gives the same chat,
// and no second one.
func TestAClaimSentAgainIsOneClaim(t *testing.T) {
	for name, by := range map[string]func(first string) string{
		"the next one": func(string) string { return "" },
		"by hand":      func(first string) string { return first },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			first := r.waiting("a/d/", "")
			r.waiting("b/d/", "")
			claim := Claim{Type: "claim", CID: "cid-claim1", Session: by(first.session)}
			var fence int64
			for range 3 {
				a := r.agent(zhou)
				a.send(claim)
				ack := a.until("ack", is("ack"))
				if ack.text("session") != first.session || fence != 0 && ack.num("fence") != fence {
					t.Fatalf("got %v, want session %s, fence %d", ack, first.session, fence)
				}
				fence = ack.num("fence")
				_ = a.conn.Close()
			}
			owned, err := r.store.Owned(t.Context(), zhou.ID)
			if err != nil || len(owned) != 1 {
				t.Errorf("the agent owns %d chats, %v; want one", len(owned), err)
			}
		})
	}
}

// Whoever lost the chat to the queue learns it with the next word, on a page that
// knows nothing yet.
func TestALostAgentIsToldWithTheNextWord(t *testing.T) {
	r := newRig(t)
	a := r.agent(zhou)
	c, fence := r.taken("a/d/", a)
	lost := func(s sessions.Session) (sessions.Session, []sessions.Event, error) {
		return s.Queue(s.Skill, time.Now()), []sessions.Event{{Kind: sessions.Handed, From: sessions.Speaker{Role: sessions.RoleSystem}}}, nil
	}
	if _, err := sessions.Update(t.Context(), r.store, r.live, c.session, sessions.Actor{Role: sessions.RoleSystem}, lost); err != nil {
		t.Fatal(err)
	}
	a.act("say", c.session, fence, "cid-say-01", "您还在吗")
	if f := a.until("error", is("error")); f.text("code") != string(CodeNotOwner) || f.text("cid") != "cid-say-01" {
		t.Fatalf("got %v", f)
	}
	a.send(Claim{Type: "claim", CID: "cid-again1", Session: c.session})
	ack := a.until("ack", is("ack"))
	a.act("say", c.session, ack.num("fence"), "cid-say-02", "您还在吗")
	a.until("ack", func(f frame) bool { return f.kind() == "ack" && f.text("cid") == "cid-say-02" })
}
