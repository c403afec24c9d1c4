package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"wenda/bot"
	"wenda/bot/dialogue"
	"wenda/cmd/wenda/config"
	"wenda/internal/privacy"
	"wenda/knowledge"
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
Lines that come quickly and are no clear question each get one answer together.
--save FILE writes the conversation as a dialogue test (bot/testdata/dialogues).`,
		Args: cobra.NoArgs,
	}, func(c *cobra.Command, _ []string, l *config.Loaded) error {
		if lang != string(knowledge.Chinese) && lang != string(knowledge.English) {
			return usageError{fmt.Errorf("--lang: %q is neither %s nor %s", lang, knowledge.Chinese, knowledge.English)}
		}
		file, err := saveTo(save)
		if err != nil {
			return err
		}
		defer file.Close()
		dir, err := os.MkdirTemp("", "wenda-talk-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		t, done, err := newTalk(c.Context(), dir, l.Config, lang)
		if err != nil {
			return err
		}
		defer done()
		err = t.run(c.Context(), c.InOrStdin(), c.OutOrStdout())
		_, failed := io.WriteString(file, t.script.String()) // also of a talk that went wrong
		return errors.Join(err, failed)
	})
	c.Flags().StringVar(&save, "save", "", "file to write the conversation to")
	c.Flags().StringVar(&lang, "lang", string(knowledge.Chinese), "language to begin in: zh-CN or en")
	return c
}

// saveTo opens the file before the first word: who cannot save learns it now.
func saveTo(file string) (io.WriteCloser, error) {
	if file == "" {
		file = os.DevNull
	}
	return os.Create(file)
}

// talk is a conversation between a terminal and a bot.
type talk struct {
	bot     *bot.Bot
	store   sessions.Store
	live    sessions.Live
	by      sessions.Actor
	lang    string
	session sessions.Session
	shown   int64     // newest event on the screen
	heardAt time.Time // the newest line
	script  strings.Builder
}

// newTalk makes a bot of its own, with all it has in dir. Call done at the end.
func newTalk(ctx context.Context, dir string, c config.Config, lang string) (_ *talk, done func(), err error) {
	var closers []func()
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
	c.DataDir, c.DatabaseURL, c.KeyFile = dir, "", ""
	log := slog.New(slog.DiscardHandler)
	db, err := openDatabase(ctx, c, log)
	if err != nil {
		return nil, nil, err
	}
	closers = append(closers, func() { _ = db.Close() })
	matcher, err := openBrain(ctx, filepath.Join(dir, indexDir), db, c, log)
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
	t := &talk{store: newStore(db), live: live, lang: lang, by: sessions.Actor{Role: sessions.RoleCustomer, ID: "terminal", Device: "terminal"}}
	t.bot, err = speakers{
		store: t.store, live: live, matcher: matcher, release: matcher.Release, sealer: sealer, policy: unhurried(c), within: matchWithin(c), log: log,
		onDuty: onlyGeneral,
	}.bot()
	return t, done, err
}

// onlyGeneral is a house with one agent, in the general queue.
func onlyGeneral(_ context.Context, skill string) (bot.Duty, error) {
	if skill != "" {
		return bot.Duty{Skill: skill, Open: true}, nil
	}
	return bot.Duty{Open: true, There: 1, Free: 1, Served: true}, nil
}

// unhurried is the policy of somebody at a terminal, whom nobody sends away.
func unhurried(c config.Config) bot.Policy {
	p := policy(c)
	p.IdleHint, p.IdleClose = 365*24*time.Hour, 365*24*time.Hour
	return p
}

// run hears lines until the input or ctx ends; what was said before is answered.
func (t *talk) run(ctx context.Context, in io.Reader, out io.Writer) error {
	err := t.converse(ctx, in, out)
	if ctx.Err() != nil { // wherever Ctrl-C met it, it is an end and no fault
		return nil
	}
	return err
}

func (t *talk) converse(ctx context.Context, in io.Reader, out io.Writer) error {
	defer t.sweep(ctx)()
	if err := t.greet(ctx, out); err != nil {
		return err
	}
	woken, stop, err := t.listen()
	if err != nil {
		return err
	}
	defer stop()
	typed, failed := lines(ctx, in)
	fmt.Fprint(out, "> ")
	for {
		select {
		case text, more := <-typed:
			if !more {
				fmt.Fprintln(out)
				return errors.Join(t.settle(ctx, woken, out), <-failed)
			}
			if err := t.turn(ctx, strings.TrimSpace(text), out); err != nil {
				return err
			}
			fmt.Fprint(out, "> ")
		case <-woken:
			if err := t.late(ctx, out); err != nil {
				return err
			}
		case <-ctx.Done():
			fmt.Fprintln(out)
			return nil
		}
	}
}

// sweep lets the bot answer what it does not answer at once, until end is called.
func (t *talk) sweep(ctx context.Context) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		t.bot.Sweep(ctx)
	}()
	return func() {
		cancel()
		<-done
	}
}

// listen wakes when something was said.
func (t *talk) listen() (woken <-chan struct{}, stop func(), err error) {
	c := make(chan struct{}, 1)
	stop, err = t.live.Watch(sessions.SessionTopic(t.session.ID), func(sessions.Signal) {
		select {
		case c <- struct{}{}:
		default: // it will look anyway
		}
	})
	return c, stop, err
}

// late shows what the bot says after it has waited for more, in place of the prompt.
func (t *talk) late(ctx context.Context, out io.Writer) error {
	var said strings.Builder
	if err := t.show(ctx, &said); err != nil || said.Len() == 0 {
		return err
	}
	fmt.Fprintf(out, "\r%s> ", said.String())
	return nil
}

// settle shows the answer to the last lines, if they have none yet.
func (t *talk) settle(ctx context.Context, woken <-chan struct{}, out io.Writer) error {
	for {
		if err := t.show(ctx, out); err != nil {
			return err
		}
		s, err := t.store.Load(ctx, t.session.ID)
		if err != nil || s.Pending == 0 {
			return errors.Join(err, t.show(ctx, out))
		}
		select {
		case <-woken:
		case <-ctx.Done():
			return nil
		}
	}
}

// lines reads aside, because a read does not end with ctx.
func lines(ctx context.Context, in io.Reader) (<-chan string, <-chan error) {
	typed, failed := make(chan string), make(chan error, 1)
	go func() {
		defer close(typed)
		scan := bufio.NewScanner(in)
		for scan.Scan() {
			select {
			case typed <- scan.Text():
			case <-ctx.Done():
			}
		}
		failed <- scan.Err()
	}()
	return typed, failed
}

// greet opens the chat, with the directions that open it in the same way again.
func (t *talk) greet(ctx context.Context, out io.Writer) error {
	if err := t.open(ctx); err != nil {
		return err
	}
	fmt.Fprintln(&t.script, "# Saved by wenda talk.")
	if t.lang != string(knowledge.Chinese) {
		fmt.Fprintf(&t.script, "! lang %s\n", t.lang)
	}
	fmt.Fprintln(&t.script, "! greet")
	if err := t.bot.Greet(ctx, t.session.ID); err != nil {
		return err
	}
	return t.show(ctx, out)
}

// turn hears one line. What the bot cannot make an event of is not part of the
// conversation: a button that is not there, say.
func (t *talk) turn(ctx context.Context, text string, out io.Writer) error {
	if text == "" {
		return nil
	}
	done, err := t.hear(ctx, text)
	switch {
	case errors.Is(err, sessions.ErrInvalid), errors.Is(err, sessions.ErrNotFound):
		fmt.Fprintf(out, "  not heard: %v\n", err)
		return nil
	case err != nil:
		return err
	}
	own := done.Events[0].Seq
	if err := t.showTo(ctx, out, own-1); err != nil {
		return err
	}
	if joins(done) {
		fmt.Fprintln(&t.script, dialogue.Later(max(time.Since(t.heardAt).Round(tenth), tenth)))
	}
	t.heardAt = time.Now()
	fmt.Fprintf(&t.script, "> %s\n", text)
	return t.show(ctx, out)
}

// tenth is as exactly as a dialogue tells the time between two lines.
const tenth = 100 * time.Millisecond

// joins reports whether a line came so soon that it has one answer with those before it.
func joins(done sessions.Committed) bool {
	own := done.Events[0].Seq
	joined := func(first int64) bool { return 0 < first && first < own }
	return joined(done.Session.Pending) || slices.ContainsFunc(done.Events, func(e sessions.Event) bool {
		return e.Decision != nil && joined(e.Decision.Answers)
	})
}

func (t *talk) open(ctx context.Context) (err error) {
	t.session, err = t.store.Open(ctx, sessions.Customer{ID: t.by.ID, Anonymous: true}, "talk", t.lang)
	t.shown = t.session.Seq
	return err
}

func (t *talk) hear(ctx context.Context, text string) (sessions.Committed, error) {
	said := sessions.Event{Kind: sessions.Message, Ref: uuid.NewString(), Text: text}
	if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		said.Text, said.Choice = "", text[1:len(text)-1]
	}
	return t.bot.Hear(ctx, t.session.ID, t.by, said)
}

// show writes what came since it last looked, to the screen and to the script.
func (t *talk) show(ctx context.Context, out io.Writer) error {
	return t.showTo(ctx, out, math.MaxInt64)
}

// showTo shows no more than what came up to a seq.
func (t *talk) showTo(ctx context.Context, out io.Writer, last int64) error {
	var events []sessions.Event
	for e, err := range sessions.Tail(ctx, t.store, t.session.ID, t.shown, sessions.Staff) {
		if err != nil {
			return err
		}
		if e.Seq > last {
			break
		}
		t.shown = e.Seq
		events = append(events, e)
	}
	return dialogue.Write(io.MultiWriter(out, &t.script), events)
}
