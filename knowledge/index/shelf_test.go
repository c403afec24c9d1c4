package index

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"wenda/knowledge"
	"wenda/knowledge/segment"
)

func folders(t *testing.T, s *Shelf) []string {
	t.Helper()
	list, err := os.ReadDir(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range list {
		out = append(out, e.Name())
	}
	return out
}

func built(t *testing.T, s *Shelf, g *Generation) string {
	t.Helper()
	m, err := readManifest(filepath.Join(s.dir, g.folder))
	if err != nil {
		t.Fatal(err)
	}
	return m.Built.String()
}

func TestKeptGenerationIsOpenedAgain(t *testing.T) {
	dir := t.TempDir()
	g := generation(t, shelf(t, dir), small(t, 1))
	before := built(t, shelf(t, dir), g)
	g.Drop()
	s := shelf(t, dir) // as after a restart
	g = generation(t, s, small(t, 1))
	defer g.Drop()
	if built(t, s, g) != before {
		t.Error("a sound generation was built again")
	}
	again := generation(t, s, small(t, 1))
	if again != g {
		t.Error("an open generation was opened twice")
	}
	again.Drop()
	ask(t, g, "还款", 5)
}

func TestOtherContentOrFormatIsBuiltAgain(t *testing.T) {
	dir := t.TempDir()
	g := generation(t, shelf(t, dir), small(t, 1))
	folder := g.folder
	before := built(t, shelf(t, dir), g)
	g.Drop()

	other, err := segment.New("换绑银行卡")
	if err != nil {
		t.Fatal(err)
	}
	s, err := OpenShelf(dir, other)
	if err != nil {
		t.Fatal(err)
	}
	g = generation(t, s, small(t, 1))
	if g.folder != folder || built(t, s, g) == before {
		t.Error("another dictionary needs another index")
	}
	g.Drop()

	g = generation(t, s, release(t, 1, zh("a", "别的内容")))
	defer g.Drop()
	if g.folder == folder || entries(ask(t, g, "别的内容", 5))[0] != "a" {
		t.Error("other content under the same release id needs another index")
	}
}

func TestTwoGenerationsAreKept(t *testing.T) {
	s := shelf(t, t.TempDir())
	reader := generation(t, s, small(t, 1))
	for id := int64(2); id <= 4; id++ {
		generation(t, s, small(t, id)).Drop()
	}
	if got := folders(t, s); len(got) != 3 {
		t.Errorf("want the last two and the one that is read, got %v", got)
	}
	if len(ask(t, reader, "还款失败", 5)) == 0 {
		t.Error("a reader lost its generation")
	}
	reader.Drop()
	got := folders(t, s)
	if len(got) != 2 || !strings.HasPrefix(got[0], "gen-3-") || !strings.HasPrefix(got[1], "gen-4-") {
		t.Errorf("want 3 and 4, got %v", got)
	}
	generation(t, s, small(t, 3)).Drop() // back to the one before
	if now := folders(t, s); !slices.Equal(now, got) {
		t.Errorf("going back changed %v to %v", got, now)
	}
}

func TestHoldEnds(t *testing.T) {
	g := generation(t, shelf(t, t.TempDir()), small(t, 1))
	if !g.Hold() {
		t.Fatal("an open generation can be held")
	}
	g.Drop()
	g.Drop()
	if g.Hold() {
		t.Error("a closed generation cannot be held")
	}
}

func TestLeftoversAreCleared(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"gen-1-abc.tmp/bleve", "gen-1-abc-0.bad/bleve", "other.tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if got := folders(t, shelf(t, dir)); !slices.Equal(got, []string{"other.tmp"}) {
		t.Errorf("left: %v", got)
	}
}

// damages are what may happen to a file.
var damages = map[string]func(path string) error{
	"flipped": func(path string) error {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for i := len(b) / 3; i < len(b); i += len(b)/7 + 1 {
			b[i] ^= 0xFF
		}
		return os.WriteFile(path, b, 0o600)
	},
	"one bit": func(path string) error {
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		b[len(b)/2] ^= 1 << 3
		return os.WriteFile(path, b, 0o600)
	},
	"zeroed": func(path string) error {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		return os.WriteFile(path, make([]byte, info.Size()), 0o600)
	},
	"truncated": func(path string) error {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		return os.Truncate(path, info.Size()/2)
	},
	"deleted":    os.Remove,
	"emptied":    func(path string) error { return os.Truncate(path, 0) },
	"unreadable": func(path string) error { return os.Chmod(path, 0) }, // no hindrance to root
	"a folder":   func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o700)) },
	"longer": func(path string) error {
		f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		_, err = f.WriteString("x")
		return errors.Join(err, f.Close())
	},
}

func files(t testing.TB, dir string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			name, _ := filepath.Rel(dir, path)
			out = append(out, name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// Each file of a generation, damaged in each way while nobody looks.
func TestDamageAtRestIsRepaired(t *testing.T) {
	dir := t.TempDir()
	g := generation(t, shelf(t, dir), small(t, 1))
	folder := filepath.Join(dir, g.folder)
	want := ask(t, g, "还款失败怎么办", 10)
	g.Drop()
	names := files(t, folder)
	if len(names) != 4 { // manifest, bleve's meta, root and one segment
		t.Fatalf("files: %v", names)
	}
	for _, name := range names {
		for kind, damage := range damages {
			if err := damage(filepath.Join(folder, name)); err != nil {
				t.Fatal(name, kind, err)
			}
			s := shelf(t, dir)
			g := generation(t, s, small(t, 1))
			if got := ask(t, g, "还款失败怎么办", 10); !slices.Equal(got, want) {
				t.Errorf("%s %s: found %v", name, kind, got)
			}
			g.Drop()
			if err := describe(small(t, 1), Phrasings(small(t, 1)), layout+"/"+seg().Version()).verify(folder); err != nil {
				t.Errorf("%s %s: not repaired: %v", name, kind, err)
			}
		}
	}
}

func TestDamagedFoldersAreRepaired(t *testing.T) {
	for kind, damage := range map[string]func(folder string) error{
		"gone":       os.RemoveAll,
		"empty":      func(f string) error { return errors.Join(os.RemoveAll(f), os.Mkdir(f, 0o700)) },
		"a file":     func(f string) error { return errors.Join(os.RemoveAll(f), os.WriteFile(f, nil, 0o600)) },
		"unreadable": func(f string) error { return os.Chmod(f, 0) },
		"extra file": func(f string) error { return os.WriteFile(filepath.Join(f, "bleve", "x"), nil, 0o600) },
		"bad manifest": func(f string) error {
			return os.WriteFile(filepath.Join(f, manifestName), []byte(`{"release":1,"extra":2}`), 0o600)
		},
		"half copied": func(f string) error { return os.RemoveAll(filepath.Join(f, "bleve", "store")) },
		"no manifest": func(f string) error { return os.Remove(filepath.Join(f, manifestName)) },
		"another release": func(f string) error { // whole and sound, but in the wrong place
			r := release(t, 7, zh("other", "别的内容"))
			return errors.Join(os.RemoveAll(f), build(context.Background(), f, describe(r, Phrasings(r), layout+"/"+seg().Version()), seg(), Phrasings(r)))
		},
		"another version": func(f string) error {
			r := small(t, 1)
			return errors.Join(os.RemoveAll(f), build(context.Background(), f, describe(r, Phrasings(r), "0/"+seg().Version()), seg(), Phrasings(r)))
		},
		"other documents": func(f string) error { // the manifest agrees, the index does not
			r := small(t, 1)
			return errors.Join(os.RemoveAll(f), build(context.Background(), f, describe(r, Phrasings(r), layout+"/"+seg().Version()), seg(), Phrasings(r)[1:]))
		},
	} {
		dir := t.TempDir()
		g := generation(t, shelf(t, dir), small(t, 1))
		folder := filepath.Join(dir, g.folder)
		g.Drop()
		if err := damage(folder); err != nil {
			t.Fatal(kind, err)
		}
		g = generation(t, shelf(t, dir), small(t, 1))
		if len(ask(t, g, "还款失败", 5)) == 0 {
			t.Errorf("%s: nothing found", kind)
		}
		g.Drop()
	}
}

// Damage under a generation that is being read: its memory maps the file.
func TestDamageWhileReadIsAnError(t *testing.T) {
	for kind, damage := range damages {
		if kind == "a folder" {
			continue
		}
		dir := t.TempDir()
		s := shelf(t, dir)
		g := generation(t, s, small(t, 1))
		for _, name := range files(t, filepath.Join(dir, g.folder)) {
			if err := damage(filepath.Join(dir, g.folder, name)); err != nil {
				t.Fatal(kind, err)
			}
		}
		failed := false
		for range 20 {
			_, err := g.Candidates(context.Background(), seg().Cut("卡里有钱为什么还款失败 How do I repay"), 5)
			if err != nil && !errors.Is(err, ErrDamaged) {
				t.Fatalf("%s: %v", kind, err)
			}
			failed = failed || err != nil
		}
		if kind == "emptied" && !failed {
			t.Error("an emptied file must be noticed")
		}
		s.Discard(g)
		s.Discard(g)
		next := generation(t, s, small(t, 1))
		g.Drop()
		if next == g || len(ask(t, next, "还款失败", 5)) == 0 {
			t.Errorf("%s: not built again", kind)
		}
		next.Drop()
	}
}

func TestReadersAndSwaps(t *testing.T) {
	s := shelf(t, t.TempDir())
	releases := []*knowledge.Release{small(t, 1), small(t, 2), small(t, 3)}
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for i := range 15 {
				g, err := s.Generation(context.Background(), releases[(worker+i)%3])
				if err != nil {
					t.Error(err)
					return
				}
				if len(ask(t, g, "还款失败", 5)) == 0 {
					t.Error("nothing found")
				}
				g.Drop()
			}
		})
	}
	all.Wait()
	if got := folders(t, s); len(got) > 3 {
		t.Errorf("left: %v", got)
	}
}
