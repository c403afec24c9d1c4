package bench

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"wenda/internal/testbed"
)

// child is a server in a process of its own.
type child struct {
	name string
	addr string // host:port
	path string // of its websocket
	cmd  *exec.Cmd
	says bytes.Buffer
	over chan struct{}
}

// startWithin bounds how long a server may take until it answers.
const startWithin = 60 * time.Second

// startChild runs a program that will listen on addr, and waits until it does.
func startChild(ctx context.Context, name, addr, path, program string, arguments ...string) (*child, error) {
	c := &child{name: name, addr: addr, path: path, cmd: exec.Command(program, arguments...), over: make(chan struct{})}
	c.cmd.Stdout, c.cmd.Stderr = &c.says, &c.says
	c.cmd.SysProcAttr = dieWithUs()
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	go func() {
		_ = c.cmd.Wait()
		close(c.over)
	}()
	for end := time.Now().Add(startWithin); ; {
		conn, err := net.DialTimeout("tcp", addr, time.Second)
		if err == nil {
			_ = conn.Close()
			return c, nil
		}
		select {
		case <-c.over:
			return nil, fmt.Errorf("%s ended at once:\n%s", name, c.says.String())
		case <-ctx.Done():
			c.stop()
			return nil, ctx.Err()
		case <-time.After(10 * time.Millisecond):
		}
		if time.Now().After(end) {
			c.stop()
			return nil, fmt.Errorf("%s did not answer within %v", name, startWithin)
		}
	}
}

// ready waits until the server answers HTTP requests with 200.
func (c *child) ready(ctx context.Context, path string) error {
	for end := time.Now().Add(startWithin); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+c.addr+path, nil)
		if err != nil {
			return err
		}
		answer, err := http.DefaultClient.Do(request)
		if err == nil {
			_, _ = io.Copy(io.Discard, answer.Body)
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return fmt.Errorf("%s was not ready within %v", c.name, startWithin)
}

func (c *child) stop() {
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-c.over:
	case <-time.After(3 * time.Second):
		_ = c.cmd.Process.Kill()
		<-c.over
	}
}

// ticks are the kernel's of CPU time in a second (USER_HZ, 100 on every Linux).
const ticks = 100

// cpu returns the CPU time the process has used.
func (c *child) cpu() (time.Duration, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, ok := bytes.Cut(raw, []byte(") ")) // the name before may hold spaces
	fields := strings.Fields(string(rest))
	if !ok || len(fields) < 13 {
		return 0, errors.New("/proc/PID/stat looks strange")
	}
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * time.Second / ticks, errors.Join(err1, err2)
}

// rss returns the memory of the process in KiB.
func (c *child) rss() (int64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(raw)) {
		if value, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			return strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
		}
	}
	return 0, errors.New("/proc/PID/status has no VmRSS")
}

func freeAddr() (string, error) {
	port, err := testbed.FreePort() // nobody's outgoing connection takes it before the server does
	return fmt.Sprint("127.0.0.1:", port), err
}

// startRedis starts a Redis of our own.
func startRedis(ctx context.Context, dir string) (*child, error) {
	binary, err := exec.LookPath("redis-server")
	if err != nil {
		return nil, errors.New("redis-server is missing; install with: apt-get install --no-install-recommends -y redis-server")
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(addr)
	return startChild(ctx, "redis", addr, "", binary, "--bind", "127.0.0.1", "--port", port, "--dir", dir, "--save", "", "--appendonly", "no")
}

// startServed starts one of our own servers, which are commands of this binary.
func startServed(ctx context.Context, name string, arguments ...string) (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	return startChild(ctx, name, addr, "/", self, append([]string{"bench", "serve-" + name, "--addr", addr}, arguments...)...)
}

// startWenda starts the product with limits that let one machine play many customers.
func startWenda(ctx context.Context, binary, dir, redis string) (*child, error) {
	addr, err := freeAddr()
	if err != nil {
		return nil, err
	}
	c, err := startChild(ctx, "wenda", addr, "/ws", binary, "serve", "--addr", addr, "--private-addr", "",
		"--data-dir", filepath.Join(dir, "wenda"), "--redis-url", "redis://"+redis, "--log-level", "error",
		"--limits-customer-rate", "100000", "--limits-connect-rate", "10000000", "--bot-idle-hint", "24h", "--bot-idle-close", "48h")
	if err != nil {
		return nil, err
	}
	if err := c.ready(ctx, "/readyz"); err != nil {
		err = fmt.Errorf("%w:\n%s", err, c.says.String())
		c.stop()
		return nil, err
	}
	return c, nil
}
