package privacy

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// KeySize is the size of a key in bytes.
const KeySize = 32

// ErrKeyFile says that a key file is there but must not or cannot be used; the text
// says what to do.
var ErrKeyFile = errors.New("privacy: key file")

// OpenKey returns the Sealer of a key file: one line of 64 hexadecimal digits, 32
// random bytes, readable by its owner only. If there is no such file it is made,
// whole or not at all; of several processes that do so at once, all get the same
// key. The folder must exist. Whoever loses the file cannot read what was sealed:
// back it up, elsewhere than the database.
//
// older are key files that this one replaced: what they sealed can still be opened.
// Each of them must exist.
func OpenKey(file string, older ...string) (*Sealer, error) {
	master, err := readKey(file)
	if errors.Is(err, fs.ErrNotExist) {
		if err = makeKey(file); err == nil {
			master, err = readKey(file)
		}
	}
	if err != nil {
		return nil, err
	}
	var others [][KeySize]byte
	for _, old := range older {
		other, err := readKey(old)
		if err != nil {
			return nil, err
		}
		others = append(others, other)
	}
	return newSealer(master, others...)
}

func readKey(file string) (key [KeySize]byte, err error) {
	f, err := os.Open(file)
	if err != nil {
		return key, fmt.Errorf("%w: %w", ErrKeyFile, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return key, fmt.Errorf("%w: %w", ErrKeyFile, err)
	}
	if !info.Mode().IsRegular() {
		return key, fmt.Errorf("%w %s: it is not a file", ErrKeyFile, file)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return key, fmt.Errorf("%w %s: others may read it (mode %04o); run: chmod 600 %s", ErrKeyFile, file, mode, file)
	}
	text, err := io.ReadAll(io.LimitReader(f, 4*KeySize))
	if err != nil {
		return key, fmt.Errorf("%w: %w", ErrKeyFile, err)
	}
	line := strings.TrimSpace(string(text))
	if n, err := hex.Decode(key[:], []byte(line[:min(len(line), 2*KeySize)])); err != nil || n != KeySize || len(line) != 2*KeySize {
		return key, fmt.Errorf("%w %s: it must hold %d hexadecimal digits and holds something else (%d bytes); restore it from a backup, "+
			"or move it away to begin with a new key that cannot read what the old one sealed", ErrKeyFile, file, 2*KeySize, info.Size())
	}
	return key, nil
}

// makeKey writes a new key beside file and links it there: a link, unlike a
// rename, never replaces the key that another process has just made.
func makeKey(file string) error {
	folder := filepath.Dir(file)
	part, err := os.CreateTemp(folder, filepath.Base(file)+".*.part") // mode 0600
	if err != nil {
		return fmt.Errorf("%w: %w", ErrKeyFile, err)
	}
	defer os.Remove(part.Name())
	defer part.Close()
	key := make([]byte, KeySize)
	rand.Read(key) // never fails: crypto/rand
	if _, err = fmt.Fprintln(part, hex.EncodeToString(key)); err == nil {
		err = part.Sync()
	}
	if err == nil {
		if err = os.Link(part.Name(), file); errors.Is(err, fs.ErrExist) {
			err = nil // somebody was faster
		}
	}
	if err == nil {
		err = syncFolder(folder)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrKeyFile, err)
	}
	return nil
}

func syncFolder(path string) error {
	if runtime.GOOS == "windows" { // folders cannot be synced there
		return nil
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	return folder.Sync()
}
