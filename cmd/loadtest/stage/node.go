package stage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"wenda/internal/sabotage"
	"wenda/internal/testbed"
)

// readyWithin bounds how long a node may take to be ready.
const readyWithin = 2 * time.Minute

// Node is one wenda serve.
type Node struct {
	Number  int
	Address string // base URL as clients reach it

	Client *Link // between clients and the node; nil if Options.Direct
	SQL    *Link // between the node and PostgreSQL; nil with SQLite
	Redis  *Link // between the node and a single Redis; else nil

	stage *Stage
	dir   string
	addr  string // its own, past the link
	flags []string

	mu      sync.Mutex // one start or stop at a time
	process *exec.Cmd
	ended   chan struct{}
}

// Start starts the node and waits until it is ready.
func (n *Node) Start(ctx context.Context) error {
	for try := 1; ; try++ {
		err := n.start(ctx)
		if !errors.Is(err, errEnded) || try == startTries {
			return err
		}
		select { // as a service manager does: its database may be away
		case <-ctx.Done():
			return err
		case <-time.After(startPause):
		}
	}
}

const (
	startTries = 20
	startPause = 500 * time.Millisecond
)

// DieAt starts the node so that it kills itself, as kill -9 does, when it comes by a
// point for the nth time: see sabotage.Points. It needs Options.Sabotage. It may die
// before it is ready; that is no error.
func (n *Node) DieAt(ctx context.Context, point string, nth int) error {
	err := n.start(ctx, fmt.Sprintf("%s=%s:%d", sabotage.DieAtEnv, point, nth))
	if errors.Is(err, errEnded) {
		return nil
	}
	return err
}

var errEnded = errors.New("it ended before it was ready")

func (n *Node) start(ctx context.Context, env ...string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.running() {
		return fmt.Errorf("node %d runs already", n.Number)
	}
	log, err := os.OpenFile(n.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close() // the process has its own
	before, err := log.Stat()
	if err != nil {
		return err
	}
	cmd := testbed.DieWithUs(exec.Command(n.stage.bin, n.flags...), syscall.SIGKILL)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.Env = append(environment(), env...)
	if m := n.stage.o.Mutant; m != "" {
		cmd.Env = append(cmd.Env, sabotage.MutantEnv+"="+m)
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // how it ended is in ProcessState
		close(ended)
	}()
	n.process, n.ended = cmd, ended
	return n.ready(ctx, before.Size())
}

// said reports whether the log holds text from an offset on.
func (n *Node) said(text string, from int64) bool {
	log, err := os.ReadFile(n.logFile())
	return err == nil && int64(len(log)) > from && bytes.Contains(log[from:], []byte(text))
}

// ready waits until the node says that it takes chats, at its address and in its log from
// an offset on: another process may have been given the same port.
func (n *Node) ready(ctx context.Context, from int64) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	for {
		if answer, err := client.Get("http://" + n.addr + "/readyz"); err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK && n.said("hot state:", from) {
				return nil
			}
		}
		select {
		case <-n.ended:
			return fmt.Errorf("node %d: %w: %s", n.Number, errEnded, n.lastWords())
		case <-ctx.Done():
			return fmt.Errorf("node %d is not ready: %w: %s", n.Number, ctx.Err(), n.lastWords())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// environment is ours without what would set up Wenda.
func environment() []string {
	var kept []string
	for _, kv := range os.Environ() {
		if !strings.HasPrefix(kv, "WENDA_") {
			kept = append(kept, kv)
		}
	}
	return kept
}

func (n *Node) logFile() string {
	return filepath.Join(n.stage.dir, fmt.Sprintf("node-%d.log", n.Number))
}

// lastWords is the end of the log.
func (n *Node) lastWords() string {
	raw, _ := os.ReadFile(n.logFile())
	return strings.TrimSpace(string(raw[max(0, len(raw)-2000):]))
}

// running reports whether there is a process; n.mu is held.
func (n *Node) running() bool {
	if n.process == nil {
		return false
	}
	select {
	case <-n.ended:
		return false
	default:
		return true
	}
}

// Running reports whether the process lives.
func (n *Node) Running() bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.running()
}

// Ended is closed when the process that was started last has ended.
func (n *Node) Ended() <-chan struct{} {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.ended
}

// PID is the process, 0 before the first start.
func (n *Node) PID() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.process == nil {
		return 0
	}
	return n.process.Process.Pid
}

// Kill is kill -9: no drain, no goodbye. A node that does not run is left alone.
func (n *Node) Kill() {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.running() {
		_ = n.process.Process.Kill()
		<-n.ended
	}
}

// Stop is SIGTERM: the node drains. It returns an error if the node is not gone
// within the time of ctx or ends with an exit code.
func (n *Node) Stop(ctx context.Context) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.running() {
		return nil
	}
	if err := n.process.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-n.ended:
	case <-ctx.Done():
		return fmt.Errorf("node %d does not end: %w", n.Number, ctx.Err())
	}
	if code := n.process.ProcessState.ExitCode(); code != 0 {
		return fmt.Errorf("node %d ended with exit code %d: %s", n.Number, code, n.lastWords())
	}
	return nil
}

// Pause freezes the process where it is, as a laptop's lid or a stalled host does.
func (n *Node) Pause() { n.signal(syscall.SIGSTOP) }

// Resume lets it go on.
func (n *Node) Resume() { n.signal(syscall.SIGCONT) }

func (n *Node) signal(sig syscall.Signal) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.running() {
		_ = n.process.Process.Signal(sig)
	}
}
