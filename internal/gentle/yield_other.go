//go:build !linux

package gentle

import "runtime"

func yield() { runtime.Gosched() }
