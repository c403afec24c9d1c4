package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wenda/bot"
	"wenda/bot/desk"
	"wenda/internal/privacy"
	"wenda/internal/sqldb"
	"wenda/internal/testbed"
	"wenda/knowledge"
	"wenda/knowledge/inbox"
	"wenda/knowledge/sample"
	"wenda/knowledge/segment"
	"wenda/sessions"
	"wenda/sessions/memlive"
)

// knows is a matcher that knows these texts and nothing else.
type knows struct {
	release *knowledge.Release
	texts   map[string][]float64 // confidences of the release's first entries that are asked, in order
	entries []string
	chat    knowledge.Entry // answers 你好
}

func (k knows) Match(_ context.Context, text string, limit int) (knowledge.Result, error) {
	r := knowledge.Result{Release: k.release.ID, Thresholds: knowledge.DefaultThresholds}
	if text == "你好" {
		r.Matches = []knowledge.Match{{Entry: k.chat.ID, Revision: k.chat.Revision, Answer: k.chat.Answer(knowledge.Chinese), Confidence: 0.95}}
	}
	for i, c := range k.texts[strings.TrimSpace(text)] {
		e, _ := k.release.Entry(k.entries[i])
		r.Matches = append(r.Matches, knowledge.Match{Entry: e.ID, Revision: e.Revision, Answer: e.Answer(knowledge.Chinese), Confidence: c})
	}
	return r, nil
}

// counter is where customers, bot and agents meet, and an inbox beside it.
type counter struct {
	*testing.T
	store  sessions.Store
	bot    *bot.Bot
	desk   *desk.Desk
	box    *inbox.Store
	agent  sessions.Agent
	onDuty int
	turn   int
	answer string // the entry that the bot is sure about
}

func newCounter(t *testing.T, db *sqldb.DB) *counter {
	t.Helper()
	release, err := sample.Release(1)
	if err != nil {
		t.Fatal(err)
	}
	m := knows{release: release, texts: map[string][]float64{"怎么提前还款": {0.95}, "还款那个": {0.5, 0.4}, "能借多少": {0.95}}}
	for _, e := range release.Entries() {
		if chats := strings.HasPrefix(e.ID, smallTalk); chats {
			m.chat = e
		} else if e.Matchable() && len(m.entries) < 2 {
			m.entries = append(m.entries, e.ID)
		}
	}
	c := &counter{T: t, store: newStore(db), onDuty: 1, answer: m.entries[0], agent: sessions.Agent{ID: "u1", Name: "小陈", Skills: []string{""}, Capacity: 9}}
	sealer, err := privacy.OpenKey(filepath.Join(t.TempDir(), keyFile))
	if err != nil {
		t.Fatal(err)
	}
	live := memlive.New()
	t.Cleanup(func() { _ = live.Close() })
	policy := bot.DefaultPolicy()
	policy.Gather = 0
	speak := speakers{
		store: c.store, live: live, matcher: m, release: func() *knowledge.Release { return release }, sealer: sealer, policy: policy, log: slog.New(slog.DiscardHandler),
		onDuty: func(context.Context, string) (bot.Duty, error) {
			return bot.Duty{Open: true, There: c.onDuty, Free: c.onDuty, Served: true}, nil
		},
	}
	if c.bot, err = speak.bot(); err != nil {
		t.Fatal(err)
	}
	c.desk = speak.desk()
	words, err := segment.New()
	if err != nil {
		t.Fatal(err)
	}
	if c.box, err = openInbox(db, words, m, nil, slog.New(slog.DiscardHandler)); err != nil {
		t.Fatal(err)
	}
	return c
}

// plays plays a chat, a line of script a turn:
//
//	说 …  the customer types      选 ID  chooses      赞, 踩  votes about the newest reply
//	接    the agent takes it      答 …   says          还     gives it back to the bot
func (c *counter) plays(customer, script string) sessions.Session {
	c.Helper()
	who := sessions.Actor{Role: sessions.RoleCustomer, ID: customer, Device: "phone"}
	s, err := c.store.Open(c.Context(), sessions.Customer{ID: customer}, "widget", "zh-CN")
	for _, line := range strings.Split(strings.TrimSpace(script), "\n") {
		if err != nil {
			c.Fatal(err)
		}
		did, text, _ := strings.Cut(strings.TrimSpace(line), " ")
		c.turn++
		ref := fmt.Sprintf("turn-%04d", c.turn)
		switch did {
		case "说":
			_, err = c.bot.Hear(c.Context(), s.ID, who, sessions.Event{Kind: sessions.Message, Text: text, Ref: ref})
		case "选":
			if text == "1" {
				text = c.answer
			}
			_, err = c.bot.Hear(c.Context(), s.ID, who, sessions.Event{Kind: sessions.Message, Choice: text, Ref: ref})
		case "赞", "踩":
			_, err = c.bot.Hear(c.Context(), s.ID, who, sessions.Event{Kind: sessions.Vote, About: c.votable(s.ID), Value: map[string]int{"赞": 1, "踩": -1}[did], Ref: ref})
		case "接":
			_, err = c.desk.Claim(c.Context(), c.agent, s.ID, "")
		case "答":
			_, err = c.desk.Say(c.Context(), c.agent, desk.Act{Session: s.ID, Fence: c.load(s.ID).Fence, Ref: ref}, desk.Words{Text: text})
		case "还":
			_, err = c.desk.Return(c.Context(), c.agent, desk.Act{Session: s.ID, Fence: c.load(s.ID).Fence, Ref: ref}, desk.Leaving{})
		default:
			c.Fatalf("nobody does %q", line)
		}
	}
	if err != nil {
		c.Fatal(err)
	}
	return c.load(s.ID)
}

func (c *counter) load(id string) sessions.Session {
	c.Helper()
	s, err := c.store.Load(c.Context(), id)
	if err != nil {
		c.Fatal(err)
	}
	return s
}

func (c *counter) log(id string) []sessions.Event {
	c.Helper()
	events, err := c.store.Transcript(c.Context(), id, 0, 1000)
	if err != nil {
		c.Fatal(err)
	}
	return events
}

// votable is the newest reply that may be voted on.
func (c *counter) votable(id string) (seq int64) {
	for _, e := range c.log(id) {
		if e.Votable {
			seq = e.Seq
		}
	}
	return seq
}

// told is what was gleaned, in short.
func told(g inbox.Gleaned) (out []string) {
	for _, i := range g.Items {
		kinds := make([]string, len(i.Kinds))
		for n, k := range i.Kinds {
			kinds[n] = string(k)
		}
		line := fmt.Sprintf("%s: %s", i.Text, strings.Join(kinds, " "))
		if i.Answer != "" {
			line += " → " + i.Answer
		}
		out = append(out, line)
	}
	for _, c := range g.Confirmed {
		out = append(out, fmt.Sprintf("%s = entry %v", c.Text, c.Holds))
	}
	return out
}

// What real chats of bot and desk leave in the inbox.
func TestGlean(t *testing.T) {
	c := newCounter(t, opened(t, sqldb.Options{Dir: t.TempDir()}))
	for name, test := range map[string]struct {
		script string
		onDuty int
		want   []string
	}{
		"answered":                   {script: "说 怎么提前还款", want: nil},
		"answered and liked":         {script: "说 怎么提前还款\n赞", want: []string{"怎么提前还款 = entry true"}},
		"voted down":                 {script: "说 怎么提前还款\n踩", want: []string{"怎么提前还款: voted_down"}},
		"liked, then voted down":     {script: "说 怎么提前还款\n赞\n踩", want: []string{"怎么提前还款: voted_down", "怎么提前还款 = entry false"}},
		"missed":                     {script: "说 花呗能还房贷吗", want: []string{"花呗能还房贷吗: missed"}},
		"missed twice":               {script: "说 花呗能还房贷吗\n说 房贷怎么还", want: []string{"花呗能还房贷吗: missed", "房贷怎么还: missed"}},
		"nothing to read":            {script: "说 ？？？\n说 138", want: nil},
		"clarified":                  {script: "说 还款那个\n选 1", want: []string{"还款那个 = entry true"}},
		"clarified and voted down":   {script: "说 还款那个\n选 1\n踩", want: []string{"还款那个: voted_down", "还款那个 = entry false"}},
		"none of these":              {script: "说 还款那个\n选 none", want: []string{"还款那个: refused"}},
		"none of these, by typing":   {script: "说 还款那个\n说 都不是", want: []string{"还款那个: refused"}},
		"a person at once":           {script: "说 转人工", onDuty: 1, want: nil},
		"a person after the answer":  {script: "说 怎么提前还款\n说 转人工", onDuty: 1, want: []string{"怎么提前还款: handed_off"}},
		"a person after small talk":  {script: "说 怎么提前还款\n说 你好\n说 转人工", onDuty: 1, want: nil},
		"nobody on duty":             {script: "说 怎么提前还款\n说 转人工", want: []string{"怎么提前还款: handed_off"}},
		"a person after two misses":  {script: "说 花呗能还房贷吗\n说 房贷怎么还\n选 human", onDuty: 1, want: []string{"花呗能还房贷吗: missed", "房贷怎么还: missed handed_off"}},
		"a person and their answer":  {script: "说 花呗能还房贷吗\n选 human\n接\n答 您好，请问有什么可以帮您？\n说 好的\n答 花呗目前不支持偿还房贷，请使用储蓄卡。", onDuty: 1, want: []string{"花呗能还房贷吗: missed handed_off agent → 花呗目前不支持偿还房贷，请使用储蓄卡。"}},
		"asked the person":           {script: "说 转人工\n说 我要改绑定的手机\n接\n答 请在设置里更换手机号码，需要刷脸。\n答 当天生效\n说 谢谢\n答 不客气，祝您生活愉快每天开心", onDuty: 1, want: []string{"我要改绑定的手机: agent → 请在设置里更换手机号码，需要刷脸。\n当天生效"}},
		"impatient in the queue":     {script: "说 转人工\n说 我要改绑定的手机\n说 人工呢\n接\n答 请在设置里更换手机号码，需要刷脸。", onDuty: 1, want: []string{"我要改绑定的手机: agent → 请在设置里更换手机号码，需要刷脸。"}},
		"out of the queue":           {script: "说 转人工\n说 我要改绑定的手机\n选 bot\n说 怎么提前还款", onDuty: 1, want: nil},
		"back to the bot":            {script: "说 转人工\n接\n说 花呗能还房贷吗\n还", onDuty: 1, want: nil}, // the bot's answer is the sweeper's
		"left a message":             {script: "说 转人工\n选 message\n说 帮我看看房贷能不能延期\n说 13800138000\n接\n答 您好，房贷延期需要到网点办理。", want: []string{"帮我看看房贷能不能延期: agent → 您好，房贷延期需要到网点办理。"}},
		"personal data in it":        {script: "说 13800138000能换绑吗", want: []string{"138****8000能换绑吗: missed"}},
		"no way to vote for nothing": {script: "说 花呗能还房贷吗\n说 怎么提前还款\n踩", want: []string{"花呗能还房贷吗: missed", "怎么提前还款: voted_down"}},
	} {
		t.Run(name, func(t *testing.T) {
			at := *c
			at.T, at.onDuty = t, test.onDuty
			c.onDuty = test.onDuty // the bot asks c
			s := at.plays(name, test.script)
			c.turn = at.turn
			events := at.log(s.ID)
			got := glean(s, events)
			if !slices.Equal(told(got), test.want) {
				t.Errorf("gleaned\n%s\nwant\n%s", strings.Join(told(got), "\n"), strings.Join(test.want, "\n"))
			}
			for n := range events { // read in the middle of it, nothing else is there
				for _, i := range glean(s, events[:n]).Items {
					if !slices.ContainsFunc(got.Items, func(whole inbox.Item) bool { return whole.Seq == i.Seq && whole.Text == i.Text }) {
						t.Errorf("after %d events: %+v, which the whole chat does not give", n, i)
					}
				}
			}
		})
	}
}

// A chat that has ended says what its answers were worth.
func TestGleanEnded(t *testing.T) {
	c := newCounter(t, opened(t, sqldb.Options{Dir: t.TempDir()}))
	s := c.plays("wang", "说 怎么提前还款\n赞\n说 怎么提前还款\n说 转人工\n选 bot\n说 怎么提前还款\n踩\n选 human\n接")
	if got := glean(s, c.log(s.ID)); got.Ended != nil {
		t.Errorf("it has not ended: %+v", got.Ended)
	}
	done, err := c.desk.Close(t.Context(), c.agent, desk.Act{Session: s.ID, Fence: s.Fence, Ref: "close-0001"}, desk.Leaving{})
	if err != nil {
		t.Fatal(err)
	}
	got := glean(done.Session, c.log(s.ID)).Ended
	if len(got) != 1 || got[0].Session != s.ID || !got[0].At.Equal(done.Session.ClosedAt) || len(got[0].Answers) != 3 {
		t.Fatalf("ended: %+v", got)
	}
	for i, want := range []inbox.Answered{{}, {Handoff: true}, {Handoff: true, Unhelpful: true}} {
		want.Entry, want.At = c.answer, got[0].Answers[i].At
		if got[0].Answers[i] != want {
			t.Errorf("answer %d: %+v, want %+v", i, got[0].Answers[i], want)
		}
	}
}

// Whatever stands in a log, reading it ends well, and what it gives is fit to be taken.
func TestGleanAnything(t *testing.T) {
	pick := func(t *rapid.T, name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }
	rapid.Check(t, func(t *rapid.T) {
		var events []sessions.Event
		for seq := range rapid.Int64Range(1, 40).Draw(t, "events") {
			e := sessions.Event{Seq: seq + 1, Kind: sessions.Kind(pick(t, "kind", "message", "message", "message", "vote", "handed", "note", "rating")),
				From: sessions.Speaker{Role: sessions.Role(pick(t, "role", "customer", "bot", "agent", "system"))}, Text: rapid.String().Draw(t, "text"),
				Choice: pick(t, "choice", "", "", "none", "repay"), About: rapid.Int64Range(0, seq+1).Draw(t, "about"), Value: rapid.IntRange(-1, 1).Draw(t, "value")}
			if e.Kind == sessions.Handed {
				e.Move = &sessions.Move{To: sessions.State(pick(t, "to", "bot", "queued", "assigned", "closed"))}
			}
			if rapid.Bool().Draw(t, "decided") {
				e.Decision = &sessions.Decision{Action: pick(t, "action", "answer", "clarify", "rephrase", "offer", "handoff", "after_hours", "continue", "leave_queue", "notice", "take_message"),
					Reason: pick(t, "reason", "matched", "chosen", "unknown", "none", "failed", "asked"), Entry: pick(t, "entry", "", "repay", "chat-hello"),
					Answers: rapid.Int64Range(0, seq+1).Draw(t, "answers")}
			}
			events = append(events, e)
		}
		s := sessions.Session{ID: "s", State: sessions.Closed}
		got, seen := glean(s, events), map[int64]bool{}
		for _, i := range got.Items {
			if seen[i.Seq] || i.Seq < 1 || !inbox.Worth(i.Text, lettersMissed) || len(i.Kinds) == 0 || i.Lang == "" || i.Session != "s" {
				t.Fatalf("an item %+v", i)
			}
			seen[i.Seq] = true
		}
		clear(seen)
		for _, c := range got.Confirmed {
			if seen[c.Seq] || c.Seq < 1 || c.Text == "" {
				t.Fatalf("a confirmation %+v", c)
			}
			seen[c.Seq] = true
		}
		if again := glean(s, events); !reflect.DeepEqual(again, got) {
			t.Fatalf("read again it gives %+v, at first %+v", again, got)
		}
	})
}

// An agent who answers with an entry says what was meant.
func TestGleanAgentsEntry(t *testing.T) {
	say := func(seq int64, role sessions.Role, text, entry string) sessions.Event {
		e := sessions.Event{Seq: seq, Kind: sessions.Message, From: sessions.Speaker{Role: role}, Text: text}
		if entry != "" {
			e.Decision = &sessions.Decision{Entry: entry}
		}
		return e
	}
	got := glean(sessions.Session{ID: "s"}, []sessions.Event{
		say(1, sessions.RoleCustomer, "提前还要手续费不", ""),
		say(2, sessions.RoleAgent, "提前还款不收取任何手续费，随时可还。", "repay-early"),
	})
	if want := []string{"提前还要手续费不 = entry true"}; !slices.Equal(told(got), want) {
		t.Errorf("gleaned %v, want %v", told(got), want)
	}
	got = glean(sessions.Session{ID: "s"}, []sessions.Event{
		say(1, sessions.RoleCustomer, "提前还要手续费不", ""),
		say(2, sessions.RoleAgent, "您好，我是客服小陈，很高兴为您服务。", "canned.hello"),
		say(3, sessions.RoleAgent, "提前还款不收取任何手续费，随时可还。", "repay-early"),
		say(4, sessions.RoleAgent, "在首页点还款就可以看到入口，很方便的。", ""),
		say(5, sessions.RoleCustomer, "那能改绑定的手机吗", ""),
		say(6, sessions.RoleAgent, "请在设置里更换手机号码，需要刷脸。", ""),
	})
	if want := []string{"那能改绑定的手机吗: agent → 请在设置里更换手机号码，需要刷脸。", "提前还要手续费不 = entry true"}; !slices.Equal(told(got), want) {
		t.Errorf("with a courtesy before and words of their own behind: %v, want %v", told(got), want)
	}
	var flood []sessions.Event
	for i := range int64(100) {
		flood = append(flood, say(2*i+1, sessions.RoleCustomer, fmt.Sprint("这是什么问题呢", i), ""), say(2*i+2, sessions.RoleBot, "", ""))
		flood[2*i+1].Decision = &sessions.Decision{Action: "rephrase", Reason: "unknown", Answers: 2*i + 1}
	}
	if got := glean(sessions.Session{ID: "s"}, flood); len(got.Items) != mostOfChat {
		t.Errorf("%d items of one chat, want %d", len(got.Items), mostOfChat)
	}
}

func opened(t *testing.T, o sqldb.Options) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

// collected reads the pages of a collector until there is nothing more.
func collected(t *testing.T, c *collector) {
	t.Helper()
	for more := true; more; {
		var err error
		if more, err = c.step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// Two nodes collect each chat once, wait until it is quiet, and go on where they were.
func TestCollect(t *testing.T) {
	for name, options := range map[string]func(*testing.T) sqldb.Options{
		"sqlite":   func(t *testing.T) sqldb.Options { return sqldb.Options{Dir: t.TempDir()} },
		"postgres": func(t *testing.T) sqldb.Options { return sqldb.Options{URL: testbed.Postgres(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			c := newCounter(t, opened(t, options(t)))
			now := time.Now()
			later := func(d time.Duration) { now = time.Now().Add(d) } // than all that was said, however long that took
			node := &collector{chats: c.store, box: c.box, keep: inbox.Retention, batch: 4, now: func() time.Time { return now }}
			for i := range 11 {
				c.plays(fmt.Sprint("c", i), "说 花呗能还房贷吗")
			}
			collected(t, node)
			if page, _, err := c.box.List(t.Context(), inbox.Query{}); err != nil || len(page) != 0 {
				t.Errorf("%d clusters while their customers still talk, %v", len(page), err)
			}
			later(time.Minute)
			collected(t, node)
			c.wantCount("花呗能还房贷吗", 11)
			c.plays("c1", "说 怎么提前还款")
			later(time.Minute)
			collected(t, &collector{chats: c.store, box: c.box, keep: inbox.Retention, batch: 4, now: node.now})
			c.wantCount("花呗能还房贷吗", 11)
			c.plays("c1", "说 转人工")
			later(time.Minute)
			collected(t, node)
			if page, _, err := c.box.List(t.Context(), inbox.Query{Kind: inbox.HandedOff}); err != nil || len(page) != 1 || page[0].Head != "怎么提前还款" || len(page[0].Suggestions) != 1 {
				t.Errorf("handed off: %+v, %v", page, err)
			}
			later(inbox.Retention + time.Hour)
			c.plays("late", "说 花呗能还房贷吗") // by the wall clock it is as old as all others
			collected(t, node)
			if page, _, err := c.box.List(t.Context(), inbox.Query{}); err != nil || len(page) != 0 {
				t.Errorf("%d clusters after the retention, %v", len(page), err)
			}
		})
	}
}

func (c *counter) wantCount(text string, want int) {
	c.Helper()
	page, _, err := c.box.List(c.Context(), inbox.Query{Text: text})
	if err != nil || len(page) != 1 || page[0].Count != want {
		c.Errorf("%s: %+v, %v; want it %d times", text, page, err, want)
	}
}

// collect ends with its context, and leaves the duty to others.
func TestCollectEnds(t *testing.T) {
	db := opened(t, sqldb.Options{URL: testbed.Postgres(t)})
	c := newCounter(t, db)
	closed := c.plays("wang", "说 花呗能还房贷吗")
	if _, err := c.bot.End(t.Context(), closed.ID, sessions.Actor{Role: sessions.RoleCustomer, ID: "wang", Device: "phone"}, "end-00001"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		collect(ctx, c.store, c.box, inbox.Retention, slog.New(slog.DiscardHandler))
	}()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if n, err := c.box.Waiting(t.Context()); err != nil || n == 1 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("a closed chat is not read within a minute")
		}
	}
	cancel()
	<-ended
	other, err := inbox.New(db, inbox.Options{Vector: func(string) []float32 { return nil }})
	if err != nil {
		t.Fatal(err)
	}
	if mine, err := other.Duty(t.Context()); !mine || err != nil {
		t.Errorf("the duty after the other left: %v, %v", mine, err)
	}
}
