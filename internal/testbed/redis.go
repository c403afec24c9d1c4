package testbed

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const redisPackage = "redis-server"

// Redis starts a redis-server for the test and returns its redis:// URL.
func Redis(t Host) string {
	t.Helper()
	return StartRedis(t).URL
}

// RedisServer is a redis-server that a test may treat badly.
type RedisServer struct {
	URL  string // redis://127.0.0.1:PORT
	Addr string // 127.0.0.1:PORT

	arguments []string
	*process
}

// StartRedis starts a redis-server that is gone when the test ends.
func StartRedis(t Host) *RedisServer {
	t.Helper()
	return startRedis(t)
}

func startRedis(t Host, more ...string) *RedisServer {
	t.Helper()
	binary := program(t, "redis-server", redisPackage)
	s, err := repeatedly(func() (*RedisServer, error) {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		s := &RedisServer{Addr: fmt.Sprint("127.0.0.1:", port), URL: fmt.Sprint("redis://127.0.0.1:", port)}
		s.arguments = append([]string{binary, "--bind", "127.0.0.1", "--port", strconv.Itoa(port), "--dir", t.TempDir(), "--save", ""}, more...)
		return s, s.start()
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	return s
}

func (s *RedisServer) start() (err error) {
	cmd := dieWithUs(exec.Command(s.arguments[0], s.arguments[1:]...), syscall.SIGKILL)
	s.process, err = start(cmd, func() bool { // another test's server may have taken the port, and answers
		return strings.Contains(s.Say("INFO server"), fmt.Sprint("process_id:", cmd.Process.Pid, "\r\n"))
	})
	return err
}

// Kill ends the server as a crash would. Its data is gone.
func (s *RedisServer) Kill() { s.kill() }

// Restart starts the server again, empty, at the same address.
func (s *RedisServer) Restart(t Host) {
	t.Helper()
	s.kill()
	if err := s.Start(); err != nil {
		t.Fatal(err)
	}
}

// Start starts a killed server again, empty, at the same address.
func (s *RedisServer) Start() error { return s.start() }

// Pause makes the server hang: it takes connections and does not answer.
func (s *RedisServer) Pause() { _ = s.cmd.Process.Signal(syscall.SIGSTOP) }

// Resume lets it go on.
func (s *RedisServer) Resume() { _ = s.cmd.Process.Signal(syscall.SIGCONT) }

// Say sends one command of plain words and returns the beginning of the answer as
// it is on the wire, "" if there is none.
func (s *RedisServer) Say(command string) string { return say(s.Addr, command) }

func say(addr, command string) string {
	conn, err := net.DialTimeout("tcp", addr, startTime)
	if err != nil {
		return ""
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(startTime))
	if _, err := fmt.Fprintf(conn, "%s\r\n", command); err != nil {
		return ""
	}
	answer := make([]byte, 16<<10)
	n, _ := conn.Read(answer)
	return string(answer[:n])
}

// RedisCluster starts a Redis Cluster of three masters and returns its URL, with
// three addresses. It takes a few seconds.
func RedisCluster(t Host) string {
	t.Helper()
	cli := program(t, "redis-cli", "redis-tools")
	var addrs []string
	for range 3 {
		addrs = append(addrs, startClusterNode(t).Addr)
	}
	create := append([]string{"--cluster", "create"}, addrs...)
	if err := run(exec.Command(cli, append(create, "--cluster-yes")...)); err != nil {
		t.Fatal(err)
	}
	for _, addr := range addrs {
		for deadline := time.Now().Add(startTime); !strings.Contains(say(addr, "CLUSTER INFO"), "cluster_state:ok"); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("the cluster did not form within %v: %s", startTime, say(addr, "CLUSTER INFO"))
			}
		}
	}
	return "redis://" + strings.Join(addrs, ",")
}

func startClusterNode(t Host) *RedisServer {
	t.Helper()
	bus, err := freePort() // by default it is the port + 10000, which may not exist
	if err != nil {
		t.Fatal(err)
	}
	return startRedis(t, "--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf", "--cluster-port", strconv.Itoa(bus))
}

// RedisSentinel starts a redis-server and a sentinel that watches it under the name
// "wenda", and returns the URL that asks the sentinel.
func RedisSentinel(t Host) string {
	t.Helper()
	return StartSentinel(t, 0, 1).URL
}

// Sentinel is a master, its replicas and the sentinels that watch them under the
// name "wenda".
type Sentinel struct {
	URL       string         // asks the sentinels
	Servers   []*RedisServer // the first one is the master until a failover
	Sentinels []*RedisServer
}

// StartSentinel starts them. Sentinels take a server for down after one second.
func StartSentinel(t Host, replicas, sentinels int) *Sentinel {
	t.Helper()
	master := startRedis(t)
	_, port, _ := net.SplitHostPort(master.Addr)
	all := &Sentinel{Servers: []*RedisServer{master}}
	for range replicas {
		all.Servers = append(all.Servers, startRedis(t, "--replicaof", "127.0.0.1 "+port))
	}
	var addrs []string
	for range sentinels {
		s := startSentinel(t, port, sentinels/2+1)
		all.Sentinels = append(all.Sentinels, s)
		addrs = append(addrs, s.Addr)
	}
	all.URL = "redis://" + strings.Join(addrs, ",") + "?master=wenda"
	return all
}

func startSentinel(t Host, master string, quorum int) *RedisServer {
	t.Helper()
	config := filepath.Join(t.TempDir(), "sentinel.conf")
	text := fmt.Sprintf("sentinel monitor wenda 127.0.0.1 %s %d\nsentinel down-after-milliseconds wenda 1000\nsentinel failover-timeout wenda 5000\n", master, quorum)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	binary := program(t, "redis-server", redisPackage)
	s, err := repeatedly(func() (*RedisServer, error) {
		port, err := freePort()
		if err != nil {
			return nil, err
		}
		s := &RedisServer{Addr: fmt.Sprint("127.0.0.1:", port)}
		s.arguments = []string{binary, config, "--sentinel", "--bind", "127.0.0.1", "--port", strconv.Itoa(port)}
		return s, s.start()
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Kill)
	return s
}
