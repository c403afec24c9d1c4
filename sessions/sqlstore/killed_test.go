package sqlstore

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"wenda/internal/sqldb"
	"wenda/sessions"
)

const killedSenders = 8

// A process that is killed at any instant has kept what it acknowledged, once, in
// order and without gaps.
func TestKilled(t *testing.T) {
	if dir := os.Getenv("SQLSTORE_CHILD"); dir != "" {
		sendUntilKilled(t, dir)
		return
	}
	dir := t.TempDir()
	acknowledged := map[string]bool{}
	for round := range 6 {
		for _, ref := range killOne(t, dir, round) {
			acknowledged[ref] = true
		}
		store := migrated(t, sqldb.Options{Dir: dir})
		kept := map[string]bool{}
		for sender := range killedSenders {
			s := opened(t, store, sessions.Customer{ID: fmt.Sprint("c", sender)})
			last := int64(0)
			for e, err := range sessions.Tail(t.Context(), store, s.ID, 0, sessions.Staff) {
				if err != nil || e.Seq != last+1 || kept[e.Ref] {
					t.Fatalf("event %d with ref %s after %d: %v", e.Seq, e.Ref, last, err)
				}
				last, kept[e.Ref] = e.Seq, true
			}
			if last != s.Seq {
				t.Fatalf("the head is at %d, the log at %d", s.Seq, last)
			}
		}
		for ref := range acknowledged {
			if !kept[ref] {
				t.Fatalf("%s was acknowledged and is lost", ref)
			}
		}
	}
	if len(acknowledged) < 100 {
		t.Errorf("only %d messages: too few to show anything", len(acknowledged))
	}
}

// killOne runs a child for a while and returns what it acknowledged.
func killOne(t *testing.T, dir string, round int) (refs []string) {
	t.Helper()
	child := exec.Command(os.Args[0], "-test.run=^TestKilled$")
	child.Env = append(os.Environ(), "SQLSTORE_CHILD="+dir, fmt.Sprint("SQLSTORE_ROUND=", round))
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	enough := 20 + rand.N(100)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if len(refs) == enough {
			_ = child.Process.Kill()
		}
		if ref, ok := strings.CutPrefix(lines.Text(), "ack "); ok {
			refs = append(refs, ref)
		} else {
			t.Fatalf("the child says %q", lines.Text())
		}
	}
	_ = child.Wait() // killed
	return refs
}

func sendUntilKilled(t *testing.T, dir string) {
	store := migrated(t, sqldb.Options{Dir: dir})
	var say sync.Mutex
	var group sync.WaitGroup
	for sender := range killedSenders {
		group.Go(func() {
			who := sessions.Customer{ID: fmt.Sprint("c", sender)}
			by := sessions.Actor{Role: sessions.RoleCustomer, ID: who.ID}
			s, err := store.Open(context.Background(), who, "widget", "zh-CN")
			for n := 0; err == nil; n++ {
				ref := fmt.Sprintf("round-%s-%d-%06d", os.Getenv("SQLSTORE_ROUND"), sender, n)
				var done sessions.Committed
				done, err = store.Commit(context.Background(), by, s, sessions.Event{Kind: sessions.Message, From: sessions.Speaker{Role: by.Role}, Text: "话", Ref: ref})
				if err == nil {
					say.Lock()
					fmt.Fprintf(os.Stdout, "ack %s\n", ref) // written at once, not kept in a buffer
					say.Unlock()
				}
				s = done.Session
			}
			t.Error(err)
		})
	}
	group.Wait()
}
