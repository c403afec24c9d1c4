package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wenda/internal/sqldb"
)

// Scope is what an API key may be used for. A key never publishes anything.
type Scope string

// The scopes.
const (
	ScopeAsk   Scope = "ask"   // ask a question, get suggestions
	ScopeRead  Scope = "read"  // read entries
	ScopeDraft Scope = "draft" // write drafts of entries, which people review
)

// Scopes are all scopes.
var Scopes = []Scope{ScopeAsk, ScopeRead, ScopeDraft}

// APIKey lets another system (an IVR, a mini program) use the API. The key itself is shown
// once, when it is made; what is stored is its hash.
type APIKey struct {
	ID        string
	Name      string
	Scopes    []Scope
	CreatedAt time.Time
	RevokedAt time.Time // zero: it works
}

// May reports whether the key works and may be used for that.
func (k APIKey) May(s Scope) bool { return k.RevokedAt.IsZero() && slices.Contains(k.Scopes, s) }

// Actor is what stands in histories and in the audit for what was done with the key.
func (k APIKey) Actor() string { return "key:" + k.ID }

const (
	keyPrefix = "wk_" // so that scanners of source code find keys that were left there
	keyName   = 64    // runes
)

// CreateAPIKey makes a key for a system called name and returns it with its secret text,
// which nobody can read again. ErrInvalid.
func (a *Auth) CreateAPIKey(ctx context.Context, by, name string, scopes []Scope) (APIKey, string, error) {
	if err := checkAPIKey(name, scopes); err != nil {
		return APIKey{}, "", err
	}
	k := APIKey{ID: strings.ToLower(rand.Text()[:10]), Name: name, Scopes: scopes, CreatedAt: stored(a.now())}
	secret := keyPrefix + k.ID + "_" + rand.Text() + rand.Text()[:6] // 160 bits
	list, err := json.Marshal(scopes)
	if err != nil {
		return APIKey{}, "", err
	}
	err = a.db.Write(ctx, func(tx sqldb.Tx) error {
		if _, err := tx.Exec(`INSERT INTO api_key (id, name, scopes, hash, created_at, revoked_at) VALUES ($1, $2, $3, $4, $5, 0)`,
			k.ID, k.Name, string(list), hashKey(secret), k.CreatedAt.UnixMilli()); err != nil {
			return err
		}
		return Audit(tx, k.CreatedAt, Act{Who: by, Did: "key.create", About: k.ID, OK: true, Detail: string(list)})
	})
	return k, secret, wrap(err)
}

func checkAPIKey(name string, scopes []Scope) error {
	if n := utf8.RuneCountInString(name); strings.TrimSpace(name) == "" || n > keyName || !utf8.ValidString(name) {
		return fmt.Errorf("%w: a key needs a name of at most %d characters", ErrInvalid, keyName)
	}
	if len(scopes) == 0 {
		return fmt.Errorf("%w: a key needs a scope", ErrInvalid)
	}
	for _, s := range scopes {
		if !slices.Contains(Scopes, s) {
			return fmt.Errorf("%w: there is no scope %q", ErrInvalid, s)
		}
	}
	return nil
}

// hashKey is of a text of 160 random bits: nobody guesses it, so a fast hash will do.
func hashKey(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// RevokeAPIKey ends a key, at once and for ever. ErrUnknown.
func (a *Auth) RevokeAPIKey(ctx context.Context, by, id string) error {
	return wrap(a.db.Write(ctx, func(tx sqldb.Tx) error {
		now := a.now()
		done, err := tx.Exec(`UPDATE api_key SET revoked_at = $2 WHERE id = $1 AND revoked_at = 0`, id, now)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(fmt.Errorf("%w: no such key, or it was revoked", ErrUnknown), err)
		}
		return Audit(tx, stored(now), Act{Who: by, Did: "key.revoke", About: id, OK: true})
	}))
}

const apiKeyColumns = `id, name, scopes, created_at, revoked_at`

// APIKeys returns all keys, the newest first.
func (a *Auth) APIKeys(ctx context.Context) ([]APIKey, error) {
	all, err := sqldb.Collect(scanAPIKey)(a.db.Read(ctx).Query(`SELECT ` + apiKeyColumns + ` FROM api_key ORDER BY created_at DESC, id`))
	return all, wrap(err)
}

func scanAPIKey(row sqldb.Scanner) (k APIKey, err error) {
	var scopes string
	var created, revoked int64
	if err := row.Scan(&k.ID, &k.Name, &scopes, &created, &revoked); err != nil {
		return k, err
	}
	k.CreatedAt = stored(created)
	if revoked != 0 {
		k.RevokedAt = stored(revoked)
	}
	return k, json.Unmarshal([]byte(scopes), &k.Scopes)
}

// APIKey returns the key that a request carries as "Authorization: Bearer wk_…", false
// if there is none that works (or the database cannot say).
func (a *Auth) APIKey(r *http.Request) (APIKey, bool) {
	secret, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	id, _, whole := strings.Cut(strings.TrimPrefix(secret, keyPrefix), "_")
	if !ok || !whole || len(secret) > 100 || !strings.HasPrefix(secret, keyPrefix) || !safeID(id) {
		return APIKey{}, false
	}
	var hash string
	k, err := scanAPIKey(also{a.db.Read(r.Context()).QueryRow(`SELECT `+apiKeyColumns+`, hash FROM api_key WHERE id = $1`, id), &hash})
	if err != nil {
		if !errors.Is(err, sql.ErrNoRows) {
			a.o.Log.Error("cannot read an API key", "error", err)
		}
		return APIKey{}, false
	}
	return k, k.RevokedAt.IsZero() && subtle.ConstantTimeCompare([]byte(hash), []byte(hashKey(secret))) == 1
}

// also scans one column more.
type also struct {
	sqldb.Scanner
	more any
}

// Scan implements sqldb.Scanner.
func (s also) Scan(into ...any) error { return s.Scanner.Scan(append(into, s.more)...) }
