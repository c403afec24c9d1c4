package index

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"time"

	"wenda/knowledge"
)

const manifestName = "manifest.json"

// manifest says what a generation is and what its files must hold:
//
//	{"release":12,"content":"3f9a…","format":"1/1-5be2…","built":"2026-11-21T08:00:00Z",
//	 "files":{"bleve/index_meta.json":"9c0d…","bleve/store/root.bolt":"…"}}
type manifest struct {
	Release int64             `json:"release"`
	Content string            `json:"content"` // SHA-256 over the phrasings and synonyms
	Format  string            `json:"format"`
	Built   time.Time         `json:"built"`
	Files   map[string]string `json:"files"` // slash-separated path to SHA-256, the manifest itself left out
}

// describe returns the manifest that a generation of the release must have, but
// for its files.
func describe(r *knowledge.Release, phrasings []Phrasing, format string) manifest {
	h := sha256.New()
	for _, p := range phrasings {
		for _, s := range []string{p.Entry, string(p.Lang), p.Text} {
			fmt.Fprintf(h, "%d:%s", len(s), s)
		}
	}
	for _, group := range r.Synonyms() {
		fmt.Fprintf(h, "mean %q", group)
	}
	return manifest{Release: r.ID, Content: hex.EncodeToString(h.Sum(nil)), Format: format}
}

// folder returns the name of the generation's folder.
func (m manifest) folder() string { return fmt.Sprintf("gen-%d-%s", m.Release, m.Content[:16]) }

// verify reports why the folder does not hold what the manifest wants, reading
// every file once.
func (m manifest) verify(dir string) error {
	got, err := readManifest(dir)
	if err != nil {
		return err
	}
	if got.Release != m.Release || got.Content != m.Content || got.Format != m.Format {
		return fmt.Errorf("index: manifest is of another release, content or format")
	}
	files, err := sums(dir)
	if err != nil {
		return err
	}
	if !maps.Equal(files, got.Files) {
		return fmt.Errorf("index: files differ from the manifest")
	}
	return nil
}

func readManifest(dir string) (manifest, error) {
	var m manifest
	b, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return m, fmt.Errorf("index: manifest: %w", err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&m); err != nil {
		return m, fmt.Errorf("index: manifest: %w", err)
	}
	return m, nil
}

// seal writes the manifest and flushes all files and folders to disk.
func (m manifest) seal(dir string) error {
	var err error
	if m.Files, err = sums(dir); err != nil {
		return err
	}
	m.Built = time.Now().UTC()
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, manifestName), b, 0o600); err != nil {
		return err
	}
	return filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return flush(path)
	})
}

// flush makes a file or a folder's entries survive a power cut.
func flush(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	err = f.Sync()
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// sums returns the SHA-256 of every file below dir but the manifest.
func sums(dir string) (map[string]string, error) {
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil || name == manifestName {
			return err
		}
		out[filepath.ToSlash(name)], err = sum(path)
		return err
	})
	return out, err
}

func sum(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
