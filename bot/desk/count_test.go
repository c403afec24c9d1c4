package desk

import (
	"fmt"
	"testing"
)

// counts has the desk count.
func (s *shift) counts() map[string]int {
	counted := map[string]int{}
	s.Desk.Count = func(what, skill string) { counted[what+" "+skill]++ }
	return counted
}

func counted(t *testing.T, got map[string]int, want string) {
	t.Helper()
	if fmt.Sprint(got) != "map["+want+"]" {
		t.Errorf("counted %v, want %s", got, want)
	}
}

func TestOffersAreCounted(t *testing.T) {
	s := newShift(t)
	got := s.counts()
	s.on(zhou, li)
	chat := s.queued(t, "a", "")
	s.passes(1)
	if _, err := s.Refuse(t.Context(), zhou, Act{Session: chat.ID, Ref: "cid-00001"}, ""); err != nil {
		t.Fatal(err)
	}
	s.passes(1)
	counted(t, got, "offered :2 refused :1")
	s.passes(31)
	counted(t, got, "offered :2 refused :1 unaccepted :1")
	other := s.queued(t, "b", "")
	s.passes(1)
	s.heldBy(other.ID, zhou.ID)
	for range 2 { // the second is the same claim
		if _, err := s.Claim(t.Context(), zhou, other.ID, "claim-0001"); err != nil {
			t.Fatal(err)
		}
	}
	counted(t, got, "accepted :1 offered :3 refused :1 unaccepted :1")
}

func TestSilenceIsCounted(t *testing.T) {
	s := newShift(t)
	got := s.counts()
	s.on(zhou)
	s.claimed(t, zhou, "a") // by hand
	s.passes(61)
	counted(t, got, "reminded :1")
	s.passes(61)
	counted(t, got, "reminded :1 silent :1")
}

func TestPassingOnAndLossAreCounted(t *testing.T) {
	s := newShift(t)
	got := s.counts()
	s.on(zhou, li)
	chat := s.claimed(t, zhou, "a")
	for range 2 {
		if _, err := s.Transfer(t.Context(), zhou, Act{Session: chat.ID, Fence: chat.Fence, Ref: "cid-00001"}, To{Agent: li.ID}, "请接"); err != nil {
			t.Fatal(err)
		}
	}
	counted(t, got, "offered :1")
	lost := s.claimed(t, zhou, "b")
	if err := s.requeueAll(t.Context(), zhou.ID); err != nil {
		t.Fatal(err)
	}
	counted(t, got, "lost :1 offered :1")
	lost = s.load(lost.ID)
	if _, err := s.Reassign(t.Context(), wu, Act{Session: lost.ID, Fence: lost.Fence, Ref: "cid-00002"}, To{Agent: li.ID}, ""); err != nil {
		t.Fatal(err)
	}
	counted(t, got, "lost :1 offered :2")
}
