package sqldb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// The disk is full: nothing is acknowledged, the error says so, what was there stays;
// when there is space again it goes on without a restart.
func TestDiskReallyFull(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("a small disk cannot be mounted (%v); run as root: sudo -E go test -run TestDiskReallyFull ./internal/sqldb", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(disk, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	db := lit(t, Options{Dir: disk})
	ballast := filepath.Join(disk, "ballast")
	var kept []string
	for round := range 3 {
		_ = os.WriteFile(ballast, make([]byte, 4<<20), 0o600) // as much as fits
		var refused error
		for n := 0; refused == nil; n++ {
			if n > 10_000 {
				t.Fatal("the disk never got full")
			}
			room := fmt.Sprint(round, "-", n, strings.Repeat("x", 5000))
			if refused = db.Write(t.Context(), light(room)); refused == nil {
				kept = append(kept, room)
			}
		}
		if !errors.Is(refused, ErrFull) || !strings.Contains(refused.Error(), "disk is full") {
			t.Errorf("on a full disk: %v, want %v", refused, ErrFull)
		}
		if err := db.Ping(t.Context()); err != nil {
			t.Errorf("it counts as broken for good: %v", err)
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		room := fmt.Sprint(round, "-after")
		write(t, db, light(room))
		kept = append(kept, room)
		all := map[string]bool{}
		for _, room := range strings.Fields(rooms(t, db)) {
			all[room] = true
		}
		for _, room := range kept {
			if !all[room] {
				t.Errorf("round %d: %.20s was acknowledged and is lost", round, room)
			}
		}
		if len(all) != len(kept) {
			t.Errorf("round %d: %d rows, %d were acknowledged", round, len(all), len(kept))
		}
	}
	if err := db.Check(t.Context(), time.Minute); err != nil {
		t.Error(err)
	}
}

// A failing fsync is never tried again: the process says nothing more and ends, and
// what it acknowledged is there for the next one.
func TestFsyncFails(t *testing.T) {
	if dir := os.Getenv("SQLDB_FSYNC"); dir != "" {
		writeUntilBroken(t, dir)
		return
	}
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("needs strace: apt-get install strace")
	}
	dir := t.TempDir()
	child := exec.Command(strace, "-f", "-qq", "-o", os.DevNull, "-e", "trace=fsync,fdatasync",
		"-e", "inject=fsync,fdatasync:error=EIO:when=60+", os.Args[0], "-test.run=^TestFsyncFails$", "-test.v")
	child.Env = append(os.Environ(), "SQLDB_FSYNC="+dir)
	said, err := child.CombinedOutput()
	if err != nil || !strings.Contains(string(said), "acknowledged:") {
		t.Fatalf("%v\n%s", err, said)
	}
	_, list, _ := strings.Cut(string(said), "acknowledged:")
	list, _, _ = strings.Cut(list, "\n")
	db := opened(t, Options{Dir: dir})
	stored := " " + rooms(t, db) + " "
	n := 0
	for _, room := range strings.Fields(list) {
		if n++; !strings.Contains(stored, " "+room+" ") {
			t.Errorf("%s was acknowledged and is lost", room)
		}
	}
	if n < 5 {
		t.Errorf("only %d were acknowledged before the disk failed: too few to show anything", n)
	}
}

func writeUntilBroken(t *testing.T, dir string) {
	db := lit(t, Options{Dir: dir})
	var mu sync.Mutex
	var kept []string
	var after atomic.Int64
	var group sync.WaitGroup
	for sender := range 4 {
		group.Go(func() {
			for n, broken := 0, 0; broken < 10; n++ { // each thread of the process has sixty good syncs
				room := fmt.Sprint(sender, "-", n)
				switch err := db.Write(context.Background(), light(room)); {
				case err == nil && broken > 0:
					after.Add(1)
				case err == nil:
					mu.Lock()
					kept = append(kept, room)
					mu.Unlock()
				case errors.Is(err, ErrBroken):
					broken++
				default:
					t.Errorf("Write: %v", err)
					return
				}
			}
		})
	}
	group.Wait()
	if after.Load() > 0 {
		t.Errorf("%d writes were acknowledged after the disk failed to sync", after.Load())
	}
	if err := <-db.Broken(); !errors.Is(err, ErrBroken) {
		t.Errorf("broken by %v", err)
	}
	if err := db.Ping(context.Background()); !errors.Is(err, ErrBroken) {
		t.Errorf("Ping: %v", err)
	}
	fmt.Println("acknowledged:", strings.Join(kept, " "))
}
