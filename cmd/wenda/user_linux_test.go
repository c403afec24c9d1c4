package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// terminal opens a pseudo-terminal: what is written to keyboard is typed at screen.
func terminal(t *testing.T) (keyboard, screen *os.File) {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = keyboard.Close() })
	if err := unix.IoctlSetPointerInt(int(keyboard.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(keyboard.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	screen, err = os.OpenFile(fmt.Sprint("/dev/pts/", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = screen.Close() })
	return keyboard, screen
}

func echoes(t *testing.T, f *os.File) bool {
	t.Helper()
	mode, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	if err != nil {
		t.Fatal(err)
	}
	return mode.Lflag&unix.ECHO != 0
}

// Ctrl-C at the question for a password ends the command, and what is typed
// afterwards is shown again.
func TestInterruptedPassword(t *testing.T) {
	keyboard, screen := terminal(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var errs bytes.Buffer
	ended := make(chan int)
	go func() {
		ended <- run(ctx, []string{"user", "create", "--data-dir", t.TempDir(), "--login", "chen", "--name", "Chen"}, screen, &bytes.Buffer{}, &errs)
	}()
	within(t, "the terminal hides what is typed", func() bool { return !echoes(t, screen) })
	cancel()
	if code := <-ended; code != 1 || !strings.Contains(errs.String(), "no password was given") {
		t.Errorf("exit code %d: %s", code, &errs)
	}
	if !echoes(t, screen) {
		t.Error("the terminal still hides what is typed")
	}
	if err := keyboard.Close(); err != nil { // ends the read that was begun
		t.Fatal(err)
	}
}
