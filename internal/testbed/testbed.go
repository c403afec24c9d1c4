// Package testbed starts throw-away servers for tests: real ones, because what a
// fake server forgives is what breaks at night.
//
//	url := testbed.Redis(t)          // a redis-server of its own
//	url := testbed.RedisCluster(t)   // three masters
//	url := testbed.RedisSentinel(t)  // one master and a sentinel that watches it
//	url := testbed.Postgres(t)       // a fresh database; one server for each test binary
//	s := testbed.StartPostgres(t)    // a server of its own, to be stopped and started again
//	s := testbed.StartSentinel(t, 2, 3)
//
// A Host asks for them: a *testing.T, or a command such as cmd/loadtest.
//
// Servers listen on free ports of 127.0.0.1, keep their files in temporary folders
// and are gone when the test binary ends, however it ends. If a server's programs
// are not installed, the test is skipped with the command that installs them, or
// fails if WENDA_TEST_SERVERS=required is set.
package testbed

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"
)

// startTime bounds how long a server may take to answer for the first time.
const startTime = 30 * time.Second

// startTries bounds how often a server is started that does not come up: somebody
// else may have taken the port between finding it free and listening on it.
const startTries = 5

// program finds an installed program, or ends the test.
func program(t Host, name, debian string) string {
	t.Helper()
	if path, err := exec.LookPath(name); err == nil {
		return path
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/" + name) // Debian keeps them off PATH
	if len(found) > 0 {
		return slices.Max(found)
	}
	message := fmt.Sprintf("%s is missing; install with: apt-get install --no-install-recommends -y %s", name, debian)
	if os.Getenv("WENDA_TEST_SERVERS") == "required" {
		t.Fatal(message)
	}
	t.Skip(message)
	return ""
}

// freePort finds a port nobody listens on. It prefers one that the kernel gives no
// outgoing connection (by default those begin at 32768, on Linux) and no other test
// binary its servers: it is still free when the server starts at last, or again.
func freePort() (int, error) {
	ports.Lock()
	defer ports.Unlock()
	if ports.first == 0 {
		ports.take()
	}
	for range portsEach {
		port := ports.first + ports.next%portsEach
		ports.next++
		if l, err := net.Listen("tcp", fmt.Sprint("127.0.0.1:", port)); err == nil {
			return port, l.Close()
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

const (
	portsFrom, portsTo = 10_000, 30_000
	portsEach          = 100 // of one process
)

// ports are those of this process, given one after another.
var ports portsOf

type portsOf struct {
	sync.Mutex
	first, next int
	lock        *os.File // held until the process ends
}

// take takes ports that no other process has; any, if nobody can tell.
func (p *portsOf) take() {
	const shares = (portsTo - portsFrom) / portsEach
	from := rand.IntN(shares)
	p.first = portsFrom + from*portsEach
	for n := range shares {
		share := (from + n) % shares
		file, err := os.OpenFile(filepath.Join(os.TempDir(), fmt.Sprint("wenda-ports-", share)), os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			continue // another user's
		}
		if syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			p.first, p.lock = portsFrom+share*portsEach, file
			return
		}
		file.Close()
	}
}

// process is a running program.
type process struct {
	cmd    *exec.Cmd
	output *output
	ended  chan struct{}
}

// output keeps what a program writes, to show if it fails.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.text.Len() < 64<<10 {
		o.text.Write(p)
	}
	return len(p), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// start starts a program and waits until it is ready.
func start(cmd *exec.Cmd, ready func() bool) (*process, error) {
	p := &process{cmd: cmd, output: &output{}, ended: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = p.output, p.output
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = cmd.Wait() // how it ended does not matter: it is killed
		close(p.ended)
	}()
	for deadline := time.Now().Add(startTime); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
		if ready() {
			return p, nil
		}
		select {
		case <-p.ended:
			return nil, fmt.Errorf("%s ended at once:\n%s", filepath.Base(cmd.Path), p.output)
		default:
		}
	}
	p.kill()
	return nil, fmt.Errorf("%s was not ready within %v:\n%s", filepath.Base(cmd.Path), startTime, p.output)
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// run runs a program to its end.
func run(cmd *exec.Cmd) error {
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w\n%s", filepath.Base(cmd.Path), err, out)
	}
	return nil
}

// repeatedly does what may fail because a port was taken.
func repeatedly[T any](do func() (T, error)) (result T, err error) {
	for range startTries {
		if result, err = do(); err == nil {
			return result, nil
		}
	}
	return result, err
}
