package artefact

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"wenda/internal/leak"
	"wenda/internal/sqldb"
	"wenda/internal/testbed"
)

func TestMain(m *testing.M) { leak.Main(m, leak.Postgres...) }

var (
	// patient nodes take nobody who lives for gone, however slow the machine is.
	patient = times{beat: 10 * time.Millisecond, look: 10 * time.Millisecond, still: time.Hour, blind: time.Hour, patience: time.Minute}
	// hasty ones are for makers that do not beat at all.
	hasty = times{beat: 10 * time.Millisecond, look: 10 * time.Millisecond, still: 200 * time.Millisecond, blind: time.Minute, patience: time.Minute}
	// dead ones never beat.
	dead = times{beat: time.Hour, look: 10 * time.Millisecond, still: time.Hour, blind: time.Hour, patience: time.Minute}
)

// rig is an empty database and who may be on it: one node, or with PostgreSQL two.
type rig struct {
	*testing.T
	options sqldb.Options
	dbs     []*sqldb.DB
}

func (r *rig) node(number int, t times) *Store {
	return New(r.dbs[number%len(r.dbs)], within(t), Log(slog.New(slog.DiscardHandler)))
}

// do runs a statement behind the Store's back.
func (r *rig) do(statement string, args ...any) {
	r.Helper()
	if err := r.dbs[0].Write(context.Background(), func(tx sqldb.Tx) error {
		_, err := tx.Exec(statement, args...)
		return err
	}); err != nil {
		r.Fatalf("%s: %v", statement, err)
	}
}

func (r *rig) count(query string, args ...any) (n int) {
	r.Helper()
	if err := r.dbs[0].Read(context.Background()).QueryRow(query, args...).Scan(&n); err != nil {
		r.Fatalf("%s: %v", query, err)
	}
	return n
}

func (r *rig) wantCount(what string, want int, query string, args ...any) {
	r.Helper()
	if n := r.count(query, args...); n != want {
		r.Errorf("%s: %d, want %d", what, n, want)
	}
}

const (
	countChunks = `SELECT count(*) FROM artefact_chunk`
	countClaims = `SELECT count(*) FROM artefact_making`
)

// tidy holds that nothing is left but artefacts and their chunks: at the latest after the
// next sweep, for one that meets a busy database leaves it to that.
func (r *rig) tidy() {
	r.Helper()
	s := r.node(0, patient)
	if err := s.borne(r.Context(), func() error { return s.sweep(r.Context()) }); err != nil {
		r.Errorf("sweep: %v", err)
	}
	r.wantCount("claims left", 0, countClaims)
	r.wantCount("chunks of nobody", 0, countChunks+` WHERE upload NOT IN (SELECT upload FROM artefact)`)
}

// until waits for a condition.
func (r *rig) until(what string, is func() bool) {
	r.Helper()
	for deadline := time.Now().Add(5 * time.Minute); !is(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			r.Fatalf("%s: waited in vain", what)
		}
	}
}

func (r *rig) wantGet(s *Store, key string, want []byte) {
	r.Helper()
	if got, err := s.Get(r.Context(), key); err != nil || !bytes.Equal(got, want) {
		r.Errorf("Get %s: %d bytes, %v; want %d", key, len(got), err, len(want))
	}
}

func (r *rig) wantNone(s *Store, key string) {
	r.Helper()
	if got, err := s.Get(r.Context(), key); !errors.Is(err, ErrNone) || got != nil {
		r.Errorf("Get %s: %d bytes, %v; want %v", key, len(got), err, ErrNone)
	}
}

func (r *rig) make(s *Store, key string, maker Maker) []byte {
	r.Helper()
	data, err := s.Make(r.Context(), key, maker)
	if err != nil {
		r.Fatalf("Make %s: %v", key, err)
	}
	return data
}

// gives is a maker of these bytes.
func gives(data []byte) Maker {
	return func(context.Context, func(done, of int)) ([]byte, error) { return data, nil }
}

// never is a maker that must not be called.
func (r *rig) never(context.Context, func(done, of int)) ([]byte, error) {
	r.Error("made although it was there")
	return nil, errors.New("not to be called")
}

// noise is bytes that nobody else has.
func noise(size int) []byte {
	var seed [32]byte
	for i := range seed {
		seed[i] = byte(rand.Uint32())
	}
	data := make([]byte, size)
	_, _ = rand.NewChaCha8(seed).Read(data)
	return data
}

func opened(t testing.TB, o sqldb.Options) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

// conformance is what both engines must do.
var conformance = map[string]func(*rig){
	"made once": madeOnce, "together": together, "sizes": sizes, "keys": keys,
	"maker gone": makerGone, "claim lost": claimLost, "claim lost with the bytes made": claimLostLate, "made meanwhile": madeMeanwhile,
	"maker fails": makerFails, "maker panics": makerPanics, "too large": tooLarge, "waiting ends": waitingEnds, "making ends": makingEnds,
	"claimed by one": claimedByOne, "no claim on what is there": noClaimOnWhatIsThere, "claim twice": claimTwice, "nothing without claim": nothingWithoutClaim, "drop spares": dropSpares,
	"progress": progressShown, "progress of the dead": progressOfTheDead,
	"damage": damage, "damage is made anew": damageMadeAnew,
	"keep": keep, "keep buries": keepBuries, "sweep spares": sweepSpares, "release spares": releaseSpares, "killed": killed,
}

func TestSQLite(t *testing.T) {
	for name, test := range conformance {
		t.Run(name, func(t *testing.T) {
			o := sqldb.Options{Dir: t.TempDir()}
			test(&rig{t, o, []*sqldb.DB{opened(t, o)}})
		})
	}
}

func TestPostgres(t *testing.T) {
	o := sqldb.Options{URL: testbed.Postgres(t), Readers: 8}
	dbs := []*sqldb.DB{opened(t, o), opened(t, o)}
	for name, test := range conformance {
		t.Run(name, func(t *testing.T) {
			r := &rig{t, o, dbs}
			r.do(`TRUNCATE artefact, artefact_chunk, artefact_making`)
			test(r)
		})
	}
}

func madeOnce(r *rig) {
	a, b, want := r.node(0, patient), r.node(1, patient), noise(3*chunkSize/2)
	r.wantNone(a, "one")
	if got := r.make(a, "one", gives(want)); !bytes.Equal(got, want) {
		r.Error("Make returns other bytes than were made")
	}
	r.wantGet(b, "one", want)
	if got := r.make(b, "one", r.never); !bytes.Equal(got, want) {
		r.Error("the other node has other bytes")
	}
	r.wantNone(b, "two")
	r.tidy()
}

func sizes(r *rig) {
	s := r.node(0, patient)
	for name, size := range map[string]int{
		"nothing": 0, "one": 1, "less": chunkSize - 1, "chunk": chunkSize, "more": chunkSize + 1, "two": 2 * chunkSize, "15 MB": 15_000_000,
	} {
		want := noise(size)
		r.make(s, name, gives(want))
		r.wantGet(s, name, want)
	}
	r.tidy()
}

func tooLarge(r *rig) {
	s := r.node(0, patient)
	if _, err := s.Make(r.Context(), "large", gives(make([]byte, MaxSize+1))); err == nil {
		r.Error("no error")
	}
	r.wantNone(s, "large")
	r.tidy()
}

func keys(r *rig) {
	s := r.node(0, patient)
	for _, key := range []string{"", strings.Repeat("k", MaxKey+1), "a\x00b", "a\xffb"} {
		if _, err := s.Get(r.Context(), key); err == nil || errors.Is(err, ErrNone) {
			r.Errorf("Get %q: %v", key, err)
		}
		if _, err := s.Make(r.Context(), key, r.never); err == nil {
			r.Errorf("Make %q: no error", key)
		}
		if _, _, _, err := s.Progress(r.Context(), key); err == nil {
			r.Errorf("Progress %q: no error", key)
		}
		if err := s.Keep(r.Context(), key); err == nil {
			r.Errorf("Keep %q: no error", key)
		}
	}
	long := strings.Repeat("k", MaxKey)
	r.make(s, long, gives([]byte("x")))
	r.wantGet(s, long, []byte("x"))
}
