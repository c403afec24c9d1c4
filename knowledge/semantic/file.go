package semantic

import (
	"bufio"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
)

// The file of an encoder, all little-endian:
//
//	"WENDAE01"  number of rows n (uint32)  length of an untrained feature (float32)
//	n features (uint64), ascending   n scales (float32)   n × Dim values (int8)
//
// 140 bytes a row.
const magic = "WENDAE01"

// rowsMost is how many rows a file may name: 28 MB.
const rowsMost = 200_000

// ErrFormat says that a file is not that of an encoder, or was cut off or damaged.
var ErrFormat = errors.New("semantic: not an encoder's file")

// Rows is how many features were trained, without those of the encoder it started from.
func (e *Encoder) Rows() int { return len(e.features) }

// Write writes the encoder's file, without the encoder it started from. Equal encoders
// give equal files.
func (e *Encoder) Write(w io.Writer) error {
	order := make([]int, len(e.features)) // rows by ascending feature
	for row := range order {
		order[row] = row
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(e.features[a], e.features[b]) })
	out := bufio.NewWriter(w)
	_, _ = out.WriteString(magic) // a bufio.Writer keeps its first error for Flush
	put := func(v any) { _ = binary.Write(out, binary.LittleEndian, v) }
	put(uint32(len(order)))
	put(e.strange)
	for _, row := range order {
		put(e.features[row])
	}
	for _, row := range order {
		put(e.scales[row])
	}
	for _, row := range order {
		put(e.rows[row*Dim:][:Dim])
	}
	return out.Flush()
}

// ReadEncoder reads what Write wrote; base is what it started from, nil for nothing.
// Everything else is ErrFormat, or the reader's error.
func ReadEncoder(r io.Reader, base *Encoder) (*Encoder, error) {
	in := bufio.NewReaderSize(r, 1<<16)
	head := struct {
		Magic   [len(magic)]byte
		Rows    uint32
		Strange float32
	}{}
	if err := binary.Read(in, binary.LittleEndian, &head); err != nil {
		return nil, cutOff(err)
	}
	if string(head.Magic[:]) != magic || head.Rows > rowsMost || !finite(head.Strange) {
		return nil, ErrFormat
	}
	n := int(head.Rows)
	e := &Encoder{features: make([]feature, n), rows: make([]int8, n*Dim), scales: make([]float32, n), strange: head.Strange, under: base}
	for _, part := range []any{e.features, e.scales, e.rows} {
		if err := binary.Read(in, binary.LittleEndian, part); err != nil {
			return nil, cutOff(err)
		}
	}
	if _, err := in.ReadByte(); err != io.EOF {
		return nil, fmt.Errorf("%w: something follows it", ErrFormat)
	}
	for i, f := range e.features {
		if i > 0 && f <= e.features[i-1] || !finite(e.scales[i]) {
			return nil, ErrFormat
		}
	}
	return e.index(), nil
}

func finite(x float32) bool { return !math.IsNaN(float64(x)) && !math.IsInf(float64(x), 0) && x >= 0 }

func cutOff(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it ends too early", ErrFormat)
	}
	return err
}
