package artefact

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const upload = `(SELECT upload FROM artefact WHERE key = $1)`

// harm is what may happen to an artefact in a database.
var harm = map[string]string{
	"other bytes":     `UPDATE artefact_chunk SET bytes = (SELECT bytes FROM artefact_chunk WHERE upload = ` + upload + ` AND number = 0) WHERE upload = ` + upload + ` AND number = 1`,
	"a chunk is gone": `DELETE FROM artefact_chunk WHERE upload = ` + upload + ` AND number = 1`,
	"all are gone":    `DELETE FROM artefact_chunk WHERE upload = ` + upload,
	"one too many":    `INSERT INTO artefact_chunk (upload, number, bytes) SELECT upload, 99, bytes FROM artefact_chunk WHERE upload = ` + upload + ` AND number = 0`,
	"in other order":  `UPDATE artefact_chunk SET number = 50 WHERE upload = ` + upload + ` AND number = 0`,
	"the size":        `UPDATE artefact SET size = 1000000000000000 WHERE key = $1`,
	"a size below 0":  `UPDATE artefact SET size = -1 WHERE key = $1`,
	"the hash":        `UPDATE artefact SET sha256 = 'ab' WHERE key = $1`,
}

// What is not what was stored is never returned.
func damage(r *rig) {
	s, want := r.node(0, patient), noise(2*chunkSize+9)
	r.make(s, "other", gives(want))
	for how, statement := range harm {
		r.make(s, how, gives(want))
		r.do(statement, how)
		if got, err := s.Get(r.Context(), how); !errors.Is(err, ErrDamaged) || got != nil {
			r.Errorf("%s: %d bytes, %v; want %v", how, len(got), err, ErrDamaged)
		}
		r.wantNone(s, how)
	}
	r.wantGet(s, "other", want)
}

func damageMadeAnew(r *rig) {
	a, b, first, second := r.node(0, patient), r.node(1, patient), noise(3*chunkSize), noise(3*chunkSize)
	r.make(a, "one", gives(first))
	r.do(harm["other bytes"], "one")
	if got := r.make(b, "one", gives(second)); !bytes.Equal(got, second) {
		r.Error("not what was made anew")
	}
	r.wantGet(a, "one", second)
	r.tidy()
}

// Keep leaves what is in use, and of the rest what was used last.
func keep(r *rig) {
	s := r.node(0, patient)
	data := noise(chunkSize + 1)
	for i := range 8 {
		r.make(s, fmt.Sprint("k", i), gives(data))
	}
	there := func(want ...int) {
		r.Helper()
		for i := range 9 {
			if n := r.count(`SELECT count(*) FROM artefact WHERE key = $1`, fmt.Sprint("k", i)); n != want[i] {
				r.Errorf("k%d: %d, want %d", i, n, want[i])
			}
		}
		r.tidy()
	}
	hold := func(keys ...string) {
		r.Helper()
		if err := s.Keep(r.Context(), keys...); err != nil {
			r.Fatal(err)
		}
	}
	hold("k0", "k1", "no such key")
	there(1, 1, 0, 0, 0, 1, 1, 1, 0)
	r.make(s, "k8", gives(data))
	hold("k5") // k8, k0, k1 are the last ones besides it
	there(1, 1, 0, 0, 0, 1, 0, 0, 1)
	hold()
	there(1, 0, 0, 0, 0, 1, 0, 0, 1)
	for _, key := range []string{"k0", "k5", "k8"} {
		r.wantGet(s, key, data)
	}
	r.make(s, "k2", gives(data)) // what is gone can be made again
	r.wantGet(s, "k2", data)
}

// The claims and chunks of makers who died are removed, those of who lives are not.
func keepBuries(r *rig) {
	for _, maker := range []string{"dead", "nobody"} {
		for i := range 2*clearChunk + 1 {
			r.do(`INSERT INTO artefact_chunk (upload, number, bytes) VALUES ($1, $2, $3)`, maker, i, []byte("x"))
		}
	}
	r.do(`INSERT INTO artefact_making (key, maker, beat, done, total) VALUES ('two', 'dead', 5, 3, 10)`)
	lives := r.begin(r.Context(), r.node(1, patient), "one")
	<-lives.in
	soon, cancel := context.WithTimeout(r.Context(), 100*time.Millisecond)
	defer cancel()
	if err := r.node(0, patient).Keep(soon); !errors.Is(err, context.DeadlineExceeded) {
		r.Errorf("while it may live: %v, want %v", err, context.DeadlineExceeded)
	}
	r.wantCount("claims", 2, countClaims)
	sure := r.node(0, hasty)
	sure.clock = func() time.Duration { // goes by the beats of who lives, however slow they are
		return time.Duration(r.count(`SELECT beat FROM artefact_making WHERE key = 'one'`)) * hasty.still / 20
	}
	if err := sure.Keep(r.Context()); err != nil {
		r.Error(err)
	}
	r.wantCount("chunks", 0, countChunks)
	r.wantCount("claims", 1, countClaims+` WHERE key = 'one'`)
	lives.out <- nil
	lives.ends(lives.gives, nil, 1)
	r.tidy()
}

// Whatever is swept and removed meanwhile: what is being written comes out whole, and who
// reads sees all of it or nothing.
func sweepSpares(r *rig) {
	stop, data := make(chan struct{}), noise(4*chunkSize)
	var others sync.WaitGroup
	others.Go(func() {
		for s := r.node(1, patient); ; {
			select {
			case <-stop:
				return
			default:
			}
			if err := s.sweep(r.Context()); err != nil {
				r.Errorf("sweep: %v", err)
			}
			for i := range 10 {
				if got, err := s.Get(r.Context(), fmt.Sprint("k", i)); err == nil && !bytes.Equal(got, data) || err != nil && !errors.Is(err, ErrNone) {
					r.Errorf("Get: %d bytes, %v", len(got), err)
				}
			}
		}
	})
	s := r.node(0, patient)
	for i := range 10 {
		key := fmt.Sprint("k", i)
		r.make(s, key, gives(data))
		r.wantGet(s, key, data)
		if i%3 == 2 {
			if err := s.Keep(r.Context()); err != nil {
				r.Error(err)
			}
		}
	}
	close(stop)
	others.Wait()
	r.tidy()
}

// A maker who believes in vain that it could not store removes nothing.
func releaseSpares(r *rig) {
	s, c, data := r.node(0, patient), &claim{key: "one", maker: "me"}, noise(2*chunkSize)
	if mine, err := s.claim(r.Context(), c); !mine || err != nil {
		r.Fatal(mine, err)
	}
	if err := s.store(r.Context(), c, data); err != nil {
		r.Fatal(err)
	}
	s.release(r.Context(), c)
	r.wantGet(s, "one", data)
}
