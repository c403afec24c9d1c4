package testbed

import (
	"os/exec"
	"syscall"
)

// dieWithUs has the kernel signal the program when the test binary ends, also when
// it is killed.
func dieWithUs(cmd *exec.Cmd, signal syscall.Signal) *exec.Cmd {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = signal
	return cmd
}
