package testbed

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

const postgresPackage = "postgresql"

// postgres is the one server of this test binary.
var postgres struct {
	once sync.Once
	port int
	err  error
	made atomic.Int64 // databases
}

// Postgres returns the URL of a fresh database, on a server that syncs to disk as
// one in production does.
func Postgres(t testing.TB) string {
	t.Helper()
	initdb, server := program(t, "initdb", postgresPackage), program(t, "postgres", postgresPackage)
	ready, createdb := program(t, "pg_isready", "postgresql-client"), program(t, "createdb", "postgresql-client")
	postgres.once.Do(func() {
		postgres.port, postgres.err = repeatedly(func() (int, error) { return startPostgres(initdb, server, ready) })
	})
	if postgres.err != nil {
		t.Fatal(postgres.err)
	}
	name := fmt.Sprint("test", postgres.made.Add(1))
	if err := run(exec.Command(createdb, "-h", "127.0.0.1", "-p", strconv.Itoa(postgres.port), "-U", "wenda", name)); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("postgres://wenda:secret@127.0.0.1:%d/%s?sslmode=disable", postgres.port, name)
}

func startPostgres(initdb, server, ready string) (int, error) {
	owner, err := unprivileged()
	if err != nil {
		return 0, err
	}
	folder, err := os.MkdirTemp("", "wenda-postgres-")
	if err != nil {
		return 0, err
	}
	if owner != nil {
		if err := os.Chown(folder, int(owner.Uid), int(owner.Gid)); err != nil {
			return 0, err
		}
	}
	data := filepath.Join(folder, "data")
	as := func(cmd *exec.Cmd) *exec.Cmd {
		cmd.Dir, cmd.SysProcAttr = folder, &syscall.SysProcAttr{Credential: owner}
		return cmd
	}
	if err := run(as(exec.Command(initdb, "-D", data, "-U", "wenda", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"))); err != nil {
		return 0, errors.Join(err, os.RemoveAll(folder))
	}
	number, err := freePort()
	if err != nil {
		return 0, err
	}
	port := strconv.Itoa(number)
	cmd := as(exec.Command(server, "-D", data, "-p", port, "-c", "listen_addresses=127.0.0.1",
		"-c", "unix_socket_directories=", "-c", "max_connections=200", "-c", "log_min_messages=fatal"))
	// SIGQUIT is PostgreSQL's immediate shutdown; SIGKILL would leave shared memory behind.
	p, err := start(dieWithUs(cmd, syscall.SIGQUIT), func() bool {
		return exec.Command(ready, "-q", "-h", "127.0.0.1", "-p", port, "-U", "wenda").Run() == nil
	})
	if err != nil {
		return 0, errors.Join(err, os.RemoveAll(folder))
	}
	return number, cleanBehindUs(p.cmd.Process.Pid, folder)
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

// cleanBehindUs starts a shell that outlives the test binary for a moment: when the
// pipe between them breaks, it shuts the server down and removes its files.
func cleanBehindUs(server int, folder string) error {
	const script = `cat >/dev/null; kill -QUIT "$0"; for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 "$0" 2>/dev/null || break; sleep 0.2; done; kill -KILL "$0" 2>/dev/null; rm -rf "$1"`
	cmd := exec.Command("/bin/sh", "-c", script, strconv.Itoa(server), folder)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt at the keyboard is for the tests
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	keepOpen = append(keepOpen, pipe)
	return cmd.Start()
}

// keepOpen are pipes that must not be collected as garbage while the tests run.
var keepOpen []io.Closer
