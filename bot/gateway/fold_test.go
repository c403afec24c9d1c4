package gateway

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wenda/bot/desk"
	"wenda/bot/desk/queue"
	"wenda/sessions"
)

// page is what a desk page makes of the frames it is pushed: the least that any page must.
type page struct {
	c    *client
	done chan struct{}

	mu    sync.Mutex
	takes any
	lists frame
	board frame
	chats map[string]*opened
}

// opened is a chat on a page.
type opened struct {
	state  frame
	events map[int64]frame
	over   bool // its watch has ended, as far as the page can tell
}

// load opens a page for an agent, with the board if they lead.
func (r *rig) load(a sessions.Agent) *page {
	r.t.Helper()
	p := &page{c: r.open("/desk/ws", http.Header{"Cookie": {"login=" + a.ID}}), chats: map[string]*opened{}, done: make(chan struct{})}
	p.c.send(DeskHello{Type: "hello", V: 1})
	if a.ReadsAll {
		p.c.send(BoardOn{Type: "board", On: true})
	}
	go func() {
		defer close(p.done)
		for {
			f, err := p.c.read()
			if err != nil {
				return
			}
			for _, reply := range p.fold(f) {
				_ = p.c.conn.WriteJSON(reply)
			}
		}
	}()
	return p
}

func (p *page) leave() {
	_ = p.c.conn.Close()
	<-p.done
}

// fold takes a frame in, and returns what the page sends because of it.
func (p *page) fold(f frame) []any {
	p.mu.Lock()
	defer p.mu.Unlock()
	chat := p.chats[f.text("session")]
	switch f.kind() {
	case "welcome":
		p.takes = f["available"]
	case "available":
		p.takes = f["on"]
	case "chats":
		p.lists = f
		return p.follow()
	case "board":
		delete(f, "at")
		p.board = f
	case "event":
		if chat != nil {
			chat.events[f.num("seq")] = f
		}
	case "state":
		if chat != nil {
			chat.state = f
			s := f.text("state")
			chat.over = s == "bot" || s == "closed" || s == "assigned" && f["mine"] != true && f["joined"] != true
			return p.follow()
		}
	case "error":
		if chat != nil && f.text("code") == string(CodeNotFound) {
			chat.over = true
		}
	}
	return nil
}

// follow watches what is listed, and forgets what is not.
func (p *page) follow() (send []any) {
	listed := p.listed()
	maps.DeleteFunc(p.chats, func(id string, _ *opened) bool { return !slices.Contains(listed, id) })
	for _, id := range listed {
		chat := p.chats[id]
		if chat != nil && !chat.over {
			continue
		}
		if chat == nil {
			chat = &opened{events: map[int64]frame{}}
			p.chats[id] = chat
		}
		chat.over = false
		after := int64(0)
		for seq := range chat.events {
			after = max(after, seq)
		}
		send = append(send, Watch{Type: "watch", Session: id, After: after})
	}
	return send
}

func (p *page) listed() (ids []string) {
	for _, key := range []string{"queue", "mine"} {
		lines, _ := p.lists[key].([]any)
		for _, l := range lines {
			ids = append(ids, l.(map[string]any)["session"].(string))
		}
	}
	return ids
}

// shows is all that the page shows, part by part, as JSON.
func (p *page) shows() map[string]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	all := map[string]string{"takes": asJSON(p.takes), "lists": asJSON(p.lists), "board": asJSON(p.board)}
	for id, c := range p.chats {
		all["state of "+id] = asJSON(c.state)
		for seq, e := range c.events {
			all[fmt.Sprintf("event %s %03d", id, seq)] = asJSON(e)
		}
	}
	return all
}

func asJSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}

// unlike says in what two pages differ.
func unlike(pushed, loaded map[string]string) string {
	all := maps.Clone(loaded)
	maps.Copy(all, pushed)
	var out strings.Builder
	for _, part := range slices.Sorted(maps.Keys(all)) {
		if pushed[part] != loaded[part] {
			fmt.Fprintf(&out, "%s\n pushed: %s\n loaded: %s\n", part, pushed[part], loaded[part])
		}
	}
	return out.String()
}

// ready reports whether the page shows all of what is listed.
func (p *page) ready(board bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.chats {
		if c.state == nil || len(c.events) == 0 {
			return false
		}
	}
	return p.lists != nil && (!board || p.board != nil)
}

// floorOf are people who may do anything to anybody's chats.
type floorOf struct {
	*rig
	rand      *rand.Rand
	agents    []sessions.Agent
	customers []string
	n         int
}

func (f *floorOf) agent() sessions.Agent { return f.agents[f.rand.IntN(len(f.agents))] }

// act does something at random; most of it is refused, as it is with people.
func (f *floorOf) act(ctx context.Context) {
	who, other := f.agent(), f.agent()
	customer := f.customers[f.rand.IntN(len(f.customers))]
	s, err := f.store.Open(ctx, sessions.Customer{ID: customer}, "widget", "zh-CN")
	if err != nil {
		f.t.Fatal(err)
	}
	f.n++
	ref := fmt.Sprintf("cid-fold-%04d", f.n)
	act := desk.Act{Session: s.ID, Fence: s.Fence, Ref: ref}
	to := desk.To{Agent: other.ID}
	if f.rand.IntN(2) == 0 {
		to = desk.To{Skill: []string{"", "expert"}[f.rand.IntN(2)]}
	}
	hear := func(text string) {
		_, _ = f.bot.Hear(ctx, s.ID, sessions.Actor{Role: sessions.RoleCustomer, ID: customer, Device: "d"}, sessions.Event{
			Kind: sessions.Message, Ref: ref, Text: text, From: sessions.Speaker{Role: sessions.RoleCustomer, ID: customer},
		})
	}
	switch d := f.desk; f.rand.IntN(16) {
	case 0, 1:
		hear("人工")
	case 2:
		hear("你好" + ref)
	case 3, 4:
		_, _ = d.Claim(ctx, who, "", ref)
	case 5:
		_, _ = d.Say(ctx, who, act, desk.Words{Text: "您好"})
	case 6:
		_, _ = d.Note(ctx, who, act, "看看", other.ID)
	case 7:
		_, _ = d.Transfer(ctx, who, act, to, "请接")
	case 8:
		_, _ = d.Refuse(ctx, who, act, "")
	case 9:
		_, _ = d.Snooze(ctx, who, act, time.Hour)
	case 10:
		_, _ = d.Return(ctx, who, act, desk.Leaving{})
	case 11:
		_, _ = d.Close(ctx, who, act, desk.Leaving{})
	case 12:
		_, _ = d.Join(ctx, who, act)
	case 13:
		_, _ = d.Takeover(ctx, who, act)
	case 14:
		_, _ = d.Reassign(ctx, who, act, to, "请接")
	case 15:
		_ = f.roster.Available(ctx, who, f.rand.IntN(2) == 0)
	}
}

// TestPushedIsLoaded: at random moments what a page has made of the frames it was pushed
// is what a page shows that was just loaded.
func TestPushedIsLoaded(t *testing.T) {
	r := newRig(t, func(o *Options) {
		o.Limits.ReconcileEvery, o.Limits.BoardWithin = 20*time.Millisecond, 20*time.Millisecond
		o.Queues = queue.Delivered
	})
	lead := sessions.Agent{ID: "u3", Name: "吴主管", Skills: []string{"", "expert"}, Capacity: 4, ReadsAll: true, MovesAll: true}
	f := &floorOf{rig: r, rand: rand.New(rand.NewPCG(7, 7)), agents: []sessions.Agent{
		{ID: "u1", Name: "小周", Skills: []string{""}, Capacity: 4}, {ID: "u2", Name: "小李", Skills: []string{"", "expert"}, Capacity: 4}, lead,
	}, customers: []string{"a", "b", "c", "d", "e", "f"}}
	r.desk.Colleague = func(_ context.Context, id string) (desk.Colleague, error) {
		i := slices.IndexFunc(f.agents, func(a sessions.Agent) bool { return a.ID == id })
		return desk.Colleague{Agent: f.agents[i], There: true, Takes: true}, nil
	}
	r.desk.Audit = func(context.Context, string, string, string) error { return nil }
	pages := map[string]*page{}
	for _, a := range f.agents {
		r.staff.set(a)
		pages[a.ID] = r.load(a)
	}
	for moment := range 12 {
		for range 5 + f.rand.IntN(20) {
			f.act(t.Context())
		}
		for _, a := range f.agents {
			fresh := r.load(a)
			for end := time.Now().Add(bound); ; time.Sleep(5 * time.Millisecond) {
				pushed, loaded := pages[a.ID].shows(), fresh.shows()
				if fresh.ready(a.ReadsAll) && maps.Equal(pushed, loaded) {
					break
				}
				if time.Now().After(end) {
					t.Fatalf("moment %d: the page of %s, pushed to and loaded anew:\n%s", moment, a.ID, unlike(pushed, loaded))
				}
			}
			fresh.leave()
		}
	}
}
