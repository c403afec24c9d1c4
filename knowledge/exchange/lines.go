package exchange

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

// line is one line of a file that is not blank.
type line struct {
	number int
	text   string
	fault  string // why the text cannot be used, or ""
}

// lines yields the lines of r. Lines too long are passed over with a fault; after
// more bytes than allowed one last fault follows. An error is that of r.
func lines(r io.Reader, limits Limits) iter.Seq2[line, error] {
	return func(yield func(line, error) bool) {
		in := bufio.NewReaderSize(&io.LimitedReader{R: r, N: limits.Bytes + 1}, 1<<16)
		total := int64(0)
		for n := 1; ; n++ {
			text, size, err := readLine(in, limits.Line)
			if err != nil && !errors.Is(err, io.EOF) {
				yield(line{}, fmt.Errorf("exchange: line %d: %w", n, err))
				return
			}
			if total += size; total > limits.Bytes {
				yield(line{fault: fmt.Sprintf("file of more than %d bytes", limits.Bytes)}, nil)
				return
			}
			l := line{number: n, text: strings.TrimSpace(text)}
			if size > int64(limits.Line) {
				l = line{number: n, fault: fmt.Sprintf("line of more than %d bytes", limits.Line)}
			}
			if (l.text != "" || l.fault != "") && !yield(l, nil) {
				return
			}
			if err != nil {
				return
			}
		}
	}
}

// readLine returns the next line without its end and the number of bytes it took.
// Of a line longer than limit the text is cut.
func readLine(in *bufio.Reader, limit int) (string, int64, error) {
	var text strings.Builder
	size := int64(0)
	for {
		part, err := in.ReadSlice('\n')
		size += int64(len(part))
		if size <= int64(limit)+1 {
			text.Write(part)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return strings.TrimSuffix(text.String(), "\n"), size, err
		}
	}
}
