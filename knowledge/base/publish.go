package base

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"wenda/internal/sqldb"
)

// check holds a publication to its form, and to its signatures.
func (p Publication) check() error {
	if err := checkAct(p.By, p.Why); err != nil {
		return err
	}
	if utf8.RuneCountInString(p.Second) > MaxWord {
		return invalid([]string{"nobody has such an id"})
	}
	if err := checkAct("second", p.SecondWhy); err != nil {
		return err
	}
	switch {
	case !p.GatePassed && p.Second == "":
		return fmt.Errorf("%w: the gate did not let it through", ErrSignature)
	case p.Second != "" && strings.TrimSpace(p.SecondWhy) == "":
		return fmt.Errorf("%w: who signs says why", ErrSignature)
	case p.Second == p.By && !p.Solo:
		return fmt.Errorf("%w: the second signature is another person's", ErrOwnWords)
	}
	return nil
}

// signed holds a publication to its form and signatures. Who signs twice is written down.
func (s *Store) signed(ctx context.Context, p Publication, code string) error {
	err := p.check()
	if errors.Is(err, ErrOwnWords) {
		s.refused(ctx, p.By, code, "")
	}
	return err
}

// ids are the entries, sorted, each once.
func (p Publication) ids() []string {
	ids := slices.Clone(p.Entries)
	slices.Sort(ids)
	return slices.Compact(ids)
}

func (p Publication) making(code string) making {
	return making{
		Release: Release{Kind: Published, By: p.By, Why: p.Why, Second: p.Second, SecondWhy: p.SecondWhy, Gate: p.Gate},
		code:    code, passed: p.GatePassed, solo: p.Solo,
	}
}

// Publish puts a new release in force, now: the one before, with the newest approved
// revision of each of the entries; one that is valid from later waits in it. The synonyms
// are those of their sheet; if they changed there may be no entry. p.At is not looked at.
//
// ErrState if an entry has nothing approved that is not yet in a release, or nothing
// would change; ErrSuperseded if p.Before is not in force; ErrSignature if the gate
// has not passed and nobody signed; ErrOwnWords if they signed for themselves.
func (s *Store) Publish(ctx context.Context, p Publication) (made Release, err error) {
	if err := s.signed(ctx, p, "release.publish"); err != nil {
		return Release{}, err
	}
	err = s.db.Write(ctx, func(tx sqldb.Tx) (err error) {
		made, err = s.make(tx, p.making("release.publish"), func(tx sqldb.Tx, m *making, before inForce) error {
			if p.Before != 0 && p.Before != before.id {
				return fmt.Errorf("%w: it is %d, not %d", ErrSuperseded, before.id, p.Before)
			}
			if m.synonyms, err = sheetVersion(tx.Reader, Synonyms); err != nil {
				return err
			}
			if err := s.pick(tx, p.ids()); err != nil {
				return err
			}
			return lasting(tx, m.At.UnixMilli())
		})
		return err
	})
	return made, wrapped("publish", err)
}

// pick puts the newest approved revisions of these entries into shift. One that is
// approved at this moment may or may not be among them; it stays ready then.
func (s *Store) pick(tx sqldb.Tx, ids []string) error {
	picked := int64(0)
	for chunk := range slices.Chunk(ids, chunkSize) {
		done, err := tx.Exec(`INSERT INTO shift (entry, live, next) SELECT id, ready, 0 FROM entry WHERE ready > 0 AND id IN (`+places+`)`, padded(chunk)...)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		if err != nil {
			return err
		}
		picked += n
	}
	if picked == int64(len(ids)) {
		return nil
	}
	lacking, err := unpicked(tx, ids)
	if err != nil {
		return err
	}
	return fmt.Errorf("%w: nothing is approved and waits to be published of %s", ErrState, few(lacking))
}

// unpicked are those that shift lacks.
func unpicked(tx sqldb.Tx, ids []string) ([]string, error) {
	there, err := sqldb.Collect(scanText)(tx.Query(`SELECT entry FROM shift ORDER BY entry`))
	if err != nil {
		return nil, err
	}
	slices.Sort(there)
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		_, found := slices.BinarySearch(there, id)
		return found
	}), nil
}

// lasting says ErrState if something in shift would be over before it begins.
func lasting(tx sqldb.Tx, at int64) error {
	over, err := sqldb.Collect(scanText)(tx.Query(`SELECT shift.entry FROM revision AS r JOIN shift ON shift.entry = r.entry AND shift.live = r.number
		WHERE (r.valid_from > 0 OR r.valid_until > 0) AND r.valid_until > 0 AND r.valid_until <= $1 ORDER BY shift.entry`, at))
	if err == nil && len(over) > 0 {
		err = fmt.Errorf("%w: the valid-until has passed of %s", ErrState, few(over))
	}
	return err
}

// chunkSize is how many ids one statement names. Fewer are padded, so that its text is constant.
const chunkSize = 100

var places = func() string {
	var all []string
	for i := range chunkSize {
		all = append(all, fmt.Sprintf("$%d", i+1))
	}
	return strings.Join(all, ", ")
}()

// padded are at most chunkSize ids as the arguments for places.
func padded(ids []string) []any {
	args := make([]any, chunkSize)
	for i := range args {
		args[i] = ids[min(i, len(ids)-1)]
	}
	return args
}

func scanText(row sqldb.Scanner) (text string, err error) { return text, row.Scan(&text) }

// few names the first of these ids.
func few(ids []string) string {
	const shown = 5
	if len(ids) > shown {
		return fmt.Sprintf("%s and %d more", strings.Join(ids[:shown], ", "), len(ids)-shown)
	}
	return strings.Join(ids, ", ")
}
