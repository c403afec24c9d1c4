package testbed

import (
	"errors"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestRedis(t *testing.T) {
	s := StartRedis(t)
	if got := s.Say("SET a 1"); got != "+OK\r\n" {
		t.Fatalf("SET: %q", got)
	}
	s.Restart(t)
	if got := s.Say("GET a"); got != "$-1\r\n" {
		t.Errorf("after a restart GET says %q, want nothing", got)
	}
	s.Pause()
	conn, err := net.Dial("tcp", s.Addr)
	if err != nil {
		t.Fatalf("a paused server takes connections: %v", err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("PING\r\n")); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 16)
	_ = conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if n, err := conn.Read(answer); err == nil {
		t.Errorf("a paused server answered %q", answer[:n])
	}
	s.Resume()
	_ = conn.SetReadDeadline(time.Now().Add(time.Minute))
	if _, err := conn.Read(answer); err != nil {
		t.Errorf("after going on: %v", err)
	}
	s.Kill()
	if s.Say("PING") != "" {
		t.Error("a killed server answers")
	}
}

func TestRedisCluster(t *testing.T) {
	addrs := strings.Split(strings.TrimPrefix(RedisCluster(t), "redis://"), ",")
	if len(addrs) != 3 {
		t.Fatalf("%d addresses", len(addrs))
	}
	for _, addr := range addrs {
		if info := say(addr, "CLUSTER INFO"); !strings.Contains(info, "cluster_slots_ok:16384") || !strings.Contains(info, "cluster_known_nodes:3") {
			t.Errorf("%s: %s", addr, info)
		}
	}
}

func TestRedisSentinel(t *testing.T) {
	u, err := url.Parse(RedisSentinel(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := say(u.Host, "SENTINEL get-master-addr-by-name wenda"); !strings.Contains(got, "127.0.0.1") {
		t.Errorf("the sentinel says %q", got)
	}
}

func TestPostgres(t *testing.T) {
	a, b := Postgres(t), Postgres(t)
	if a == b {
		t.Error("twice the same database")
	}
	psql := program(t, "psql", "postgresql-client")
	for _, db := range []string{a, b} {
		out, err := exec.Command(psql, db, "-Atc", `CREATE TABLE one (n int); SHOW fsync`).CombinedOutput()
		if err != nil || !strings.HasSuffix(strings.TrimSpace(string(out)), "on") {
			t.Errorf("psql: %v\n%s", err, out)
		}
	}
}

// A server that was ended as by a crash has what was committed.
func TestPostgresAgain(t *testing.T) {
	s := StartPostgres(t)
	psql := program(t, "psql", "postgresql-client")
	ask := func(query string) string {
		out, err := exec.Command(psql, s.URL, "-Atc", query).CombinedOutput()
		if err != nil {
			return err.Error()
		}
		return strings.TrimSpace(string(out))
	}
	ask(`CREATE TABLE kept AS SELECT 7 AS n`)
	for _, how := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT} {
		if err := s.Stop(how); err != nil {
			t.Fatal(err)
		}
		if got := ask(`SELECT 1`); got == "1" {
			t.Errorf("after %v it answers", how)
		}
		if err := s.Start(); err != nil {
			t.Fatal(err)
		}
		if got := ask(`SELECT n FROM kept`); got != "7" {
			t.Errorf("after %v the table says %q", how, got)
		}
	}
}

// What was asked for is done after the end, not before.
func TestFolder(t *testing.T) {
	folder, err := Folder("wenda-testbed-")
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		t.Errorf("%s: %v", folder, err)
	}
}

// The servers of a test binary that is killed are gone, files and all.
func TestKilledBinary(t *testing.T) {
	if os.Getenv("TESTBED_CHILD") != "" {
		_, err := os.Stdout.WriteString(Redis(t) + "\n" + Postgres(t) + "\n")
		if err != nil {
			t.Fatal(err)
		}
		select {} // until killed
	}
	program(t, "redis-server", redisPackage)
	program(t, "postgres", postgresPackage)
	temp, err := os.MkdirTemp("", "wenda-testbed-") // t.TempDir is closed to PostgreSQL's user
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(temp)
	if err := os.Chmod(temp, 0o755); err != nil {
		t.Fatal(err)
	}
	child := dieWithUs(exec.Command(os.Args[0], "-test.run=^TestKilledBinary$"), 9)
	child.Env = append(os.Environ(), "TESTBED_CHILD=1", "TMPDIR="+temp)
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	for piece := make([]byte, 1024); strings.Count(said.String(), "\n") < 2; {
		n, err := out.Read(piece)
		if err != nil {
			t.Fatalf("the child said only %q: %v", said.String(), err)
		}
		said.Write(piece[:n])
	}
	_ = child.Process.Kill()
	_ = child.Wait()
	for _, line := range strings.Fields(said.String()) {
		u, err := url.Parse(line)
		if err != nil {
			t.Fatal(err)
		}
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
			conn, err := net.Dial("tcp", u.Host)
			if err != nil {
				break
			}
			conn.Close()
			if time.Now().After(deadline) {
				t.Fatalf("%s is still there", u.Scheme)
			}
		}
	}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		left, _ := filepath.Glob(filepath.Join(temp, "wenda-postgres-*"))
		if len(left) == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("%v is still there", left)
		}
	}
}

func TestProxy(t *testing.T) {
	s := StartRedis(t)
	p := StartProxy(t, s.URL)
	addr := strings.TrimPrefix(p.URL, "redis://")
	if got := say(addr, "SET a 1"); got != "+OK\r\n" {
		t.Fatalf("through the proxy: %q", got)
	}
	p.CutBefore("SET a 2")
	if got := say(addr, "SET a 2"); got != "" || p.Cuts() != 1 {
		t.Errorf("cut before: answer %q, %d cuts", got, p.Cuts())
	}
	if got := say(addr, "GET a"); got != "$1\r\n1\r\n" {
		t.Errorf("after a cut before: %q, want 1", got)
	}
	p.CutAfter("SET a 3")
	if got := say(addr, "SET a 3"); got != "" || p.Cuts() != 2 {
		t.Errorf("cut after: answer %q, %d cuts", got, p.Cuts())
	}
	for deadline := time.Now().Add(time.Minute); say(addr, "GET a") != "$1\r\n3\r\n"; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("what was said before the cut did not arrive")
		}
	}
}

func TestProxySilence(t *testing.T) {
	s := StartRedis(t)
	p := StartProxy(t, s.URL)
	addr := strings.TrimPrefix(p.URL, "redis://")
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	answer := make([]byte, 16)
	ping := func() error {
		if _, err := conn.Write([]byte("PING\r\n")); err != nil {
			return err
		}
		_, err := conn.Read(answer)
		return err
	}
	if err := ping(); err != nil {
		t.Fatal(err)
	}
	p.Silence()
	_ = conn.SetDeadline(time.Now().Add(50 * time.Millisecond))
	if err := ping(); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a silenced connection: %v, want %v", err, os.ErrDeadlineExceeded)
	}
	if got := say(addr, "PING"); got != "+PONG\r\n" {
		t.Errorf("a new connection: %q", got)
	}
}

func TestMissingProgram(t *testing.T) {
	for _, mode := range []string{"", "required"} {
		t.Setenv("WENDA_TEST_SERVERS", mode)
		inner := &recorder{TB: t}
		func() {
			defer func() { _ = recover() }()
			program(inner, "no-such-server", "no-such-package")
		}()
		want := map[string]string{"": "skip", "required": "fatal"}[mode]
		if inner.how != want || !strings.Contains(inner.message, "apt-get install --no-install-recommends -y no-such-package") {
			t.Errorf("with WENDA_TEST_SERVERS=%q: %s %q, want %s", mode, inner.how, inner.message, want)
		}
	}
}

// recorder is a test that notes how it ends.
type recorder struct {
	testing.TB
	how, message string
}

func (r *recorder) Helper() {}
func (r *recorder) Skip(args ...any) {
	r.how, r.message = "skip", args[0].(string)
	panic("skipped")
}
func (r *recorder) Fatal(args ...any) {
	r.how, r.message = "fatal", args[0].(string)
	panic("failed")
}

func TestFreePort(t *testing.T) {
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
	if err != nil {
		t.Fatalf("the port is not free: %v", err)
	}
	l.Close()
}
