package artefact

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"wenda/internal/sqldb"
	"wenda/internal/testbed"
)

// TestChild is a node of its own that makes 15 MB until it is killed.
func TestChild(t *testing.T) {
	key := os.Getenv("ARTEFACT_CHILD")
	if key == "" {
		return
	}
	db := opened(t, sqldb.Options{Dir: os.Getenv("ARTEFACT_DIR"), URL: os.Getenv("ARTEFACT_URL"), Readers: 4})
	_, err := New(db).Make(t.Context(), key, gives(make([]byte, 15_000_000)))
	t.Logf("not killed: %v", err)
}

// A process that is killed between two chunks leaves nothing that anybody sees; another
// node makes it, and what was left is removed.
func killed(r *rig) {
	key := ""
	for try := 0; key == ""; try++ {
		if try == 20 {
			r.Fatal("the child was always too fast")
		}
		key = r.killOne(fmt.Sprint("try", try))
	}
	s := r.node(0, hasty)
	r.wantNone(s, key)
	r.wantCount("claims", 1, countClaims)
	chunks := r.count(countChunks + ` WHERE upload NOT IN (SELECT upload FROM artefact)`)
	if chunks == 0 {
		r.Error("it left no chunk: it was not in the middle")
	}
	want := noise(chunkSize + 1)
	r.make(s, key, gives(want))
	r.wantGet(r.node(1, patient), key, want)
	r.tidy()
}

// killOne kills a child in the middle. It returns "" if that had finished before.
func (r *rig) killOne(key string) string {
	child := exec.Command(os.Args[0], "-test.run=^TestChild$")
	child.Env = append(os.Environ(), "ARTEFACT_CHILD="+key, "ARTEFACT_DIR="+r.options.Dir, "ARTEFACT_URL="+strings.Replace(r.options.URL, "?", "?application_name=killed&", 1))
	child = testbed.DieWithUs(child, syscall.SIGKILL)
	if err := child.Start(); err != nil {
		r.Fatal(err)
	}
	enough := 1 + rand.IntN(20) // of 58
	r.until("chunks", func() bool {
		return r.count(countChunks+` WHERE upload IN (SELECT maker FROM artefact_making WHERE key = $1)`, key) >= enough ||
			r.count(countVisible, key) > 0
	})
	_ = child.Process.Kill()
	_ = child.Wait()
	r.until("the server has finished what it was sent", func() bool {
		return r.options.URL == "" || r.count(`SELECT count(*) FROM pg_stat_activity WHERE application_name = 'killed'`) == 0
	})
	if r.count(countVisible, key) > 0 {
		return ""
	}
	return key
}

const countVisible = `SELECT count(*) FROM artefact WHERE key = $1`
