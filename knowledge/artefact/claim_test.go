package artefact

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"wenda/internal/sqldb"
)

// Of many who find no claim, or the claim of one who is gone, one gets it.
func claimedByOne(r *rig) {
	race := func(what string, take func(*Store, *claim) (bool, error)) {
		r.Helper()
		var won atomic.Int32
		var all sync.WaitGroup
		for i := range 8 {
			s, c := r.node(i, patient), &claim{key: "one", maker: fmt.Sprint(what, i)}
			all.Go(func() {
				mine, err := take(s, c)
				for errors.Is(err, sqldb.ErrBusy) { // nothing was written
					time.Sleep(10 * time.Millisecond)
					mine, err = take(s, c)
				}
				if err != nil {
					r.Errorf("%s: %v", what, err)
				}
				if mine {
					won.Add(1)
				}
			})
		}
		all.Wait()
		if won.Load() != 1 {
			r.Errorf("%s: %d have it", what, won.Load())
		}
	}
	race("free", func(s *Store, c *claim) (bool, error) { return s.enter(r.Context(), c) })
	h, _, err := r.node(0, patient).look(r.Context(), "one")
	if err != nil {
		r.Fatal(err)
	}
	race("gone", func(s *Store, c *claim) (bool, error) { return s.takeOver(r.Context(), c, h) })
	r.wantCount("claims", 1, countClaims)
}

// Who looked before it was stored, and claims after, does not get the claim.
func noClaimOnWhatIsThere(r *rig) {
	s := r.node(0, patient)
	r.make(s, "one", gives([]byte("x")))
	if mine, err := s.claim(r.Context(), &claim{key: "one", maker: "late"}); mine || err != nil {
		r.Errorf("claimed: %v, %v", mine, err)
	}
	r.tidy()
}

// A claim whose answer was lost is found to be one's own.
func claimTwice(r *rig) {
	s, c := r.node(0, patient), &claim{key: "one", maker: "me"}
	for range 2 {
		if mine, err := s.claim(r.Context(), c); !mine || err != nil {
			r.Errorf("claimed: %v, %v", mine, err)
		}
	}
}

// Who is not sure any more whether the claim is theirs writes nothing.
func nothingWithoutClaim(r *rig) {
	s, c := r.node(0, patient), &claim{key: "one", maker: "me"}
	for _, name := range []string{"nobody's", "somebody else's"} {
		if name != "nobody's" {
			r.do(`INSERT INTO artefact_making (key, maker, beat, done, total) VALUES ('one', 'other', 5, 3, 10)`)
		}
		for _, data := range [][]byte{nil, noise(5)} {
			if err := s.store(r.Context(), c, data); err == nil {
				r.Errorf("%s: stored %d bytes", name, len(data))
			}
		}
		if err := s.beat(r.Context(), c); err == nil {
			r.Errorf("%s: it beats", name)
		}
		r.wantCount("chunks", 0, countChunks)
		r.wantNone(s, "one")
	}
	s.release(r.Context(), c)
	r.wantCount("claims of others", 1, countClaims)
}

// What was found to be damaged and has been made again since is left alone.
func dropSpares(r *rig) {
	s := r.node(0, patient)
	r.make(s, "one", gives([]byte("x")))
	_ = s.drop(r.Context(), "one", &stored{upload: "before"})
	r.wantGet(s, "one", []byte("x"))
}
