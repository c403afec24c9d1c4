package base

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"wenda/internal/audit"
	"wenda/internal/sqldb"
)

// Plan keeps a publication until p.At, with the revisions that are approved now: what is
// approved later is not in it. Errors as of Publish, and ErrInvalid if p.At has passed or there is no entry.
func (s *Store) Plan(ctx context.Context, p Publication) (planned Planned, err error) {
	if err := s.signed(ctx, p, "release.plan"); err != nil {
		return Planned{}, err
	}
	p.At, p.Entries = p.At.UTC().Truncate(time.Millisecond), p.ids()
	if !p.At.After(s.clock()) || len(p.Entries) == 0 {
		return Planned{}, invalid([]string{"a plan has entries, and its minute is still to come"})
	}
	err = s.db.Write(ctx, func(tx sqldb.Tx) error {
		planned, err = s.plan(tx, p)
		return err
	})
	return planned, wrapped("plan", err)
}

func (s *Store) plan(tx sqldb.Tx, p Publication) (Planned, error) {
	if err := serialize(tx); err != nil {
		return Planned{}, err
	}
	before, err := newest(tx.Reader)
	if err != nil {
		return Planned{}, err
	}
	if p.Before != 0 && p.Before != before.id {
		return Planned{}, fmt.Errorf("%w: it is %d, not %d", ErrSuperseded, before.id, p.Before)
	}
	if err := s.pick(tx, p.Entries); err != nil {
		return Planned{}, err
	}
	if err := lasting(tx, p.At.UnixMilli()); err != nil {
		return Planned{}, err
	}
	planned := Planned{Publication: p}
	if err := tx.QueryRow(`SELECT coalesce(max(id), 0) + 1 FROM planned`).Scan(&planned.ID); err != nil {
		return Planned{}, err
	}
	if _, err := tx.Exec(`INSERT INTO planned (id, state, failed, release, due, maker, why, passed, signer, signer_why, solo, looked_at, gate)
		VALUES ($1, 'waits', '', 0, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		planned.ID, p.At.UnixMilli(), p.By, p.Why, p.GatePassed, p.Second, p.SecondWhy, p.Solo, p.Before, p.Gate); err != nil {
		return Planned{}, err
	}
	if _, err := tx.Exec(`INSERT INTO planned_entry (plan, entry, revision) SELECT CAST($1 AS BIGINT), entry, live FROM shift`, planned.ID); err != nil {
		return Planned{}, err
	}
	if _, err := tx.Exec(`DELETE FROM shift`); err != nil {
		return Planned{}, err
	}
	return planned, recordPlan(tx, s.now(), p.By, "release.plan", planned.ID, fmt.Sprintf("entries=%d", len(p.Entries)))
}

func recordPlan(tx sqldb.Tx, at int64, by, did string, plan int64, detail string) error {
	return audit.Write(tx, time.UnixMilli(at), audit.Act{Who: by, Did: did, About: fmt.Sprintf("plan/%d", plan), OK: did != "release.fail", Detail: detail})
}

const planColumns = `id, due, maker, why, passed, signer, signer_why, solo, looked_at, gate, failed`

func scanPlan(row sqldb.Scanner) (p Planned, err error) {
	var due int64
	err = row.Scan(&p.ID, &due, &p.By, &p.Why, &p.GatePassed, &p.Second, &p.SecondWhy, &p.Solo, &p.Before, &p.Gate, &p.Failed)
	p.At = moment(due)
	return p, err
}

// Plans returns the publications that wait, and those that failed and were not
// cancelled, by their minute, without the gate's reports.
func (s *Store) Plans(ctx context.Context) ([]Planned, error) {
	r := s.db.Read(ctx)
	plans, err := sqldb.Collect(scanPlan)(r.Query(`SELECT ` + planColumns + ` FROM planned WHERE state IN ('waits', 'failed') ORDER BY due, id`))
	for i := range plans {
		if err == nil {
			plans[i].Gate = nil
			plans[i].Entries, err = plannedEntries(r, plans[i].ID)
		}
	}
	return plans, wrapped("plans", err)
}

// plannedEntries are a plan's, sorted alike on both engines.
func plannedEntries(r sqldb.Reader, plan int64) ([]string, error) {
	ids, err := sqldb.Collect(scanText)(r.Query(`SELECT entry FROM planned_entry WHERE plan = $1`, plan))
	slices.Sort(ids)
	return ids, err
}

// Cancel takes a plan from the list: it is not carried out, or its failure was seen.
// ErrNone; ErrState if it is done or cancelled.
func (s *Store) Cancel(ctx context.Context, by string, plan int64) error {
	if err := checkAct(by, ""); err != nil {
		return err
	}
	return wrapped("cancel", s.db.Write(ctx, func(tx sqldb.Tx) error {
		if err := serialize(tx); err != nil {
			return err
		}
		var state string
		switch err := tx.QueryRow(`SELECT state FROM planned WHERE id = $1`, plan).Scan(&state); {
		case errors.Is(err, sql.ErrNoRows):
			return fmt.Errorf("%w: plan %d", ErrNone, plan)
		case err != nil:
			return err
		case state != "waits" && state != "failed":
			return fmt.Errorf("%w: plan %d is %s", ErrState, plan, state)
		}
		if _, err := tx.Exec(`UPDATE planned SET state = 'cancelled' WHERE id = $1`, plan); err != nil {
			return err
		}
		return recordPlan(tx, s.now(), by, "release.cancel", plan, "")
	}))
}
