package checker

import (
	"fmt"
	"time"

	"wenda/cmd/loadtest/history"
	"wenda/sessions"
)

// world is a small, correct Wenda: sessions.Apply decides, and whatever is done is
// written down as a driver would. Tests begin with what it wrote and spoil it.
type world struct {
	clock   int64 // ns; every step takes some
	records []history.Record
	rows    []*row
	refs    int
}

// row is a session in it.
type row struct {
	head   sessions.Session
	events []sessions.Event
}

func (w *world) tick() int64 {
	w.clock += int64(time.Millisecond)
	return w.clock
}

func (w *world) now() time.Time { return time.UnixMilli(1_700_000_000_000 + w.clock/1e6).UTC() }

func (w *world) ref() string {
	w.refs++
	return fmt.Sprintf("ref-%06d", w.refs)
}

// open opens a session of a customer, greeted.
func (w *world) open(customer string) *row {
	w.tick()
	r := &row{head: sessions.Session{
		ID: fmt.Sprint("s", len(w.rows)+1), Customer: sessions.Customer{ID: customer}, Channel: "widget", State: sessions.Bot, Fence: 1, Segment: 1,
		OpenedAt: w.now(), ChangedAt: w.now(), HeardAt: w.now(),
	}}
	w.rows = append(w.rows, r)
	w.commit(r, sessions.Actor{Role: sessions.RoleBot}, r.head, bot("greet", 0))
	return r
}

func bot(action string, answers int64) sessions.Event {
	return sessions.Event{Kind: sessions.Message, From: sessions.Speaker{Role: sessions.RoleBot}, Text: action, Decision: &sessions.Decision{Action: action, Answers: answers}}
}

// commit lets sessions.Apply decide; what it refuses must not be asked of it.
func (w *world) commit(r *row, by sessions.Actor, next sessions.Session, events ...sessions.Event) []sessions.Event {
	head, done, err := sessions.Apply(r.head, by, next, events, w.now())
	if err != nil {
		panic(err)
	}
	r.head, r.events = head, append(r.events, done...)
	return done
}

// customer says something; the bot answers at once if it owns the chat and quick.
func (w *world) customer(who string, r *row, text string, quick bool) {
	begin, ref := w.tick(), w.ref()
	said := sessions.Event{Kind: sessions.Message, From: sessions.Speaker{Role: sessions.RoleCustomer, ID: r.head.Customer.ID}, Text: text, Ref: ref}
	events, next := []sessions.Event{said}, r.head
	if next.State == sessions.Closed {
		next = next.Reopen()
		events = append(events, sessions.Event{Kind: sessions.Handed, From: sessions.Speaker{Role: sessions.RoleSystem}, Move: &sessions.Move{Reason: "reopened"}})
	}
	if quick && next.State == sessions.Bot {
		events = append(events, bot("answer", 0))
	}
	done := w.commit(r, sessions.Actor{Role: sessions.RoleCustomer, ID: r.head.Customer.ID}, next, events...)
	w.records = append(w.records, history.Record{
		Op: history.Send, Who: who, Reader: who + ".0", Begin: begin, End: w.tick(), Session: r.head.ID, Ref: ref, Hash: history.HashText(text),
		Seq: done[0].Seq, Outcome: history.OK,
	})
}

// answer lets the bot answer what is pending.
func (w *world) answer(r *row) {
	if r.head.Pending > 0 {
		w.tick()
		w.commit(r, sessions.Actor{Role: sessions.RoleBot}, r.head, bot("answer", r.head.Pending))
	}
}

// handoff: the customer asks for a person and is put into the queue.
func (w *world) handoff(who string, r *row) {
	begin, ref := w.tick(), w.ref()
	said := sessions.Event{Kind: sessions.Message, From: sessions.Speaker{Role: sessions.RoleCustomer, ID: r.head.Customer.ID}, Text: "转人工", Ref: ref}
	reply := bot("handoff", 0)
	reply.Kind, reply.Move = sessions.Handed, &sessions.Move{Reason: "asked"}
	done := w.commit(r, sessions.Actor{Role: sessions.RoleCustomer, ID: r.head.Customer.ID}, r.head.Queue("", w.now()), said, reply)
	w.records = append(w.records, history.Record{
		Op: history.Send, Who: who, Reader: who + ".0", Begin: begin, End: w.tick(), Session: r.head.ID, Ref: ref, Hash: history.HashText("转人工"),
		Seq: done[0].Seq, Outcome: history.OK,
	})
}

func (w *world) claim(agent string, r *row) {
	begin, ref := w.tick(), w.ref()
	done := w.commit(r, sessions.Actor{Role: sessions.RoleSystem}, r.head.Assign(agent), sessions.Event{
		Kind: sessions.Handed, Ref: ref, Move: &sessions.Move{Reason: "claimed"}, From: sessions.Speaker{Role: sessions.RoleAgent, ID: agent},
	})
	w.records = append(w.records, history.Record{
		Op: history.Claim, Who: agent, Begin: begin, End: w.tick(), Session: r.head.ID, Ref: ref, Seq: done[0].Seq, Fence: r.head.Fence, Outcome: history.OK,
	})
}

// act is what the owning agent does.
func (w *world) act(op history.Op, r *row) {
	begin, ref, agent, fence := w.tick(), w.ref(), r.head.Agent, r.head.Fence
	e := sessions.Event{Kind: sessions.Message, From: sessions.Speaker{Role: sessions.RoleAgent, ID: agent}, Text: "您好", Ref: ref}
	next := r.head
	switch op {
	case history.Note:
		e.Kind, e.Audience = sessions.Note, sessions.Staff
	case history.Return:
		next = r.head.Return()
		next.Pending = owed(r)
		e.Kind, e.Move = sessions.Handed, &sessions.Move{Reason: "returned"}
	case history.Close:
		next = r.head.Close(w.now())
		e.Kind, e.Move = sessions.Handed, &sessions.Move{Reason: "finished"}
	}
	done := w.commit(r, sessions.Actor{Role: sessions.RoleAgent, ID: agent}, next, e)
	w.records = append(w.records, history.Record{
		Op: op, Who: agent, Begin: begin, End: w.tick(), Session: r.head.ID, Ref: ref, Hash: history.HashText(e.Text), Seq: done[0].Seq, Fence: fence, Outcome: history.OK,
	})
}

// owed is the customer's first message since somebody answered.
func owed(r *row) (first int64) {
	for i := len(r.events) - 1; i >= 0; i-- {
		switch e := r.events[i]; {
		case e.Kind == sessions.Message && e.From.Role == sessions.RoleCustomer:
			first = e.Seq
		case e.Kind == sessions.Message && e.From.Role == sessions.RoleAgent, e.From.Role == sessions.RoleBot:
			return first
		}
	}
	return first
}

// requeue: the agent is lost.
func (w *world) requeue(r *row) {
	w.tick()
	w.commit(r, sessions.Actor{Role: sessions.RoleSystem}, r.head.Queue("", w.now()), sessions.Event{
		Kind: sessions.Handed, Move: &sessions.Move{Reason: "lost"}, From: sessions.Speaker{Role: sessions.RoleSystem},
	})
}

// read lets a customer's tab read everything behind a seq, to the end if level.
func (w *world) read(who, reader string, r *row, after int64, level bool) {
	w.records = append(w.records, history.Record{Op: history.Attach, Who: who, Reader: reader, Begin: w.tick(), End: w.clock, Session: r.head.ID, Seq: after})
	prev := after
	for _, e := range r.events {
		if e.Seq <= after || e.Audience == sessions.Staff {
			continue
		}
		x := history.Record{
			Op: history.Receive, Who: who, Reader: reader, Begin: w.tick(), End: w.clock, Session: r.head.ID, Hash: history.HashText(e.Text),
			Seq: e.Seq, Prev: prev, Kind: string(e.Kind), From: string(e.From.Role),
		}
		if e.From.Role == sessions.RoleCustomer {
			x.Ref = e.Ref
		}
		w.records = append(w.records, x)
		prev = e.Seq
	}
	if level {
		w.records = append(w.records, history.Record{Op: history.Level, Who: who, Reader: reader, Begin: w.tick(), End: w.clock, Session: r.head.ID, Seq: prev})
	}
}

func (w *world) truth() Truth {
	var t Truth
	for _, r := range w.rows {
		s := Session{Head: r.head.Clone()}
		for _, e := range r.events {
			s.Events = append(s.Events, slim(e))
		}
		t = append(t, s)
	}
	return t
}
