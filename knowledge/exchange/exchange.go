// Package exchange reads and writes bases and questions as files.
//
// A base is JSON Lines, one entry a line, in UTF-8:
//
//	{"id":"repay-how","question":"怎么还款","similar":["如何还钱","在哪里还"],"answer":"…","category":"还款","lang":"zh"}
//
// id and question must be there and not empty; similar, answer and category may be
// absent, and empty texts in similar are passed over; lang is "zh" or "en" (a region may follow, as in "zh-CN") and is told from
// the question's script if absent. Reading is strict, because what is imported will
// be said to customers: unknown, misspelt or doubled keys, other types, invalid
// UTF-8, doubled ids and over-long lines are faults, and with one fault nothing is
// read. All faults are reported, the first MaxFaults with line and reason.
//
// Questions are JSON Lines with "text" and whatever else; answers are written as
//
//	{"text":"怎么还钱","decision":"answer","confidence":0.97,"candidates":[{"id":"repay-how","confidence":0.97}],"micros":312}
package exchange

import (
	"errors"
	"fmt"
	"strings"
)

// MaxFaults is the number of faults that are told in full.
const MaxFaults = 20

// ErrInvalid is wrapped by every error about what a file holds, as opposed to
// errors of reading it.
var ErrInvalid = errors.New("exchange: file not valid")

// Limits bound what one file may cost.
type Limits struct {
	Bytes     int64 // of the whole file
	Line      int   // bytes of one line
	Phrasings int   // questions and similar ones together
}

// DefaultLimits are for files that people upload and for wenda match.
var DefaultLimits = Limits{Bytes: 64 << 20, Line: 1 << 20, Phrasings: 50_000}

// Fault is one reason why a file is not valid.
type Fault struct {
	Line   int // from 1; 0 if the file as a whole is meant
	Reason string
}

func (f Fault) String() string {
	if f.Line == 0 {
		return f.Reason
	}
	return fmt.Sprintf("line %d: %s", f.Line, f.Reason)
}

// Faults is the error that lists why a file is not valid, by line. It wraps ErrInvalid.
type Faults struct {
	List []Fault // at most MaxFaults
	More int     // that were found beside
}

// Error lists the faults, one a line.
func (f *Faults) Error() string {
	var b strings.Builder
	b.WriteString(ErrInvalid.Error())
	for _, one := range f.List {
		b.WriteString("\n" + one.String())
	}
	if f.More > 0 {
		fmt.Fprintf(&b, "\nand %d more", f.More)
	}
	return b.String()
}

// Unwrap makes errors.Is(err, ErrInvalid) true.
func (f *Faults) Unwrap() error { return ErrInvalid }

func (f *Faults) add(line int, reason string) {
	if len(f.List) == MaxFaults {
		f.More++
		return
	}
	f.List = append(f.List, Fault{line, reason})
}

func (f *Faults) err() error {
	if len(f.List) == 0 {
		return nil
	}
	return f
}
