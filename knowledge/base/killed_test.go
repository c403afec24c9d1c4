package base

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"wenda/internal/sqldb"
	"wenda/internal/testbed"
)

// flock is how many entries turn over with each release of the killed.
const flock = 120

// TestChild is a node of its own that makes releases until it is killed. It says the id
// of each that it was told is in force.
func TestChild(t *testing.T) {
	if os.Getenv("BASE_CHILD") == "" {
		return
	}
	ctx, s := t.Context(), New(opened(t, sqldb.Options{Dir: os.Getenv("BASE_DIR"), URL: os.Getenv("BASE_URL"), Readers: 4}))
	for i := 0; ; i++ {
		made, err := turn(ctx, s, i)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("released %d\n", made.ID)
	}
}

// turn turns the whole flock over, by rollback to one of the two releases that hold it;
// now and then by a publish of all of it.
func turn(ctx context.Context, s *Store, i int) (Release, error) {
	current, err := s.Current(ctx)
	if err != nil {
		return Release{}, err
	}
	if i%4 == 3 {
		if err := rewrite(ctx, s, fmt.Sprint("rewritten after ", current)); err != nil {
			return Release{}, err
		}
		p := publication()
		for n := range flock {
			p.Entries = append(p.Entries, fmt.Sprintf("e%d", n))
		}
		return s.Publish(ctx, p)
	}
	made, err := s.Rollback(ctx, "li", 1, "back")
	if err != nil { // that is what is in force
		made, err = s.Rollback(ctx, "li", 2, "forth")
	}
	return made, err
}

// rewrite has the flock's newest revisions approved, with another answer.
func rewrite(ctx context.Context, s *Store, answer string) error {
	heads, err := s.Heads(ctx)
	if err != nil {
		return err
	}
	var batch []Proposal
	for n := range flock {
		id := fmt.Sprintf("e%d", n)
		p := Proposal{ID: id, Content: says("问", answer)}
		for _, h := range heads {
			if h.ID == id {
				p.Version = h.Version
			}
		}
		batch = append(batch, p)
	}
	if _, err := s.SaveAll(ctx, "zhou", batch, ""); err != nil {
		return err
	}
	return s.db.Write(ctx, func(tx sqldb.Tx) error { // 240 steps of review are none of this test's business
		for _, statement := range []string{
			`INSERT INTO approval (entry, revision, author, approver, solo, at) SELECT entry, number, author, 'li', FALSE, at FROM revision AS r
				WHERE number = (SELECT newest FROM entry WHERE id = r.entry) AND NOT EXISTS (SELECT 1 FROM approval AS a WHERE a.entry = r.entry AND a.revision = r.number)`,
			`UPDATE entry SET state = 'approved', ready = newest WHERE state = 'draft'`,
		} {
			if _, err := tx.Exec(statement); err != nil {
				return err
			}
		}
		return nil
	})
}

func TestKilled(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { killed(onSQLite(t), 3, 200) })
	t.Run("postgres", func(t *testing.T) { killed(onPostgres(t), 3, 100) })
}

// Whenever a process that makes releases is killed, the old or the new one is in force
// and whole, and none that was acknowledged is lost.
func killed(r *rig, usual, proof int) {
	ctx, s := context.Background(), r.node(0)
	for _, answer := range []string{"一", "二"} {
		r.must(rewrite(ctx, s, answer))
		p := publication()
		for n := range flock {
			p.Entries = append(p.Entries, fmt.Sprintf("e%d", n))
		}
		r.must(failure(s.Publish(ctx, p)))
	}
	kills, acked := usual, 0 // children that made something
	if os.Getenv("WENDA_PROVE") != "" {
		kills = proof
	}
	for range kills {
		last := r.killOne()
		current, err := s.Current(ctx)
		r.must(err)
		if current < last {
			r.Fatalf("release %d was acknowledged, %d is in force", last, current)
		}
		if last > 0 {
			acked++
		}
		r.whole(s, current)
	}
	if acked == 0 {
		r.Fatal("no child ever made a release")
	}
	r.Logf("%d kills, %d of them after a release", kills, acked)
}

// killOne starts a child, kills it some time after its first release and returns the last
// one that it was told of.
func (r *rig) killOne() (last int64) {
	child := exec.Command(os.Args[0], "-test.run=^TestChild$")
	child.Env = append(os.Environ(), "BASE_CHILD=1", "BASE_DIR="+r.options.Dir, "BASE_URL="+strings.Replace(r.options.URL, "?", "?application_name=killed&", 1))
	child = testbed.DieWithUs(child, syscall.SIGKILL)
	said, err := child.StdoutPipe()
	r.must(err)
	r.must(child.Start())
	lines := bufio.NewScanner(said)
	for lines.Scan() {
		id, found := strings.CutPrefix(lines.Text(), "released ")
		if !found {
			r.Fatalf("the child says %q", lines.Text())
		}
		if last == 0 {
			time.AfterFunc(time.Duration(rand.IntN(60_000))*time.Microsecond, func() { _ = child.Process.Kill() })
		}
		last, err = strconv.ParseInt(id, 10, 64)
		r.must(err)
	}
	_ = child.Wait()
	for r.options.URL != "" && r.count(`SELECT count(*) FROM pg_stat_activity WHERE application_name = 'killed'`) > 0 {
		time.Sleep(time.Millisecond) // the server finishes what it was sent
	}
	return last
}

// whole holds the base together: the release in force has all of the flock from one
// making, and entries, steps and cover page agree with it.
func (r *rig) whole(s *Store, current int64) {
	r.Helper()
	in := r.inForce(s, current)
	if len(in) != flock {
		r.Fatalf("release %d holds %d of %d entries", current, len(in), flock)
	}
	release, err := s.Load(context.Background(), current)
	r.must(err)
	for _, e := range release.Entries() {
		if first := release.Entries()[0]; e.Texts["zh-CN"].Answer != first.Texts["zh-CN"].Answer {
			r.Fatalf("release %d is half old, half new: %s and %s", current, e.ID, first.ID)
		}
		if n := r.count(`SELECT live FROM entry WHERE id = $1`, e.ID); n != e.Revision {
			r.Fatalf("%s: revision %d is live, %d is in force", e.ID, n, e.Revision)
		}
	}
	for what, query := range map[string]string{
		"shifts":                  `SELECT count(*) FROM shift`,
		"entries without steps":   `SELECT count(*) FROM entry AS e WHERE version > (SELECT coalesce(max(version), 0) FROM step WHERE entry = e.id)`,
		"releases without covers": `SELECT count(*) FROM listing WHERE release NOT IN (SELECT id FROM release)`,
		"covers that miscount":    fmt.Sprint(`SELECT count(*) FROM release WHERE entries <> `, flock),
		"unaudited releases":      `SELECT count(*) FROM release WHERE NOT EXISTS (SELECT 1 FROM audit WHERE about = 'release/' || release.id)`,
	} {
		if n := r.count(query); n != 0 {
			r.Fatalf("%d %s", n, what)
		}
	}
}
