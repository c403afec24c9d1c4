package match

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"wenda/knowledge"
	"wenda/knowledge/corpus"
	"wenda/knowledge/semantic"
)

// The variants of the pipeline, as results name them. A name changes when the
// confidences it gives change their meaning.
const (
	Lexical  = "lexical-2"  // by the words that are shared
	Semantic = "semantic-1" // by what is meant
	Full     = "full-1"     // by both
)

// Variants are all there are, the one to serve with first.
var Variants = []string{Full, Semantic, Lexical}

// Learnt is what was learnt from a release: everything that takes longer than building
// an index. It is immutable.
type Learnt struct {
	Variant string            `json:"variant"`
	Key     string            `json:"key"`   // see Key
	Asked   int               `json:"asked"` // texts that were held back, and asked
	Curve   []Point           `json:"curve"` // by target
	Stack   stack             `json:"stack"`
	Encoder *semantic.Encoder `json:"-"`                 // nil in Lexical
	Classes []string          `json:"classes,omitempty"` // what the classifier's groups are, see className

	Classifier *semantic.Classifier `json:"-"` // only in Full
}

// Point is what a target costs, as Learn found it on what it had held back, each kind
// of text weighed as customers ask.
type Point struct {
	Target    float64 `json:"target"`    // share of automatic answers that shall be right, 0 to 1
	Answer    float64 `json:"answer"`    // least confidence to answer with; over 1: the target cannot be kept
	Clarify   float64 `json:"clarify"`   // least confidence to ask back with: what is meant is among the choices more often than not
	Answered  float64 `json:"answered"`  // share of all texts that this answers
	Precision float64 `json:"precision"` // share of those answers that are right, by what was held back and by their confidences
}

// At returns the point of the curve for a target, the nearest if it has none.
func (l *Learnt) At(target float64) Point {
	best := Point{Target: target, Answer: never, Clarify: never}
	distance := math.Inf(1)
	for _, p := range l.Curve {
		if d := math.Abs(p.Target - target); d < distance {
			best, distance = p, d
		}
	}
	return best
}

// Charted reports whether the base could calibrate itself. If not, its confidences are
// those of bases of average kind, and half as sure.
func (l *Learnt) Charted() bool { return len(l.Curve) > 1 }

// Thresholds returns with what confidence to answer and to ask back, if so large a
// share of automatic answers shall be right.
func (l *Learnt) Thresholds(target float64) knowledge.Thresholds {
	t := knowledge.DefaultThresholds
	p := l.At(target)
	t.Answer, t.Clarify = p.Answer, p.Clarify
	return t
}

// ErrFormat says that a file does not hold what was learnt, or was damaged.
var ErrFormat = errors.New("match: not a file of what was learnt")

// Write writes what was learnt as a file: a head as JSON, the encoder's file and the
// classifier's, before each its length (uint32, little-endian).
func (l *Learnt) Write(w io.Writer) error {
	head, err := json.Marshal(l)
	if err != nil {
		return err
	}
	if _, err := w.Write(append(binary.LittleEndian.AppendUint32(nil, uint32(len(head))), head...)); err != nil {
		return err
	}
	for _, part := range l.parts() {
		var file bytes.Buffer
		if err := part.Write(&file); err != nil {
			return err
		}
		if _, err := w.Write(append(binary.LittleEndian.AppendUint32(nil, uint32(file.Len())), file.Bytes()...)); err != nil {
			return err
		}
	}
	return nil
}

// parts are the models that a variant has, in the order of the file.
func (l *Learnt) parts() (all []interface{ Write(io.Writer) error }) {
	if l.Encoder != nil {
		all = append(all, l.Encoder)
	}
	if l.Classifier != nil {
		all = append(all, l.Classifier)
	}
	return all
}

// ReadLearnt reads what Write wrote. Everything else is ErrFormat.
func ReadLearnt(file []byte) (*Learnt, error) {
	head, rest, ok := cutPart(file)
	l := &Learnt{}
	if !ok || json.Unmarshal(head, l) != nil || !slices.Contains(Variants, l.Variant) || len(l.Curve) == 0 {
		return nil, ErrFormat
	}
	base, err := corpus.Encoder()
	if err != nil {
		return nil, err
	}
	var part []byte
	if l.Variant != Lexical {
		if part, rest, ok = cutPart(rest); !ok {
			return nil, ErrFormat
		}
		if l.Encoder, err = semantic.ReadEncoder(bytes.NewReader(part), base); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrFormat, err)
		}
	}
	if l.Variant == Full {
		if part, rest, ok = cutPart(rest); !ok {
			return nil, ErrFormat
		}
		if l.Classifier, err = semantic.ReadClassifier(bytes.NewReader(part)); err != nil {
			return nil, fmt.Errorf("%w: %w", ErrFormat, err)
		}
		if len(l.Classes) != l.Classifier.Groups() {
			return nil, ErrFormat
		}
	}
	if len(rest) > 0 {
		return nil, ErrFormat
	}
	return l, nil
}

// cutPart takes the next part off a file.
func cutPart(file []byte) (part, rest []byte, ok bool) {
	if len(file) < 4 {
		return nil, nil, false
	}
	n := uint64(binary.LittleEndian.Uint32(file))
	if file = file[4:]; n > uint64(len(file)) {
		return nil, nil, false
	}
	return file[:n], file[n:], true
}
