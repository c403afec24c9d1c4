package sessions_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"wenda/sessions"
)

// A change that was decided on an old head, and whose fields happen to be what the row
// has by now, cannot be told from a plain append. It need not be: what goes in that way is
// a person's or the system's plain line, and nothing else. No reply, no move, no owner,
// no fence, and of Pending only what that line itself makes of it.
func TestAStaleChangeIsAtMostALine(t *testing.T) {
	at := func(t *rapid.T, name string) time.Time {
		return time.UnixMilli(1_800_000_000_000 + int64(rapid.IntRange(0, 1).Draw(t, name))).UTC()
	}
	head := func(t *rapid.T) sessions.Session {
		s := sessions.Session{
			ID: "s", Customer: wang, Seq: int64(rapid.IntRange(2, 3).Draw(t, "seq")), Fence: int64(rapid.IntRange(1, 2).Draw(t, "fence")),
			Priority: rapid.IntRange(0, 1).Draw(t, "priority"), QueuedAt: at(t, "queued"), ChangedAt: at(t, "changed"),
			Memory: sessions.Memory{Misses: rapid.IntRange(0, 1).Draw(t, "misses")},
			State:  rapid.SampledFrom([]sessions.State{sessions.Bot, sessions.Queued, sessions.Assigned, sessions.Closed}).Draw(t, "state"),
		}
		s.Segment = s.Fence
		if s.State == sessions.Assigned {
			s.Agent = rapid.SampledFrom([]string{"chen", "zhao"}).Draw(t, "agent")
		}
		if s.State == sessions.Bot {
			s.Pending = int64(rapid.IntRange(0, 2).Draw(t, "pending"))
		}
		return s
	}
	accepted := 0
	rapid.Check(t, func(t *rapid.T) {
		row, next := head(t), head(t)
		if rapid.IntRange(0, 3).Draw(t, "alike") > 0 { // the fields are equal, only what was seen is old
			seq, fence, changed := next.Seq, next.Fence, next.ChangedAt
			next = row
			next.Seq, next.Fence, next.ChangedAt = seq, fence, changed
		}
		by := rapid.SampledFrom([]sessions.Actor{phone, system, desk, {Role: sessions.RoleBot}}).Draw(t, "by")
		var events []sessions.Event
		for range rapid.IntRange(0, 2).Draw(t, "events") {
			e := sessions.Event{
				Kind: rapid.SampledFrom([]sessions.Kind{sessions.Message, sessions.Handed, sessions.Vote, sessions.Note}).Draw(t, "kind"),
				From: sessions.Speaker{Role: rapid.SampledFrom([]sessions.Role{by.Role, sessions.RoleBot, sessions.RoleSystem}).Draw(t, "from")},
			}
			if e.From.Role == sessions.RoleBot {
				e.Decision = &sessions.Decision{Action: "answer"}
			}
			events = append(events, e)
		}
		done, out, err := sessions.Apply(row, by, next, events, row.ChangedAt)
		if err != nil || row.Seq == next.Seq && row.ChangedAt.Equal(next.ChangedAt) {
			return
		}
		accepted++
		want := row
		want.Seq += int64(len(out))
		want.ChangedAt, want.HeardAt, want.ClosedAt = done.ChangedAt, done.HeardAt, done.ClosedAt // of the line itself
		want.PendingAt = done.PendingAt
		for _, e := range out {
			if e.From.Role == sessions.RoleBot || e.Kind == sessions.Handed {
				t.Fatalf("a stale %s of the %s went in", e.Kind, e.From.Role)
			}
			if e.Kind == sessions.Message && e.From.Role == sessions.RoleCustomer && row.State == sessions.Bot && want.Pending == 0 {
				want.Pending = e.Seq
			}
		}
		if len(out) == 0 {
			t.Fatal("a stale change without an event went in")
		}
		if by.Role == sessions.RoleAgent && (row.State != sessions.Assigned || row.Agent != by.ID || row.Fence != next.Fence) {
			t.Fatalf("%s spoke in a chat of %q at fence %d with fence %d", by.ID, row.Agent, row.Fence, next.Fence)
		}
		if want.Pending != done.Pending || !sameHead(want, done) {
			t.Fatalf("a stale line changed\n%+v\nto\n%+v", row, done)
		}
	})
	if accepted == 0 {
		t.Error("nothing stale was ever accepted: the test shows nothing")
	}
}

func sameHead(a, b sessions.Session) bool {
	return a.Seq == b.Seq && a.Fence == b.Fence && a.Segment == b.Segment && a.State == b.State && a.Agent == b.Agent && a.Skill == b.Skill &&
		a.Priority == b.Priority && a.QueuedAt.Equal(b.QueuedAt) && a.Lang == b.Lang && a.Memory.Equal(b.Memory)
}
