package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"wenda/sessions"
)

var offerTests = map[string]func(*testing.T, sessions.Store){
	"held out":             testOffer,
	"who may not":          testOfferRefused,
	"claimed":              testOfferClaimed,
	"room":                 testOfferRoom,
	"room of a queue":      testClaimMost,
	"let pass":             testOfferPassed,
	"waiting":              testWaiting,
	"loads":                testLoads,
	"awaiting":             testAwaiting,
	"rank":                 testRank,
	"away":                 testAway,
	"many routers at once": testOfferRace,
}

func offer(t *testing.T, store sessions.Store, a sessions.Agent, id string) sessions.Session {
	t.Helper()
	done, err := store.Offer(t.Context(), a, id)
	if err != nil {
		t.Fatalf("Offer: %v", err)
	}
	return done.Session
}

func offered(t *testing.T, store sessions.Store, limit int) []sessions.Session {
	t.Helper()
	all, err := store.Offered(t.Context(), limit)
	if err != nil {
		t.Fatalf("Offered: %v", err)
	}
	return all
}

var zhao = sessions.Agent{ID: "zhao", Name: "小赵", Skills: []string{""}, Capacity: 3}

func testOffer(t *testing.T, store sessions.Store) {
	before := queued(t, store, wang, "", time.Now())
	began := time.Now().Truncate(time.Millisecond)
	done, err := store.Offer(t.Context(), chen, before.ID)
	if err != nil || len(done.Events) != 0 || done.Repeated {
		t.Fatalf("offered: %+v, %v", done, err)
	}
	want, held := before.Clone(), done.Session
	want.Desk.Offer = sessions.Offer{To: chen.ID, At: held.Desk.Offer.At}
	want.ChangedAt = held.ChangedAt
	if at := held.Desk.Offer.At; at.Before(began) || at.After(held.ChangedAt) { // before.ChangedAt may be ahead of the clock
		t.Errorf("held out at %v, between %v and %v", at, began, held.ChangedAt)
	}
	wantSame(t, "the session", done.Session, want)
	wantSame(t, "loaded", load(t, store, before.ID), want)
	time.Sleep(2 * time.Millisecond)
	second := offer(t, store, zhao, queued(t, store, li, "", time.Now()).ID)
	wantSame(t, "held out, the longest first", offered(t, store, 10), []sessions.Session{want, second})
	wantSame(t, "the first", offered(t, store, 1), []sessions.Session{want})
	if queue, n, err := store.Queue(t.Context(), "", 10); err != nil || n != 2 || len(queue) != 2 {
		t.Errorf("held out chats still wait: %d, %v", n, err)
	}
	// The customer may type meanwhile.
	commit(t, store, customer(wang), load(t, store, before.ID), said(customer(wang), "在吗", ""))
	if s := load(t, store, before.ID); s.Desk.Offer.To != chen.ID {
		t.Errorf("a message ended the offer: %+v", s.Desk)
	}
}

func testOfferRefused(t *testing.T, store sessions.Store) {
	waits := queued(t, store, wang, "", time.Now())
	_, err := store.Offer(t.Context(), sessions.Agent{ID: "x", Skills: []string{"cards"}, Capacity: 1}, waits.ID)
	wantError(t, "another skill", err, sessions.ErrTaken)
	_, err = store.Offer(t.Context(), sessions.Agent{ID: "x", Skills: []string{""}}, waits.ID)
	wantError(t, "no room", err, sessions.ErrFull)
	_, err = store.Offer(t.Context(), chen, "nowhere")
	wantError(t, "no such chat", err, sessions.ErrNotFound)
	_, err = store.Offer(t.Context(), sessions.Agent{}, waits.ID)
	wantError(t, "nobody", err, sessions.ErrInvalid)
	wantSame(t, "after refusals", load(t, store, waits.ID), waits)
	offer(t, store, chen, waits.ID)
	for _, a := range []sessions.Agent{chen, zhao} {
		_, err = store.Offer(t.Context(), a, waits.ID)
		wantError(t, "held out already", err, sessions.ErrOffered)
		wantError(t, "which is taken", err, sessions.ErrTaken)
	}
	_, err = store.Claim(t.Context(), zhao, waits.ID, "")
	wantError(t, "claimed by another", err, sessions.ErrOffered)
	_, err = store.Claim(t.Context(), zhao, "", "")
	wantError(t, "the next one", err, sessions.ErrEmpty)
	mine := claim(t, store, chen, waits.ID)
	_, err = store.Offer(t.Context(), zhao, mine.ID)
	wantError(t, "an owned one", err, sessions.ErrTaken)
}

func testOfferClaimed(t *testing.T, store sessions.Store) {
	noon := time.Now().Truncate(time.Second)
	first := queued(t, store, wang, "", noon)
	mine := queued(t, store, li, "", noon.Add(time.Minute))
	offer(t, store, chen, mine.ID)
	done, err := store.Claim(t.Context(), chen, "", ref("claim", 1)) // what is held out goes before what waits longer
	if err != nil || done.Session.ID != mine.ID || done.Events[0].Move.Reason != "accepted" {
		t.Fatalf("got %+v, %v", done, err)
	}
	if o := done.Session.Desk.Offer; o.To != "" || len(offered(t, store, 10)) != 0 {
		t.Errorf("accepted, it is still held out: %+v", o)
	}
	if again, err := store.Claim(t.Context(), chen, mine.ID, ref("claim", 1)); err != nil || !again.Repeated {
		t.Errorf("accepted again: %+v, %v", again, err)
	}
	if done, err := store.Claim(t.Context(), chen, "", ""); err != nil || done.Session.ID != first.ID || done.Events[0].Move.Reason != "claimed" {
		t.Errorf("the next: %+v, %v", done, err)
	}
	// A colleague's chat may be of a skill the agent does not serve.
	passed := load(t, store, first.ID).Queue("cards", time.Now())
	passed.Desk.Offer = sessions.Offer{To: zhao.ID, From: chen.ID, At: time.Now()}
	commit(t, store, agent(chen), passed, handed("transferred"))
	if s := claim(t, store, zhao, first.ID); s.Agent != zhao.ID || s.Skill != "cards" {
		t.Errorf("got %+v", s)
	}
}

func testOfferRoom(t *testing.T, store sessions.Store) {
	var waits []string
	for i := range 5 {
		waits = append(waits, queued(t, store, sessions.Customer{ID: fmt.Sprint("c", i)}, "", time.Now()).ID)
	}
	claim(t, store, chen, waits[0])
	offer(t, store, chen, waits[1])
	offer(t, store, chen, waits[2])
	_, err := store.Offer(t.Context(), chen, waits[3])
	wantError(t, "one owned and two held out, of three", err, sessions.ErrFull)
	claim(t, store, chen, waits[3]) // by hand: what is held out takes no room
	claim(t, store, chen, waits[2])
	_, err = store.Claim(t.Context(), chen, waits[1], "")
	wantError(t, "accepted without room", err, sessions.ErrFull)
	_, err = store.Offer(t.Context(), limited(zhao, "", 1), waits[4])
	if err != nil {
		t.Fatal(err)
	}
	more := queued(t, store, wang, "", time.Now()).ID
	_, err = store.Offer(t.Context(), limited(zhao, "", 1), more)
	wantError(t, "the second of a queue of one", err, sessions.ErrFull)
}

func limited(a sessions.Agent, skill string, most int) sessions.Agent {
	a.Most = map[string]int{skill: most}
	return a
}

func testClaimMost(t *testing.T, store sessions.Store) {
	noon := time.Now().Truncate(time.Second)
	var general []string
	for i := range 3 {
		general = append(general, queued(t, store, sessions.Customer{ID: fmt.Sprint("c", i)}, "", noon.Add(time.Duration(i)*time.Second)).ID)
	}
	loan := queued(t, store, wang, "loans", noon.Add(time.Minute)).ID
	chen := limited(chen, "", 1)
	wantSame(t, "the first", claim(t, store, chen, "").ID, general[0])
	wantSame(t, "then of the queue with room", claim(t, store, chen, "").ID, loan)
	_, err := store.Claim(t.Context(), chen, "", "")
	wantError(t, "with places left, but none here", err, sessions.ErrEmpty)
	_, err = store.Claim(t.Context(), chen, general[1], "")
	wantError(t, "by its name", err, sessions.ErrFull)
	_, err = store.Claim(t.Context(), limited(zhao, "", 1), "", "")
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.Claim(t.Context(), limited(zhao, "", 1), "", "")
	wantError(t, "without room in any of their queues", err, sessions.ErrFull)
}

func testOfferPassed(t *testing.T, store sessions.Store) {
	s := queued(t, store, wang, "", time.Now())
	s = offer(t, store, chen, s.ID)
	s.Desk.Offer = sessions.Offer{At: time.Now(), Passed: []string{chen.ID}}
	commit(t, store, system, s)
	if left := offered(t, store, 10); len(left) != 0 {
		t.Errorf("let pass, it is still held out: %v", left)
	}
	s = offer(t, store, zhao, s.ID)
	if o := s.Desk.Offer; o.To != zhao.ID || len(o.Passed) != 1 || o.Passed[0] != chen.ID {
		t.Errorf("who let it pass is forgotten: %+v", o)
	}
	if s = claim(t, store, zhao, s.ID); len(s.Desk.Offer.Passed) != 0 {
		t.Errorf("taken, it is still remembered who did not: %+v", s.Desk)
	}
}

func testWaiting(t *testing.T, store sessions.Store) {
	noon := time.Now().Truncate(time.Second)
	known := assigned(t, store, wang, chen)
	commit(t, store, agent(chen), known.Close(time.Now()), handed("finished"))
	var want []string
	for i, who := range []sessions.Customer{wang, li, {ID: "c3"}, {ID: "c4"}} {
		want = append(want, queued(t, store, who, "loans", noon.Add(time.Duration(i)*time.Second)).ID)
	}
	offer(t, store, chen, want[2])
	for limit, n := range map[int]int{10: 3, 3: 3, 1: 1, 0: 0} {
		got, err := store.Waiting(t.Context(), "loans", limit)
		if err != nil || len(got) != n {
			t.Fatalf("limit %d: %d wait, %v", limit, len(got), err)
		}
		for i, w := range got {
			wantSame(t, "who waits", w.Session, load(t, store, []string{want[0], want[1], want[3]}[i]))
			if served := []string{chen.ID, "", ""}[i]; w.Served != served {
				t.Errorf("%s was served by %q last, want %q", w.Customer.ID, w.Served, served)
			}
		}
	}
	// The newest counts, however the chat got there.
	s := load(t, store, want[0])
	commit(t, store, system, s.Assign(zhao.ID), handed("reassigned"))
	commit(t, store, system, load(t, store, want[0]).Queue("loans", noon), handed("lost"))
	if got, err := store.Waiting(t.Context(), "loans", 1); err != nil || got[0].Served != zhao.ID {
		t.Errorf("got %+v, %v", got, err)
	}
}

func testLoads(t *testing.T, store sessions.Store) {
	for i, skill := range []string{"", "loans", "loans"} {
		claim(t, store, chen, queued(t, store, sessions.Customer{ID: fmt.Sprint("c", i)}, skill, time.Now()).ID)
	}
	big := chen
	big.Capacity = 10
	offer(t, store, big, queued(t, store, wang, "loans", time.Now()).ID)
	offer(t, store, zhao, queued(t, store, li, "", time.Now()).ID)
	got, err := store.Loads(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "loads", got, []sessions.Load{
		{Agent: "chen", Skill: "", Owned: 1}, {Agent: "chen", Skill: "loans", Owned: 2, Offered: 1}, {Agent: "zhao", Skill: "", Offered: 1},
	})
}

func testAwaiting(t *testing.T, store sessions.Store) {
	ask := func(limit int) []string {
		t.Helper()
		all, err := store.Awaiting(t.Context(), limit)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range all {
			wantSame(t, "who waits for a word", s, load(t, store, s.ID))
		}
		return ids(all)
	}
	first := assigned(t, store, wang, chen)
	time.Sleep(2 * time.Millisecond)
	second := assigned(t, store, li, zhao)
	queued(t, store, sessions.Customer{ID: "c"}, "", time.Now())
	wantSame(t, "the longest first", ask(10), []string{first.ID, second.ID})
	wantSame(t, "one", ask(1), []string{first.ID})
	commit(t, store, agent(chen), first, said(agent(chen), "您好", ""))
	wantSame(t, "answered", ask(10), []string{second.ID})
	time.Sleep(2 * time.Millisecond)
	commit(t, store, customer(wang), load(t, store, first.ID), said(customer(wang), "在吗", ""))
	wantSame(t, "asked again", ask(10), []string{second.ID, first.ID})
	commit(t, store, agent(zhao), second.Close(time.Now()), handed("finished"))
	wantSame(t, "closed", ask(10), []string{first.ID})
}

// The order of the store is that of sessions.ByRank, whatever the priorities.
func testRank(t *testing.T, store sessions.Store) {
	noon := time.Now().Truncate(time.Second)
	for i, priority := range []int{0, 5, -7, 60, sessions.PriorityMost, sessions.PriorityMost + 9, 1 << 30, 1, 0, 100} {
		s := opened(t, store, sessions.Customer{ID: fmt.Sprint("c", i)}).Queue("", noon.Add(time.Duration(i)*37*time.Second))
		s.Priority = priority
		commit(t, store, system, s, handed("asked"))
	}
	queue, _, err := store.Queue(t.Context(), "", 100)
	if err != nil || len(queue) != 10 {
		t.Fatalf("%d wait, %v", len(queue), err)
	}
	for i := 1; i < len(queue); i++ {
		if sessions.ByRank(queue[i-1], queue[i]) >= 0 {
			t.Errorf("number %d is served after number %d: priorities %d and %d", i, i+1, queue[i-1].Priority, queue[i].Priority)
		}
	}
	big := zhao
	big.Capacity = 100
	for _, s := range queue {
		wantSame(t, "claimed next", claim(t, store, big, "").ID, s.ID)
	}
}

func testAway(t *testing.T, store sessions.Store) {
	away := func(id, why string) {
		t.Helper()
		if err := store.SetAway(t.Context(), id, why); err != nil {
			t.Fatal(err)
		}
	}
	take := func(on bool) {
		t.Helper()
		if err := store.SetTakes(t.Context(), zhao, on); err != nil {
			t.Fatal(err)
		}
	}
	away("nobody", "silent")
	take(true)
	beat(t, store, zhao)
	away("zhao", "unaccepted")
	away("zhao", "silent") // they are away already, for a reason
	want := sessions.Beat{Agent: "zhao", Count: 1, Away: "unaccepted", Skills: zhao.Skills, Capacity: zhao.Capacity}
	wantSame(t, "sent away", beats(t, store), []sessions.Beat{want})
	beat(t, store, zhao)
	want.Count++
	wantSame(t, "a beat changes nothing", beats(t, store), []sessions.Beat{want})
	take(true)
	want.Takes, want.Away = true, ""
	wantSame(t, "back by themselves", beats(t, store), []sessions.Beat{want})
	take(false)
	away("zhao", "silent")
	want.Takes = false
	wantSame(t, "who takes none is not sent away", beats(t, store), []sessions.Beat{want})
	s := assigned(t, store, wang, zhao)
	want.Given = s.ChangedAt
	wantSame(t, "given a chat", beats(t, store), []sessions.Beat{want})
	wantError(t, "a broken id", store.SetAway(t.Context(), "a\x00", "silent"), sessions.ErrInvalid)
}

// Routers offer, agents claim and let pass, customers leave, all at once: nobody ever has
// more than they may, and each chat has one owner, or waits.
func testOfferRace(t *testing.T, store sessions.Store) {
	chats, agents := size(t, 40, 400), []sessions.Agent{}
	for i := range 4 {
		agents = append(agents, sessions.Agent{ID: fmt.Sprint("a", i), Skills: []string{""}, Capacity: 3})
	}
	var all []string
	for i := range chats {
		all = append(all, queued(t, store, sessions.Customer{ID: fmt.Sprint("c", i)}, "", time.Now()).ID)
	}
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	together(8, func(worker int) {
		chance := rand.New(rand.NewPCG(seed, uint64(worker)))
		for range 3 * chats {
			id, a := all[chance.IntN(chats)], agents[chance.IntN(len(agents))]
			if err := raced(t.Context(), store, chance, a, id); err != nil && !expected(err) {
				t.Errorf("worker %d: %v", worker, err)
			}
		}
	})
	load := map[string]int{}
	loads, err := store.Loads(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range loads {
		load[l.Agent] += l.Owned
		if load[l.Agent] > 3 || l.Offered > 3 {
			t.Errorf("%s has %d chats, and %d held out", l.Agent, l.Owned, l.Offered)
		}
	}
	for _, id := range all {
		chained(t, store, id)
	}
}

// raced does one of the things that race.
func raced(ctx context.Context, store sessions.Store, chance *rand.Rand, a sessions.Agent, id string) error {
	return patiently(ctx, func() error {
		switch chance.IntN(6) {
		case 0, 1:
			_, err := store.Offer(ctx, a, id)
			return err
		case 2:
			_, err := store.Claim(ctx, a, id, "")
			return err
		case 3:
			_, err := store.Claim(ctx, a, "", "")
			return err
		}
		s, err := store.Load(ctx, id)
		if err != nil {
			return err
		}
		by, next, events := system, s.Clone(), []sessions.Event(nil)
		switch {
		case s.State == sessions.Queued && s.Desk.Offer.To != "":
			next.Desk.Offer = sessions.Offer{At: time.Now(), Passed: []string{s.Desk.Offer.To}}
		case s.State == sessions.Assigned && chance.IntN(2) == 0:
			by, next, events = agent(sessions.Agent{ID: s.Agent}), s.Return(), []sessions.Event{handed("returned")}
		case s.State == sessions.Assigned:
			next, events = s.Queue("", time.Now()), []sessions.Event{handed("lost")}
		case s.State == sessions.Bot:
			next, events = s.Queue("", time.Now()), []sessions.Event{handed("asked")}
		default:
			return nil
		}
		_, err = store.Commit(ctx, by, next, events...)
		return err
	})
}

func expected(err error) bool {
	for _, one := range []error{sessions.ErrTaken, sessions.ErrFull, sessions.ErrEmpty, sessions.ErrConflict, sessions.ErrNotOwner} {
		if errors.Is(err, one) {
			return true
		}
	}
	return false
}

// chained checks that the owners in a log follow each other, up to the one of now.
func chained(t *testing.T, store sessions.Store, id string) {
	t.Helper()
	owner, agent := sessions.Bot, ""
	for _, e := range transcript(t, store, id) {
		if e.Move == nil {
			continue
		}
		if e.Move.From != owner {
			t.Errorf("a move from %s, but the owner was %s", e.Move.From, owner)
		}
		owner, agent = e.Move.To, e.Move.Agent
	}
	if s := load(t, store, id); s.State != owner || s.Agent != agent {
		t.Errorf("the log ends with %s %q, the session is %s %q", owner, agent, s.State, s.Agent)
	}
}
