package semantic

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"
)

// The file of a classifier, all little-endian:
//
//	"WENDAC01"  groups g  features n  weights w (uint32)  strange  step (float32)
//	g biases (float32)   g times 1 for a group with texts, else 0 (byte)
//	n features (uint64), ascending   n rarities   n backgrounds (float32)
//	n + 1 places where a feature's weights begin (uint32), from 0 to w
//	w groups (uint16), ascending within a feature   w weights (int8)
//
// 20 bytes a feature and 3 a weight (36 to 52 and 4 in memory): 2 MB for 400 groups of 10 texts, 9 MB for 2,000.
const classifierMagic = "WENDAC01"

// Limits of a file: about 100 MB of features and 300 MB of weights.
const (
	classifierFeaturesMost = 5_000_000
	classifierWeightsMost  = 100_000_000
)

// classifierHead is the beginning of the file.
type classifierHead struct {
	Magic                     [len(classifierMagic)]byte
	Groups, Features, Weights uint32
	Strange, Step             float32
}

// Write writes the classifier's file: equal classifiers give equal files.
func (c *Classifier) Write(w io.Writer) error {
	head := classifierHead{
		Groups: uint32(len(c.bias)), Features: uint32(len(c.features)), Weights: uint32(len(c.votes)),
		Strange: c.strange, Step: c.step,
	}
	copy(head.Magic[:], classifierMagic)
	l := c.lists()
	out := bufio.NewWriter(w)
	for _, part := range []any{head, c.bias, c.trained, c.features, l.rarity, l.ground, l.first, l.groups, l.weights} {
		_ = binary.Write(out, binary.LittleEndian, part) // a bufio.Writer keeps its first error for Flush
	}
	return out.Flush()
}

// lists are the heads and votes of a classifier as its file has them: each part by itself.
type lists struct {
	rarity, ground []float32
	first          []int32
	groups         []uint16
	weights        []int8
}

func (c *Classifier) lists() (l lists) {
	for i, h := range c.heads {
		l.first = append(l.first, h.first)
		if i < len(c.features) {
			l.rarity, l.ground = append(l.rarity, h.rarity), append(l.ground, h.ground)
		}
	}
	for _, v := range c.votes {
		l.groups, l.weights = append(l.groups, uint16(v.group())), append(l.weights, v.weight())
	}
	return l
}

// take makes heads and votes of lists.
func (c *Classifier) take(l lists) {
	c.heads, c.votes = make([]head, len(l.first)), make([]vote, len(l.groups))
	for i, first := range l.first {
		c.heads[i].first = first
	}
	for i := range l.rarity {
		c.heads[i].rarity, c.heads[i].ground = l.rarity[i], l.ground[i]
	}
	for i, group := range l.groups {
		c.votes[i] = voteOf(int(group), l.weights[i])
	}
}

// ReadClassifier reads what Write wrote. Everything else is ErrFormat, or the reader's
// error. It takes no more memory than about twice what there is to read.
func ReadClassifier(r io.Reader) (*Classifier, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	var head classifierHead
	if err := binary.Read(in, binary.LittleEndian, &head); err != nil {
		return nil, cutOff(err)
	}
	if string(head.Magic[:]) != classifierMagic || head.Groups > GroupsMost || head.Features > classifierFeaturesMost || head.Weights > classifierWeightsMost {
		return nil, ErrFormat
	}
	g, n, w := int(head.Groups), int(head.Features), int(head.Weights)
	c, l := &Classifier{strange: head.Strange, step: head.Step}, lists{}
	for _, read := range []func() error{
		func() error { return readMany(in, &c.bias, g) },
		func() error { return readFlags(in, &c.trained, g) },
		func() error { return readMany(in, &c.features, n) },
		func() error { return readMany(in, &l.rarity, n) },
		func() error { return readMany(in, &l.ground, n) },
		func() error { return readMany(in, &l.first, n+1) },
		func() error { return readMany(in, &l.groups, w) },
		func() error { return readMany(in, &l.weights, w) },
	} {
		if err := read(); err != nil {
			return nil, cutOff(err)
		}
	}
	if _, err := in.ReadByte(); err == nil {
		return nil, fmt.Errorf("%w: something follows it", ErrFormat)
	} else if err != io.EOF {
		return nil, err
	}
	if c.take(l); !c.sound() {
		return nil, ErrFormat
	}
	return c.index(), nil
}

// readMany reads n values, a part at a time: a damaged number costs no memory.
func readMany[T any](in io.Reader, out *[]T, n int) error {
	const part = 1 << 14
	for n > len(*out) {
		values := make([]T, min(part, n-len(*out)))
		if err := binary.Read(in, binary.LittleEndian, values); err != nil {
			return err
		}
		*out = append(*out, values...)
	}
	return nil
}

// readFlags reads n bytes that are 0 or 1.
func readFlags(in io.Reader, out *[]bool, n int) error {
	var bytes []byte
	if err := readMany(in, &bytes, n); err != nil {
		return err
	}
	for _, b := range bytes {
		if b > 1 {
			return ErrFormat
		}
		*out = append(*out, b == 1)
	}
	return nil
}

// sound reports whether the parts fit each other, so that no text makes Margins fail.
func (c *Classifier) sound() bool {
	n := len(c.features)
	if !positive(c.strange) || !finite(c.step) || c.heads[0].first != 0 || int(c.heads[n].first) != len(c.votes) {
		return false
	}
	if slices.ContainsFunc(c.bias, endless) {
		return false
	}
	for i, f := range c.features {
		if i > 0 && f <= c.features[i-1] || !positive(c.heads[i].rarity) || endless(c.heads[i].ground) || !c.ordered(i) {
			return false
		}
	}
	return true
}

func endless(x float32) bool { return x != x || math.IsInf(float64(x), 0) }

func positive(x float32) bool { return finite(x) && x > 0 }

// ordered reports whether the groups of a feature's weights ascend, and are any.
func (c *Classifier) ordered(i int) bool {
	from, to := c.heads[i].first, c.heads[i+1].first
	if from < 0 || from > to || int(to) > len(c.votes) {
		return false
	}
	for at := from; at < to; at++ {
		if c.votes[at].group() >= len(c.bias) || at > from && c.votes[at].group() <= c.votes[at-1].group() {
			return false
		}
	}
	return true
}
