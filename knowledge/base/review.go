package base

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"wenda/internal/sqldb"
)

// move is a step of review: from one state of the newest revision to another.
type move struct {
	did, code string
	from, to  State
}

var (
	submits   = move{"submitted", "entry.submit", Draft, InReview}
	withdraws = move{"withdrawn", "entry.withdraw", InReview, Draft}
	discards  = move{"discarded", "entry.discard", Draft, Discarded}
	refuses   = move{"refused", "entry.refuse", InReview, Draft}
	approves  = move{"approved", "entry.approve", InReview, Approved}
)

// Submit asks for a review of the newest revision: Draft → InReview. ErrNone,
// ErrChanged, ErrState.
func (s *Store) Submit(ctx context.Context, by, id string, version int64, why string) (Head, error) {
	return s.move(ctx, submits, by, id, version, why, nil)
}

// Withdraw takes that back: InReview → Draft. Errors as of Submit.
func (s *Store) Withdraw(ctx context.Context, by, id string, version int64, why string) (Head, error) {
	return s.move(ctx, withdraws, by, id, version, why, nil)
}

// Discard puts away a draft that nobody wants: Draft → Discarded. Its revisions stay, and
// saving it again brings it back. ErrState also of an entry of which a revision was ever
// approved: that one is published, or retired. Errors as of Submit.
func (s *Store) Discard(ctx context.Context, by, id string, version int64, why string) (Head, error) {
	return s.move(ctx, discards, by, id, version, why, func(tx sqldb.Tx, h held, _ int64) error {
		var approved int // what is in a release is, too
		err := tx.QueryRow(`SELECT count(*) FROM approval WHERE entry = $1`, h.id).Scan(&approved)
		if err == nil && approved > 0 {
			err = fmt.Errorf("%w: %s is more than a draft", ErrState, h.id)
		}
		return err
	})
}

// Refuse sends the revision back to its author, with a reason, without which it says
// ErrInvalid: InReview → Draft. Errors as of Submit.
func (s *Store) Refuse(ctx context.Context, by, id string, version int64, why string) (Head, error) {
	if strings.TrimSpace(why) == "" {
		return Head{}, fmt.Errorf("%w:\nwho refuses says why", ErrInvalid)
	}
	return s.move(ctx, refuses, by, id, version, why, nil)
}

// Approve lets the newest revision into the next release: InReview → Approved.
// ErrOwnWords if by wrote it, or any other since the one that was approved last, unless
// by.Solo; that they tried is audited. Errors as of Submit.
func (s *Store) Approve(ctx context.Context, by Reviewer, id string, version int64, why string) (Head, error) {
	head, err := s.move(ctx, approves, by.ID, id, version, why, func(tx sqldb.Tx, h held, at int64) error {
		return approve(tx, h, by, at)
	})
	if errors.Is(err, ErrOwnWords) {
		s.refused(ctx, by.ID, approves.code, id)
	}
	return head, err
}

// move does it. also is done in the same transaction, if it is not nil.
func (s *Store) move(ctx context.Context, m move, by, id string, version int64, why string, also func(sqldb.Tx, held, int64) error) (head Head, err error) {
	if err := checkAct(by, why); err != nil {
		return Head{}, err
	}
	at := s.now()
	err = s.db.Write(ctx, func(tx sqldb.Tx) error {
		h, err := s.hold(tx, id, version)
		if err != nil {
			return err
		}
		if h.state != m.from {
			return fmt.Errorf("%w: revision %d of %s is %s, not %s", ErrState, h.newest, id, h.state, m.from)
		}
		h.version++
		if _, err := tx.Exec(`UPDATE entry SET version = $2, state = $3 WHERE id = $1`, id, h.version, string(m.to)); err != nil {
			return err
		}
		if also != nil {
			if err := also(tx, h, at); err != nil {
				return err
			}
		}
		if err := step(tx, h, m.did, by, at, why); err != nil {
			return err
		}
		if err := record(tx, at, by, m.code, h); err != nil {
			return err
		}
		head, err = get(tx.Reader, id)
		return err
	})
	return head, wrapped(string(m.to), err)
}

// approve writes the approval of the newest revision.
func approve(tx sqldb.Tx, h held, by Reviewer, at int64) error {
	var own int
	if err := tx.QueryRow(`SELECT count(*) FROM revision WHERE entry = $1 AND author = $2
		AND number > (SELECT coalesce(max(revision), 0) FROM approval WHERE entry = $1)`, h.id, by.ID).Scan(&own); err != nil {
		return err
	}
	if own > 0 && !by.Solo {
		return fmt.Errorf("%w: %s", ErrOwnWords, h.id)
	}
	if err := tx.Queue(`INSERT INTO approval (entry, revision, author, approver, solo, at)
		SELECT entry, number, author, $3, $4, $5 FROM revision WHERE entry = $1 AND number = $2`, h.id, h.newest, by.ID, own > 0, at); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE entry SET ready = newest WHERE id = $1`, h.id)
	return err
}
