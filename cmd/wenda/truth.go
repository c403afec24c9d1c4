package main

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"time"

	"wenda/cmd/wenda/config"
	"wenda/internal/audit"
	"wenda/internal/sqldb"
)

// checkWithin bounds the check of the database file before a start.
const checkWithin = 30 * time.Second

// openServed opens the truth for a node: checked, up to date, and served by nobody
// else if it is one that only one may serve. Call leave before closing it.
func openServed(ctx context.Context, c config.Config, log *slog.Logger) (db *sqldb.DB, leave func(), err error) {
	if there(c) == nil && c.DatabaseURL == "" {
		if err := checked(ctx, c, log); err != nil {
			return nil, nil, err
		}
	}
	if db, err = openDatabase(ctx, c, log); err != nil {
		return nil, nil, err
	}
	if leave, err = db.Lease(ctx, sqldb.Lessee{}); err != nil {
		_ = db.Close()
		return nil, nil, err
	}
	return db, leave, nil
}

// checked reads the database file before anything is written to it.
func checked(ctx context.Context, c config.Config, log *slog.Logger) error {
	db, err := sqldb.Open(ctx, sqldb.Options{Dir: c.DataDir, Log: log})
	if err != nil {
		return err
	}
	defer db.Close()
	return db.Check(ctx, checkWithin)
}

// seal starts sealing the audit, and returns what ends it.
func seal(db *sqldb.DB, c config.Config, log *slog.Logger) (end func()) {
	return background((&audit.Chain{DB: db, Dir: c.DataDir, Log: log}).Run)
}

// background runs something until end is called.
func background(do func(context.Context)) (end func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { do(ctx) })
	return func() {
		cancel()
		running.Wait()
	}
}

// exists reports whether there is a file of that name.
func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
