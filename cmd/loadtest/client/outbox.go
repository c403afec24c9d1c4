package client

import (
	"fmt"
	"time"

	"wenda/cmd/loadtest/history"
)

// out is something to be sent until it is acked or refused for good.
type out struct {
	op     history.Op
	body   map[string]any
	ref    string
	chat   string // session that an agent acts in
	fence  int64
	hash   uint64
	begun  int64 // of the try that is under way
	done   func(answer)
	before time.Time // not before
}

// answer is what became of it: an ack, or a refusal for good.
type answer struct {
	ok      bool
	code    string
	session string
	seq     int64
	fence   int64
}

// put adds to the outbox. l.mu is held.
func (l *line) put(o *out) string {
	l.refs++
	o.ref = l.prefix + fmt.Sprintf("%06d", l.refs)
	o.body["cid"] = o.ref
	l.outbox = append(l.outbox, o)
	l.pump()
	return o.ref
}

// pump sends what is first in the outbox, if nothing is under way.
func (l *line) pump() {
	if !l.ready || l.under != nil || len(l.outbox) == 0 {
		return
	}
	o := l.outbox[0]
	if wait := time.Until(o.before); wait > 0 {
		l.timer.Reset(wait)
		return
	}
	o.begun = l.Log.Now()
	l.under = o
	l.patience()
	_ = l.write(o.body)
}

// tried writes down what became of a try.
func (l *line) tried(o *out, outcome history.Outcome, a answer) {
	l.Log.Add(history.Record{
		Op: o.op, Who: l.Who, Reader: l.Reader, Begin: o.begun, End: l.Log.Now(), Session: a.session, Ref: o.ref, Hash: o.hash,
		Seq: a.seq, Fence: a.fence, Outcome: outcome, Code: a.code,
	})
}

// settle takes it off the outbox.
func (l *line) settle(o *out, a answer) {
	l.under, l.outbox = nil, l.outbox[1:]
	if o.done != nil {
		o.done(a)
	}
}

func (l *line) ack(f *frame) {
	o := l.under
	if o == nil || f.CID != o.ref {
		l.odd(f.CID, "an ack of what was not under way")
		return
	}
	a := answer{ok: true, session: f.Session, seq: f.Seq, fence: o.fence}
	if a.session == "" {
		a.session = l.side.where()
	}
	if o.op == history.Claim {
		a.fence = f.Fence
	}
	l.Figures.Acked.Add(1)
	l.tried(o, history.OK, a)
	a.fence = f.Fence
	l.settle(o, a)
}

// refused takes an error frame: try again later, or never.
func (l *line) refused(f *frame) {
	wait := time.Duration(f.RetryMS)*time.Millisecond + time.Duration(l.Rand.Int64N(int64(50*time.Millisecond)))
	switch f.Code {
	case "busy":
		l.Figures.Busy.Add(1)
	case "rate":
		l.Figures.Rated.Add(1)
	}
	o := l.under
	if o == nil || f.CID != o.ref {
		l.complained(f, wait)
		return
	}
	a := answer{code: f.Code, session: o.chat, fence: o.fence}
	if a.session == "" {
		a.session = l.side.where()
	}
	outcome := history.Fail
	if f.Code == "busy" || f.Code == "internal" {
		outcome = history.Unknown // what became of it the server does not know itself
	}
	l.tried(o, outcome, a)
	if outcome == history.Fail && l.side.final(f.Code) {
		l.settle(o, a)
		return
	}
	l.under = nil
	o.before = time.Now().Add(max(wait, 20*time.Millisecond))
}

// complained is an error that is about no frame of ours that has a cid.
func (l *line) complained(f *frame, wait time.Duration) {
	switch f.Code {
	case "rate", "busy", "internal", "not_found", "full":
		if !l.ready { // hello was refused: say it again, on another connection
			l.next = time.Now().Add(wait)
			_ = l.conn.Close()
			l.conn = nil // nothing that is read from it counts any more
			return
		}
		l.side.handle(f)
	default:
		l.odd(f.CID, "error "+f.Code)
	}
}

func (l *line) odd(ref, what string) {
	now := l.Log.Now()
	l.Log.Add(history.Record{Op: history.Odd, Who: l.Who, Reader: l.Reader, Begin: now, End: now, Ref: ref, Code: what})
}
