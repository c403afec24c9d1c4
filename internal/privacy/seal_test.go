package privacy

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func key(t *testing.T, older ...string) (*Sealer, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "key")
	s, err := OpenKey(file, older...)
	if err != nil {
		t.Fatal(err)
	}
	return s, file
}

func TestSealOpen(t *testing.T) {
	s, file := key(t)
	plain, aad := []byte("13800138000"), []byte("session 7")
	sealed := s.Seal(plain, aad)
	if bytes.Contains(sealed, plain) {
		t.Fatal("the sealed text shows the plain one")
	}
	if bytes.Equal(sealed, s.Seal(plain, aad)) {
		t.Error("sealing twice gives the same: the nonce is not random")
	}
	again, err := OpenKey(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, who := range map[string]*Sealer{"the same": s, "the key file opened again": again} {
		if got, err := who.Open(sealed, aad); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("%s: Open = %q, %v", name, got, err)
		}
	}
	if empty, err := s.Open(s.Seal(nil, nil), nil); err != nil || len(empty) != 0 {
		t.Errorf("empty text: %q, %v", empty, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	s, _ := key(t)
	other, _ := key(t)
	aad := []byte("session 7")
	sealed := s.Seal([]byte("13800138000"), aad)
	refused := map[string]func() ([]byte, error){
		"another key":    func() ([]byte, error) { return other.Open(sealed, aad) },
		"another owner":  func() ([]byte, error) { return s.Open(sealed, []byte("session 8")) },
		"no owner":       func() ([]byte, error) { return s.Open(sealed, nil) },
		"nothing":        func() ([]byte, error) { return s.Open(nil, aad) },
		"a longer one":   func() ([]byte, error) { return s.Open(append(bytes.Clone(sealed), 0), aad) },
		"another key id": func() ([]byte, error) { b := bytes.Clone(sealed); b[1] ^= 1; return s.Open(b, aad) },
	}
	for name, open := range refused {
		if got, err := open(); !errors.Is(err, ErrSealed) || got != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for i := range sealed {
		flipped := bytes.Clone(sealed)
		flipped[i] ^= 0x40
		if _, err := s.Open(flipped, aad); !errors.Is(err, ErrSealed) {
			t.Errorf("byte %d changed: %v", i, err)
		}
		if _, err := s.Open(sealed[:i], aad); !errors.Is(err, ErrSealed) {
			t.Errorf("cut to %d bytes: %v", i, err)
		}
	}
}

func TestOlderKeysOpen(t *testing.T) {
	old, oldFile := key(t)
	sealed := old.Seal([]byte("zhangsan@example.com"), nil)
	s, _ := key(t, oldFile)
	if got, err := s.Open(sealed, nil); err != nil || string(got) != "zhangsan@example.com" {
		t.Errorf("Open = %q, %v", got, err)
	}
	if _, err := old.Open(s.Seal([]byte("x"), nil), nil); !errors.Is(err, ErrSealed) {
		t.Errorf("the new key seals with the old one: %v", err)
	}
	if _, err := OpenKey(oldFile, filepath.Join(t.TempDir(), "absent")); !errors.Is(err, ErrKeyFile) {
		t.Errorf("a missing older key: %v", err)
	}
}

func TestKeysByPurpose(t *testing.T) {
	s, file := key(t)
	again, err := OpenKey(file)
	if err != nil {
		t.Fatal(err)
	}
	a, b := s.Key("customer-token"), s.Key("something else")
	if len(a) != KeySize || bytes.Equal(a, b) || !bytes.Equal(a, again.Key("customer-token")) || bytes.Equal(a, derive(s.master, "seal")) {
		t.Error("keys of purposes must be of full size, differ, and stay the same")
	}
}

func TestKeyFileIsMadeOnce(t *testing.T) {
	file := filepath.Join(t.TempDir(), "key")
	keys := make([][]byte, 8)
	var all sync.WaitGroup
	for i := range keys {
		all.Go(func() {
			if s, err := OpenKey(file); err != nil {
				t.Error(err)
			} else {
				keys[i] = s.Key("test")
			}
		})
	}
	all.Wait()
	for _, k := range keys {
		if !bytes.Equal(k, keys[0]) {
			t.Fatal("two starts at once got two keys")
		}
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, _ := os.ReadDir(filepath.Dir(file)); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
}

func TestKeyFileRefused(t *testing.T) {
	good := strings.Repeat("0f", KeySize)
	for _, c := range []struct {
		name, text string
		mode       os.FileMode
		says       string
	}{
		{"readable by the group", good, 0o640, "chmod 600"},
		{"readable by all", good, 0o604, "chmod 600"},
		{"empty", "", 0o600, "64 hexadecimal digits"},
		{"short", good[:62], 0o600, "64 hexadecimal digits"},
		{"long", good + "00", 0o600, "64 hexadecimal digits"},
		{"two lines", good + "\n" + good, 0o600, "64 hexadecimal digits"},
		{"no digits", strings.Repeat("xy", KeySize), 0o600, "64 hexadecimal digits"},
		{"huge", strings.Repeat("0f", 1<<16), 0o600, "64 hexadecimal digits"},
	} {
		file := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(file, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(file, c.mode); err != nil {
			t.Fatal(err)
		}
		_, err := OpenKey(file)
		if !errors.Is(err, ErrKeyFile) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), file) {
			t.Errorf("%s: %v", c.name, err)
		}
		if c.text != "" && strings.Contains(err.Error(), c.text[:8]) {
			t.Errorf("%s: the error shows the key", c.name)
		}
		if now, _ := os.ReadFile(file); string(now) != c.text {
			t.Errorf("%s: the file was changed", c.name)
		}
	}
	if _, err := OpenKey(filepath.Join(t.TempDir(), "absent", "key")); !errors.Is(err, ErrKeyFile) {
		t.Errorf("no folder: %v", err)
	}
	if _, err := OpenKey(t.TempDir()); !errors.Is(err, ErrKeyFile) {
		t.Errorf("a folder: %v", err)
	}
}
