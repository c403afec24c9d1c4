package bot_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"wenda/bot"
	"wenda/bot/desk"
	"wenda/bot/desk/hours"
	"wenda/bot/dialogue"
	"wenda/internal/privacy"
	"wenda/internal/sqldb/sqldbtest"
	"wenda/knowledge"
	"wenda/knowledge/match"
	"wenda/knowledge/sample"
	"wenda/knowledge/segment"
	"wenda/sessions"
	"wenda/sessions/memlive"
	"wenda/sessions/sqlstore"
)

var update = flag.Bool("update", false, "rewrite the dialogues with what the bot says now")

// Every file in testdata/dialogues is a conversation on the sample base. What the
// bot says must be what the file holds; the session is stored and read back
// between turns.
func TestDialogues(t *testing.T) {
	files, err := filepath.Glob("testdata/dialogues/*.txt")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d dialogues: %v", len(files), err)
	}
	matcher, release := openMatcher(t)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			steps, err := dialogue.Parse(bytes.NewReader(want))
			if err != nil {
				t.Fatal(err)
			}
			s := newStage(t, matcher, release)
			s.bot.MatchWithin = time.Minute // a busy machine changes no conversation
			got := s.play(steps)
			if *update {
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			} else if got != string(want) {
				t.Errorf("the conversation went otherwise (go test ./bot -run Dialogues -update rewrites it):\n%s", got)
			}
		})
	}
}

func openMatcher(t *testing.T) (knowledge.Matcher, *knowledge.Release) {
	t.Helper()
	release, err := sample.Release(1)
	if err != nil {
		t.Fatal(err)
	}
	words, err := segment.New()
	if err != nil {
		t.Fatal(err)
	}
	learnt, err := match.ReadLearnt(sample.Learnt)
	if err != nil {
		t.Fatal(err)
	}
	m, err := match.Open(t.Context(), t.TempDir(), words, release, match.Options{Budget: time.Minute, Learnt: learnt})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(m.Close)
	return m, release
}

// stage is one conversation: a customer, a bot, an agent and a clock.
type stage struct {
	release *knowledge.Release // in force
	t       *testing.T
	store   sessions.Store
	bot     *bot.Bot
	desk    *desk.Desk
	agent   sessions.Agent
	now     atomic.Int64   // ms
	duty    map[string]int // agents there, by skill
	hours   hours.Calendar // of all queues
	full    bool           // they are
	down    bool
	session sessions.Session
	shown   int64 // newest event written to the text
	refs    int
	out     strings.Builder
}

func mask(text string) (string, []string) {
	masked, found := privacy.Mask(text)
	return masked, privacy.Kinds(found)
}

var errDown = errors.New("down")

// switched is the matcher with a switch.
type switched struct {
	knowledge.Matcher
	down *bool
}

func (s switched) Match(ctx context.Context, utterance string, limit int) (knowledge.Result, error) {
	if *s.down {
		return knowledge.Result{}, fmt.Errorf("%w: %w", knowledge.ErrUnavailable, errDown)
	}
	return s.Matcher.Match(ctx, utterance, limit)
}

func newStage(t *testing.T, matcher knowledge.Matcher, release *knowledge.Release) *stage {
	t.Helper()
	s := &stage{t: t, release: release, duty: map[string]int{"": 1}, hours: hours.Always(), agent: sessions.Agent{ID: "u1", Name: "小周", Skills: []string{""}, Capacity: 3}}
	s.now.Store(time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC).UnixMilli())
	clock := func() time.Time { return time.UnixMilli(s.now.Load()).UTC() }
	s.store = sqlstore.New(sqldbtest.New(t), sqlstore.Clock(clock))
	live := memlive.New()
	t.Cleanup(func() { _ = live.Close() })
	key, err := privacy.OpenKey(filepath.Join(t.TempDir(), "key"))
	if err != nil {
		t.Fatal(err)
	}
	s.bot, err = bot.New(bot.Parts{
		Store: s.store, Live: live, Matcher: switched{matcher, &s.down}, Release: func() *knowledge.Release { return s.release },
		OnDuty: s.onDuty,
		Mask:   mask, Contact: privacy.Contact,
		Seal:   func(id, contact string) []byte { return key.Seal([]byte(contact), []byte(id)) },
		Policy: bot.DefaultPolicy(), Now: clock,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.desk = desk.New(desk.Parts{Store: s.store, Live: live, Mask: mask, Now: clock,
		Sentence: func(id, lang string, pairs ...string) string {
			text, _ := bot.Sentence(release, id, knowledge.ParseLang(lang), pairs...)
			return text
		}})
	s.open("zh-CN")
	return s
}

// set carries out a direction about who is there, and when.
func (s *stage) set(words []string) (err error) {
	switch words[0] {
	case "duty": // 0, english 1
		skill, n := "", words[1]
		if len(words) > 2 {
			skill, n = words[1], words[2]
		}
		s.duty[skill], err = strconv.Atoi(n)
	case "hours": // office
		i := slices.IndexFunc(hours.Delivered(), func(c hours.Calendar) bool { return c.ID == words[1] })
		s.hours = hours.Delivered()[i]
	case "full":
		s.full = true
	case "now": // 2026-10-01T10:00, in the calendar's time zone
		var now time.Time
		now, err = time.ParseInLocation("2006-01-02T15:04", words[1], s.hours.Location())
		s.now.Store(now.UnixMilli())
		s.anew(s.session.Lang)
	}
	return err
}

// onDuty is what the directions say of a queue. It is served if they name it.
func (s *stage) onDuty(_ context.Context, skill string) (bot.Duty, error) {
	there, served := s.duty[skill]
	now := time.UnixMilli(s.now.Load())
	d := bot.Duty{Skill: skill, There: there, Free: there, Served: served, Full: s.full, Open: s.hours.Open(now)}
	if !d.Open {
		d.Next = s.hours.Next(now)
	}
	if s.hours.Promise > 0 {
		d.Promised = s.hours.WorkingAfter(now, s.hours.Promise)
	}
	return d, nil
}

// anew ends the chat and begins another.
func (s *stage) anew(lang string) {
	if _, err := s.bot.End(s.t.Context(), s.session.ID, sessions.Actor{Role: sessions.RoleCustomer, ID: "c1"}, ""); err != nil {
		s.t.Fatal(err)
	}
	s.open(lang)
}

func (s *stage) open(lang string) {
	var err error
	if s.session, err = s.store.Open(s.t.Context(), sessions.Customer{ID: "c1", Anonymous: true}, "dialogue", lang); err != nil {
		s.t.Fatal(err)
	}
	s.shown = s.session.Seq
}

func (s *stage) play(steps []dialogue.Step) string {
	for i, step := range steps {
		fmt.Fprintln(&s.out, step.Source)
		soon, later := step.Later()
		switch {
		case later:
			s.now.Add(soon.Milliseconds())
			s.sweep() // what happens meanwhile
		case step.Customer:
			s.hear(sessions.Event{Kind: sessions.Message, Text: step.Text, Choice: step.Choice})
		case step.Direction:
			s.direct(strings.SplitN(step.Text, " ", 3))
		}
		s.show()
		if next := i + 1; later || next < len(steps) && isLater(steps[next]) {
			continue
		}
		s.now.Add(1000) // the bot's Gather: who waits has the answer
		if step.Customer {
			s.answered()
			s.show()
		}
	}
	return s.out.String()
}

func isLater(step dialogue.Step) bool {
	_, later := step.Later()
	return later
}

// answered does what the timer of a line does that waits for more.
func (s *stage) answered() {
	if err := s.bot.Gathered(s.t.Context(), s.session.ID); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) sweep() {
	if err := s.bot.SweepOnce(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	if err := s.bot.Stranded(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) hear(said sessions.Event) {
	s.refs++
	said.Ref = fmt.Sprintf("said-%04d", s.refs)
	by := sessions.Actor{Role: sessions.RoleCustomer, ID: "c1", Device: "d1"}
	_, err := s.bot.Hear(s.t.Context(), s.session.ID, by, said)
	if errors.Is(err, sessions.ErrClosed) {
		s.open("zh-CN")
		fmt.Fprintln(&s.out, "= new session")
		_, err = s.bot.Hear(s.t.Context(), s.session.ID, by, said)
	}
	if err != nil {
		s.t.Fatalf("Hear(%q): %v", said.Text, err)
	}
}

// direct carries out a stage direction.
func (s *stage) direct(words []string) {
	ctx, id := s.t.Context(), s.session.ID
	var err error
	switch words[0] {
	case "duty", "hours", "full", "now":
		err = s.set(words)
	case "matcher":
		s.down = words[1] == "down"
	case "greet":
		err = s.bot.Greet(ctx, id)
	case "lang":
		s.anew(words[1])
	case "wait":
		var d time.Duration
		d, err = time.ParseDuration(words[1])
		s.now.Add(d.Milliseconds())
		s.sweep()
	case "vote":
		value, _ := strconv.Atoi(words[1])
		s.hear(sessions.Event{Kind: sessions.Vote, About: s.lastReply(), Value: value, Reasons: words[2:]})
	case "rate":
		value, _ := strconv.Atoi(words[2])
		s.hear(sessions.Event{Kind: sessions.Rating, Part: words[1], Value: value})
	case "end":
		s.refs++
		_, err = s.bot.End(ctx, id, sessions.Actor{Role: sessions.RoleCustomer, ID: "c1", Device: "d1"}, fmt.Sprintf("end-%05d", s.refs))
	case "agent":
		err = s.act(words[1:])
	default:
		s.t.Fatalf("no such direction: %v", words)
	}
	if err != nil {
		s.t.Fatalf("%v: %v", words, err)
	}
}

func (s *stage) act(words []string) error {
	ctx, id, text := s.t.Context(), s.session.ID, strings.Join(words[1:], " ")
	now, err := s.store.Load(ctx, id)
	if err != nil {
		return err
	}
	s.refs++
	act := desk.Act{Session: id, Fence: now.Fence, Ref: fmt.Sprintf("agent-%04d", s.refs)}
	switch words[0] {
	case "claim":
		_, err = s.desk.Claim(ctx, s.agent, id, "")
	case "say":
		_, err = s.desk.Say(ctx, s.agent, act, desk.Words{Text: text})
	case "note":
		_, err = s.desk.Note(ctx, s.agent, act, text)
	case "return":
		_, err = s.desk.Return(ctx, s.agent, act, desk.Leaving{Note: text})
	case "close":
		_, err = s.desk.Close(ctx, s.agent, act, desk.Leaving{})
	}
	return err
}

func (s *stage) lastReply() (seq int64) {
	for e, err := range sessions.Tail(s.t.Context(), s.store, s.session.ID, 0, sessions.All) {
		if err != nil {
			s.t.Fatal(err)
		}
		if e.Votable {
			seq = e.Seq
		}
	}
	return seq
}

// show writes what came since it last looked.
func (s *stage) show() {
	var events []sessions.Event
	for e, err := range sessions.Tail(s.t.Context(), s.store, s.session.ID, s.shown, sessions.Staff) {
		if err != nil {
			s.t.Fatal(err)
		}
		s.shown = e.Seq
		events = append(events, e)
	}
	if err := dialogue.Write(&s.out, events); err != nil {
		s.t.Fatal(err)
	}
}
