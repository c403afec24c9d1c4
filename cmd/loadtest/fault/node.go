package fault

import (
	"context"
	"time"

	"wenda/cmd/loadtest/stage"
)

func kill(_ context.Context, s *stage.Stage, step Step) (end, error) {
	n := s.Nodes()[step.Target]
	n.Kill()
	return n.Start, nil
}

// armed is how long a node may take to come by the point where it dies.
const armed = 15 * time.Second

// dieAt starts the node anew with the point armed. If nothing comes by the point in
// time, the node is killed all the same.
func dieAt(ctx context.Context, s *stage.Stage, step Step) (end, error) {
	n := s.Nodes()[step.Target]
	n.Kill()
	err := n.DieAt(ctx, step.Point, step.passage())
	select {
	case <-n.Ended():
	case <-time.After(armed):
	case <-ctx.Done():
	}
	n.Kill()
	return n.Start, err
}

func freeze(_ context.Context, s *stage.Stage, step Step) (end, error) {
	n := s.Nodes()[step.Target]
	n.Pause()
	return func(context.Context) error {
		n.Resume()
		return nil
	}, nil
}

func roll(ctx context.Context, s *stage.Stage, step Step) (end, error) {
	n := s.Nodes()[step.Target]
	return n.Start, n.Stop(ctx)
}
