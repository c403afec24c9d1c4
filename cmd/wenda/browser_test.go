package main

import (
	"bytes"
	"cmp"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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
		t.Skip("takes some minutes; run without -short")
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
	binary := buildCommand(t)
	for _, file := range tests {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".test.mjs"), func(t *testing.T) {
			t.Parallel() // one waits a lot while another computes
			if err := tell(t, node, file, binary, chromium); err != nil {
				// Beside others, on a busy machine, people's patience may end. Both reports are in the log.
				t.Log("told again")
				if err := tell(t, node, file, binary, chromium); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// tell plays one story, each time on servers of its own, and logs how it went.
func tell(t *testing.T, node, file, binary, chromium string) error {
	cmd := play(t, node, "--test", "--test-reporter=spec", file)
	cmd.Env = append(os.Environ(), "WENDA_BIN="+binary, "CHROMIUM="+chromium)
	if name := strings.ToUpper(filepath.Base(file)); strings.HasPrefix(name, "DESK.") || strings.HasPrefix(name, "BOARD.") { // on what several hosts share
		cmd.Env = append(cmd.Env, "BROWSER_"+strings.Split(name, ".")[0]+"="+testbed.Postgres(t)+" "+testbed.Redis(t))
	}
	report, err := cmd.CombinedOutput()
	t.Logf("%s", bytes.TrimSpace(report))
	return err
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
