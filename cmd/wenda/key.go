package main

import (
	"cmp"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"wenda/cmd/wenda/config"
	"wenda/internal/privacy"
	"wenda/internal/sqldb"
)

// keyPath is where the key is that signs customers' tokens and seals their contact details.
func keyPath(c config.Config) string { return cmp.Or(c.KeyFile, filepath.Join(c.DataDir, keyFile)) }

func openSealer(c config.Config) (*privacy.Sealer, error) { return privacy.OpenKey(keyPath(c)) }

// fingerprint tells keys apart and gives none away.
func fingerprint(sealer *privacy.Sealer) string {
	return hex.EncodeToString(sealer.Key("fingerprint")[:8])
}

// errOtherKey says that this database is used with another key: what other nodes
// signed and sealed could not be read here, nor what was before a restore.
var errOtherKey = errors.New("another key belongs to this database")

// sameKey holds the key against the fingerprint of the one that the database was
// first used with; with replace this one takes its place.
func sameKey(ctx context.Context, db *sqldb.DB, sealer *privacy.Sealer, replace bool) error {
	mine, first := fingerprint(sealer), ""
	keep := `DO NOTHING`
	if replace {
		keep = `DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at`
	}
	err := db.Write(ctx, func(tx sqldb.Tx) error {
		if _, err := tx.Exec(`INSERT INTO setting (name, value, changed_at) VALUES ('key', $1, $2) ON CONFLICT (name) `+keep, mine, time.Now().UnixMilli()); err != nil {
			return err
		}
		return tx.QueryRow(`SELECT value FROM setting WHERE name = 'key'`).Scan(&first)
	})
	if err != nil {
		return fmt.Errorf("key: %w", err)
	}
	if first != mine {
		return errOtherKey
	}
	return nil
}
