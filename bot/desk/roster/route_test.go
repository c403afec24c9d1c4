package roster

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wenda/bot/desk/queue"
	"wenda/sessions"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// world is what Route is given.
type world struct {
	queues  []queue.Queue
	waiting []sessions.Waiting
	agents  []Agent
}

var skills = []string{"", "loan", "vip", "unknown"}

// draw makes a world of some queues, chats and agents.
func draw(rt *rapid.T) world {
	var w world
	for _, skill := range skills[:3] {
		q := queue.Plain(skill)
		q.Routing = rapid.SampledFrom(queue.Routings).Draw(rt, "routing")
		q.Capacity = rapid.IntRange(0, 3).Draw(rt, "queue capacity")
		w.queues = append(w.queues, q)
	}
	id := rapid.IntRange(0, 5)
	for i := range rapid.IntRange(0, 6).Draw(rt, "agents") {
		a := Agent{
			ID: fmt.Sprint("a", i), There: rapid.IntRange(0, 4).Draw(rt, "there") > 0, Takes: rapid.IntRange(0, 4).Draw(rt, "takes") > 0,
			Skills: rapid.SliceOfNDistinct(rapid.SampledFrom(skills), 0, 4, rapid.ID).Draw(rt, "skills"), Capacity: rapid.IntRange(0, 5).Draw(rt, "capacity"),
			Owned: map[string]int{}, Offered: map[string]int{},
		}
		for _, skill := range skills {
			a.Owned[skill] = rapid.IntRange(0, 2).Draw(rt, "owned")
			a.Offered[skill] = rapid.IntRange(0, 1).Draw(rt, "offered")
		}
		if rapid.Bool().Draw(rt, "given before") {
			a.Given = noon.Add(-time.Duration(rapid.IntRange(0, 600).Draw(rt, "given")) * time.Second)
		}
		w.agents = append(w.agents, a)
	}
	for i := range rapid.IntRange(0, 12).Draw(rt, "waiting") {
		s := sessions.Session{ID: fmt.Sprint("s", i), State: sessions.Queued, Skill: rapid.SampledFrom(skills).Draw(rt, "skill")}
		s.Priority = rapid.SampledFrom([]int{0, 0, 5, 30, 100, 1 << 20}).Draw(rt, "priority")
		s.QueuedAt = noon.Add(-time.Duration(rapid.IntRange(0, 3600).Draw(rt, "waited")) * time.Second)
		for range rapid.IntRange(0, 3).Draw(rt, "passes") {
			if by := fmt.Sprint("a", id.Draw(rt, "by")); !slices.Contains(s.Desk.Offer.Passed, by) {
				s.Desk.Offer.Passed = append(s.Desk.Offer.Passed, by)
			}
		}
		s.Desk.Offer.At = noon.Add(time.Duration(rapid.IntRange(-120, 30).Draw(rt, "passed at")) * time.Second)
		if rapid.IntRange(0, 9).Draw(rt, "held out") == 0 {
			s.Desk.Offer.To = "a0"
		}
		w.waiting = append(w.waiting, sessions.Waiting{Session: s, Served: fmt.Sprint("a", id.Draw(rt, "served"))})
	}
	return w
}

func (w world) route() []Offer { return Route(noon, w.queues, w.waiting, w.agents) }

func (w world) agent(id string) Agent { return agentNamed(w.agents, id) }

func agentNamed(agents []Agent, id string) Agent {
	return agents[slices.IndexFunc(agents, func(a Agent) bool { return a.ID == id })]
}

func (w world) queue(id string) (queue.Queue, bool) {
	i := slices.IndexFunc(w.queues, func(q queue.Queue) bool { return q.ID == id })
	if i < 0 {
		return queue.Queue{}, false
	}
	return w.queues[i], true
}

// Whatever the world is like: nobody gets more than they have room for, nobody who is
// away is asked, nor who let a chat pass while another is free, and no chat twice; and
// who could be asked is.
func TestRouteKeepsItsWord(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := draw(rt)
		now := clones(w.agents) // with what was given so far
		free := func(s sessions.Waiting, q queue.Queue) (fresh, passed []string) {
			for _, a := range now {
				if !a.Ready(s.Skill) || a.Free(q) == 0 {
					continue
				}
				if slices.Contains(s.Desk.Offer.Passed, a.ID) {
					passed = append(passed, a.ID)
				} else {
					fresh = append(fresh, a.ID)
				}
			}
			return fresh, passed
		}
		order := slices.Clone(w.waiting)
		slices.SortFunc(order, func(a, b sessions.Waiting) int { return sessions.ByRank(a.Session, b.Session) })
		offers, next := w.route(), 0
		for _, s := range order { // in the order in which they are served
			q, known := w.queue(s.Skill)
			fresh, passed := free(s, q)
			age := noon.Sub(s.Desk.Offer.At)
			may := known && q.Offers() && s.Desk.Offer.To == "" && (len(fresh) > 0 || len(passed) > 0 && (age < 0 || age >= RestFor))
			given := next < len(offers) && offers[next].Session == s.ID
			if given != may {
				rt.Fatalf("chat %+v: offered %v, want %v; free are %v, passed %v", s, given, may, fresh, passed)
			}
			if !given {
				continue
			}
			to := offers[next].Agent
			next++
			if !slices.Contains(fresh, to) && (len(fresh) > 0 || !slices.Contains(passed, to)) {
				rt.Fatalf("chat %+v is offered to %s, free are %v, passed %v", s, to, fresh, passed)
			}
			agentNamed(now, to).Offered[s.Skill]++
		}
		if next != len(offers) {
			rt.Fatalf("offers that are for no chat, or in no order: %v", offers[next:])
		}
		for _, a := range now {
			before := w.agent(a.ID)
			if a.Load() > max(a.Capacity, before.Load()) {
				rt.Fatalf("%s has %d chats of %d", a.ID, a.Load(), a.Capacity)
			}
			for _, q := range w.queues {
				had := before.Owned[q.ID] + before.Offered[q.ID]
				if has := a.Owned[q.ID] + a.Offered[q.ID]; q.Capacity > 0 && has > max(q.Capacity, had) {
					rt.Fatalf("%s has %d chats of queue %q, of %d", a.ID, has, q.ID, q.Capacity)
				}
			}
		}
	})
}

func clones(agents []Agent) []Agent {
	out := slices.Clone(agents)
	for i, a := range out {
		out[i].Owned, out[i].Offered = map[string]int{}, map[string]int{}
		for _, skill := range skills {
			out[i].Owned[skill], out[i].Offered[skill] = a.Owned[skill], a.Offered[skill]
		}
	}
	return out
}

// The order of what it is given is nothing to it, and it changes nothing of that.
func TestRouteIsAFunction(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := draw(rt)
		before, want := fmt.Sprint(w), fmt.Sprint(w.route())
		if after := fmt.Sprint(w); after != before {
			rt.Fatalf("what was given changed:\n%s\n%s", before, after)
		}
		chance := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		chance.Shuffle(len(w.queues), func(i, j int) { w.queues[i], w.queues[j] = w.queues[j], w.queues[i] })
		chance.Shuffle(len(w.waiting), func(i, j int) { w.waiting[i], w.waiting[j] = w.waiting[j], w.waiting[i] })
		chance.Shuffle(len(w.agents), func(i, j int) { w.agents[i], w.agents[j] = w.agents[j], w.agents[i] })
		if got := fmt.Sprint(w.route()); got != want {
			rt.Fatalf("shuffled: %s, want %s", got, want)
		}
	})
}

// Urgent chats come all the time, more than can be served; still who came first is served
// before any that came later by more minutes than they have points more. So nobody starves.
func TestNobodyStarves(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		q := queue.Plain("")
		q.Routing = queue.Load
		agents := []Agent{{ID: "a0", There: true, Takes: true, Skills: []string{""}, Capacity: 1, Owned: map[string]int{}}}
		var waiting []sessions.Waiting
		served := map[string]time.Time{}
		first := sessions.Session{ID: "first", State: sessions.Queued, QueuedAt: noon, Priority: rapid.IntRange(0, 30).Draw(rt, "own points")}
		most := rapid.IntRange(0, 90).Draw(rt, "points of the urgent")
		waiting = append(waiting, sessions.Waiting{Session: first})
		now := noon
		for i := 0; served["first"].IsZero(); i++ {
			if now = now.Add(time.Minute); i > 200 {
				rt.Fatalf("after %v the first was not served", now.Sub(noon))
			}
			for k := range 2 { // two come, one is served
				s := sessions.Session{ID: fmt.Sprintf("s%03d-%d", i, k), State: sessions.Queued, QueuedAt: now, Priority: rapid.IntRange(0, most).Draw(rt, "points")}
				waiting = append(waiting, sessions.Waiting{Session: s})
			}
			offers := Route(now, []queue.Queue{q}, waiting, agents)
			if len(offers) != 1 {
				rt.Fatalf("offered %v", offers)
			}
			i := slices.IndexFunc(waiting, func(w sessions.Waiting) bool { return w.ID == offers[0].Session })
			s := waiting[i]
			waiting = slices.Delete(waiting, i, i+1)
			served[s.ID] = now
			for _, w := range waiting {
				later, more := s.QueuedAt.Sub(w.QueuedAt), time.Duration(s.Priority-w.Priority)*time.Minute
				if later > 0 && later > more {
					rt.Fatalf("one that came %v later with %v more overtook", later, more)
				}
			}
		}
	})
}

func TestPolicies(t *testing.T) {
	ago := func(minutes int) time.Time { return noon.Add(-time.Duration(minutes) * time.Minute) }
	agents := []Agent{
		{ID: "busy", Capacity: 10, Owned: map[string]int{"": 5}, Given: ago(30)},
		{ID: "fresh", Capacity: 4, Owned: map[string]int{"": 1}, Given: ago(1)},
		{ID: "known", Capacity: 5, Owned: map[string]int{"": 4}, Given: ago(2)},
		{ID: "gone", Capacity: 5, Given: ago(300)},
	}
	for i := range agents {
		agents[i].Skills, agents[i].There, agents[i].Takes = []string{""}, agents[i].ID != "gone", true
	}
	for name, c := range map[string]struct {
		routing queue.Routing
		served  string
		passed  []string
		want    []string
	}{
		"by hand":                         {queue.Manual, "known", nil, nil},
		"not said":                        {"", "known", nil, nil},
		"longest idle":                    {queue.Idle, "known", nil, []string{"busy", "known", "fresh", "fresh", "busy"}}, // each is idle anew with what they get, then room tells
		"least loaded, by share":          {queue.Load, "known", nil, []string{"fresh", "busy", "fresh", "busy", "busy"}},
		"the last one":                    {queue.Last, "known", nil, []string{"known", "fresh", "busy", "fresh", "busy"}},
		"the last one is gone":            {queue.Last, "gone", nil, []string{"fresh", "busy", "fresh", "busy", "busy"}},
		"nobody served them":              {queue.Last, "", nil, []string{"fresh", "busy"}},
		"the last one let it pass":        {queue.Last, "known", []string{"known"}, []string{"fresh"}},
		"all let it pass: longest ago":    {queue.Load, "", []string{"known", "busy", "fresh"}, []string{"known", "busy"}},
		"who is gone let it pass as well": {queue.Load, "", []string{"gone", "busy", "known"}, []string{"fresh"}},
	} {
		q := queue.Plain("")
		q.Routing = c.routing
		var waiting []sessions.Waiting
		for i := range max(len(c.want), 1) {
			s := sessions.Session{ID: fmt.Sprint("s", i), State: sessions.Queued, QueuedAt: ago(60 - i)}
			s.Desk.Offer = sessions.Offer{Passed: c.passed, At: ago(2)}
			waiting = append(waiting, sessions.Waiting{Session: s, Served: c.served})
		}
		var got []string
		for _, o := range Route(noon, []queue.Queue{q}, waiting, agents) {
			got = append(got, o.Agent)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: offered to %v, want %v", name, got, c.want)
		}
	}
}

// Five hundred agents and as many chats as a round looks at.
func BenchmarkRoute(b *testing.B) {
	q := queue.Plain("")
	q.Routing = queue.Last
	var w world
	for i := range 500 {
		w.agents = append(w.agents, Agent{ID: fmt.Sprintf("a%03d", i), There: true, Takes: true, Skills: []string{""}, Capacity: 5, Owned: map[string]int{"": i % 5}})
	}
	for i := range 250 {
		s := sessions.Session{ID: fmt.Sprintf("s%03d", i), State: sessions.Queued, QueuedAt: noon}
		w.waiting = append(w.waiting, sessions.Waiting{Session: s, Served: fmt.Sprintf("a%03d", i)})
	}
	for b.Loop() {
		Route(noon, []queue.Queue{q}, w.waiting, w.agents)
	}
}
