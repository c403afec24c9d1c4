package main

import (
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"wenda/internal/testbed"
)

// What was acked and who was logged in survive kill -9. SIGTERM ends it in peace.
func TestCrash(t *testing.T) {
	t.Parallel()
	dir, addr := t.TempDir(), freeAddr(t)
	first := startProcess(t, dir, addr)
	s := &served{t: t, base: "http://" + addr, out: first.out}
	s.setup = s.printed(`(/setup\?token=\S+)`)
	zhou := s.founder("solo")
	chat, welcome := openChat(t, s.base, "", 0)
	chat.answered("智能客服")
	acked := chat.say(frame{"type": "send", "text": "卡里有钱为什么还款失败"})
	first.kill()

	second := startProcess(t, dir, addr)
	if strings.Contains(second.out.String(), "/setup") {
		t.Errorf("the second start prints a set-up link: %s", second.out)
	}
	if p := zhou.get("/desk"); p.status != http.StatusOK {
		t.Errorf("the desk after the crash: %s", p)
	}
	chat, again := openChat(t, s.base, welcome.text("token"), 0)
	if again.text("session") != welcome.text("session") {
		t.Errorf("it is another chat: %v, was %v", again, welcome)
	}
	if said := chat.hears("卡里有钱为什么还款失败"); said["seq"] != acked["seq"] {
		t.Errorf("acked as %v, kept as %v", acked["seq"], said["seq"])
	}
	chat.answered("还款失败")
	if err := second.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	chat.closed(1012)
	<-second.ended
	if code := second.cmd.ProcessState.ExitCode(); code != 0 {
		t.Errorf("SIGTERM ended it with exit code %d: %s", code, second.out)
	}
}

func freeAddr(t *testing.T) string {
	t.Helper()
	free, err := testbed.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint("127.0.0.1:", free)
}

// process is a wenda serve that can be killed.
type process struct {
	cmd   *exec.Cmd
	out   *written
	ended chan struct{}
}

func startProcess(t *testing.T, dir, addr string) *process {
	t.Helper()
	bin, err := command()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{exec.Command(filepath.Join(bin, "wenda"), "serve", "--data-dir", dir, "--addr", addr, "--private-addr", "", "--bot-match-budget", "1m"), &written{}, make(chan struct{})}
	p.cmd.Stdout, p.cmd.Stderr, p.cmd.SysProcAttr = p.out, p.out, &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait() // how it ended is in ProcessState
		close(p.ended)
	}()
	t.Cleanup(p.kill)
	within(t, "the process is ready", func() bool {
		select {
		case <-p.ended:
			t.Fatalf("it ended: %s", p.out)
		default:
		}
		return strings.Contains(p.out.String(), "hot state:")
	})
	return p
}

// kill is kill -9: no drain, no goodbye.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}
