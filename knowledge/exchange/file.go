package exchange

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"

	"wenda/knowledge"
	"wenda/knowledge/base"
)

// Entry is one entry as files hold it.
type Entry struct {
	ID string `json:"id"`
	base.Content
}

// File is a base as it was read, with what is wrong in single rows. Make one with
// Read; it does not change.
type File struct {
	Format   Format
	headings []string // of a table, as they stand there
	records  []record
	pieces   []piece // one a record
	items    []item

	expected int // rows, about
	progress []Progress
}

// item is what a file says of one entry.
type item struct {
	piece
	records []int // indices into File.records, ascending
}

// Progress is told how much of a step is done, of how much. It is called from the
// goroutine of the step, at most about once in a hundred rows, and at the end.
type Progress = func(done, of int)

// tell is progress that may be missing.
func tell(progress []Progress, done, of int) {
	for _, p := range progress {
		if done%100 == 0 || done == of {
			p(done, of)
		}
	}
}

// Read reads a base in any format. Flaws of single rows are for the plan to tell. The
// error is a *Faults about the file as a whole (wraps ErrInvalid), that of in, or the
// context's. Progress is in rows, as far as they can be counted before.
func Read(ctx context.Context, in io.Reader, format Format, limits Limits, progress ...Progress) (*File, error) {
	data, err := io.ReadAll(io.LimitReader(in, limits.Bytes+1))
	if err != nil {
		return nil, fmt.Errorf("exchange: %w", err)
	}
	if int64(len(data)) > limits.Bytes {
		return nil, fault(fmt.Sprintf("file of more than %d bytes", limits.Bytes))
	}
	if err := format.fits(data); err != nil {
		return nil, err
	}
	f := &File{Format: format, expected: bytes.Count(data, []byte("\n")), progress: progress}
	switch format {
	case CSV:
		err = readTable(f, csvRows(ctx, Text(data)), limits)
	case XLSX:
		err = readXLSX(ctx, f, data, limits)
	case JSONL:
		err = readLines(ctx, f, bytes.TrimPrefix(data, utf8Mark), limits)
	default:
		err = fault(fmt.Sprintf("no format is called %q", format))
	}
	if err != nil {
		return nil, err
	}
	if len(f.records) == 0 {
		return nil, fault("no entry in the file")
	}
	f.gather()
	tell(progress, len(f.records), len(f.records))
	f.progress = nil
	return f, nil
}

// Rows is the number of rows or lines that hold entries.
func (f *File) Rows() int { return len(f.records) }

// Entries returns what the file says, in its order, and whether no row of it has a
// flaw. Rows without an id have none here.
func (f *File) Entries() (entries []Entry, sound bool) {
	for _, it := range f.items {
		entries = append(entries, Entry{it.id, it.content})
	}
	return entries, !slices.ContainsFunc(f.records, func(r record) bool { return len(r.flaws) > 0 })
}

func (f *File) add(r record, limits Limits) error {
	if len(f.records) == limits.Rows {
		return faultAt(r.line, fmt.Sprintf("more than %d rows", limits.Rows))
	}
	f.records = append(f.records, r)
	tell(f.progress, len(f.records), max(f.expected, len(f.records)+1))
	return nil
}

// gather puts the pieces of each entry together, wherever they stand.
func (f *File) gather() {
	at := map[string]int{}
	for i, p := range f.pieces {
		p.record = i
		if first, known := at[p.id]; known && p.id != "" {
			f.join(&f.items[first], p)
			continue
		}
		at[p.id] = len(f.items)
		p.content.Texts = maps.Clone(p.content.Texts)
		f.items = append(f.items, item{p, []int{i}})
	}
	for i := range f.items {
		f.items[i].content = f.items[i].content.Canonical()
	}
}

// join adds a further piece to an item.
func (f *File) join(it *item, p piece) {
	r := &f.records[p.record]
	it.records = append(it.records, p.record)
	if it.whole || p.whole {
		r.flaw("", Twice, fmt.Sprint(f.records[it.record].line))
		return
	}
	for lang, t := range p.content.Texts {
		if _, twice := it.content.Texts[lang]; twice {
			r.flaw("", Twice, fmt.Sprint(f.lineOf(it, lang)))
			continue
		}
		it.content.Texts[lang] = t
	}
	for _, c := range p.said {
		if !c.text {
			it.agree(c, p, r)
		}
	}
	it.said = append(it.said, slices.DeleteFunc(slices.Clone(p.said), func(c column) bool {
		return slices.ContainsFunc(it.said, func(o column) bool { return o.key == c.key })
	})...)
}

// lineOf is the line in which an item's text in lang stands.
func (f *File) lineOf(it *item, lang knowledge.Lang) int {
	for _, i := range it.records {
		if _, here := f.pieces[i].content.Texts[lang]; here {
			return f.records[i].line
		}
	}
	return 0
}

// agree takes a field of the entry from whichever row says it; if two do, they must
// say the same.
func (it *item) agree(c column, p piece, r *record) {
	if slices.Contains(p.empty, c.key) {
		return
	}
	had := slices.ContainsFunc(it.said, func(o column) bool { return o.key == c.key }) && !slices.Contains(it.empty, c.key)
	value := c.get(&p.content, nil)
	if had && c.get(&it.content, nil) != value {
		r.flaw(c.key, Disagree, "")
		return
	}
	it.empty = slices.DeleteFunc(slices.Clone(it.empty), func(key string) bool { return key == c.key })
	_ = c.set(&it.content, nil, value) // it came from get
}
