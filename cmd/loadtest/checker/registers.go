package checker

import (
	"math"
	"time"

	"github.com/anishathalye/porcupine"

	"wenda/cmd/loadtest/history"
)

// within bounds the search for one object; beyond it nothing is claimed.
const within = 20 * time.Second

// registers checks the small objects with porcupine: a ref becomes one seq, once,
// and nobody sees it before it was sent or another afterwards; a chat's fence only
// rises, and at each fence it has one owner.
func (c *inquiry) registers() {
	seen := map[string][]history.Record{}
	claims := map[string][]porcupine.Operation{}
	first := map[string]int64{} // try of a claim
	for _, r := range c.records {
		if _, again := first[r.Ref]; r.Op == history.Claim && !again {
			first[r.Ref] = r.Begin
		}
		switch {
		case r.Op == history.Receive && r.Ref != "":
			seen[r.Ref] = append(seen[r.Ref], r)
		case r.Op == history.Claim && r.Outcome == history.OK:
			end := r.End
			r.Begin = first[r.Ref]
			claims[r.Session] = append(claims[r.Session], held(r, end))
		}
	}
	for _, s := range c.sends {
		c.refRegister(s, seen[s.Ref])
		if s.Fence != 0 && s.acked {
			claims[s.Session] = append(claims[s.Session], held(s.Record, s.ackedAt))
		}
	}
	for session, ops := range claims {
		if porcupine.CheckOperationsTimeout(chat, ops, within) == porcupine.Illegal {
			c.broken(Register, session, 0, "", "no order of the %d acts that agents were acked has one owner at each fence", len(ops))
		}
	}
}

// write is a try to send; seq is what it becomes if it is the first to be done.
type write struct{ seq int64 }

// read is a delivery, or the transcript at the end.
type read struct{}

// ref is a register that is written once: state and output are its seq, 0 if none;
// the output of a try nobody knows the outcome of is -1.
var ref = porcupine.Model{
	Init: func() any { return int64(0) },
	Step: func(state, input, output any) (bool, any) {
		now, out := state.(int64), output.(int64)
		if w, ok := input.(write); ok && now == 0 {
			now = w.seq
		}
		return out == -1 || out == now, now
	},
}

func (c *inquiry) refRegister(s *sent, seen []history.Record) {
	if s.Op == history.End || len(s.tries) == 1 && len(seen) == 0 {
		return // nothing to compare
	}
	kept := int64(0)
	if places := c.kept[s.Ref]; len(places) > 0 {
		kept = places[0].event().Seq
	}
	var ops []porcupine.Operation
	for _, t := range s.tries {
		switch t.Outcome {
		case history.OK:
			ops = append(ops, porcupine.Operation{Input: write{kept}, Call: t.Begin, Output: t.Seq, Return: t.End})
		case history.Unknown:
			ops = append(ops, porcupine.Operation{Input: write{kept}, Call: t.Begin, Output: int64(-1), Return: math.MaxInt64})
		}
	}
	for _, r := range seen {
		ops = append(ops, porcupine.Operation{Input: read{}, Call: s.Begin, Output: r.Seq, Return: r.End})
	}
	if porcupine.CheckOperationsTimeout(ref, ops, within) == porcupine.Illegal {
		c.broken(Register, s.Session, kept, s.Ref, "its %d tries and %d deliveries do not agree on one seq", len(s.tries), len(seen))
	}
}

// hold is an agent's act, with the fence it was done with.
type hold struct {
	agent string
	fence int64
	over  bool // the agent let go of the chat
}

// chat is one chat's ownership. What others did to it meanwhile (customers, sweepers)
// may have raised the fence in between.
var chat = porcupine.Model{
	Init: func() any { return hold{} },
	Step: func(state, input, _ any) (bool, any) {
		now, act := state.(hold), input.(hold)
		lawful := act.fence > now.fence || act.fence == now.fence && act.agent == now.agent && !now.over
		return lawful, act
	},
}

func held(r history.Record, end int64) porcupine.Operation {
	act := hold{agent: r.Who, fence: r.Fence, over: r.Op == history.Return || r.Op == history.Close}
	return porcupine.Operation{Input: act, Call: r.Begin, Return: end}
}
