package audit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// HeadFile is the name of the file that KeepHead writes.
const HeadFile = "audit-heads.txt"

// KeepHead appends the head to a file in dir, once a day (UTC): a line with the date,
// the number and the hash.
func KeepHead(dir string, now time.Time, head Head) error {
	file, day := filepath.Join(dir, HeadFile), now.UTC().Format(time.DateOnly)
	text, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("audit: %w", err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	if strings.HasPrefix(lines[len(lines)-1], day+" ") {
		return nil
	}
	f, err := os.OpenFile(file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	_, err = fmt.Fprintf(f, "%s %s\n", day, head)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}

// KeptHeads reads what KeepHead wrote; none if there is no file.
func KeptHeads(dir string) ([]Head, error) {
	text, err := os.ReadFile(filepath.Join(dir, HeadFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	var heads []Head
	for n, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		_, head, _ := strings.Cut(line, " ")
		h, err := ParseHead(head)
		if err != nil {
			return nil, fmt.Errorf("%s, line %d: %w", HeadFile, n+1, err)
		}
		heads = append(heads, h)
	}
	return heads, nil
}
