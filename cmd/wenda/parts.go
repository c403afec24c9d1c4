package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"wenda/bot"
	"wenda/bot/desk"
	"wenda/cmd/wenda/config"
	"wenda/internal/privacy"
	"wenda/internal/sqldb"
	"wenda/knowledge"
	"wenda/knowledge/gate"
	"wenda/sessions"
	"wenda/sessions/memlive"
	"wenda/sessions/redislive"
	"wenda/sessions/sqlstore"
)

// Names below the data folder.
const (
	keyFile  = "wenda.key"
	indexDir = "index"
	lockFile = "wenda.lock"
)

// openDatabase opens the truth and brings its schema up to date.
func openDatabase(ctx context.Context, c config.Config, log *slog.Logger) (*sqldb.DB, error) {
	if err := os.MkdirAll(c.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	db, err := sqldb.Open(ctx, sqldb.Options{URL: c.DatabaseURL, Dir: c.DataDir, Log: log})
	if err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx); err != nil {
		_ = db.Close()
		return nil, err
	}
	return db, nil
}

// there refuses a data folder without a database. A command that only reads would
// make an empty one of a misspelt folder, and say that nothing is in it.
func there(c config.Config) error {
	if c.DatabaseURL != "" {
		return nil
	}
	if _, err := os.Stat(filepath.Join(c.DataDir, sqldb.File)); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no database in the data folder %s: is --data-dir right?", c.DataDir)
	}
	return nil
}

// anywhere is for commands that may make the database.
func anywhere(config.Config) error { return nil }

// openLive connects to Redis, or keeps hot state in this process.
// Redis may be away, now or later: the gateway says in the log when that changes.
func openLive(ctx context.Context, c config.Config, log *slog.Logger) (sessions.Live, error) {
	if c.RedisURL == "" {
		return memlive.New(), nil
	}
	live, err := redislive.Open(ctx, c.RedisURL)
	if err != nil {
		return nil, err
	}
	if err := live.Ping(ctx); err != nil {
		log.Warn("Redis is not reachable; chats go on, slower, and agents on several nodes do not see each other until it is", "err", err)
	}
	return live, nil
}

// mask hides personal data, as bot and desk want it.
func mask(text string) (string, []string) {
	masked, found := privacy.Mask(text)
	return masked, privacy.Kinds(found)
}

// policy is the dialogue as the operator set it.
func policy(c config.Config) bot.Policy {
	p := bot.DefaultPolicy()
	p.IdleHint, p.IdleAgain, p.IdleClose, p.Reopen = c.Bot.IdleHint, c.Bot.IdleAgain, c.Bot.IdleClose, c.Bot.Reopen
	p.ReplyHours, p.Gather = c.Bot.ReplyHours, c.Bot.Gather
	return p
}

// matchWithin is beyond the matcher's budget, so that it ends by that and says why.
func matchWithin(c config.Config) time.Duration { return max(time.Second, 2*c.Bot.MatchBudget) }

// gateLimits are what a release keeps on the labelled set to go live with one signature.
func gateLimits(c config.Config) gate.Limits {
	return gate.Limits{Recall: float64(c.Gate.Recall) / 100, Precision: float64(c.Gate.Precision) / 100, Worse: c.Gate.Worse}
}

// speakers make the two who may own a chat.
type speakers struct {
	store   sessions.Store
	live    sessions.Live
	matcher knowledge.Matcher
	release func() *knowledge.Release
	onDuty  func(context.Context, string) (bot.Duty, error)
	sealer  *privacy.Sealer
	policy  bot.Policy
	within  time.Duration // of a match, see bot.Parts
	log     *slog.Logger
}

func (s speakers) bot() (*bot.Bot, error) {
	return bot.New(bot.Parts{
		Store: s.store, Live: s.live, Matcher: s.matcher, Release: s.release, OnDuty: s.onDuty,
		Mask: mask, Contact: privacy.Contact,
		Seal:        func(session, contact string) []byte { return s.sealer.Seal([]byte(contact), []byte(session)) },
		MatchWithin: s.within, Policy: s.policy, Log: s.log,
	})
}

func (s speakers) desk() *desk.Desk {
	return desk.New(desk.Parts{
		Store: s.store, Live: s.live, Mask: mask, Log: s.log,
		Unseal: func(session string, sealed []byte) (string, error) {
			contact, err := s.sealer.Open(sealed, []byte(session))
			return string(contact), err
		},
		Sentence: func(id, lang string, pairs ...string) string {
			text, _ := bot.Sentence(s.release(), id, knowledge.ParseLang(lang), pairs...)
			return text
		},
	})
}

func newStore(db *sqldb.DB) sessions.Store { return sqlstore.New(db) }
