//go:build !linux

package stage

func (s *Stage) mount() error { return ErrNoDisk }

func unmount(string) error { return nil }
