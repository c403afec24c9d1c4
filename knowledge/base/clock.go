package base

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"wenda/internal/sqldb"
)

// byClock is who makes releases when something's time has come.
const byClock = "wenda"

// Judge looks at a plan again when its minute has come: rules, labelled questions and what
// is in force may have changed since it was made. ErrLater: it is not done with that.
type Judge func(ctx context.Context, p Planned) (Judgement, error)

// Judgement is what a Judge found.
type Judgement struct {
	Blocked bool   // a text holds what must not go live
	Passed  bool   // the gate says yes
	Gate    []byte // its report
}

// ErrLater says that a judgement is being worked on.
var ErrLater = errors.New("base: not judged yet")

// Why a plan failed.
const (
	FailedNewer   = "newer"   // something newer was published meanwhile, or the same
	FailedBlocked = "blocked" // Judgement.Blocked
	FailedGate    = "gate"    // the gate says no, and nobody signed for that
)

// Due does what the clock demands, and returns the releases that it made: plans whose
// minute has come, then entries whose From has come or whose Until has passed. Any node may call it,
// as often as it likes: each thing is done once, and it is cheap when there is nothing to do. A plan that cannot be
// carried out any more is not tried again: Plans says why. While judge says ErrLater, the plans wait
// and all else is done; nil judges nothing again.
func (s *Store) Due(ctx context.Context, judge Judge) ([]Release, error) {
	var made []Release
	for {
		plan, found, err := s.duePlan(ctx)
		if err != nil {
			return made, wrapped("due", err)
		}
		if !found {
			break
		}
		release, err := s.carryOut(ctx, plan, judge)
		if errors.Is(err, ErrLater) {
			break
		}
		if err != nil {
			return made, wrapped("due", err)
		}
		if release.ID != 0 {
			made = append(made, release)
		}
	}
	release, err := s.tick(ctx)
	if release.ID != 0 {
		made = append(made, release)
	}
	return made, wrapped("due", err)
}

// duePlan returns the plan that is to be carried out next.
func (s *Store) duePlan(ctx context.Context) (p Planned, found bool, err error) {
	r := s.db.Read(ctx)
	p, err = scanPlan(r.QueryRow(`SELECT `+planColumns+` FROM planned WHERE state = 'waits' AND due <= $1 ORDER BY due, id LIMIT 1`, s.now()))
	if errors.Is(err, sql.ErrNoRows) {
		return p, false, nil
	}
	if err == nil {
		p.Entries, err = plannedEntries(r, p.ID)
	}
	return p, err == nil, err
}

var errDone = errors.New("base: another node did it")

// carryOut publishes a plan, or writes down why that cannot be done. It returns no
// release if it failed or another node was first.
func (s *Store) carryOut(ctx context.Context, p Planned, judge Judge) (made Release, err error) {
	if judge != nil {
		switch found, err := judge(ctx, p); {
		case errors.Is(err, ErrState):
			return Release{}, s.fail(ctx, p, FailedNewer)
		case err != nil:
			return Release{}, err
		default:
			p.Gate, p.GatePassed = found.Gate, found.Passed
			if found.Blocked {
				return Release{}, s.fail(ctx, p, FailedBlocked)
			}
			if !found.Passed && p.Second == "" {
				return Release{}, s.fail(ctx, p, FailedGate)
			}
		}
	}
	err = s.db.Write(ctx, func(tx sqldb.Tx) (err error) {
		made, err = s.make(tx, p.making("release.publish"), func(tx sqldb.Tx, m *making, _ inForce) error {
			if err := waits(tx, p.ID); err != nil {
				return err
			}
			if m.synonyms, err = sheetVersion(tx.Reader, Synonyms); err != nil {
				return err
			}
			if err := fromPlan(tx, p.ID); err != nil {
				return err
			}
			return lasting(tx, m.At.UnixMilli())
		})
		if err != nil {
			return err
		}
		_, err = tx.Exec(`UPDATE planned SET state = 'done', release = $2 WHERE id = $1`, p.ID, made.ID)
		return err
	})
	switch {
	case errors.Is(err, errDone):
		return Release{}, nil
	case errors.Is(err, ErrState):
		return Release{}, s.fail(ctx, p, FailedNewer)
	case err == nil:
		s.log.Info("a planned publication is in force", "plan", p.ID, "release", made.ID)
	}
	return made, err
}

// waits says errDone unless the plan still waits.
func waits(tx sqldb.Tx, plan int64) error {
	var state string
	err := tx.QueryRow(`SELECT state FROM planned WHERE id = $1`, plan).Scan(&state)
	if err == nil && state != "waits" {
		err = errDone
	}
	return err
}

// fromPlan puts a plan's revisions into shift: all of them, or ErrState. One that was
// in force before, or is older than what is, would be a step back.
func fromPlan(tx sqldb.Tx, plan int64) error {
	if _, err := tx.Exec(`INSERT INTO shift (entry, live, next) SELECT p.entry, p.revision, 0 FROM planned_entry AS p JOIN entry AS e ON e.id = p.entry
		WHERE p.plan = $1 AND p.revision > e.live AND p.revision >= e.next
		AND NOT EXISTS (SELECT 1 FROM listing AS l WHERE l.entry = p.entry AND l.slot = 0 AND l.revision = p.revision)`, plan); err != nil {
		return err
	}
	ids, err := plannedEntries(tx.Reader, plan)
	if err != nil {
		return err
	}
	lacking, err := unpicked(tx, ids)
	if err == nil && len(lacking) > 0 {
		err = fmt.Errorf("%w: something newer was published meanwhile, or the same, of %s", ErrState, few(lacking))
	}
	return err
}

// fail writes down why a plan cannot be carried out.
func (s *Store) fail(ctx context.Context, p Planned, why string) error {
	s.log.Warn("a planned publication cannot be carried out", "plan", p.ID, "why", why)
	return s.db.Write(ctx, func(tx sqldb.Tx) error {
		done, err := tx.Exec(`UPDATE planned SET state = 'failed', failed = $2, gate = $3 WHERE id = $1 AND state = 'waits'`, p.ID, why, p.Gate)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return recordPlan(tx, s.now(), byClock, "release.fail", p.ID, why)
	})
}

const ticking = ` FROM entry WHERE (next > 0 AND next_from <= $1) OR (live_until > 0 AND live_until <= $1)`

// tick makes the release in which begins what has waited, and ends what is over.
func (s *Store) tick(ctx context.Context) (made Release, err error) {
	var due int
	if err := s.db.Read(ctx).QueryRow(`SELECT count(*)`+ticking, s.now()).Scan(&due); err != nil || due == 0 {
		return Release{}, err
	}
	m := making{Release: Release{Kind: ByClock, By: byClock}, code: "release.clock", passed: true, synonyms: unchanged}
	err = s.db.Write(ctx, func(tx sqldb.Tx) (err error) {
		made, err = s.make(tx, m, func(tx sqldb.Tx, m *making, _ inForce) error {
			_, err := tx.Exec(`INSERT INTO shift (entry, live, next) SELECT id, live, next`+ticking, m.At.UnixMilli())
			return err
		})
		return err
	})
	if errors.Is(err, ErrState) { // another node did it
		return Release{}, nil
	}
	if err == nil {
		s.log.Info("entries came into force or went out of it", "release", made.ID)
	}
	return made, err
}
