package base

import (
	"maps"
	"slices"
	"time"
)

// model is what the base is, in memory and without SQL.
type model struct {
	entries  map[string]*entry
	releases []map[string]slot // by id; nothing is in the first
	now      time.Time
}

type entry struct {
	version           int64
	state             State
	revisions         []saved
	ready, live, next int
}

type saved struct {
	by               string
	content          Content
	approved, listed bool
}

type slot struct{ live, next int }

func (m *model) create(by, id string, c Content) error {
	if m.entries[id] != nil {
		return ErrExists
	}
	m.entries[id] = &entry{version: 1, state: Draft, revisions: []saved{{by: by, content: c}}}
	return nil
}

func (m *model) save(by, id string, version int64, c Content) error {
	e := m.entries[id]
	if e.version != version {
		return ErrChanged
	}
	if e.state.Gone() || !e.newest().content.Equal(c) {
		e.version, e.state, e.revisions = e.version+1, Draft, append(e.revisions, saved{by: by, content: c})
	}
	return nil
}

func (e *entry) newest() *saved { return &e.revisions[len(e.revisions)-1] }

func (m *model) move(id string, version int64, from, to State) error {
	e := m.entries[id]
	switch {
	case e.version != version:
		return ErrChanged
	case e.state != from:
		return ErrState
	}
	e.version, e.state = e.version+1, to
	return nil
}

func (m *model) discard(id string, version int64) error {
	e := m.entries[id]
	if e.version == version && (e.ready > 0 || slices.ContainsFunc(m.releases, func(r map[string]slot) bool { return r[id] != slot{} })) {
		return ErrState
	}
	return m.move(id, version, Draft, Discarded)
}

func (m *model) approve(by Reviewer, id string, version int64) error {
	e := m.entries[id]
	for i := len(e.revisions) - 1; i >= 0 && !e.revisions[i].approved && !by.Solo; i-- {
		if e.revisions[i].by == by.ID && e.version == version && e.state == InReview {
			return ErrOwnWords
		}
	}
	if err := m.move(id, version, InReview, Approved); err != nil {
		return err
	}
	e.newest().approved, e.ready = true, len(e.revisions)
	return nil
}

// stands is where all entries stand, to be changed.
func (m *model) stands() map[string]slot {
	all := map[string]slot{}
	for id, e := range m.entries {
		all[id] = slot{e.live, e.next}
	}
	return all
}

func (m *model) publish(ids []string) error {
	to := m.stands()
	for _, id := range ids {
		e := m.entries[id]
		if e.ready == 0 || !lasts(e.revisions[e.ready-1].content, m.now) {
			return ErrState
		}
		to[id] = slot{live: e.ready}
		if e.revisions[e.ready-1].content.From.After(m.now) {
			to[id] = slot{e.live, e.ready}
		}
	}
	return m.release(to, ids)
}

func lasts(c Content, now time.Time) bool { return c.Until.IsZero() || c.Until.After(now) }

func (m *model) rollback(id int) error {
	if id >= len(m.releases) {
		return ErrNone
	}
	to := maps.Clone(m.releases[id])
	if e := m.entries["system.x"]; e != nil && e.live > 0 && to["system.x"].live == 0 {
		to["system.x"] = slot{e.live, e.next}
	}
	return m.release(to, slices.Collect(maps.Keys(m.entries)))
}

func (m *model) retire(id string) error {
	if system(id) {
		return ErrProtected
	}
	to := m.stands()
	to[id] = slot{}
	return m.release(to, []string{id})
}

func (m *model) tick() error { return m.release(m.stands(), slices.Collect(maps.Keys(m.entries))) }

// release makes one in which the entries stand as to says, if the clock agrees.
func (m *model) release(to map[string]slot, ids []string) error {
	next, changed := m.stands(), false
	for _, id := range ids {
		e, in := m.entries[id], to[id]
		if in.next > 0 && !e.revisions[in.next-1].content.From.After(m.now) {
			in = slot{live: in.next}
		}
		if in.live > 0 && !lasts(e.revisions[in.live-1].content, m.now) {
			in.live = 0
		}
		if in != (slot{e.live, e.next}) {
			e.put(in)
			next[id], changed = in, true
		}
	}
	if !changed {
		return ErrState
	}
	m.releases = append(m.releases, next)
	return nil
}

func (e *entry) put(in slot) {
	switch len(e.revisions) {
	case in.live:
		e.state = Live
	case e.live:
		e.state = Retired
	}
	if e.next > max(e.ready, in.live, in.next) {
		e.ready = e.next // waited in vain
	} else if e.ready == in.live || e.ready == in.next {
		e.ready = 0
	}
	if in.live > 0 {
		e.revisions[in.live-1].listed = true
	}
	e.version, e.live, e.next = e.version+1, in.live, in.next
}

func (e *entry) stateOf(number int) State {
	switch r := e.revisions[number-1]; {
	case number == len(e.revisions):
		return e.state
	case number == e.live:
		return Live
	case r.listed:
		return Retired
	case r.approved:
		return Approved
	}
	return Draft
}

func (m *model) changes(from, to int) []Change {
	var all []Change
	for _, id := range slices.Sorted(maps.Keys(m.entries)) {
		a, b := m.releases[from][id], m.releases[to][id]
		if a != b {
			shown := slices.DeleteFunc([]int{b.live, a.live, b.next, a.next}, func(n int) bool { return n == 0 })[0]
			all = append(all, Change{Entry: id, Question: m.entries[id].revisions[shown-1].content.Question(), Before: a.live, After: b.live, NextBefore: a.next, NextAfter: b.next})
		}
	}
	return all
}
