package audit

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"wenda/internal/sqldb"
)

const (
	chainEvery = 3 * time.Second
	chainBatch = 200              // rows sealed in one transaction
	lateness   = 10 * time.Minute // how long after its id a row may be committed and still be found at once
	searchAll  = time.Hour        // how often all of the audit is searched for rows later than that
)

// Head is the newest link of the chain: what to keep outside the database.
type Head struct {
	Number int64  // of rows sealed; 0 if there are none
	Hash   string // SHA-256, 64 hexadecimal digits
}

// String is the head as people keep it, and ParseHead reads it.
func (h Head) String() string { return fmt.Sprintf("%d %s", h.Number, h.Hash) }

// ParseHead reads a head: a number and a hash.
func ParseHead(text string) (Head, error) {
	number, hash, _ := strings.Cut(strings.TrimSpace(text), " ")
	n, err := strconv.ParseInt(number, 10, 64)
	raw, bad := hex.DecodeString(hash)
	if err != nil || n < 0 || bad != nil || len(raw) != sha256.Size {
		return Head{}, errors.New("audit: a head is a number and 64 hexadecimal digits, as audit head prints it")
	}
	return Head{n, strings.ToLower(hash)}, nil
}

// origin is h(0).
var origin = func() string {
	sum := sha256.Sum256([]byte("wenda audit chain 1"))
	return hex.EncodeToString(sum[:])
}()

// link is the hash of row number n.
func link(before string, n int64, a Act) string {
	ok := "refused"
	if a.OK {
		ok = "ok"
	}
	h := sha256.New()
	for _, field := range []string{before, strconv.FormatInt(n, 10), a.ID, strconv.FormatInt(a.At.UnixMilli(), 10), a.Who, a.Did, a.About, ok, a.Detail} {
		_ = binary.Write(h, binary.BigEndian, uint64(len(field))) // a hash never fails
		h.Write([]byte(field))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Newest returns the head of the chain; with no row sealed it is number 0.
func Newest(ctx context.Context, db *sqldb.DB) (Head, error) { return newest(db.Read(ctx)) }

func newest(r sqldb.Reader) (Head, error) {
	h := Head{}
	err := r.QueryRow(`SELECT id, hash FROM chain ORDER BY id DESC LIMIT 1`).Scan(&h.Number, &h.Hash)
	if errors.Is(err, sql.ErrNoRows) {
		return Head{Hash: origin}, nil
	}
	if err != nil {
		return Head{}, fmt.Errorf("audit: %w", err)
	}
	return h, nil
}

// Chain seals new rows. Any number of nodes may run one: each row is sealed once.
type Chain struct {
	DB  *sqldb.DB
	Dir string           // where KeepHead writes; nowhere if ""
	Now func() time.Time // time.Now if nil
	Log *slog.Logger

	searched time.Time // when all rows were searched last
}

// Run seals every few seconds until ctx ends, and once more then.
func (c *Chain) Run(ctx context.Context) {
	if c.Now == nil {
		c.Now = time.Now
	}
	failing := false
	tick := time.NewTicker(chainEvery)
	defer tick.Stop()
	for more := true; more; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			more = false
		}
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		err := c.round(bounded)
		cancel()
		if (err != nil) != failing {
			failing = err != nil
			c.Log.Info("sealing the audit", "failing", failing, "err", err)
		}
	}
}

func (c *Chain) round(ctx context.Context) error {
	for {
		n, err := c.Step(ctx)
		if err != nil {
			return err
		}
		if n < chainBatch {
			break
		}
	}
	if c.Dir == "" {
		return nil
	}
	head, err := Newest(ctx, c.DB)
	if err != nil {
		return err
	}
	return KeepHead(c.Dir, c.now(), head)
}

func (c *Chain) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

// Step seals at most a batch of rows, oldest first, and returns how many.
func (c *Chain) Step(ctx context.Context) (sealed int, err error) {
	now, after := c.now(), ""
	all := c.searched.IsZero() || now.Sub(c.searched) >= searchAll || now.Before(c.searched)
	if !all {
		after = firstID(now.Add(-lateness))
	}
	waiting, err := unsealed(c.DB.Read(ctx), after, chainBatch)
	if err == nil && len(waiting) > 0 { // else no transaction
		err = c.DB.Write(ctx, func(tx sqldb.Tx) (err error) {
			sealed, err = seal(tx, after)
			return err
		})
	}
	if err != nil {
		return 0, fmt.Errorf("audit: sealing: %w", err)
	}
	if all && sealed < chainBatch {
		c.searched = now
	}
	return sealed, nil
}

// unsealed are rows without a link.
func unsealed(r sqldb.Reader, after string, limit int) ([]Act, error) {
	return sqldb.Collect(Scan)(r.Query(`SELECT `+Columns+` FROM audit WHERE audit.id > $1
		AND NOT EXISTS (SELECT 1 FROM chain WHERE chain.audit = audit.id) ORDER BY audit.id LIMIT $2`, after, limit))
}

func seal(tx sqldb.Tx, after string) (int, error) {
	if err := tx.Serialize("audit chain"); err != nil { // two nodes would give the same numbers
		return 0, err
	}
	head, err := newest(tx.Reader)
	if err != nil {
		return 0, err
	}
	rows, err := unsealed(tx.Reader, after, chainBatch)
	if err != nil {
		return 0, err
	}
	for _, a := range rows {
		head = Head{head.Number + 1, link(head.Hash, head.Number+1, a)}
		if err := tx.Queue(`INSERT INTO chain (id, audit, hash) VALUES ($1, $2, $3)`, head.Number, a.ID, head.Hash); err != nil {
			return 0, err
		}
	}
	return len(rows), nil
}
