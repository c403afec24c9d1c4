package corpus

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"wenda/knowledge/semantic"
)

//go:generate go run wenda/cmd/encoder

// The encoder that was taught with this corpus, and what it was made of. make encoder
// writes both.
var (
	//go:embed encoder.bin
	encoderFile []byte
	//go:embed encoder.json
	manifestFile []byte
)

// Manifest says what an encoder was made of, and how it came out.
type Manifest struct {
	Corpus    string            `json:"corpus"`    // Corpus.Hash
	Segmenter string            `json:"segmenter"` // segment.Segmenter.Version
	Settings  semantic.Settings `json:"settings"`
	Intents   int               `json:"intents"`
	Lines     int               `json:"lines"`
	Rows      int               `json:"rows"`   // features that were trained
	Bytes     int               `json:"bytes"`  // of the file
	SHA256    string            `json:"sha256"` // of the file
	Loss      []float64         `json:"loss"`   // mean of each epoch
}

// Encoder returns the encoder that was taught with the corpus: where every base starts
// from. It is read once, in about 10 ms.
var Encoder = sync.OnceValues(func() (*semantic.Encoder, error) {
	e, err := semantic.ReadEncoder(bytes.NewReader(encoderFile), nil)
	if err != nil {
		return nil, fmt.Errorf("the encoder inside this program: %w", err)
	}
	return e, nil
})

// EncoderManifest is what the encoder of this program was made of.
func EncoderManifest() (m Manifest, err error) {
	err = json.Unmarshal(manifestFile, &m)
	return m, err
}

// Hash names the content of a corpus: SHA-256 over everything in it.
func (c *Corpus) Hash() string {
	h := sha256.New()
	line := func(cells ...string) {
		for _, cell := range cells {
			_, _ = io.WriteString(h, cell)
			_, _ = h.Write([]byte{0})
		}
		_, _ = h.Write([]byte{1})
	}
	for _, i := range c.Intents {
		line(append([]string{"intent", string(i.Lang), i.ID}, i.Utterances...)...)
	}
	for _, o := range c.Outside {
		line("outside", string(o.Lang), o.Kind, o.Text)
	}
	for _, p := range c.Pairs {
		line("pair", string(p.Lang), p.A, p.B)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Lesson is the corpus as an encoder learns from it.
func (c *Corpus) Lesson() semantic.Lesson {
	var l semantic.Lesson
	for _, i := range c.Intents {
		l.Groups = append(l.Groups, semantic.Group{Topic: string(i.Lang) + i.Topic(), Texts: i.Utterances})
	}
	for _, p := range c.Pairs {
		l.Pairs = append(l.Pairs, semantic.Pair{A: p.A, B: p.B})
	}
	for _, o := range c.Outside {
		l.Alone = append(l.Alone, o.Text)
	}
	return l
}
