package auth

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"wenda/internal/sqldb"
)

// loginStore keeps web logins in SQL, for scs. Tokens are stored hashed: who reads
// the database or a backup cannot log in with it.
type loginStore struct{ a *Auth }

// kept is what is stored of a login; JSON is only how it travels through scs.
type kept struct {
	Ends  int64
	Staff string
	Epoch int64
}

// FindCtx implements scs.CtxStore.
func (s *loginStore) FindCtx(ctx context.Context, token string) ([]byte, bool, error) {
	var k kept
	err := s.a.db.Read(ctx).QueryRow(`SELECT ends_at, staff, epoch FROM login WHERE token = $1 AND expires_at > $2`,
		hashToken(token), s.a.now()).Scan(&k.Ends, &k.Staff, &k.Epoch)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	data, _ := json.Marshal(k)
	return data, err == nil, err
}

// CommitCtx implements scs.CtxStore. It is called once for each login, at its
// beginning, which is audited here. It also forgets what has expired.
func (s *loginStore) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	var k kept
	if err := json.Unmarshal(data, &k); err != nil {
		return err
	}
	return s.a.db.Write(ctx, func(tx sqldb.Tx) error {
		if _, err := tx.Exec(`DELETE FROM login WHERE expires_at <= $1`, s.a.now()); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO login (token, staff, epoch, ends_at, expires_at) VALUES ($1, $2, $3, $4, $5)`,
			hashToken(token), k.Staff, k.Epoch, k.Ends, expiry.UnixMilli())
		if err != nil {
			return err
		}
		return Audit(tx, s.a.o.Now(), Act{Who: k.Staff, Did: "login", About: k.Staff, OK: true})
	})
}

// DeleteCtx implements scs.CtxStore.
func (s *loginStore) DeleteCtx(ctx context.Context, token string) error {
	return s.a.db.Write(ctx, func(tx sqldb.Tx) error {
		_, err := tx.Exec(`DELETE FROM login WHERE token = $1`, hashToken(token))
		return err
	})
}

// Find, Commit and Delete are what scs asks of every store.
func (s *loginStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

func (s *loginStore) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

func (s *loginStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

// loginCodec turns what scs holds into a kept, and back.
type loginCodec struct{}

func (loginCodec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	staff, _ := values["staff"].(string)
	epoch, _ := values["epoch"].(int64)
	return json.Marshal(kept{deadline.UnixMilli(), staff, epoch})
}

func (loginCodec) Decode(data []byte) (time.Time, map[string]any, error) {
	var k kept
	err := json.Unmarshal(data, &k)
	return stored(k.Ends), map[string]any{"staff": k.Staff, "epoch": k.Epoch}, err
}

// hashToken returns what is stored of a token that is random enough to need no salt.
func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
