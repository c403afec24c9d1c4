package knowledge

import (
	"fmt"
	"slices"
	"strings"
)

// Release is an immutable set of entries. Make one with NewRelease.
type Release struct {
	ID       int64
	entries  []Entry // sorted by ID
	byID     map[string]int
	hot      []int // entries for the welcome card, which is asked for at every greeting
	synonyms [][]string
}

// ReleaseOption adds something to a release that is not an entry.
type ReleaseOption func(*Release)

// WithSynonyms gives a release words that mean the same in its base: each group a list
// of them, the first the one that stands for all. The groups must not change afterwards.
func WithSynonyms(groups [][]string) ReleaseOption {
	return func(r *Release) { r.synonyms = groups }
}

// NewRelease checks the entries and makes a release of them. It keeps its own
// sorted slice; the entries' inner slices are shared and must not change. The
// error joins every fault found, one a line.
func NewRelease(id int64, entries []Entry, options ...ReleaseOption) (*Release, error) {
	r := &Release{ID: id, entries: slices.Clone(entries), byID: make(map[string]int, len(entries))}
	for _, add := range options {
		add(r)
	}
	slices.SortFunc(r.entries, func(a, b Entry) int { return strings.Compare(a.ID, b.ID) })
	var faults []string
	for i, e := range r.entries {
		if err := e.check(); err != nil {
			faults = append(faults, err.Error())
		}
		if _, twice := r.byID[e.ID]; twice {
			faults = append(faults, fmt.Sprintf("entry %q: id used twice", e.ID))
		}
		r.byID[e.ID] = i
		if e.Hot && e.Matchable() {
			r.hot = append(r.hot, i)
		}
	}
	if len(faults) > 0 {
		return nil, fmt.Errorf("knowledge: %s", strings.Join(faults, "\n"))
	}
	return r, nil
}

// check reports the first thing that keeps an entry from being released.
func (e Entry) check() error {
	switch {
	case !ValidID(e.ID):
		return fmt.Errorf("entry %q: id must be 1 to 64 of a-z, A-Z, 0-9, '-', '.', '_', '?'", e.ID)
	case len(e.Texts) == 0:
		return fmt.Errorf("entry %q: no text in any language", e.ID)
	}
	for lang, t := range e.Texts {
		if strings.TrimSpace(t.Question) == "" {
			return fmt.Errorf("entry %q: no question in %s", e.ID, lang)
		}
	}
	return nil
}

// ValidID reports whether id can name an entry.
func ValidID(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	return strings.IndexFunc(id, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '.' || r == '_' || r == '?')
	}) < 0
}

// Len returns the number of entries, system sentences included.
func (r *Release) Len() int { return len(r.entries) }

// Entries returns all entries sorted by id. The slice belongs to the release.
func (r *Release) Entries() []Entry { return r.entries }

// Synonyms returns the groups of WithSynonyms, as they were given. They belong to the
// release.
func (r *Release) Synonyms() [][]string { return r.synonyms }

// Entry returns the entry with that id.
func (r *Release) Entry(id string) (Entry, bool) {
	i, ok := r.byID[id]
	if !ok {
		return Entry{}, false
	}
	return r.entries[i], true
}

// Hot returns at most limit entries that are offered on the welcome card and
// exist in lang, sorted by id.
func (r *Release) Hot(lang Lang, limit int) []Entry {
	var hot []Entry
	for _, i := range r.hot {
		if _, ok := r.entries[i].Texts[lang]; ok && len(hot) < limit {
			hot = append(hot, r.entries[i])
		}
	}
	return hot
}
