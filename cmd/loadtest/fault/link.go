package fault

import (
	"context"
	"time"

	"wenda/cmd/loadtest/stage"
)

// ends are the links of a node.
type ends func(*stage.Node) *stage.Link

func clients(n *stage.Node) *stage.Link { return n.Client }
func sql(n *stage.Node) *stage.Link     { return n.SQL }
func redis(n *stage.Node) *stage.Link   { return n.Redis }

// has says whether nodes have such a link.
func has(which ends) func(*stage.Stage) bool {
	return func(s *stage.Stage) bool { return which(s.Nodes()[0]) != nil }
}

func cut(which ends) func(context.Context, *stage.Stage, Step) (end, error) {
	return func(_ context.Context, s *stage.Stage, step Step) (end, error) {
		l := which(s.Nodes()[step.Target])
		l.Cut()
		return func(context.Context) error { return l.Mend() }, nil
	}
}

// onLink is a fault of a link as toxiproxy knows it. What it is exactly depends on
// the step's amount.
func onLink(which ends, toxic string, stream stage.Stream, least, most time.Duration, how func(amount int64) map[string]int64) kind {
	return kind{ofNode, least, most, has(which), func(_ context.Context, s *stage.Stage, step Step) (end, error) {
		remove, err := which(s.Nodes()[step.Target]).Add(toxic, stream, how(step.Amount))
		if err != nil {
			return nil, err
		}
		return func(context.Context) error { return remove() }, nil
	}}
}

// latency is up to most ms, give or take as much again.
func latency(most int64) func(int64) map[string]int64 {
	return func(amount int64) map[string]int64 {
		late := 10 + most*amount/100
		return map[string]int64{"latency": late, "jitter": late}
	}
}

// pieces are of 1 to 100 bytes, a millisecond apart.
func pieces(amount int64) map[string]int64 {
	size := amount + 1
	return map[string]int64{"average_size": size, "size_variation": size / 2, "delay": 1000}
}

func atOnce(int64) map[string]int64 { return map[string]int64{"timeout": 0} }

// some is between 500 and 10,400 bytes.
func some(amount int64) map[string]int64 { return map[string]int64{"bytes": 500 + amount*100} }

func slow(int64) map[string]int64 { return map[string]int64{"rate": 1} }
