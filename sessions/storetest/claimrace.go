package storetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"wenda/sessions"
)

// size is how much of a long proof to do: all of it in make prove.
func size(t *testing.T, ordinary, full int) int {
	t.Helper()
	if os.Getenv("WENDA_PROVE") == "1" {
		return full
	}
	t.Logf("at size %d; WENDA_PROVE=1 for %d", ordinary, full)
	return ordinary
}

// A claim whose answer was lost is sent again: it is one claim, whatever happened since.
func testClaimAgain(t *testing.T, store sessions.Store) {
	noon := time.Now().Truncate(time.Second)
	a := queued(t, store, wang, "", noon)
	b := queued(t, store, li, "", noon.Add(time.Second))
	again := func(id, ref string) sessions.Committed {
		t.Helper()
		done, err := store.Claim(t.Context(), chen, id, ref)
		if err != nil {
			t.Fatalf("Claim with %s: %v", ref, err)
		}
		return done
	}
	first := again("", ref("claim", 1))
	if first.Session.ID != a.ID || first.Repeated || first.Events[0].Ref != ref("claim", 1) {
		t.Fatalf("got %+v", first)
	}
	second := again("", ref("claim", 1))
	if !second.Repeated {
		t.Error("the second is not known for a repetition")
	}
	wantSame(t, "the session", second.Session, first.Session)
	wantSame(t, "the events", second.Events, first.Events)
	wantSame(t, "by its name", again(a.ID, ref("claim", 1)).Events, first.Events)
	_, err := store.Claim(t.Context(), chen, b.ID, ref("claim", 1))
	wantError(t, "the ref of another claim", err, sessions.ErrRefReuse)
	_, err = store.Claim(t.Context(), chen, b.ID, "short")
	wantError(t, "a malformed ref", err, sessions.ErrInvalid)

	// Refs of claims, of what is said, and of other agents are apart.
	commit(t, store, agent(chen), first.Session, said(agent(chen), "您好", ref("claim", 1)))
	other := sessions.Agent{ID: "other", Skills: []string{""}, Capacity: 1}
	if done, err := store.Claim(t.Context(), other, "", ref("claim", 1)); err != nil || done.Session.ID != b.ID || done.Repeated {
		t.Errorf("another agent's claim became %+v, %v", done, err)
	}
	// Full or not, returned or not: it is what it was.
	full := chen
	full.Capacity = 1
	if done, err := store.Claim(t.Context(), full, "", ref("claim", 1)); err != nil || !done.Repeated {
		t.Errorf("repeated without room: %+v, %v", done, err)
	}
	back := commit(t, store, agent(chen), load(t, store, a.ID).Return(), handed("returned")).Session
	third := again("", ref("claim", 1))
	wantSame(t, "the session as it is now", third.Session, back)
	wantSame(t, "the events", third.Events, first.Events)
	// What was refused is no claim: with the same ref it may still become one.
	_, err = store.Claim(t.Context(), chen, "", ref("claim", 2))
	wantError(t, "with nobody waiting", err, sessions.ErrEmpty)
	commit(t, store, system, load(t, store, a.ID).Queue("", noon), handed("asked"))
	if done := again("", ref("claim", 2)); done.Repeated || done.Session.ID != a.ID {
		t.Errorf("got %+v", done)
	}
}

// race is many agents who claim at once, each from two tabs, next ones and by hand,
// with claims sent again.
type race struct {
	store sessions.Store
	chats []string

	mu    sync.Mutex
	owner map[string]string // who was told that a chat is theirs
}

func testClaimRace(t *testing.T, store sessions.Store) {
	chats := size(t, 100, 1000)
	agents, capacity := chats/5, 5
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := &race{store: store, owner: map[string]string{}, chats: make([]string, chats)}
	together(8, func(worker int) {
		for i := worker; i < chats; i += 8 {
			who := sessions.Customer{ID: fmt.Sprint("c", i)}
			r.chats[i] = queued(t, store, who, "", time.Now()).ID
		}
	})
	together(2*agents, func(i int) {
		a := sessions.Agent{ID: fmt.Sprint("a", i/2), Skills: []string{"", "loans"}, Capacity: capacity}
		r.claims(t, a, i%2, rand.New(rand.NewPCG(seed, uint64(i))))
	})
	if len(r.owner) != chats {
		t.Errorf("%d chats were claimed, want all %d", len(r.owner), chats)
	}
	for i := range agents {
		id := fmt.Sprint("a", i)
		owned, err := store.Owned(t.Context(), id)
		if err != nil || len(owned) != capacity {
			t.Errorf("%s owns %d chats, %v; want %d", id, len(owned), err, capacity)
		}
		for _, s := range owned {
			if r.owner[s.ID] != id || s.Agent != id || s.Fence != 3 {
				t.Errorf("%s owns a chat that was given to %q, at fence %d", id, r.owner[s.ID], s.Fence)
			}
		}
	}
	if _, left, err := store.Queue(t.Context(), "", 1); err != nil || left != 0 {
		t.Errorf("%d are left waiting, %v", left, err)
	}
}

// claims takes chats until the agent is full.
func (r *race) claims(t *testing.T, a sessions.Agent, tab int, chance *rand.Rand) {
	for n := 0; ; n++ {
		id := ""
		if chance.IntN(3) == 0 {
			id = r.chats[chance.IntN(len(r.chats))]
		}
		claim := fmt.Sprintf("claim-%d-%06d", tab, n)
		done, err := r.claim(t.Context(), a, id, claim)
		switch {
		case errors.Is(err, sessions.ErrFull):
			return
		case id != "" && errors.Is(err, sessions.ErrTaken):
			continue
		case err != nil:
			t.Errorf("Claim of %q: %v", id, err) // until all are full there is something for each
			return
		}
		if chance.IntN(2) == 0 {
			again, err := r.claim(t.Context(), a, id, claim)
			if err != nil || !again.Repeated || again.Session.ID != done.Session.ID {
				t.Errorf("claimed again: %+v, %v; want session %s", again, err, done.Session.ID)
			}
		}
		r.mu.Lock()
		if had := r.owner[done.Session.ID]; had != "" {
			t.Errorf("%s and %s both got a chat", had, a.ID)
		}
		r.owner[done.Session.ID] = a.ID
		r.mu.Unlock()
	}
}

func (r *race) claim(ctx context.Context, a sessions.Agent, id, ref string) (done sessions.Committed, err error) {
	err = patiently(ctx, func() (err error) {
		done, err = r.store.Claim(ctx, a, id, ref)
		return err
	})
	return done, err
}
