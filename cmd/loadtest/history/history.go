// Package history is what the drivers of a load test saw: one Record per try and
// per delivery, with the time on one monotonic clock. It is the only evidence that
// the checker accepts beside the transcripts themselves.
//
// A thing that is sent again after a lost connection has one Ref and several
// Records, one for each try, so that "nobody knows what became of it" is a fact of a
// try and never a guess about the whole.
//
//	log, err := history.Create(path)   // streams JSON lines; millions cost little memory
//	log.Add(history.Record{…})
//	err = log.Close()
//	records, err := history.Read(path)
package history

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"sync"
	"time"
)

// Op is what was done or seen.
type Op string

// What a customer does, one Record per try.
const (
	Send Op = "send"
	Vote Op = "vote"
	Rate Op = "rate"
	End  Op = "end"
)

// What an agent does, one Record per try.
const (
	Claim  Op = "claim"
	Say    Op = "say"
	Note   Op = "note"
	Return Op = "return"
	Close  Op = "close"
)

// What a reader sees.
const (
	Attach  Op = "attach"  // deliveries of Session follow, from the line behind Seq on
	Receive Op = "receive" // one line of the transcript
	Level   Op = "level"   // the reader was given time to the end: its last line is Seq
	Stuck   Op = "stuck"   // waited in vain; Code says for what
	Odd     Op = "odd"     // the server said what the protocol does not allow; Code says what
)

// Outcome is what is known of a try.
type Outcome string

// The outcomes.
const (
	OK      Outcome = "ok"      // acknowledged
	Fail    Outcome = "fail"    // refused, and surely not done; Code says why
	Unknown Outcome = "unknown" // the connection or the patience ended first, or the server did not know
)

// Record is one line of a history. Times are nanoseconds since the history began.
type Record struct {
	Op      Op      `json:"op"`
	Who     string  `json:"who"`               // customer "c17" or agent "a3"
	Reader  string  `json:"reader,omitempty"`  // which view of whose: a tab that lives on through reconnects
	Begin   int64   `json:"begin"`             // of the try
	End     int64   `json:"end"`               // its outcome was known, or the line was read
	Session string  `json:"session,omitempty"` // where it is known
	Ref     string  `json:"ref,omitempty"`     // the client's own id of what is sent
	Hash    uint64  `json:"hash,omitempty"`    // HashText of the text; 0 if the client does not know it
	Seq     int64   `json:"seq,omitempty"`     // acknowledged or delivered; of Attach: the one before the first to come
	Prev    int64   `json:"prev,omitempty"`    // of Receive: the line before, as the server says
	Fence   int64   `json:"fence,omitempty"`   // of agents' acts: the one sent; of Claim: the one got
	Kind    string  `json:"kind,omitempty"`    // of Receive
	From    string  `json:"from,omitempty"`    // of Receive: the speaker's role
	Staff   bool    `json:"staff,omitempty"`   // the reader is an agent
	Outcome Outcome `json:"outcome,omitempty"`
	Code    string  `json:"code,omitempty"`
}

// HashText is how texts are compared: FNV-1a, 64 bits, never 0.
func HashText(text string) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, text)
	return max(h.Sum64(), 1)
}

// Log takes records. It is safe for concurrent use, and a nil Log takes them and
// forgets them.
type Log struct {
	began time.Time

	mu      sync.Mutex
	records []Record // if there is no file
	file    *os.File
	out     *bufio.Writer
	lines   *json.Encoder
	added   int64
	err     error // the first of writing
}

// New returns a Log that keeps its records in memory.
func New() *Log { return &Log{began: time.Now()} }

// Create returns a Log that streams to a file, which is replaced.
func Create(path string) (*Log, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	l := &Log{began: time.Now(), file: f, out: bufio.NewWriterSize(f, 1<<20)}
	l.lines = json.NewEncoder(l.out)
	return l, nil
}

// Now is the time on the history's clock.
func (l *Log) Now() int64 {
	if l == nil {
		return 0
	}
	return time.Since(l.began).Nanoseconds()
}

// Add appends a record. An error of writing is returned by Close.
func (l *Log) Add(r Record) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.added++
	if l.lines == nil {
		l.records = append(l.records, r)
		return
	}
	if err := l.lines.Encode(r); err != nil && l.err == nil {
		l.err = err
	}
}

// Len returns how many records were added.
func (l *Log) Len() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.added
}

// Records returns what was added, if it is kept in memory. The caller must not add
// any more.
func (l *Log) Records() []Record {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.records
}

// Close writes out what is buffered.
func (l *Log) Close() error {
	if l == nil || l.file == nil {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	err := errors.Join(l.err, l.out.Flush(), l.file.Close())
	l.file, l.lines = nil, nil
	return err
}

// Read reads a history that a Log wrote. Strings that come often are kept once.
func Read(path string) ([]Record, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	in := json.NewDecoder(bufio.NewReaderSize(f, 1<<20))
	once := interned{}
	var all []Record
	for {
		var r Record
		if err := in.Decode(&r); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("%s: record %d: %w", path, len(all)+1, err)
		}
		for _, s := range []*string{(*string)(&r.Op), &r.Who, &r.Reader, &r.Session, &r.Ref, &r.Kind, &r.From, (*string)(&r.Outcome), &r.Code} {
			once.put(s)
		}
		all = append(all, r)
	}
}

type interned map[string]string

func (i interned) put(s *string) {
	kept, ok := i[*s]
	if !ok {
		kept = *s
		i[kept] = kept
	}
	*s = kept
}
