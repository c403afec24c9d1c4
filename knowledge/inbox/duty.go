package inbox

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"wenda/internal/sqldb"
)

const (
	BeatEvery  = 5 * time.Second  // between two beats of who has the duty
	StillAfter = 30 * time.Second // a beat that stands still for so long: they are gone
	BlindAfter = 15 * time.Second // without a look: who watches begins anew
)

type dutyTimes struct{ beat, still, blind time.Duration }

// since returns a monotonic clock that begins now.
func since() func() time.Duration {
	start := time.Now()
	return func() time.Duration { return time.Since(start) }
}

// duty is what this process knows of who reads the chats.
type duty struct {
	me    string
	since func() time.Duration

	mu     sync.Mutex
	seen   holding
	first  time.Duration // when it was seen like this first
	looked time.Duration // the newest look
	looks  int
}

type holding struct {
	holder string
	beat   int64
}

// Duty reports whether this process is the one that reads the chats now, and takes the
// duty over from one whose beat stands still for StillAfter, watched on this process's
// monotonic clock. To be called every few seconds. Being wrong about it costs work, not
// truth: Take refuses a second reader.
func (s *Store) Duty(ctx context.Context) (bool, error) {
	s.duty.mu.Lock()
	defer s.duty.mu.Unlock()
	now := s.duty.since()
	s.duty.looks++
	h, err := s.holding(ctx)
	if err != nil {
		return false, fmt.Errorf("inbox: duty: %w", err)
	}
	switch mine := h.holder == s.duty.me; {
	case mine && now-s.duty.first < s.times.beat && s.duty.seen == h:
		return true, nil
	case mine, h.holder == "", s.gone(now, h):
		taken, err := s.hold(ctx, h, now)
		if taken && !mine && h.holder != "" {
			s.Log.Info("reading the chats for the inbox here: who did it is gone")
		}
		return taken, err
	}
	return false, nil
}

// gone takes down what was seen, and reports whether it stood still for long enough
// in eyes that were open all the time. On SQLite, which one process serves, whoever
// is found at the start is a process that died.
func (s *Store) gone(now time.Duration, h holding) bool {
	d := &s.duty
	if d.looks == 1 && s.db.Dialect().Name == "sqlite" {
		return true
	}
	if d.seen != h || now-d.looked > s.times.blind {
		d.seen, d.first = h, now
	}
	d.looked = now
	return now-d.first >= s.times.still
}

// hold takes the duty from what was seen, or goes on with it.
func (s *Store) hold(ctx context.Context, from holding, now time.Duration) (mine bool, err error) {
	err = s.db.Write(ctx, func(tx sqldb.Tx) error {
		done, err := tx.Exec(`UPDATE inbox_follow SET holder = $1, beat = beat + 1 WHERE one = 1 AND holder = $2 AND beat = $3`,
			s.duty.me, from.holder, from.beat)
		if err != nil {
			return err
		}
		n, err := done.RowsAffected()
		mine = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("inbox: duty: %w", err)
	}
	s.duty.seen, s.duty.first, s.duty.looked = holding{s.duty.me, from.beat + 1}, now, now
	return mine, nil
}

// holding reads who has the duty, and makes the row if nobody ever had.
func (s *Store) holding(ctx context.Context) (h holding, err error) {
	row := func() error {
		return s.db.Read(ctx).QueryRow(`SELECT holder, beat FROM inbox_follow WHERE one = 1`).Scan(&h.holder, &h.beat)
	}
	if err = row(); !errors.Is(err, sql.ErrNoRows) {
		return h, err
	}
	if err := s.found(ctx); err != nil {
		return h, err
	}
	return h, row()
}

// found makes the row of inbox_follow.
func (s *Store) found(ctx context.Context) error {
	return s.db.Write(ctx, func(tx sqldb.Tx) error {
		_, err := tx.Exec(`INSERT INTO inbox_follow (one, mark, counter, holder, beat) VALUES (1, '', 0, '', 0) ON CONFLICT (one) DO NOTHING`)
		return err
	})
}

// Leave gives up the duty, so that another node need not wait.
func (s *Store) Leave(ctx context.Context) error {
	err := s.db.Write(ctx, func(tx sqldb.Tx) error {
		_, err := tx.Exec(`UPDATE inbox_follow SET holder = '', beat = beat + 1 WHERE one = 1 AND holder = $1`, s.duty.me)
		return err
	})
	if err != nil {
		return fmt.Errorf("inbox: duty: %w", err)
	}
	return nil
}
