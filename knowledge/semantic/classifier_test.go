package semantic

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func classify(t testing.TB, groups []Group) *Classifier {
	t.Helper()
	c, err := TrainClassifier(t.Context(), segmenter(), groups, Classifying)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func classifierFile(t testing.TB, c *Classifier) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := c.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func margins(c *Classifier, text string) []float32 { return c.Margins(segmenter().Cut(text)) }

func scores(c *Classifier, text string, k int) []Score { return c.Scores(segmenter().Cut(text), k) }

func TestClassifierTellsGroupsApart(t *testing.T) {
	c := classify(t, lesson.Groups)
	for group, g := range lesson.Groups {
		for _, text := range g.Texts {
			m := margins(c, text)
			for other, margin := range m {
				if other == group && margin < 0.3 || other != group && margin > -0.3 {
					t.Errorf("%q of group %d: margin %v of group %d", text, group, margin, other)
				}
			}
		}
	}
	for text, want := range map[string]int{"我要提前还清": 0, "日子可以往后换吗": 1, "软件打不开了": 2} {
		if got := scores(c, text, 1)[0].Group; got != want {
			t.Errorf("%q: group %d, want %d", text, got, want)
		}
	}
}

func TestScoresAreTheBestMargins(t *testing.T) {
	c := classify(t, lesson.Groups)
	m, all := margins(c, "提前还款日"), scores(c, "提前还款日", 99)
	if len(all) != len(lesson.Groups) {
		t.Fatalf("%d scores", len(all))
	}
	share := float32(0)
	for i, s := range all {
		share += s.Share
		if s.Margin != m[s.Group] || i > 0 && (s.Margin > all[i-1].Margin || s.Share > all[i-1].Share) {
			t.Errorf("score %d: %+v, margins %v", i, s, m)
		}
	}
	if math.Abs(float64(share-1)) > 1e-5 {
		t.Errorf("shares sum up to %v", share)
	}
	for k := range all {
		if got := scores(c, "提前还款日", k); !slices.Equal(got, all[:k]) {
			t.Errorf("best %d: %v, want %v", k, got, all[:k])
		}
	}
	if got := scores(c, "提前还款日", -1); len(got) != 0 {
		t.Errorf("best −1: %v", got)
	}
}

// Half of the text is strange: it must suit its group less.
func TestStrangersLowerTheMargin(t *testing.T) {
	c := classify(t, lesson.Groups)
	plain, strange := margins(c, "软件老是崩")[2], margins(c, "软件老是崩猫咪喂养攻略")[2]
	if strange > plain-0.3 {
		t.Errorf("margin %v, with strange words %v", plain, strange)
	}
}

func TestDuplicatesInTwoGroupsSuitBoth(t *testing.T) {
	c := classify(t, []Group{
		{Texts: []string{"怎么还款", "如何还钱"}}, {Texts: []string{"怎么还款？", "还款方式有哪些"}}, {Texts: []string{"闪退", "打不开"}},
	})
	m := margins(c, "怎么还款")
	if m[0] < 0.3 || m[1] < 0.3 || m[2] > -0.3 {
		t.Errorf("margins %v", m)
	}
}

func TestOneGroup(t *testing.T) {
	c := classify(t, []Group{{Texts: []string{"怎么还款", "如何还钱", "还款方式"}}})
	if own, far := margins(c, "怎么还款")[0], margins(c, "今天天气不错")[0]; own < 0.3 || far > -0.3 {
		t.Errorf("its own text %v, a strange one %v", own, far)
	}
}

func TestSmallAndEmptyBases(t *testing.T) {
	for _, groups := range [][]Group{
		nil, {{}}, {{Texts: []string{""}}}, {{Texts: []string{"？！", " "}}, {}},
		{{Texts: []string{"a"}}, {Texts: []string{"b"}}}, {{}, {Texts: []string{"怎么还款"}}},
	} {
		c := classify(t, groups)
		for _, text := range []string{"", "怎么还款", "\x00\xff", strings.Repeat("还", 5000)} {
			m := margins(c, text)
			if len(m) != len(groups) || c.Groups() != len(groups) {
				t.Fatalf("%v: margins %v", groups, m)
			}
			for group, x := range m {
				if math.IsNaN(float64(x)) || math.Abs(float64(x)) > 2 {
					t.Errorf("%v: %q has margin %v", groups, text, x)
				}
				if len(groups[group].Texts) == 0 && x != -1 {
					t.Errorf("%v: a group without texts has margin %v", groups, x)
				}
			}
			for _, s := range scores(c, text, 5) {
				if len(groups[s.Group].Texts) == 0 {
					t.Errorf("%v: a group without texts is among the best", groups)
				}
			}
		}
	}
	if _, err := TrainClassifier(t.Context(), segmenter(), make([]Group, GroupsMost+1), Classifying); !errors.Is(err, ErrGroups) {
		t.Errorf("too many groups: %v", err)
	}
}

func TestClassifierEndsWithItsContext(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := TrainClassifier(ctx, segmenter(), lesson.Groups, Classifying); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// A text of weight 0 leaves no trace, wherever its group's other texts are.
func TestWeightZeroLeavesATextOut(t *testing.T) {
	e := ReadExamples(segmenter(), lesson.Groups)
	left, err := e.Train(t.Context(), Classifying, func(group, text int) float32 {
		if text == 1 || group == 2 {
			return 0
		}
		return 1
	})
	if err != nil {
		t.Fatal(err)
	}
	var rest []Group
	for group, g := range lesson.Groups {
		texts := slices.Clone(g.Texts)
		if len(texts) > 1 {
			texts = slices.Delete(texts, 1, 2)
		}
		if group == 2 {
			texts = nil
		}
		rest = append(rest, Group{Texts: texts})
	}
	if !bytes.Equal(classifierFile(t, left), classifierFile(t, classify(t, rest))) {
		t.Error("not the same as without those texts")
	}
}

func TestWeightPulls(t *testing.T) {
	groups := []Group{{Texts: []string{"怎么还款", "还款失败"}}, {Texts: []string{"怎么借款", "借款失败"}}}
	e := ReadExamples(segmenter(), groups)
	margin := func(weight float32) float32 {
		s := Classifying
		s.Cost = 0.2
		c, err := e.Train(t.Context(), s, func(group, text int) float32 {
			if group == 0 && text == 1 {
				return weight
			}
			return 1
		})
		if err != nil {
			t.Fatal(err)
		}
		return margins(c, "还款失败")[0]
	}
	if light, even, heavy := margin(0.2), margin(1), margin(5); light >= even || even >= heavy {
		t.Errorf("margins %v, %v, %v with weights 0.2, 1, 5", light, even, heavy)
	}
}

// drawGroups draws up to six groups from few characters, so that much is shared.
func drawGroups(t *rapid.T) []Group {
	text := rapid.StringMatching(`[还款借钱怎么ab ]{0,8}`)
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Group {
		return Group{Texts: rapid.SliceOfN(text, 0, 4).Draw(t, "texts")}
	}), 1, 6).Draw(t, "groups")
}

func TestOrderOfGroupsDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		groups := drawGroups(r)
		order := make([]int, len(groups))
		for i := range order {
			order[i] = i
		}
		order = rapid.Permutation(order).Draw(r, "order")
		var other []Group
		for _, n := range order {
			texts := slices.Clone(groups[n].Texts)
			slices.Reverse(texts)
			other = append(other, Group{Texts: texts})
		}
		a, b := classify(t, groups), classify(t, other)
		for _, text := range []string{"怎么还款", "借钱 ab", ""} {
			x, y := margins(a, text), margins(b, text)
			for i, n := range order {
				if x[n] != y[i] {
					r.Fatalf("%q: margins %v, in order %v %v", text, x, order, y)
				}
			}
		}
	})
}

func TestClassifierIsTheSameEveryTime(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		groups := drawGroups(r)
		file := classifierFile(t, classify(t, groups))
		if !bytes.Equal(file, classifierFile(t, classify(t, groups))) {
			r.Fatal("two trainings, two files")
		}
		c, err := ReadClassifier(bytes.NewReader(file))
		if err != nil {
			r.Fatal(err)
		}
		if !bytes.Equal(file, classifierFile(t, c)) {
			r.Fatal("read and written it is another file")
		}
	})
}

func TestDamagedClassifierFiles(t *testing.T) {
	file := classifierFile(t, classify(t, lesson.Groups))
	for n := range len(file) {
		if _, err := ReadClassifier(bytes.NewReader(file[:n])); !errors.Is(err, ErrFormat) {
			t.Fatalf("cut off after %d bytes: %v", n, err)
		}
	}
	if _, err := ReadClassifier(bytes.NewReader(append(slices.Clone(file), 0))); !errors.Is(err, ErrFormat) {
		t.Errorf("with a byte more: %v", err)
	}
	broken := errors.New("broken")
	if _, err := ReadClassifier(io.MultiReader(bytes.NewReader(file[:50]), readerOf{broken})); !errors.Is(err, broken) {
		t.Errorf("a reader's error: %v", err)
	}
}

type readerOf struct{ err error }

func (r readerOf) Read([]byte) (int, error) { return 0, r.err }

func FuzzReadClassifier(f *testing.F) {
	f.Add(classifierFile(f, classify(f, []Group{{Texts: []string{"还款"}}, {}, {Texts: []string{"借"}}})))
	f.Add([]byte(classifierMagic))
	text := segmenter().Cut("怎么还款")
	f.Fuzz(func(t *testing.T, file []byte) {
		c, err := ReadClassifier(bytes.NewReader(file))
		if err != nil {
			if !errors.Is(err, ErrFormat) {
				t.Fatalf("an error of another kind: %v", err)
			}
			return
		}
		c.Scores(text, 3)
		if !bytes.Equal(classifierFile(t, c), file) {
			t.Fatal("read and written it is another file")
		}
	})
}

// madeUp returns groups of ten texts, each some of the group's own words among common ones.
func madeUp(n int) []Group {
	state := uint64(1)
	char := func(from, of int) string { return string(rune(0x4E00 + from + int(splitmix(&state)%uint64(of)))) }
	groups := make([]Group, n)
	for g := range groups {
		for range 10 {
			text := ""
			for range 5 {
				text += char(0, 600) + char(1000+17*g%5000, 6)
			}
			groups[g].Texts = append(groups[g].Texts, text)
		}
	}
	return groups
}

func BenchmarkTrainClassifier(b *testing.B) {
	for _, n := range []int{50, 400} {
		e := ReadExamples(segmenter(), madeUp(n))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := e.Train(b.Context(), Classifying, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkScores(b *testing.B) {
	groups := madeUp(400)
	c, text := classify(b, groups), segmenter().Cut(groups[7].Texts[3])
	b.ReportMetric(float64(len(classifierFile(b, c))), "file-bytes")
	for b.Loop() {
		c.Scores(text, 5)
	}
}

func TestWeightIsThePower(t *testing.T) {
	for x := float32(-4.5); x < 4.5; x += 0.0137 {
		got, want := MarginOf(x).Weight(), math.Exp(sharpness*min(max(float64(MarginOf(x).Float()), -4), 4))
		if math.Abs(got/want-1) > 2.2e-8 {
			t.Fatalf("%v: %v, want %v", x, got, want)
		}
	}
}
