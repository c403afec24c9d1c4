package bench

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/spf13/cobra"
)

// pace says when the next question is due, from a process of its own: as customers' do,
// questions come in from outside. A timer of ours would wait with us when all processors
// are taken.
type pace struct {
	cmd *exec.Cmd
	out io.ReadCloser
	due chan time.Time // closed when the process has ended
}

// startPace begins to tell. Who reads due too late gets what is overdue at once.
func startPace(ctx context.Context, every time.Duration) (*pace, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &pace{cmd: exec.CommandContext(ctx, self, "bench", "pace", "--every", every.String()), due: make(chan time.Time)}
	p.cmd.SysProcAttr = dieWithUs()
	if p.out, err = p.cmd.StdoutPipe(); err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the pace: %w", err)
	}
	go p.read()
	return p, nil
}

func (p *pace) read() {
	defer close(p.due)
	for {
		var at int64
		if binary.Read(p.out, binary.LittleEndian, &at) != nil {
			return
		}
		p.due <- time.Unix(0, at)
	}
}

// stop ends the process, and returns when nothing of it is left.
func (p *pace) stop() {
	_ = p.cmd.Process.Kill()
	for range p.due {
	}
	_ = p.cmd.Wait()
}

func paceCommand() *cobra.Command {
	var every time.Duration
	c := &cobra.Command{Use: "pace", Hidden: true, Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		for due := time.Now(); ; due = due.Add(every) {
			time.Sleep(time.Until(due))
			if err := binary.Write(c.OutOrStdout(), binary.LittleEndian, due.UnixNano()); err != nil {
				return err
			}
		}
	}}
	c.Flags().DurationVar(&every, "every", time.Second, "time between two")
	return c
}
