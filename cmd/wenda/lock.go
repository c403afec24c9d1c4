package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// errLocked says that another serve works on the same data folder.
var errLocked = errors.New("another wenda serve uses this data folder")

// lockFolder makes sure that this is the only serve on a data folder. The lock is
// the process's own: it is gone with it, however it ends. Call the returned
// function to let go earlier.
func lockFolder(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, lockFile), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("%w: %s (stop it, or give this one another --data-dir)", errLocked, dir)
	}
	return func() { _ = f.Close() }, nil
}
