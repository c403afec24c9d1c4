package bench

import "syscall"

// dieWithUs has the kernel end a child when this process ends, however it ends.
func dieWithUs() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
