package gateway

import (
	"runtime"
	"time"
)

// Pace is how often something may happen: PerSecond on the average, Burst at once.
type Pace struct {
	PerSecond float64
	Burst     int
}

// Limits bound what one client can cost. Zero fields take the defaults, which are
// in the comments.
type Limits struct {
	CustomerFrame int64 // bytes of one message from a customer: 16 KiB
	AgentFrame    int64 // and from an agent: 64 KiB
	TextRunes     int   // of one text: 2,000
	TextBytes     int   // of one text: 8 KiB
	Fragments     int   // websocket frames of one message: 64

	HelloWithin   time.Duration // of the upgrade: 10 s
	MessageWithin time.Duration // of its first byte: 30 s
	DeadAfter     time.Duration // without a whole frame: 45 s
	WriteWithin   time.Duration // a write that does not move: 5 s
	Window        int           // bytes sent without a sign that they were read: 64 KiB
	SlowAfter     time.Duration // with a full window: 10 s

	CustomerSays   Pace // 1/s, burst 10: send, vote, rate, end of one customer, on all nodes
	AgentSays      Pace // 10/s, burst 10: claim and acts of one agent, on all nodes
	CustomerFrames Pace // 10/s, burst 40: frames of any kind and websocket pings, of one socket
	AgentFrames    Pace // 50/s, burst 200: the same; a desk that reconnects watches many chats at once
	Errors         Pace // 1/min, burst 10: faults of the client, of one socket; beyond it is closed
	Hellos         Pace // 20/min, burst 20: of one customer
	Connects       Pace // 200/min, burst 200: of one address

	Turns      int           // turns of customers at once on this node: 8 for each CPU, at least 16
	QuickTurns int           // the same while turns are quick, see turns: 8 times as many
	TurnWithin time.Duration // that a turn may wait to begin; who would wait longer is told to come again: 200 ms

	CustomerSockets int // of one customer on this node: 3; the oldest makes room
	AgentSockets    int // of one agent on this node: 5
	Watches         int // chats an agent follows on one socket: 50

	PingEvery      time.Duration // 20 s
	QueueEvery     time.Duration // places in the queue: 2 s
	ListsWithin    time.Duration // desk lists after a signal, at most so often: 500 ms
	ListsEvery     time.Duration // desk lists without a signal: 5 s
	BoardWithin    time.Duration // the board after a change, at most so often: 1 s
	ReconcileEvery time.Duration // looks for lost wake-ups: 5 s
	PollEvery      time.Duration // the same while Live is not reachable: 1 s
	LoginEvery     time.Duration // asks whether agents are still logged in: 4 s
	BeatEvery      time.Duration // pings agents' desks, and says which of them answered: 10 s, see roster
	DrainWithin    time.Duration // over which clients are told to come back: 5 s
}

func (l Limits) withDefaults() Limits {
	or(&l.CustomerFrame, 16<<10)
	or(&l.AgentFrame, 64<<10)
	or(&l.TextRunes, 2000)
	or(&l.TextBytes, 8<<10)
	or(&l.Fragments, 64)
	or(&l.HelloWithin, 10*time.Second)
	or(&l.MessageWithin, 30*time.Second)
	or(&l.DeadAfter, 45*time.Second)
	or(&l.WriteWithin, 5*time.Second)
	or(&l.Window, 64<<10)
	or(&l.SlowAfter, 10*time.Second)
	or(&l.CustomerSays, Pace{1, 10})
	or(&l.AgentSays, Pace{10, 10})
	or(&l.CustomerFrames, Pace{10, 40})
	or(&l.AgentFrames, Pace{50, 200})
	or(&l.Errors, Pace{1.0 / 60, 10})
	or(&l.Hellos, Pace{20.0 / 60, 20})
	or(&l.Connects, Pace{200.0 / 60, 200})
	or(&l.Turns, max(16, 8*runtime.GOMAXPROCS(0)))
	or(&l.QuickTurns, 8*l.Turns)
	or(&l.TurnWithin, 200*time.Millisecond)
	or(&l.CustomerSockets, 3)
	or(&l.AgentSockets, 5)
	or(&l.Watches, 50)
	or(&l.PingEvery, 20*time.Second)
	or(&l.QueueEvery, 2*time.Second)
	or(&l.ListsWithin, 500*time.Millisecond)
	or(&l.ListsEvery, 5*time.Second)
	or(&l.BoardWithin, time.Second)
	or(&l.ReconcileEvery, 5*time.Second)
	or(&l.PollEvery, time.Second)
	or(&l.LoginEvery, 4*time.Second)
	or(&l.BeatEvery, 10*time.Second)
	or(&l.DrainWithin, 5*time.Second)
	return l
}

func or[T comparable](field *T, otherwise T) {
	var zero T
	if *field == zero {
		*field = otherwise
	}
}

// Meter is told what happens, for whoever counts. Side is "customer" or "agent".
type Meter struct {
	Opened  func(side string)
	Closed  func(side string, lived time.Duration)
	Frame   func(side, kind string, took time.Duration) // a frame was dealt with; kind is its type
	Acked   func(side string)
	Refused func(side string, code Code) // an error frame was sent
	Sent    func(side string, bytes int)
}

func (m Meter) withDefaults() Meter {
	if m.Opened == nil {
		m.Opened = func(string) {}
	}
	if m.Closed == nil {
		m.Closed = func(string, time.Duration) {}
	}
	if m.Frame == nil {
		m.Frame = func(string, string, time.Duration) {}
	}
	if m.Acked == nil {
		m.Acked = func(string) {}
	}
	if m.Refused == nil {
		m.Refused = func(string, Code) {}
	}
	if m.Sent == nil {
		m.Sent = func(string, int) {}
	}
	return m
}
