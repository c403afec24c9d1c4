package main

import (
	"bytes"
	"cmp"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"wenda/internal/testbed"
)

// The story of this command, told by customers and agents at real browser windows:
// browser/*.test.mjs, each with servers of its own. WENDA_PICTURES=DIR keeps what the
// pages look like; WENDA_STORY=desk tells one.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("takes most of a minute; run without -short")
	}
	node := installed(t, "node", "apt-get install --no-install-recommends -y nodejs npm")
	chromium := installed(t, "chromium", "apt-get install --no-install-recommends -y chromium fonts-noto-cjk")
	if _, err := os.Stat(filepath.Join("browser", "node_modules", "playwright-core")); err != nil {
		missing(t, "the browser driver is missing; install with: make browser-modules")
	}
	tests, err := filepath.Glob("browser/" + cmp.Or(os.Getenv("WENDA_STORY"), "*") + ".test.mjs")
	if err != nil || len(tests) == 0 {
		t.Fatalf("no tests found: %v", err)
	}
	// One file waits a lot while the other computes.
	cmd := play(t, node, append([]string{"--test", "--test-reporter=spec", "--test-concurrency=2"}, tests...)...)
	cmd.Env = append(os.Environ(), "WENDA_BIN="+buildCommand(t), "CHROMIUM="+chromium)
	for _, file := range []string{"DESK", "BOARD"} { // those run on what several hosts share
		cmd.Env = append(cmd.Env, "BROWSER_"+file+"="+testbed.Postgres(t)+" "+testbed.Redis(t))
	}
	if report, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, report)
	} else {
		t.Logf("%s", bytes.TrimSpace(report))
	}
}

// installed finds a program, or ends the test with what installs it.
func installed(t *testing.T, name, install string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, name+" is missing; install with: "+install)
	}
	return path
}

func missing(t *testing.T, message string) {
	t.Helper()
	if os.Getenv("WENDA_TEST_SERVERS") == "required" {
		t.Fatal(message)
	}
	t.Skip(message)
}

// buildCommand builds this command as users run it, without the race detector: with
// it a start takes too long.
func buildCommand(t *testing.T) string {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "wenda")
	if report, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, report)
	}
	return binary
}

// play makes a command that is gone, with all that it started, before the test's
// time is up or at its end.
func play(t *testing.T, name string, args ...string) *exec.Cmd {
	t.Helper()
	end, ok := t.Deadline()
	if !ok {
		end = time.Now().Add(time.Hour)
	}
	ctx, cancel := context.WithDeadline(t.Context(), end.Add(-10*time.Second))
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) }
	cmd.WaitDelay = 3 * time.Second
	return cmd
}
