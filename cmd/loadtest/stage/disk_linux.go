package stage

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"

	"wenda/internal/testbed"
)

// mount makes the small file system.
func (s *Stage) mount() error {
	folder, err := filepath.Abs(filepath.Join(s.dir, "disk"))
	if err == nil {
		err = os.MkdirAll(folder, 0o755)
	}
	if err == nil {
		err = unix.Mount("tmpfs", folder, "tmpfs", unix.MS_NODEV|unix.MS_NOEXEC|unix.MS_NOSUID, fmt.Sprintf("size=%d,mode=0700", s.o.Disk))
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoDisk, err)
	}
	s.disk = folder
	return testbed.Afterwards(`umount -l "$0" 2>/dev/null; true`, folder)
}

// unmount takes it away, also if somebody still has a file open.
func unmount(folder string) error {
	err := unix.Unmount(folder, unix.MNT_DETACH)
	if errors.Is(err, unix.EINVAL) { // it is none any more
		return nil
	}
	return err
}
