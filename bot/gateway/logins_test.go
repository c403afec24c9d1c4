package gateway

import (
	"context"
	"sync/atomic"
	"testing"

	"wenda/sessions"
)

// unsure is staff that cannot be asked for a while.
type unsure struct {
	*fakeStaff
	down  atomic.Bool
	asked atomic.Int64 // while down
}

func (u *unsure) StillIn(ctx context.Context, login string) (sessions.Agent, bool) {
	if u.down.Load() {
		u.asked.Add(1)
		return sessions.Agent{}, true
	}
	return u.fakeStaff.StillIn(ctx, login)
}

// A database that cannot tell who is logged in throws nobody out, nor off duty.
func TestLoginsUnknown(t *testing.T) {
	staff := &unsure{}
	r := newRig(t, func(o *Options) {
		staff.fakeStaff = o.Staff.(*fakeStaff)
		o.Staff = staff
	})
	a := r.agent(zhou)
	a.send(Available{Type: "available", On: true})
	within(t, "on duty", func() bool { n, _ := r.roster.OnDuty(t.Context(), ""); return n == 1 })
	staff.down.Store(true)
	within(t, "asked in vain", func() bool { return staff.asked.Load() >= 3 })
	a.send(Ping{Type: "ping"})
	a.until("pong", is("pong"))
	if n, _ := r.roster.OnDuty(t.Context(), ""); n != 1 {
		t.Errorf("%d agents on duty, want 1", n)
	}
	staff.down.Store(false)
	staff.logOut(zhou.ID)
	a.closed(CloseLoggedOut)
}
