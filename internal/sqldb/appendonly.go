package sqldb

import (
	"context"
	"database/sql"
	"strings"
)

// appendOnly are the tables whose rows are added and never changed or deleted, each
// with what says that a row has the key of a new one. The database itself refuses
// anything else: a mistake in our code cannot, and a person with a shell must take the
// guard away first.
var appendOnly = []struct{ table, same string }{
	{"audit", `id = NEW.id`},
	{"chain", `id = NEW.id`},
	{"revision", `entry = NEW.entry AND number = NEW.number`},
	{"approval", `entry = NEW.entry AND revision = NEW.revision`},
	{"release", `id = NEW.id OR follows = NEW.follows`},
	{"listing", `entry = NEW.entry AND slot = NEW.slot AND release = NEW.release`},
	{"step", `entry = NEW.entry AND version = NEW.version`},
	{"sheet", `name = NEW.name AND version = NEW.version`},
}

// guards are the statements that guard a table, which stands in them as {table}, with {same}.
// They are no migration because the engines have no common words for a trigger;
// they are run at every start, so a guard that was taken away comes back.
var guards = map[string][]string{
	"sqlite": {
		`CREATE TRIGGER IF NOT EXISTS {table}_no_update BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{table}: rows are never changed'); END`,
		`CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON {table} BEGIN SELECT RAISE(ABORT, '{table}: rows are never deleted'); END`,
		// INSERT OR REPLACE deletes without asking the trigger above.
		`CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})
			BEGIN SELECT RAISE(ABORT, '{table}: rows are never replaced'); END`,
	},
	"postgres": {
		`CREATE OR REPLACE FUNCTION append_only() RETURNS trigger LANGUAGE plpgsql AS
			$$ BEGIN RAISE EXCEPTION '%: rows are never changed or deleted', TG_TABLE_NAME; END $$`,
		`CREATE OR REPLACE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
			FOR EACH STATEMENT EXECUTE FUNCTION append_only()`,
	},
}

// guard sets the guards of all append-only tables, in one transaction.
func (db *DB) guard(ctx context.Context) error {
	pool, err := sql.Open(db.driver(), db.target)
	if err != nil {
		return err
	}
	defer pool.Close()
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback()
	if db.dialect.serialize != "" { // two nodes that replace the same function at once would fail
		if _, err := tx.ExecContext(ctx, db.dialect.serialize, "append-only guards"); err != nil {
			return err
		}
	}
	for _, guarded := range appendOnly {
		words := strings.NewReplacer("{table}", guarded.table, "{same}", guarded.same)
		for _, statement := range guards[db.dialect.Name] {
			if _, err := tx.ExecContext(ctx, words.Replace(statement)); err != nil {
				return err
			}
		}
	}
	return tx.Commit()
}
