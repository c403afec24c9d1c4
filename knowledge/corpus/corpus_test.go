package corpus

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"wenda/knowledge"
	"wenda/knowledge/eval"
	"wenda/knowledge/eval/evaltest"
	"wenda/knowledge/exchange"
	"wenda/knowledge/segment"
	"wenda/knowledge/semantic"
)

var segmenter = sync.OnceValue(func() *segment.Segmenter {
	seg, err := segment.New()
	if err != nil {
		panic(err)
	}
	return seg
})

func TestOurCorpus(t *testing.T) {
	report := Check(Own(), segmenter())
	t.Log(report)
	for _, p := range report.Problems {
		t.Error(p)
	}
}

func TestEncoderIsOfThisCorpus(t *testing.T) {
	m, err := EncoderManifest()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(encoderFile)
	if m.Corpus != Own().Hash() || m.Segmenter != segmenter().Version() || m.Settings != semantic.Pretraining || m.SHA256 != hex.EncodeToString(sum[:]) {
		t.Error("the corpus, the segmenter or the settings changed after the encoder was taught: make encoder")
	}
	if m.Bytes > 6<<20 {
		t.Errorf("the encoder has %d bytes, at most 6 MiB", m.Bytes)
	}
	encoder, err := Encoder()
	if err != nil || encoder.Rows() != m.Rows {
		t.Errorf("%d features, want %d: %v", encoder.Rows(), m.Rows, err)
	}
}

// slice is the digest of an encoder that was taught with a slice of the corpus on an
// amd64: whoever teaches it again must get the same bytes.
const slice = "testdata/slice.sha256"

func TestSliceIsLearntAlike(t *testing.T) {
	if runtime.GOARCH != "amd64" {
		t.Skip("exponentials may differ in the last bit on", runtime.GOARCH)
	}
	part := &Corpus{Pairs: Own().Pairs[:20]}
	for i := 0; i < len(Own().Intents); i += 40 {
		part.Intents = append(part.Intents, Own().Intents[i])
	}
	settings := semantic.Pretraining
	settings.Epochs, settings.Rows = 2, 2000
	teach := func() string {
		e, err := semantic.Train(t.Context(), segmenter(), nil, part.Lesson(), settings, nil)
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		if err := e.Write(&file); err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(file.Bytes())
		return hex.EncodeToString(sum[:])
	}
	first := teach()
	before := runtime.GOMAXPROCS(1)
	again := teach()
	runtime.GOMAXPROCS(before)
	if first != again {
		t.Error("taught twice, two encoders")
	}
	want, err := os.ReadFile(slice)
	if errors.Is(err, fs.ErrNotExist) || os.Getenv("UPDATE_SLICE") != "" {
		t.Logf("written: %s", slice)
		if err := os.WriteFile(slice, []byte(first+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if got := strings.TrimSpace(string(want)); got != first {
		t.Errorf("the slice became %s, was %s (UPDATE_SLICE=1 accepts it, if corpus or recipe changed)", first, got)
	}
}

func small() fstest.MapFS {
	return fstest.MapFS{
		"zh/repay.tsv":         {Data: []byte("repay.how\t怎么还款\nrepay.how\t去哪还钱\nrepay.when\t几号还\n")},
		"en/loan.tsv":          {Data: []byte("loan.how\thow do i borrow\n")},
		"outside/zh/chat.tsv":  {Data: []byte("今天天气\n")},
		"pairs/zh/repay.tsv":   {Data: []byte("怎么还款\t几号还\tdifferent\n")},
		"outside/zh/notes.txt": {Data: []byte("not a table")},
	}
}

func TestRead(t *testing.T) {
	c, err := Read(small())
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Intents) != 3 || c.Intents[0].ID != "repay.how" || len(c.Intents[0].Utterances) != 2 || c.Intents[0].Topic() != "repay" || c.Intents[2].Lang != knowledge.English {
		t.Errorf("intents: %+v", c.Intents)
	}
	if !slices.Equal(c.Far(knowledge.Chinese), []string{"今天天气"}) || len(c.Pairs) != 1 {
		t.Errorf("outside %+v, pairs %+v", c.Outside, c.Pairs)
	}
}

func TestReadRefuses(t *testing.T) {
	for name, line := range map[string]string{
		"one column": "repay.how", "three columns": "repay.how\ta\tb", "an empty cell": "repay.how\t", "space": "repay.how\t 还款",
		"another topic": "loan.how\t怎么借", "no topic": "repay\t还款", "not UTF-8": "repay.how\t\xff", "an empty line": "repay.how\t还\n",
	} {
		files := small()
		files["zh/repay.tsv"] = &fstest.MapFile{Data: []byte("repay.how\t怎么还款\n" + line + "\n")}
		if _, err := Read(files); err == nil || !strings.Contains(err.Error(), "zh/repay.tsv: line ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	files := small()
	files["pairs/zh/repay.tsv"] = &fstest.MapFile{Data: []byte("a\tb\tsame\n")}
	if _, err := Read(files); err == nil {
		t.Error("a pair that is not different was taken")
	}
}

func TestHashSeesEverything(t *testing.T) {
	seen := map[string]bool{}
	for _, change := range []func(fstest.MapFS){
		func(fstest.MapFS) {},
		func(f fstest.MapFS) { f["zh/repay.tsv"].Data = []byte("repay.how\t怎么还款\n") },
		func(f fstest.MapFS) { f["outside/zh/chat.tsv"].Data = []byte("今天\n") },
		func(f fstest.MapFS) { f["pairs/zh/repay.tsv"].Data = []byte("怎么还款\t还\tdifferent\n") },
	} {
		files := small()
		change(files)
		c, err := Read(files)
		if err != nil {
			t.Fatal(err)
		}
		seen[c.Hash()] = true
	}
	if len(seen) != 4 {
		t.Errorf("%d hashes of 4 corpora", len(seen))
	}
}

func TestCheckFinds(t *testing.T) {
	has := func(id string, texts ...string) Intent { return Intent{id, knowledge.Chinese, texts} }
	for _, c := range []struct {
		corpus Corpus
		want   string
	}{
		{Corpus{Intents: []Intent{has("a.b", "怎么还款", "怎么还款？")}}, "a.b: \"怎么还款？\" is in a.b too"},
		{Corpus{Intents: []Intent{has("a.b", "怎么還款"), has("a.c", "怎么还款")}}, "is in a.b too"},
		{Corpus{Intents: []Intent{has("a.b", "今天天气")}, Outside: []Outside{{"chat", knowledge.Chinese, "今天天气"}}}, "outside/chat"},
		{Corpus{Intents: []Intent{has("a.b", "我的号码是13800138000")}}, "personal data"},
		{Corpus{Intents: []Intent{has("a.b", "微信能还吗")}}, "names a real company"},
		{Corpus{Intents: []Intent{has("a.b", "怎么还款呢", "怎么还款呀", "怎么还款哦")}}, "too much alike"},
		{Corpus{Intents: []Intent{has("a.b", "？？")}}, "no letter"},
		{Corpus{Intents: []Intent{has("a.b", "还款", "还钱")}, Pairs: []Pair{{knowledge.Chinese, "还款", "还钱"}}}, "both of a.b"},
		{Corpus{Pairs: []Pair{{knowledge.Chinese, "还款", "还款!"}}}, "the same text"},
		{Corpus{Pairs: []Pair{{knowledge.Chinese, "还款", "还钱"}, {knowledge.Chinese, "还钱", "还款"}}}, "there twice"},
		{Corpus{}, "intents, at least"},
	} {
		report := Check(&c.corpus, segmenter())
		if !slices.ContainsFunc(report.Problems, func(p string) bool { return strings.Contains(p, c.want) }) {
			t.Errorf("no %q among %q", c.want, report.Problems)
		}
	}
}

// The corpus was written before anybody looked at the research data. Where those are
// at hand, hardly a line of more than six characters may stand in both.
func TestNothingIsFromElsewhere(t *testing.T) {
	elsewhere := map[string]string{}
	sets, _ := filepath.Glob(filepath.Join(evaltest.Dir(), "*", "*.jsonl"))
	if len(sets) == 0 {
		t.Skip("no research data here: WENDA_TEST_DATA=FOLDER go test ./knowledge/corpus")
	}
	for _, name := range sets {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		if filepath.Base(name) == "kb.jsonl" {
			entries, err := exchange.ReadBase(f, exchange.DefaultLimits)
			if err != nil {
				t.Fatal(name, err)
			}
			for _, e := range entries {
				for _, text := range e.Texts {
					for _, phrasing := range append(text.Similar, text.Question) {
						elsewhere[segment.Key(phrasing)] = name
					}
				}
			}
		} else if cases, _, err := eval.ReadJSONL(f); err == nil {
			for _, c := range cases {
				elsewhere[segment.Key(c.Text)] = name
			}
		}
		_ = f.Close()
	}
	lines, both := 0, 0
	for _, i := range Own().Intents {
		for _, text := range i.Utterances {
			lines++
			key := segment.Key(text)
			if from, ok := elsewhere[key]; ok && utf8.RuneCountInString(key) > 6 {
				both++
				t.Logf("%s: %s is in %s too", i.ID, text, filepath.Base(filepath.Dir(from)))
			}
		}
	}
	t.Logf("%d of %d lines", both, lines)
	if both*100 > lines {
		t.Errorf("%d of %d lines stand elsewhere too", both, lines)
	}
}
