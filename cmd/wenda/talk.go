package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"wenda/bot"
	"wenda/bot/dialogue"
	"wenda/cmd/wenda/config"
	"wenda/internal/privacy"
	"wenda/sessions"
	"wenda/sessions/memlive"
)

func talkCommand() *cobra.Command {
	var save, lang string
	c := configured(&cobra.Command{
		Use:   "talk",
		Short: "Chat with the bot in this terminal; nothing is kept unless --save names a file",
		Long: `Chats with the bot on the sample base, in a database that is gone afterwards.
Type [repay-failed] to press the button of that choice. End with Ctrl-D.
--save FILE writes the conversation as a dialogue test (bot/testdata/dialogues).`,
		Args: cobra.NoArgs,
	}, func(c *cobra.Command, _ []string, l *config.Loaded) error {
		t, done, err := newTalk(c.Context(), l.Config, lang)
		if err != nil {
			return err
		}
		defer done()
		if err := t.run(c.Context(), c.InOrStdin(), c.OutOrStdout()); err != nil {
			return err
		}
		if save == "" {
			return nil
		}
		return os.WriteFile(save, []byte(t.script.String()), 0o644)
	})
	c.Flags().StringVar(&save, "save", "", "file to write the conversation to")
	c.Flags().StringVar(&lang, "lang", "zh-CN", "language to begin in: zh-CN or en")
	return c
}

// talk is a conversation between a terminal and a bot.
type talk struct {
	bot     *bot.Bot
	store   sessions.Store
	by      sessions.Actor
	lang    string
	session sessions.Session
	shown   int64 // newest event on the screen
	script  strings.Builder
}

// newTalk makes a bot of its own, in a folder that done removes.
func newTalk(ctx context.Context, c config.Config, lang string) (_ *talk, done func(), err error) {
	dir, err := os.MkdirTemp("", "wenda-talk-")
	if err != nil {
		return nil, nil, err
	}
	closers := []func(){func() { _ = os.RemoveAll(dir) }}
	done = func() {
		for i := len(closers) - 1; i >= 0; i-- {
			closers[i]()
		}
	}
	defer func() {
		if err != nil {
			done()
		}
	}()
	c.DataDir, c.DatabaseURL = dir, ""
	log := slog.New(slog.DiscardHandler)
	db, err := openDatabase(ctx, c, log)
	if err != nil {
		return nil, nil, err
	}
	closers = append(closers, func() { _ = db.Close() })
	matcher, err := openMatcher(ctx, filepath.Join(dir, indexDir), c.Bot.MatchBudget, log)
	if err != nil {
		return nil, nil, err
	}
	closers = append(closers, matcher.Close)
	var sealer *privacy.Sealer
	if sealer, err = openSealer(c); err != nil {
		return nil, nil, err
	}
	live := memlive.New()
	closers = append(closers, func() { _ = live.Close() })
	t := &talk{store: newStore(db), lang: lang, by: sessions.Actor{Role: sessions.RoleCustomer, ID: "terminal", Device: "terminal"}}
	t.bot, err = speakers{
		store: t.store, live: live, matcher: matcher, release: matcher.Release, sealer: sealer, policy: policy(c), log: log,
		onDuty: func(context.Context, string) (int, error) { return 1, nil },
	}.bot()
	return t, done, err
}

// run reads lines until the input ends.
func (t *talk) run(ctx context.Context, in io.Reader, out io.Writer) error {
	both := io.MultiWriter(out, &t.script)
	if err := t.open(ctx); err != nil {
		return err
	}
	fmt.Fprintln(&t.script, "# Saved by wenda talk.\n! greet")
	if err := t.bot.Greet(ctx, t.session.ID); err != nil {
		return err
	}
	if err := t.show(ctx, both); err != nil {
		return err
	}
	lines := bufio.NewScanner(in)
	for fmt.Fprint(out, "> "); lines.Scan(); fmt.Fprint(out, "> ") {
		text := strings.TrimSpace(lines.Text())
		if text == "" {
			continue
		}
		fmt.Fprintf(&t.script, "> %s\n", text)
		if err := t.hear(ctx, text); err != nil {
			return err
		}
		if err := t.show(ctx, both); err != nil {
			return err
		}
	}
	fmt.Fprintln(out)
	return lines.Err()
}

func (t *talk) open(ctx context.Context) (err error) {
	t.session, err = t.store.Open(ctx, sessions.Customer{ID: t.by.ID, Anonymous: true}, "talk", t.lang)
	t.shown = t.session.Seq
	return err
}

func (t *talk) hear(ctx context.Context, text string) error {
	said := sessions.Event{Kind: sessions.Message, Ref: uuid.NewString(), Text: text}
	if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		said.Text, said.Choice = "", text[1:len(text)-1]
	}
	_, err := t.bot.Hear(ctx, t.session.ID, t.by, said)
	return err
}

func (t *talk) show(ctx context.Context, w io.Writer) error {
	var events []sessions.Event
	for e, err := range sessions.Tail(ctx, t.store, t.session.ID, t.shown, sessions.Staff) {
		if err != nil {
			return err
		}
		t.shown = e.Seq
		events = append(events, e)
	}
	return dialogue.Write(w, events)
}
