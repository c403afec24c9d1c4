package sqldb

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// What is committed comes into the database file though the WAL is far from long, and
// nobody closes it.
func TestCheckpointBeside(t *testing.T) {
	dir := t.TempDir()
	db := lit(t, Options{Dir: dir})
	for n := range 200 {
		write(t, db, light(fmt.Sprint(n, strings.Repeat("x", 5000))))
	}
	file := func() int64 {
		info, err := os.Stat(filepath.Join(dir, File))
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	for end := time.Now().Add(time.Minute); file() < 200*5000; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d bytes in the file, %d and more were committed", file(), 200*5000)
		}
	}
	if n := len(strings.Fields(rooms(t, db))); n != 200 {
		t.Errorf("%d rows, want 200", n)
	}
}

// The WAL does not grow for ever: the writer begins it anew.
func TestWALIsBegunAnew(t *testing.T) {
	dir := t.TempDir()
	db := lit(t, Options{Dir: dir})
	begun := func() uint32 { // how often, as its header says (https://www.sqlite.org/fileformat2.html#walformat)
		header := make([]byte, 16)
		wal, err := os.Open(filepath.Join(dir, File+"-wal"))
		if err == nil {
			defer wal.Close()
			_, err = io.ReadFull(wal, header)
		}
		if err != nil {
			t.Fatal(err)
		}
		return binary.BigEndian.Uint32(header[12:])
	}
	write(t, db, light("first"))
	first, room := begun(), strings.Repeat("x", 100_000)
	for n := 0; begun() == first; n++ {
		if n*len(room) > 10*walPages*4096 {
			t.Fatal("it grows and grows")
		}
		write(t, db, light(fmt.Sprint(n, room)))
	}
}

func TestCheckpointFails(t *testing.T) {
	db := lit(t, Options{Dir: t.TempDir()})
	c := &checkpointer{pool: db.readers, writer: db.writes.(*groupWriter), log: db.log, copied: -1}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	err := c.copy(ended)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want %v", err, context.Canceled)
	}
	c.failed(err) // is no harm
	write(t, db, light("a"))
	if err := c.copy(t.Context()); err != nil {
		t.Error(err)
	}
}
