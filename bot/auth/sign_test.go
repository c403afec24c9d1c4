package auth

import (
	"errors"
	"net/http/httptest"
	"testing"

	"wenda/internal/sqldb"
)

// Who signs is known, is audited, and is not logged in anywhere.
func TestSign(t *testing.T) {
	engines(t, func(t *testing.T, db *sqldb.DB) {
		a, _ := newAuth(db)
		made := person(t, a, "li", Supervisor)
		r := httptest.NewRequest("POST", "/publish", nil)
		u, err := a.Sign(r, " LI ", secret)
		if err != nil || u.ID != made.ID || !u.May(PublishEntries) {
			t.Fatalf("Sign = %+v, %v", u, err)
		}
		if _, in := a.Staff(r); in {
			t.Error("whoever's browser it was is logged in now")
		}
		if ended, err := a.Ended(t.Context(), u, false); !ended || err != nil {
			t.Errorf("there is a login: ended %v, %v", ended, err)
		}
		if _, err := a.Sign(r, "li", "not the password"); !errors.Is(err, ErrLogin) {
			t.Errorf("a wrong password: %v", err)
		}
		all := acts(t, a)
		last, before := all[0], all[1]
		if before.Did != "sign" || before.Who != made.ID || !before.OK || last.Did != "login" || last.OK {
			t.Errorf("audited: %+v, %+v", before, last)
		}
		for err = nil; !errors.Is(err, ErrSlow); {
			if _, err = a.Sign(r, "li", "not the password"); err == nil {
				t.Fatal("let in")
			}
		}
	})
}
