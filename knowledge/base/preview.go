package base

import (
	"context"
	"fmt"
	"slices"

	"wenda/internal/sqldb"
	"wenda/knowledge"
)

// PreviewID is the id of releases that are not in force and never were.
const PreviewID = -1

// Preview returns what would be in force if the newest revisions of these entries
// were published, approved or not, whatever they say about From and Until: for trying
// them out. It has the newest synonyms. Its ID is PreviewID. ErrNone names the first of the entries that are not there.
func (s *Store) Preview(ctx context.Context, entries []string) (*knowledge.Release, error) {
	return s.preview(ctx, entries, "e.newest", ErrNone)
}

// Proposed returns what would be in force if these entries were published now, likewise
// whatever their From and Until: their newest approved revisions, which is what the gate judges. ErrState if one has
// nothing that waits to be published.
func (s *Store) Proposed(ctx context.Context, entries []string) (*knowledge.Release, error) {
	return s.preview(ctx, entries, "nullif(e.ready, 0)", ErrState)
}

// ProposedBy is Proposed with the revisions that a plan names. ErrState if one of them is not there.
func (s *Store) ProposedBy(ctx context.Context, p Planned) (*knowledge.Release, error) {
	return s.preview(ctx, p.Entries, fmt.Sprintf("(SELECT p.revision FROM planned_entry AS p WHERE p.plan = %d AND p.entry = e.id)", p.ID), ErrState)
}

func (s *Store) preview(ctx context.Context, ids []string, number string, lacking error) (*knowledge.Release, error) {
	r := s.db.Read(ctx)
	live, err := sqldb.Collect(scanEntry)(r.Query(`SELECT r.entry, r.number, r.content FROM entry AS e
		JOIN revision AS r ON r.entry = e.id AND r.number = e.live WHERE e.live > 0`))
	if err != nil {
		return nil, wrapped("preview", err)
	}
	all := make(map[string]knowledge.Entry, len(live)+len(ids))
	for _, e := range live {
		all[e.ID] = e
	}
	for chunk := range slices.Chunk(ids, chunkSize) {
		some, err := sqldb.Collect(scanEntry)(r.Query(`SELECT r.entry, r.number, r.content FROM entry AS e
			JOIN revision AS r ON r.entry = e.id AND r.number = `+number+` WHERE e.id IN (`+places+`)`, padded(chunk)...))
		if err != nil {
			return nil, wrapped("preview", err)
		}
		there := map[string]bool{}
		for _, e := range some {
			all[e.ID], there[e.ID] = e, true
		}
		if missing := slices.DeleteFunc(slices.Clone(chunk), func(id string) bool { return there[id] }); len(missing) > 0 {
			return nil, fmt.Errorf("%w: %.200q", lacking, few(missing))
		}
	}
	version, err := sheetVersion(r, Synonyms)
	if err != nil {
		return nil, wrapped("preview", err)
	}
	entries := make([]knowledge.Entry, 0, len(all))
	for _, e := range all { // NewRelease sorts them
		entries = append(entries, e)
	}
	return released(r, PreviewID, version, entries)
}
