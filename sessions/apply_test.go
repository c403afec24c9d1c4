package sessions

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func row(change func(*Session)) Session {
	s := Session{
		ID: "s", Customer: Customer{ID: "wang"}, Channel: "widget", Lang: "zh-CN", Seq: 4, Fence: 2, Segment: 2, State: Bot,
		OpenedAt: noon, ChangedAt: noon, HeardAt: noon,
	}
	if change != nil {
		change(&s)
	}
	return s
}

func assigned(s *Session) { s.State, s.Agent, s.QueuedAt = Assigned, "chen", noon }
func joined(s *Session)   { assigned(s); s.Desk.Joined = "zhao" }
func queued(s *Session)   { s.State, s.QueuedAt = Queued, noon }
func closed(s *Session)   { s.State, s.ClosedAt = Closed, noon }

var (
	wang   = Actor{Role: RoleCustomer, ID: "wang", Device: "phone"}
	li     = Actor{Role: RoleCustomer, ID: "li"}
	chen   = Actor{Role: RoleAgent, ID: "chen"}
	zhao   = Actor{Role: RoleAgent, ID: "zhao"}
	liu    = Actor{Role: RoleSupervisor, ID: "liu"}
	robot  = Actor{Role: RoleBot}
	system = Actor{Role: RoleSystem}
)

func says(by Actor, kind Kind) Event {
	e := Event{Kind: kind, From: Speaker{Role: by.Role, ID: by.ID}, Text: "话"}
	if by.Role == RoleBot && kind == Message {
		e.Decision = &Decision{Action: "answer"}
	}
	return e
}

// whispers is what only staff read.
func whispers(by Actor) Event {
	e := says(by, Note)
	e.Audience = Staff
	return e
}

func same(s Session) Session { return s }

func TestApplyGuards(t *testing.T) {
	older := func(s Session) Session { s.Seq--; return s }
	outdated := func(s Session) Session { s.ChangedAt = s.ChangedAt.Add(-time.Millisecond); return s }
	oldFence := func(s Session) Session { s.Fence--; return s }
	missed := func(s Session) Session { s.Memory.Misses++; return s }
	with := func(fs ...func(Session) Session) func(Session) Session {
		return func(s Session) Session {
			for _, f := range fs {
				s = f(s)
			}
			return s
		}
	}
	cases := []struct {
		name   string
		row    func(*Session)
		by     Actor
		next   func(Session) Session
		events []Event
		want   error
	}{
		{"customer to the bot", nil, wang, same, []Event{says(wang, Message)}, nil},
		{"customer, copy too old", nil, wang, older, []Event{says(wang, Message)}, nil},
		{"customer to an agent", assigned, wang, oldFence, []Event{says(wang, Message)}, nil},
		{"another customer", nil, li, same, []Event{says(li, Message)}, ErrNotFound},
		{"another customer, closed", closed, li, same, []Event{says(li, Message)}, ErrNotFound},
		{"agent who owns it", assigned, chen, same, []Event{says(chen, Message)}, nil},
		{"agent, copy too old", assigned, chen, older, []Event{says(chen, Message)}, nil},
		{"agent, old fence", assigned, chen, oldFence, []Event{says(chen, Message)}, ErrNotOwner},
		{"another agent", assigned, zhao, same, []Event{says(zhao, Message)}, ErrNotOwner},
		{"agent while queued", queued, chen, same, []Event{says(chen, Note)}, ErrNotOwner},
		{"agent while the bot owns", nil, chen, same, []Event{says(chen, Message)}, ErrNotOwner},
		{"agent returns it", assigned, chen, Session.Return, []Event{says(chen, Handed)}, nil},
		{"agent returns an old copy", assigned, chen, with(older, Session.Return), []Event{says(chen, Handed)}, ErrConflict},
		{"bot", nil, robot, same, []Event{says(robot, Message)}, nil},
		{"bot, copy too old", nil, robot, older, []Event{says(robot, Message)}, ErrConflict},
		{"bot, missed a change without event", nil, robot, outdated, []Event{says(robot, Message)}, ErrConflict},
		{"bot, old fence", nil, robot, oldFence, []Event{says(robot, Message)}, ErrConflict},
		{"bot while queued", queued, robot, same, []Event{says(robot, Message)}, ErrConflict},
		{"bot while an agent owns", assigned, robot, same, []Event{says(robot, Message)}, ErrConflict},
		{"bot in the customer's commit", queued, wang, same, []Event{says(wang, Message), says(robot, Message)}, nil},
		{"the same on an old copy", queued, wang, older, []Event{says(wang, Message), says(robot, Message)}, ErrConflict},
		{"system closes", queued, system, func(s Session) Session { return s.Close(noon) }, []Event{says(system, Handed)}, nil},
		{"system, copy too old", queued, system, with(older, Session.Return), []Event{says(system, Handed)}, ErrConflict},
		{"queued by two at once", queued, system, func(s Session) Session { s.Seq--; return s }, []Event{says(system, Handed)}, ErrConflict},
		{"changed by two at once", nil, system, outdated, nil, ErrConflict},
		{"memory on an old copy", nil, wang, with(older, missed), []Event{says(wang, Message)}, ErrConflict},
		{"agent who joined", joined, zhao, same, []Event{says(zhao, Message)}, nil},
		{"agent who joined, old fence", joined, zhao, oldFence, []Event{says(zhao, Message)}, ErrNotOwner},
		{"supervisor whispers", assigned, liu, same, []Event{whispers(liu)}, nil},
		{"supervisor whispers on an old copy", assigned, liu, older, []Event{whispers(liu)}, nil},
		{"supervisor whispers aloud", assigned, liu, same, []Event{says(liu, Note)}, ErrInvalid},
		{"supervisor speaks", assigned, liu, same, []Event{says(liu, Message)}, ErrInvalid},
		{"supervisor takes over", assigned, liu, func(s Session) Session { return s.Assign("liu") }, []Event{says(liu, Handed)}, nil},
		{"supervisor takes over an old copy", assigned, liu, with(older, func(s Session) Session { return s.Assign("liu") }), []Event{says(liu, Handed)}, ErrConflict},
		{"customer reopens", closed, wang, Session.Reopen, []Event{says(wang, Message), says(robot, Message)}, nil},
		{"customer reopens an old copy", closed, wang, with(older, Session.Reopen), []Event{says(wang, Message)}, ErrConflict},
		{"customer reopens without a word", closed, wang, Session.Reopen, []Event{says(wang, Vote)}, ErrClosed},
		{"bot reopens", closed, robot, Session.Reopen, []Event{says(robot, Message)}, ErrClosed},
		{"message to a closed chat", closed, wang, same, []Event{says(wang, Message)}, ErrClosed},
		{"agent to a closed chat", closed, chen, same, []Event{says(chen, Note)}, ErrClosed},
		{"nothing to a closed chat", closed, system, same, nil, ErrClosed},
		{"rating of a closed chat", closed, wang, same, []Event{says(wang, Rating)}, nil},
		{"vote in a closed chat", closed, wang, same, []Event{says(wang, Vote)}, nil},
		{"one more end of a closed chat", closed, wang, same, []Event{says(wang, Ended)}, nil},
		{"one more end of an open chat", nil, wang, same, []Event{says(wang, Ended)}, ErrConflict},
		{"rating and more", closed, wang, same, []Event{says(wang, Rating), says(wang, Message)}, ErrClosed},
		{"rating that opens it again", closed, wang, Session.Return, []Event{says(wang, Rating)}, ErrClosed},
		{"rating on a copy from before the close", closed, wang, with(older, Session.Return), []Event{says(wang, Rating)}, ErrConflict},
		{"agent's words by a customer", assigned, wang, same, []Event{says(chen, Message)}, ErrInvalid},
		{"agent's words by the system", queued, system, func(s Session) Session { return s.Assign("chen") }, []Event{says(chen, Handed)}, nil},
		{"no kind", nil, wang, same, []Event{says(wang, "")}, ErrInvalid},
		{"a short ref", nil, wang, same, []Event{{Kind: Message, Ref: "short"}}, ErrInvalid},
		{"assigned to nobody", queued, system, func(s Session) Session { return s.Assign("") }, nil, ErrInvalid},
		{"queued with an agent", queued, system, func(s Session) Session { s.Agent = "chen"; return s }, nil, ErrInvalid},
		{"no such state", nil, system, func(s Session) Session { s.State = "lost"; return s }, nil, ErrInvalid},
	}
	for _, c := range cases {
		r := row(c.row)
		_, _, err := Apply(r, c.by, c.next(r), c.events, noon)
		if !errors.Is(err, c.want) {
			t.Errorf("%s: got error %v, want %v", c.name, err, c.want)
		}
	}
}

func apply(t *testing.T, row Session, by Actor, next Session, events ...Event) (Session, []Event) {
	t.Helper()
	s, out, err := Apply(row, by, next, events, noon.Add(time.Minute).Add(1234567))
	if err != nil {
		t.Fatal(err)
	}
	return s, out
}

func TestApplyHandoff(t *testing.T) {
	r := row(func(s *Session) { s.Memory.Misses, s.Pending, s.PendingAt = 2, 4, noon })
	local := time.FixedZone("", 8*3600)
	next := r.Queue("loans", noon.Add(999_999).In(local))
	next.Priority = 3
	s, out := apply(t, r, wang, next, says(wang, Message), says(robot, Handed))
	want := r
	want.State, want.Skill, want.Priority, want.QueuedAt, want.Memory, want.Pending, want.PendingAt = Queued, "loans", 3, noon, Memory{}, 0, time.Time{}
	want.Seq, want.Fence, want.Segment = 6, 3, 3
	want.ChangedAt = noon.Add(time.Minute + time.Millisecond)
	want.HeardAt = want.ChangedAt
	wantSame(t, s, want)
	if s.QueuedAt.Location() != time.UTC {
		t.Errorf("QueuedAt is in %v", s.QueuedAt.Location())
	}
	wantSame(t, out[1].Move, Move{From: Bot, To: Queued, Skill: "loans"})
	wantSame(t, []any{out[0].Seq, out[1].Seq, out[0].At, out[0].Audience}, []any{5, 6, want.ChangedAt, All})

	s, _ = apply(t, s, system, s.Close(noon.Add(time.Hour).Add(1)), says(system, Handed))
	if !s.ClosedAt.Equal(noon.Add(time.Hour)) {
		t.Errorf("ClosedAt is %v", s.ClosedAt)
	}
	careless := row(nil)
	careless.State = Closed
	if s, _ = apply(t, row(nil), system, careless, says(system, Handed)); s.ClosedAt.IsZero() {
		t.Error("closed at no time at all")
	}
}

// aside is the bot's word about hidden data, which answers nothing.
func aside() Event {
	e := says(robot, Message)
	e.Decision = &Decision{Action: Aside}
	return e
}

func TestApplyPending(t *testing.T) {
	now := noon.Add(time.Minute + time.Millisecond)
	pending := func(s *Session) { s.Pending, s.PendingAt = 3, noon }
	returned := func(s Session) Session { s = s.Return(); s.Pending = 4; return s }
	cases := []struct {
		name    string
		row     func(*Session)
		by      Actor
		next    func(Session) Session
		events  []Event
		pending int64
		at      time.Time
	}{
		{"unanswered", nil, wang, same, []Event{says(wang, Message)}, 5, now},
		{"answered at once", nil, wang, same, []Event{says(wang, Message), says(robot, Message)}, 0, time.Time{}},
		{"a second one", pending, wang, same, []Event{says(wang, Message)}, 3, noon},
		{"answered together with a second one", pending, wang, same, []Event{says(wang, Message), says(robot, Message)}, 0, time.Time{}},
		{"personal data in it", nil, wang, same, []Event{says(wang, Message), aside()}, 5, now},
		{"personal data in a second one", pending, wang, same, []Event{says(wang, Message), aside()}, 3, noon},
		{"answered later", pending, robot, same, []Event{says(robot, Message)}, 0, time.Time{}},
		{"a vote", pending, wang, same, []Event{says(wang, Vote)}, 3, noon},
		{"to an agent", assigned, wang, same, []Event{says(wang, Message)}, 0, time.Time{}},
		{"with a handoff", pending, wang, func(s Session) Session { return s.Queue("", noon) }, []Event{says(wang, Message)}, 0, time.Time{}},
		{"returned unanswered", assigned, chen, returned, []Event{says(chen, Handed)}, 4, now},
	}
	for _, c := range cases {
		r := row(c.row)
		s, _ := apply(t, r, c.by, c.next(r), c.events...)
		if s.Pending != c.pending || !s.PendingAt.Equal(c.at) {
			t.Errorf("%s: pending %d since %v, want %d since %v", c.name, s.Pending, s.PendingAt, c.pending, c.at)
		}
	}
}

func TestApplyDecisions(t *testing.T) {
	reply := says(robot, Message)
	decided := reply.Decision
	_, out := apply(t, row(nil), wang, row(nil), says(wang, Message), reply)
	if out[1].Decision.Answers != 5 || decided.Answers != 0 {
		t.Errorf("the reply answers %d, the caller's own says %d; want 5 and 0", out[1].Decision.Answers, decided.Answers)
	}
	reply.Decision = &Decision{Answers: 2}
	if _, out = apply(t, row(nil), robot, row(nil), reply); out[0].Decision.Answers != 2 {
		t.Errorf("the reply answers %d, want 2 as given", out[0].Decision.Answers)
	}
}

func TestApplyClock(t *testing.T) {
	r := row(nil)
	for _, now := range []time.Time{noon, noon, noon.Add(-time.Hour), noon.Add(time.Hour)} {
		s, _, err := Apply(r, wang, r, []Event{says(wang, Message), says(robot, Message)}, now)
		if err != nil || !s.ChangedAt.After(r.ChangedAt) {
			t.Fatalf("at %v: changed at %v after %v, %v", now, s.ChangedAt, r.ChangedAt, err)
		}
		r = s
	}
}

func wantSame(t *testing.T, got, want any) {
	t.Helper()
	if g, w := text(got), text(want); g != w {
		t.Errorf("got  %s\nwant %s", g, w)
	}
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// life is a session's, with everybody acting at random, on copies old and new.
type life struct {
	row    Session
	log    []Event
	copies []Session
	now    time.Time
}

func TestApplyProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := &life{row: row(func(s *Session) { s.Seq = 0 }), now: noon}
		l.copies = []Session{l.row}
		t.Repeat(map[string]func(*rapid.T){
			"commit": l.commit,
			"":       l.check,
		})
	})
}

func (l *life) commit(t *rapid.T) {
	l.now = l.now.Add(time.Duration(rapid.IntRange(-1500, 5000).Draw(t, "µs")) * time.Microsecond)
	by := rapid.SampledFrom([]Actor{wang, li, chen, zhao, liu, robot, system}).Draw(t, "by")
	base := l.copies[len(l.copies)-1]
	if rapid.IntRange(0, 3).Draw(t, "stale") == 0 {
		base = rapid.SampledFrom(l.copies).Draw(t, "copy")
	}
	next := rapid.SampledFrom([]func(Session) Session{
		same, same, same, Session.Return, Session.Reopen,
		func(s Session) Session { s.Desk.Joined = "zhao"; return s },
		func(s Session) Session { s.Desk.Snooze = Snooze{At: l.now, Until: l.now.Add(time.Hour)}; return s },
		func(s Session) Session { return s.Queue("loans", l.now) },
		func(s Session) Session { return s.Assign("chen") },
		func(s Session) Session { return s.Assign("zhao") },
		func(s Session) Session { s.Memory.Offered = []string{"a"}; return s },
		func(s Session) Session { s.Priority++; return s },
		func(s Session) Session {
			if rapid.IntRange(0, 5).Draw(t, "really") > 0 {
				return s
			}
			return s.Close(l.now)
		},
	}).Draw(t, "move")(base.Clone())
	var events []Event
	for range rapid.IntRange(0, 3).Draw(t, "events") {
		from := rapid.SampledFrom([]Actor{by, by, by, robot, chen}).Draw(t, "from")
		events = append(events, says(from, rapid.SampledFrom([]Kind{Message, Message, Handed, Vote, Rating, Ended, Note}).Draw(t, "kind")))
		events[len(events)-1].Audience = rapid.SampledFrom([]Audience{"", Staff}).Draw(t, "audience")
	}
	given := text([]any{l.row, next, events})
	done, out, err := Apply(l.row, by, next, events, l.now)
	if text([]any{l.row, next, events}) != given {
		t.Fatal("Apply changed what it was given")
	}
	if err != nil {
		lawful(t, err)
		return
	}
	l.judge(t, by, next, done, out)
	l.row, l.log, l.copies = done, append(l.log, out...), append(l.copies, done)
}

// TestApplyAwaited follows a customer who waits for an agent's word, again and again.
func TestApplyAwaited(t *testing.T) {
	r := row(queued)
	steps := []struct {
		by     Actor
		next   func(Session) Session
		events []Event
		awaits bool
	}{
		{system, func(s Session) Session { return s.Assign("chen") }, []Event{says(chen, Handed)}, true},
		{chen, same, []Event{says(chen, Note)}, true},
		{chen, same, []Event{says(chen, Message)}, false},
		{system, same, []Event{says(system, Message)}, false},
		{wang, same, []Event{says(wang, Message)}, true},
		{wang, same, []Event{says(wang, Message)}, true},
		{chen, func(s Session) Session { s.Desk.Snooze.Until = noon.Add(time.Hour); return s }, nil, true},
		{chen, Session.Return, []Event{says(chen, Handed)}, false},
	}
	since := time.Time{}
	for i, step := range steps {
		now := noon.Add(time.Duration(i) * time.Second)
		done, _, err := Apply(r, step.by, step.next(r), step.events, now)
		if err != nil {
			t.Fatal(err)
		}
		if !step.awaits {
			since = time.Time{}
		} else if since.IsZero() {
			since = now
		}
		if !done.AwaitAt.Equal(since) {
			t.Errorf("step %d: awaited since %v, want %v", i, done.AwaitAt, since)
		}
		r = done
	}
}

func lawful(t *rapid.T, err error) {
	for _, e := range []error{ErrClosed, ErrNotOwner, ErrUnowned, ErrNotFound, ErrConflict, ErrInvalid} {
		if errors.Is(err, e) {
			return
		}
	}
	t.Fatalf("not an error callers know: %v", err)
}

// judge checks one commit against the promises.
func (l *life) judge(t *rapid.T, by Actor, next, done Session, out []Event) {
	was := l.row
	must := func(ok bool, promise string) {
		if !ok {
			t.Fatalf("%s\nby   %v\nrow  %s\nnext %s\ndone %s\nout  %s", promise, by, text(was), text(next), text(done), text(out))
		}
	}
	must(by.Role != RoleSupervisor || was.State == Assigned || !whispered(out), "a whisper is heard by an owner")
	moved := was.State != done.State || was.Agent != done.Agent
	must((done.Fence == was.Fence+1) == moved && done.Fence-was.Fence <= 1, "the fence goes up by one at a change of owner, and only then")
	must(done.Segment-was.Segment == done.Fence-was.Fence, "the segment goes with the fence")
	must(done.Seq == was.Seq+int64(len(out)), "the head is at the newest event")
	must(done.ChangedAt.After(was.ChangedAt), "each commit is newer than the one before")
	must(by.Role != RoleCustomer || by.ID == was.Customer.ID, "customers write to their own session only")
	must(by.Role != RoleAgent || was.State == Assigned && (was.Agent == by.ID || was.Desk.Joined == by.ID) && was.Fence == next.Fence, "an agent writes while owning or beside who does, with the fence it has")
	must(by.Role != RoleBot || was.State == Bot, "the bot commits only while it owns")
	spoke := slices.ContainsFunc(out, func(e Event) bool { return e.Kind == Message && e.From.Role == RoleCustomer })
	must(was.State != Closed || !moved || by.Role == RoleCustomer && spoke, "a closed session is reopened by its customer's word and by nothing else")
	must(!moved || done.Desk.Joined == "", "who joined an owner does not join the next")
	replied := slices.ContainsFunc(out, func(e Event) bool { return e.From.Role == RoleBot && e.Decision != nil })
	must(was.Pending == 0 || moved || replied || done.Pending == was.Pending, "the first line that waits stays the first until it is answered")
	if changes(was, next) {
		must(next.Seq == was.Seq && next.ChangedAt.Equal(was.ChangedAt), "a change is made on the newest copy")
	}
	for i, e := range out {
		must(e.Seq == was.Seq+int64(i)+1, "no gaps")
		must(was.State != Closed || moved || e.Kind == Vote || e.Kind == Rating || e.Kind == Ended, "a closed session takes votes, ratings and ends only")
		must(by.Role != RoleSupervisor || e.Audience == Staff || e.Kind == Handed || e.Kind == Joined, "a supervisor's whisper is for staff")
		must(e.From.Role != RoleBot || next.Fence == was.Fence && next.Seq == was.Seq, "the bot says what it decided on the newest copy")
		must(e.Kind != Handed || next.Seq == was.Seq, "a move is made on the newest copy")
		must(e.From.Role != RoleAgent || by.Role == RoleAgent || by.Role == RoleSystem, "nobody speaks for an agent")
		must(e.Kind != Handed || e.Move.From == was.State && e.Move.To == done.State && e.Move.Agent == done.Agent, "a move says what moved")
	}
}

// check looks at the session as it stands.
func (l *life) check(t *rapid.T) {
	s := l.row
	must := func(ok bool, promise string) {
		if !ok {
			t.Fatalf("%s\nrow %s\nlog %s", promise, text(s), text(l.log))
		}
	}
	must((s.State == Assigned) == (s.Agent != ""), "an agent is named if and only if one owns")
	must(s.Customer.ID == "wang" && s.ID == "s" && s.OpenedAt.Equal(noon), "a session stays who it is")
	must((s.State == Closed) == !s.ClosedAt.IsZero(), "closed at some time if and only if closed")
	must((s.Pending > 0) == !s.PendingAt.IsZero(), "pending since some time if and only if pending")
	must(s.Pending == 0 || s.State == Bot, "only the bot owes answers")
	must(s.AwaitAt.IsZero() || s.State == Assigned, "only an agent is awaited")
	if s.Pending > 0 {
		asked := l.log[s.Pending-1]
		must(asked.Kind == Message && asked.From.Role == RoleCustomer, "what is pending is a customer's message")
		for _, e := range l.log[s.Pending:] {
			must(e.From.Role != RoleBot || e.Decision == nil, "what is pending was not answered since")
		}
	}
	for i, e := range l.log {
		must(e.Seq == int64(i+1), fmt.Sprintf("event %d stands at its place", i+1))
	}
}

func TestValidRef(t *testing.T) {
	for ref, want := range map[string]bool{
		"": false, "1234567": false, "12345678": true, "AZaz09_-": true, "with space": false, "slash/slash": false, "größe-größe": false,
		"1234567\x00": false, "0123456789012345678901234567890123456789012345678901234567890123": true,
		"01234567890123456789012345678901234567890123456789012345678901234": false,
	} {
		if ValidRef(ref) != want {
			t.Errorf("ValidRef(%q) is %v", ref, !want)
		}
	}
}
