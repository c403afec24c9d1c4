package testbed

import (
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
)

// Host is who asks for a server: a *testing.T, or a command that wants the same
// servers for longer than a test. Fatal, Fatalf and Skip do not return.
type Host interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
	Skip(args ...any)
	Cleanup(func())
	TempDir() string
}

// Folder makes a temporary folder that others may enter, and that is gone after
// this process, however it ends.
func Folder(prefix string) (string, error) {
	folder, err := os.MkdirTemp("", prefix)
	if err != nil {
		return "", err
	}
	if err := os.Chmod(folder, 0o755); err != nil {
		return "", err
	}
	return folder, Afterwards(`rm -rf "$0"`, folder)
}

// Afterwards runs a shell script with arguments $0, $1 … after this process,
// however that ends.
func Afterwards(script string, arguments ...string) error {
	cmd := exec.Command("/bin/sh", append([]string{"-c", "cat >/dev/null; " + script}, arguments...)...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt at the keyboard is for us
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	keepOpen.Lock()
	defer keepOpen.Unlock()
	keepOpen.pipes = append(keepOpen.pipes, pipe)
	return nil
}

// keepOpen are pipes that must not be collected as garbage while we run.
var keepOpen struct {
	sync.Mutex
	pipes []io.Closer
}

// DieWithUs has the kernel signal a program that we start when we end, also when we
// are killed. Where the kernel cannot, it does nothing.
func DieWithUs(cmd *exec.Cmd, signal syscall.Signal) *exec.Cmd { return dieWithUs(cmd, signal) }

// FreePort finds a port of 127.0.0.1 that nobody listens on and that, if possible, the
// kernel gives no outgoing connection: it is still free when its server starts again.
func FreePort() (int, error) { return freePort() }
