package index

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"wenda/knowledge"
	"wenda/knowledge/corpus"
	"wenda/knowledge/eval/evaltest"
)

// grown is a base of n phrasings, ten an entry: utterances of our corpus, as often as it
// takes, each time begun in another way.
func grown(t testing.TB, n int) *knowledge.Release {
	t.Helper()
	var all []string
	for _, begin := range []string{"", "请问", "我想问一下", "麻烦问下", "那个", "你好，"} {
		for _, intent := range corpus.Own().Intents {
			for _, text := range intent.Utterances {
				if intent.Lang == knowledge.Chinese {
					all = append(all, begin+text)
				}
			}
		}
	}
	if len(all) < n {
		t.Fatalf("%d phrasings, want %d", len(all), n)
	}
	var entries []knowledge.Entry
	for i := 0; i < n; i += 10 {
		entries = append(entries, zh(fmt.Sprintf("e%06d", i/10), all[i:i+10]...))
	}
	return release(t, 1, entries...)
}

// A large base is built, opened again and searched; every search reads within its
// budget. WENDA_DATA_ALL=1 makes it 100,000 phrasings, and its figures are in the log.
func TestLargeBase(t *testing.T) {
	n := 2500 // two batches of the builder
	if evaltest.All() {
		n = 100_000
	}
	r, dir := grown(t, n), t.TempDir()
	start := time.Now()
	g := generation(t, shelf(t, dir), r)
	t.Logf("%d phrasings built in %v, %.0f bytes each", len(g.phrasings), time.Since(start), float64(size(t, filepath.Join(dir, g.folder)))/float64(len(g.phrasings)))
	g.Drop()
	start = time.Now()
	g = generation(t, shelf(t, dir), r)
	defer g.Drop()
	t.Logf("opened in %v", time.Since(start))
	missed := 0
	for i := 0; i < len(g.phrasings); i += len(g.phrasings) / 250 {
		p := g.phrasings[i]
		rare, _ := choose(g.asked(seg().Cut(p.Text)), postings(len(g.phrasings)))
		read := 0
		for _, x := range rare {
			read += int(x.by)
		}
		if len(rare) > 1 && read > postings(len(g.phrasings)) {
			t.Errorf("%d postings read, at most %d", read, postings(len(g.phrasings)))
		}
		if found := ask(t, g, p.Text, 50); len(found) == 0 || found[0].Text != p.Text {
			missed++ // others may hold the same tokens
		}
	}
	if missed > 5 {
		t.Errorf("%d of 250 phrasings do not come first for themselves", missed)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	t.Logf("%d of 250 did not come first; %d MiB of heap", missed, m.HeapAlloc>>20)
}

// size of a folder in bytes.
func size(t testing.TB, dir string) (all int64) {
	t.Helper()
	for _, name := range files(t, dir) {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		all += info.Size()
	}
	return all
}
