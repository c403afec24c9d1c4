package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"wenda/bot/dialogue"
	"wenda/cmd/wenda/config"
	"wenda/sessions"
)

func defaults(t *testing.T) config.Config {
	t.Helper()
	fs := pflag.NewFlagSet("", pflag.ContinueOnError)
	config.Flags(fs)
	l, err := config.Load(fs, nil)
	if err != nil {
		t.Fatal(err)
	}
	return l.Config
}

// What wenda talk writes is a dialogue as bot/testdata holds them: those of them in
// which only the customer acts come out the same when they are typed, and what was
// saved types the same again.
func TestTalkWritesDialogues(t *testing.T) {
	t.Parallel()
	dir, c := t.TempDir(), defaults(t)
	copyIndex(t, dir)
	c.Bot.MatchBudget = time.Minute
	c.Bot.Gather = 0 // in these dialogues who types waits for the answer; here nobody need
	first, done, err := newTalk(t.Context(), dir, c, "zh-CN")
	if err != nil {
		t.Fatal(err)
	}
	defer done()
	files, err := filepath.Glob("../../bot/testdata/dialogues/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	typed := 0
	for _, file := range files {
		golden, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		keys, greeted, ok := typeable(t, string(golden))
		if !ok {
			continue
		}
		typed++
		saved := first.typing(t, keys, greeted)
		if got, want := uncommented(saved), uncommented(string(golden)); got != want {
			t.Errorf("%s went otherwise:\n%s", filepath.Base(file), got)
		}
		if again, _, ok := typeable(t, saved); !ok || again != keys {
			t.Errorf("%s: what was saved types\n%s", filepath.Base(file), again)
		}
	}
	if typed < 30 {
		t.Errorf("only %d dialogues can be typed", typed)
	}
	t.Run("Ctrl-C", func(t *testing.T) { first.interrupted(t) })
	t.Run("burst", func(t *testing.T) { first.hurried(t) })
	t.Run("last word", func(t *testing.T) { first.waited(t) })
}

// hurried types three lines at once: one answer, and the script says how soon they came.
func (t *talk) hurried(test *testing.T) {
	t.bot.Policy.Gather, t.bot.Policy.GatherMost = time.Minute, time.Hour
	saved := t.typing(test, "你好\n我想问下\n怎么提前还款\n", true)
	if strings.Count(saved, "\n< answer (matched) repay-early-instalment: ") != 1 || strings.Count(saved, "\n< ") != 2 {
		test.Errorf("not one greeting and one answer:\n%s", saved)
	}
	said := regexp.MustCompile(`\n> 你好\n! [0-9.]+m?s later\n> 我想问下\n! [0-9.]+m?s later\n> 怎么提前还款\n< answer`)
	if !said.MatchString(saved) {
		test.Errorf("the script does not say that it was a burst:\n%s", saved)
	}
}

// waited ends the input while a line waits: it is answered all the same.
func (t *talk) waited(test *testing.T) {
	t.bot.Policy.Gather = 20 * time.Millisecond
	if saved := t.typing(test, "你好\n", true); !strings.Contains(saved, "\n> 你好\n< answer (matched) chat-hello: ") {
		test.Errorf("not answered:\n%s", saved)
	}
}

// interrupted ends a talk that waits for a line, as the end of the input does.
func (t *talk) interrupted(test *testing.T) {
	ctx, cancel := context.WithCancel(test.Context())
	defer cancel()
	keys, typist := io.Pipe()
	var screen written
	ended := make(chan error)
	go func() { ended <- t.run(ctx, keys, &screen) }()
	if _, err := io.WriteString(typist, "怎么借款\n"); err != nil {
		test.Fatal(err)
	}
	within(test, "an answer", func() bool { return strings.Contains(screen.String(), "borrow-how: ") })
	cancel()
	if err := <-ended; err != nil {
		test.Error(err)
	}
	if !strings.Contains(t.script.String(), "\n> 怎么借款\n< answer") {
		test.Errorf("kept is only\n%s", t.script.String())
	}
	_ = typist.Close()
}

// typing is another talk with the same bot; most dialogues begin without a greeting.
// It is closed at the end, so that nobody waits before the next one.
func (t *talk) typing(test *testing.T, keys string, greeted bool) string {
	test.Helper()
	ctx := test.Context()
	other := &talk{bot: t.bot, store: t.store, live: t.live, lang: t.lang, by: sessions.Actor{Role: sessions.RoleCustomer, ID: rand.Text(), Device: "terminal"}}
	play := other.play
	if greeted {
		play = other.run
	}
	if err := play(ctx, strings.NewReader(keys), io.Discard); err != nil {
		test.Fatal(err)
	}
	if _, err := t.bot.End(ctx, other.session.ID, other.by, "end-of-typing"); err != nil {
		test.Fatal(err)
	}
	return other.script.String()
}

// play is run without a greeting.
func (t *talk) play(ctx context.Context, in io.Reader, out io.Writer) error {
	if err := t.open(ctx); err != nil {
		return err
	}
	typed := bufio.NewScanner(in)
	for typed.Scan() {
		if err := t.turn(ctx, typed.Text(), out); err != nil {
			return err
		}
	}
	return typed.Err()
}

// typeable returns what a customer types in a dialogue, if nobody else acts in it.
func typeable(t *testing.T, text string) (keys string, greeted, ok bool) {
	t.Helper()
	steps, err := dialogue.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range steps {
		switch {
		case step.Customer && step.Choice != "":
			keys += "[" + step.Choice + "]\n"
		case step.Customer:
			keys += step.Text + "\n"
		case step.Direction && step.Text == "greet" && keys == "":
			greeted = true
		case step.Direction:
			return "", false, false
		}
	}
	return keys, greeted, keys != ""
}

func uncommented(text string) string {
	var kept []string
	for line := range strings.Lines(text) {
		if !strings.HasPrefix(line, "#") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}
