package testbed

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
)

const postgresPackage = "postgresql"

// postgres is the one server of this test binary.
var postgres struct {
	once   sync.Once
	server *PostgresServer
	err    error
	made   atomic.Int64 // databases
}

// Postgres returns the URL of a fresh database, on a server that syncs to disk as
// one in production does.
func Postgres(t Host) string {
	t.Helper()
	programs := postgresPrograms(t)
	postgres.once.Do(func() {
		// While a transaction of its own cleaning is open, feeds of all databases stand still.
		postgres.server, postgres.err = repeatedly(func() (*PostgresServer, error) { return programs.start("-c", "autovacuum=off") })
	})
	if postgres.err != nil {
		t.Fatal(postgres.err)
	}
	url, err := postgres.server.create(fmt.Sprint("test", postgres.made.Add(1)))
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// PostgresServer is a PostgreSQL that a test may treat badly.
type PostgresServer struct {
	URL  string // of a database on it
	Addr string // 127.0.0.1:PORT

	programs programs
	port     string
	folder   string
	owner    *syscall.Credential
	settings []string // arguments of the server
	*process
}

// StartPostgres starts a PostgreSQL of its own, which is gone when the test ends.
func StartPostgres(t Host) *PostgresServer {
	t.Helper()
	programs := postgresPrograms(t)
	s, err := repeatedly(func() (*PostgresServer, error) { return programs.start() })
	if err == nil {
		t.Cleanup(func() {
			_ = s.Stop(syscall.SIGQUIT)
			_ = os.RemoveAll(s.folder)
		})
		s.URL, err = s.create("wenda_test")
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Stop ends the server: SIGINT is PostgreSQL's fast shutdown, which rolls back what
// runs; SIGQUIT its immediate one, after which it recovers from its log.
func (s *PostgresServer) Stop(how syscall.Signal) error {
	if err := s.cmd.Process.Signal(how); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-s.ended
	return nil
}

// Start starts a stopped server again, at the same address with the same data.
func (s *PostgresServer) Start() (err error) {
	cmd := s.as(exec.Command(s.programs.server, append([]string{"-D", filepath.Join(s.folder, "data"), "-p", s.port, "-c", "listen_addresses=127.0.0.1",
		"-c", "unix_socket_directories=", "-c", "max_connections=200", "-c", "log_min_messages=fatal"}, s.settings...)...))
	// SIGQUIT is PostgreSQL's immediate shutdown; SIGKILL would leave shared memory behind.
	s.process, err = start(dieWithUs(cmd, syscall.SIGQUIT), func() bool {
		return s.says(cmd.Process.Pid, "ready") && exec.Command(s.programs.ready, "-q", "-h", "127.0.0.1", "-p", s.port, "-U", "wenda").Run() == nil
	})
	return err
}

// says reports whether the server with that id says so of itself in its folder. Somebody
// else's may have got the port.
func (s *PostgresServer) says(pid int, status string) bool {
	said, _ := os.ReadFile(filepath.Join(s.folder, "data", "postmaster.pid"))
	lines := strings.Split(string(said), "\n")
	return len(lines) > 7 && lines[0] == strconv.Itoa(pid) && strings.TrimSpace(lines[7]) == status
}

// as has a program run as the owner of the data.
func (s *PostgresServer) as(cmd *exec.Cmd) *exec.Cmd {
	cmd.Dir, cmd.SysProcAttr = s.folder, &syscall.SysProcAttr{Credential: s.owner}
	return cmd
}

// create makes a database and returns its URL.
func (s *PostgresServer) create(name string) (string, error) {
	err := run(exec.Command(s.programs.createdb, "-h", "127.0.0.1", "-p", s.port, "-U", "wenda", name))
	return fmt.Sprintf("postgres://wenda:secret@127.0.0.1:%s/%s?sslmode=disable", s.port, name), err
}

// programs are those of PostgreSQL that we need.
type programs struct{ initdb, server, ready, createdb string }

func postgresPrograms(t Host) programs {
	t.Helper()
	return programs{
		initdb: program(t, "initdb", postgresPackage), server: program(t, "postgres", postgresPackage),
		ready: program(t, "pg_isready", "postgresql-client"), createdb: program(t, "createdb", "postgresql-client"),
	}
}

// start makes and starts a server with some settings more.
func (p programs) start(settings ...string) (*PostgresServer, error) {
	owner, err := unprivileged()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "wenda-postgres-")
	if err != nil {
		return nil, err
	}
	port, err := freePort()
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	s := &PostgresServer{Addr: fmt.Sprint("127.0.0.1:", port), programs: p, port: strconv.Itoa(port), folder: folder, owner: owner, settings: settings}
	if err := s.initialise(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	if err := s.Start(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return s, cleanBehindUs(folder)
}

func (s *PostgresServer) initialise() error {
	if s.owner != nil {
		if err := os.Chown(s.folder, int(s.owner.Uid), int(s.owner.Gid)); err != nil {
			return err
		}
	}
	return run(s.as(exec.Command(s.programs.initdb, "-D", filepath.Join(s.folder, "data"),
		"-U", "wenda", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")))
}

// unprivileged is whom to run PostgreSQL as, which refuses to be root; nil for
// who we are.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root: %w", err)
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// cleanBehindUs has the server shut down and its files removed after us.
func cleanBehindUs(folder string) error {
	const script = `pid="$(head -n 1 "$0/data/postmaster.pid" 2>/dev/null)"; if [ -n "$pid" ]; then kill -QUIT "$pid"; ` +
		`for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$pid" 2>/dev/null || break; sleep 0.2; done; kill -KILL "$pid" 2>/dev/null; fi; rm -rf "$0"`
	return Afterwards(script, folder)
}
