package match

import "time"

// repairPause is the least time between two repairs: should a search fail on a
// sound index, whoever sends such utterances must not keep us building.
const repairPause = 10 * time.Second

// repair sets a damaged generation aside and builds it again in the background.
// While it runs further calls do nothing.
func (m *Matcher) repair(f *inForce) {
	if !m.repairing.CompareAndSwap(false, true) {
		return
	}
	m.repairs.Add(1)
	go func() {
		defer m.repairs.Done()
		defer m.repairing.Store(false)
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.ctx.Err() == nil && m.force.Load() == f && (m.lastRepair.IsZero() || time.Since(m.lastRepair) > repairPause) {
			m.rebuild(f)
			m.lastRepair = time.Now()
		}
	}()
}

func (m *Matcher) rebuild(f *inForce) {
	m.opts.Log.Error("index damaged, building it again", "release", f.model.release.ID)
	m.shelf.Discard(f.gen)
	gen, err := m.shelf.Generation(m.ctx, f.model.release)
	if err != nil {
		m.opts.Log.Error("index not built again", "release", f.model.release.ID, "error", err)
		return
	}
	m.swap(&inForce{f.model, gen, f.recall})
	m.opts.Log.Info("index built again", "release", f.model.release.ID)
}
