package semantic

import (
	"bytes"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"wenda/knowledge/segment"
)

var segmenter = sync.OnceValue(func() *segment.Segmenter {
	seg, err := segment.New()
	if err != nil {
		panic(err)
	}
	return seg
})

// lesson has two groups that share hardly a character with themselves, and much with
// each other.
var lesson = Lesson{
	Groups: []Group{
		{Topic: "loan", Texts: []string{"怎么提前还款", "能不能早点还清", "想把剩下的一次结了", "提早还完要咋弄"}},
		{Topic: "loan", Texts: []string{"怎么修改还款日", "能不能换个日子还", "想把日期往后挪", "还款日要咋改"}},
		{Topic: "app", Texts: []string{"闪退", "一打开就没了", "软件老是崩", "app打不开"}},
		{Topic: "app", Texts: []string{"alone in its group"}},
	},
	Pairs: []Pair{{"怎么提前还款", "怎么修改还款日"}, {"罚息多少", "利息多少"}},
	Alone: []string{"今天天气怎么样", "放首歌"},
}

var quick = Settings{Epochs: 40, Batch: 4, Temperature: 0.1, Dropout: 0.3, Rate: 0.1, Local: 0.5, Hard: 1, Alone: 1, Fresh: 1, Strange: 0.5, Seed: 7}

func teach(t testing.TB, base *Encoder, l Lesson, s Settings) *Encoder {
	t.Helper()
	e, err := Train(t.Context(), segmenter(), base, l, s, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func cosine(e *Encoder, a, b string) float32 {
	return e.Encode(segmenter().Cut(a)).Cosine(e.Encode(segmenter().Cut(b)))
}

func TestUntaughtSeesWhatIsShared(t *testing.T) {
	e := Untaught()
	if same := cosine(e, "提前还款", "提前还款"); same < 0.9999 {
		t.Errorf("a text and itself: %v", same)
	}
	near, far := cosine(e, "提前还款", "怎么提前还款"), cosine(e, "提前还款", "闪退")
	if near < 0.5 || far > 0.25 {
		t.Errorf("shared words: %v, none: %v", near, far)
	}
	if typo := cosine(e, "提前还款", "提前还宽"); typo < 0.5 {
		t.Errorf("what sounds alike: %v", typo)
	}
}

func TestTrainingDrawsTogetherWhatMeansTheSame(t *testing.T) {
	before, after := Untaught(), teach(t, nil, lesson, quick)
	for _, pair := range [][2]string{{"怎么提前还款", "想把剩下的一次结了"}, {"闪退", "一打开就没了"}} {
		if b, a := cosine(before, pair[0], pair[1]), cosine(after, pair[0], pair[1]); a < b+0.3 {
			t.Errorf("%v: %.2f before, %.2f after", pair, b, a)
		}
	}
	if b, a := cosine(before, "怎么提前还款", "怎么修改还款日"), cosine(after, "怎么提前还款", "怎么修改还款日"); a > b-0.2 {
		t.Errorf("what is different: %.2f before, %.2f after", b, a)
	}
}

// A text that weighs nothing teaches nothing, and one that weighs more draws more.
func TestTextsTeachAsMuchAsTheyWeigh(t *testing.T) {
	drawn := func(weight float32) float32 {
		groups := slices.Clone(lesson.Groups)
		texts := append(slices.Clone(groups[0].Texts), "哎呀别拖了")
		weights := make([]float32, len(texts))
		for i := range weights {
			weights[i] = 1
		}
		weights[len(texts)-1] = weight
		groups[0] = Group{Topic: groups[0].Topic, Texts: texts, Weights: weights}
		return cosine(teach(t, nil, Lesson{Groups: groups, Pairs: lesson.Pairs, Alone: lesson.Alone}, quick), "哎呀别拖了", groups[0].Texts[0])
	}
	none, little, full := drawn(0), drawn(0.3), drawn(1)
	if none > 0.3 || little < none+0.1 || full < 0.5 {
		t.Errorf("weighing nothing %.2f, 0.3 %.2f, 1 %.2f", none, little, full)
	}
}

func TestTuningStartsFromTheBase(t *testing.T) {
	base := teach(t, nil, lesson, quick)
	none := quick
	none.Epochs = 0
	tuned := teach(t, base, Lesson{Groups: []Group{{Texts: []string{"发票怎么开", "开票"}}}}, none)
	for _, text := range []string{"怎么提前还款", "发票怎么开", "完全没见过的话"} {
		if c := base.Encode(segmenter().Cut(text)).Cosine(tuned.Encode(segmenter().Cut(text))); c < 0.999 {
			t.Errorf("%s: %v", text, c)
		}
	}
	var file bytes.Buffer
	if err := tuned.Write(&file); err != nil {
		t.Fatal(err)
	}
	again, err := ReadEncoder(&file, base)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"怎么提前还款", "发票怎么开"} {
		if *again.Encode(segmenter().Cut(text)) != *tuned.Encode(segmenter().Cut(text)) {
			t.Errorf("%s is another after reading", text)
		}
	}
}

func TestTrainingIsTheSameEverywhere(t *testing.T) {
	file := func() []byte {
		var b bytes.Buffer
		if err := teach(t, nil, lesson, quick).Write(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	first := file()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	if !bytes.Equal(first, file()) {
		t.Error("one processor learns something else")
	}
}

func TestTrainingEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	epochs := 0
	_, err := Train(ctx, segmenter(), nil, lesson, quick, func(int, float64) { epochs++; cancel() })
	if !errors.Is(err, context.Canceled) || epochs != 1 {
		t.Errorf("%v after %d epochs", err, epochs)
	}
}

func TestRowsBoundsWhatIsTrained(t *testing.T) {
	few := quick
	few.Rows = 10
	if e := teach(t, nil, lesson, few); e.Rows() > 10 {
		t.Errorf("%d features", e.Rows())
	}
}

func TestEmptyLessons(t *testing.T) {
	for name, l := range map[string]Lesson{
		"nothing":       {},
		"an empty text": {Groups: []Group{{Texts: []string{"", "还款"}}, {Texts: []string{"额度"}}}},
		"one group":     {Groups: []Group{{Texts: []string{"还款", "还钱"}}}},
		"only pairs":    {Pairs: []Pair{{"a", "b"}}},
	} {
		t.Run(name, func(t *testing.T) {
			e := teach(t, nil, l, quick)
			if c := cosine(e, "还款", "还款"); math.Abs(float64(c)-1) > 1e-4 {
				t.Errorf("a text and itself: %v", c)
			}
		})
	}
	if v := Untaught().Encode(segmenter().Cut("")); *v != (Vector{}) {
		t.Error("an empty text has a direction")
	}
}

// The slopes of backward must be what the loss does when a vector is moved a little.
func TestSlopes(t *testing.T) {
	s := quick
	s.Dropout = 0
	tr := newTrainer(segmenter(), nil, lesson, s, handsOf(t.Context()))
	batch := tr.draw([]int32{0, 4, 8})
	loss := func() float64 {
		for i := range batch {
			for _, side := range []*side{&batch[i].a, &batch[i].b} {
				clear(side.vector)
				tr.forward(side)
			}
		}
		_, l := tr.crossEntropy(tr.logits(batch), len(batch))
		return l
	}
	loss()
	slopes, _ := tr.crossEntropy(tr.logits(batch), len(batch))
	tr.backward(batch, slopes)
	row := batch[0].a.rows[0]
	want := make([]float64, Dim) // a row may be in several sides
	for i := range batch {
		for _, side := range []*side{&batch[i].a, &batch[i].b} {
			if slices.Contains(side.rows, row) {
				for d := range Dim {
					want[d] += float64(side.slope[d])
				}
			}
		}
	}
	for d := 0; d < Dim; d += 17 {
		const little = 1e-2
		x := &tr.rows[int(row)*Dim+d]
		was := *x
		*x = was + little
		up := loss()
		*x = was - little
		down := loss()
		*x = was
		if got := (up - down) / (2 * little); math.Abs(got-want[d]) > 2e-3+0.05*math.Abs(want[d]) {
			t.Errorf("dimension %d: slope %.5f, measured %.5f", d, want[d], got)
		}
	}
}

func TestDealKeepsEverybody(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.SliceOfN(rapid.Int32(), 0, 30).Draw(t, "a")
		b := rapid.SliceOfN(rapid.Int32(), 0, 30).Draw(t, "b")
		got := deal(a, b, rapid.IntRange(1, 3).Draw(t, "share"), 4)
		want := append(slices.Clone(a), b...)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Fatalf("%v became %v", want, got)
		}
	})
}

func TestVectorsHaveLengthOne(t *testing.T) {
	e := teach(t, nil, lesson, quick)
	rapid.Check(t, func(t *rapid.T) {
		v := e.Encode(segmenter().Cut(rapid.String().Draw(t, "text")))
		if length := v.Cosine(v); *v != (Vector{}) && math.Abs(float64(length)-1) > 1e-4 {
			t.Fatalf("length² %v", length)
		}
	})
}

func TestEncoderFile(t *testing.T) {
	e := teach(t, nil, lesson, quick)
	var b bytes.Buffer
	if err := e.Write(&b); err != nil {
		t.Fatal(err)
	}
	file := b.Bytes()
	again, err := ReadEncoder(bytes.NewReader(file), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"怎么提前还款", "没见过"} {
		if *e.Encode(segmenter().Cut(text)) != *again.Encode(segmenter().Cut(text)) {
			t.Errorf("%s is another after reading", text)
		}
	}
	for name, bad := range map[string][]byte{
		"empty": nil, "cut off": file[:len(file)-1], "longer": append(slices.Clone(file), 0), "another": append([]byte("WENDAE02"), file[8:]...),
		"huge": append(append([]byte(magic), 0xff, 0xff, 0xff, 0xff), file[12:]...), "head only": file[:16],
	} {
		if _, err := ReadEncoder(bytes.NewReader(bad), nil); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzReadEncoder(f *testing.F) {
	var b bytes.Buffer
	small := quick
	small.Rows = 3
	if err := teach(f, nil, lesson, small).Write(&b); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, file []byte) {
		e, err := ReadEncoder(bytes.NewReader(file), nil)
		if err != nil {
			if !errors.Is(err, ErrFormat) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		var again bytes.Buffer
		if err := e.Write(&again); err != nil || !bytes.Equal(again.Bytes(), file) {
			t.Fatalf("read and written it is another file: %v", err)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	e, cut := teach(b, nil, lesson, quick), segmenter().Cut("卡里有钱为什么还款失败")
	for b.Loop() {
		e.Encode(cut)
	}
}

// The encoder is taught with the one and used with the other.
func TestCosineIsDot(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		var a, b Vector
		for i := range a {
			a[i], b[i] = r.Float32()-0.5, r.Float32()-0.5
		}
		if a.Cosine(&b) != dot(a[:], b[:]) {
			t.Fatal("they differ")
		}
	}
}
