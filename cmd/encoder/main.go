// Command encoder teaches what Wenda ships, from texts of ours and nothing else, and
// writes it beside them: the encoder of knowledge/corpus with its manifest, and with
// -sample what the matcher learns from the sample base on top of that encoder. The same
// texts give the same files. make encoder runs both.
package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"wenda/knowledge/corpus"
	"wenda/knowledge/match"
	"wenda/knowledge/sample"
	"wenda/knowledge/segment"
	"wenda/knowledge/semantic"
)

func main() {
	out := flag.String("out", ".", "folder to write to")
	base := flag.Bool("sample", false, "learn from the sample base, instead of the corpus")
	flag.Parse()
	do := encoder
	if *base {
		do = learnt
	}
	if err := do(context.Background(), *out); err != nil {
		fmt.Fprintln(os.Stderr, "encoder:", err)
		os.Exit(1)
	}
}

// learnt writes learnt.bin.
func learnt(ctx context.Context, out string) error {
	seg, err := segment.New()
	if err != nil {
		return err
	}
	release, err := sample.Release(1)
	if err != nil {
		return err
	}
	began := time.Now()
	l, err := match.Learn(ctx, seg, release, match.Study{Progress: func(done, of int) {
		fmt.Printf("step %d of %d after %v\n", done, of, time.Since(began).Round(time.Second/10))
	}})
	if err != nil {
		return err
	}
	var file bytes.Buffer
	if err := l.Write(&file); err != nil {
		return err
	}
	at := l.At(match.DefaultTarget)
	fmt.Printf("%.1f MB; to be right %.0f %% of the time, %.0f %% is answered\n", float64(file.Len())/1e6, 100*at.Target, 100*at.Answered)
	return os.WriteFile(filepath.Join(out, "learnt.bin"), file.Bytes(), 0o644)
}

// encoder writes encoder.bin and encoder.json.
func encoder(ctx context.Context, out string) error {
	seg, err := segment.New()
	if err != nil {
		return err
	}
	c := corpus.Own()
	m := corpus.Manifest{Corpus: c.Hash(), Segmenter: seg.Version(), Settings: semantic.Pretraining, Intents: len(c.Intents)}
	for _, i := range c.Intents {
		m.Lines += len(i.Utterances)
	}
	fmt.Printf("%d intents, %d utterances, %d pairs\n", m.Intents, m.Lines, len(c.Pairs))
	began := time.Now()
	encoder, err := semantic.Train(ctx, seg, nil, c.Lesson(), m.Settings, func(epoch int, loss float64) {
		m.Loss = append(m.Loss, loss)
		fmt.Printf("epoch %d of %d: loss %.3f after %v\n", epoch, m.Settings.Epochs, loss, time.Since(began).Round(time.Second/10))
	})
	if err != nil {
		return err
	}
	var file bytes.Buffer
	if err := encoder.Write(&file); err != nil {
		return err
	}
	sum := sha256.Sum256(file.Bytes())
	m.Rows, m.Bytes, m.SHA256 = encoder.Rows(), file.Len(), hex.EncodeToString(sum[:])
	manifest, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "encoder.bin"), file.Bytes(), 0o644); err != nil {
		return err
	}
	fmt.Printf("%d features, %.1f MB\n", m.Rows, float64(m.Bytes)/1e6)
	return os.WriteFile(filepath.Join(out, "encoder.json"), append(manifest, '\n'), 0o644)
}
