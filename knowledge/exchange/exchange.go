// Package exchange reads and writes bases and questions as files.
//
// # A base, out and in
//
//	entries, err := exchange.Of(ctx, hub)                       // hub is a base.Store
//	err = exchange.Write(w, exchange.XLSX, entries)
//
//	file, err := exchange.Read(ctx, r, exchange.XLSX, exchange.ImportLimits)
//	plan, err := exchange.NewPlan(ctx, file, hub, exchange.Update) // a dry run
//	err = plan.Faulty(w, knowledge.Chinese)                     // the file, with what is wrong beside each row
//	saved, err := plan.Apply(ctx, hub, "zhou", "new products")  // drafts, all of them or none
//
// Read refuses a file that is none (too large, macros, headings nobody knows). What is
// wrong with single rows is kept, and told by the plan row by row; with one such row
// nothing is applied. An import makes drafts: it publishes nothing, and retires nothing.
//
// All three formats hold everything that an entry's content holds, so that export and
// import give back what was there. They do not hold its history, its states and who
// approved it; and of base.Content only canonical forms.
//
// # JSON Lines
//
// One entry a line, the id and base.Content:
//
//	{"id":"repay-how","category":"还款","texts":{"zh-CN":{"question":"怎么还款","similar":["如何还钱"],"answer":"…"}}}
//
// A line is the whole entry: what it lacks, the entry lacks after an update. The older
// form of one text a line is read too, below; it says only what stands in it.
//
// # Tables
//
// CSV and XLSX have one row an entry and language, and columns named in Chinese and
// English: "标准问题 question" or either. The order is free, and columns may be missing: an
// update leaves those fields as they are, while an empty cell empties its field. The rows
// of an entry may stand anywhere; of its own fields each is said in one of them, or alike
// in all. Phrasings, tags and related ids stand one a line in a cell; a column of a list
// may be there several times, since a cell holds no more than 32,767 letters. Channel
// answers have a column each: "渠道答案 answer:sms". Times are those of Beijing, with the year
// first. A row without an id means the entry with its question, or a new one. Rows whose
// id begins with # explain and are passed over, so is the column "错误 errors".
//
// A cell that begins like a formula (= + - @ or a tab) is written with an apostrophe
// in front, which reading takes away again. Of formulas the value is read that the spreadsheet
// saved; error values (#NAME?) are flaws. CSV is written as UTF-8 with a mark for
// spreadsheets, with commas; read are UTF-8, GB18030 (GBK) and UTF-16 with its mark, with commas,
// semicolons or tabs. XLSX is written with frozen headings, explanations and drop-downs; of
// several sheets that of our name is read, or else the first. Locked files, macros, links to other
// files and databases are refused; hyperlinks are not: only their text is read.
//
// 5,000 entries with ten phrasings are read and planned within 1 s (JSON Lines, CSV) or 2 s
// (XLSX) on one core.
//
// # What wenda match reads and writes
//
// ReadBase reads JSON Lines of either form. The one of texts, in UTF-8:
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
	Line      int   // bytes of one line of JSON
	Phrasings int   // ReadBase: questions and similar ones together
	Rows      int   // Read: rows or lines that hold entries
	Unzipped  int64 // Read: bytes of all parts of an XLSX file together
}

// DefaultLimits are for ReadBase, which wenda match reads whole bases with.
var DefaultLimits = Limits{Bytes: 64 << 20, Line: 1 << 20, Phrasings: 200_000}

// ImportLimits are for files that people upload: 10 MB, 50,000 rows, 64 MiB unzipped.
var ImportLimits = Limits{Bytes: 10 << 20, Line: 10 << 20, Rows: 50_000, Unzipped: 64 << 20}

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
