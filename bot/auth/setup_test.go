package auth

import (
	"errors"
	"slices"
	"sync"
	"testing"

	"wenda/internal/sqldb"
)

var solo = Choice{Mode: Solo, Login: "zhou", Name: "小周", Password: secret}

func TestSetupSolo(t *testing.T) {
	engines(t, func(t *testing.T, db *sqldb.DB) {
		a, _ := newAuth(db)
		ctx := t.Context()
		if mode, err := a.Mode(ctx); mode != Team || err != nil {
			t.Errorf("before it is chosen: %q, %v", mode, err)
		}
		token, needed, err := a.SetupLink(ctx)
		if err != nil || !needed || len(token) != 26 {
			t.Fatalf("SetupLink = %q, %v, %v", token, needed, err)
		}
		u, err := a.Setup(ctx, token, solo)
		if err != nil || !slices.Equal(u.Roles, []Role{Agent, Editor, Supervisor, Admin}) || u.Capacity == 0 || !slices.Equal(u.Skills, []string{""}) {
			t.Fatalf("Setup = %+v, %v", u, err)
		}
		if mode, err := a.Mode(ctx); mode != Solo || err != nil {
			t.Errorf("mode %q, %v", mode, err)
		}
		if !u.MayPublish(u.ID, Solo) {
			t.Error("alone, and may not publish")
		}
		in(t, a, "zhou")
		if _, err := a.Setup(ctx, token, Choice{Mode: Team, Login: "second", Name: "二", Password: secret}); !errors.Is(err, ErrSetup) {
			t.Errorf("the link works twice: %v", err)
		}
		if token, needed, err := a.SetupLink(ctx); token != "" || needed || err != nil {
			t.Errorf("SetupLink afterwards = %q, %v, %v", token, needed, err)
		}
		if needed, err := a.SetupNeeded(ctx); needed || err != nil {
			t.Errorf("SetupNeeded = %v, %v", needed, err)
		}
		if err := a.SetMode(ctx, u.ID, Team); err != nil {
			t.Error(err)
		}
		if mode, _ := a.Mode(ctx); mode != Team {
			t.Errorf("mode %q", mode)
		}
		if err := a.SetMode(ctx, u.ID, "anarchy"); !errors.Is(err, ErrInvalid) {
			t.Error(err)
		}
	})
}

func TestSetupTeam(t *testing.T) {
	engines(t, func(t *testing.T, db *sqldb.DB) {
		a, _ := newAuth(db)
		token, _, err := a.SetupLink(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		u, err := a.Setup(t.Context(), token, Choice{Mode: Team, Login: "zhou", Name: "小周", Password: secret, Roles: []Role{Editor, Admin}})
		if err != nil || !slices.Equal(u.Roles, []Role{Editor, Admin}) {
			t.Fatalf("%+v, %v", u, err)
		}
		if mode, err := a.Mode(t.Context()); mode != Team || err != nil || u.MayPublish(u.ID, mode) {
			t.Errorf("mode %q, %v", mode, err)
		}
	})
}

func TestSetupRefuses(t *testing.T) {
	engines(t, func(t *testing.T, db *sqldb.DB) {
		a, _ := newAuth(db)
		ctx := t.Context()
		if _, err := a.Setup(ctx, "", solo); !errors.Is(err, ErrSetup) {
			t.Errorf("before there is a link: %v", err)
		}
		older, _, err := a.SetupLink(ctx)
		if err != nil {
			t.Fatal(err)
		}
		token, _, err := a.SetupLink(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			name, token string
			change      func(*Choice)
			want        error
		}{
			{"an older link", older, func(*Choice) {}, ErrSetup},
			{"no token", "", func(*Choice) {}, ErrSetup},
			{"another token", token + "A", func(*Choice) {}, ErrSetup},
			{"the stored hash", hashToken(token), func(*Choice) {}, ErrSetup},
			{"no mode", token, func(c *Choice) { c.Mode = "" }, ErrInvalid},
			{"weak password", token, func(c *Choice) { c.Password = "short" }, ErrWeak},
			{"no name", token, func(c *Choice) { c.Name = "" }, ErrInvalid},
			{"unknown role", token, func(c *Choice) { c.Mode, c.Roles = Team, []Role{"root"} }, ErrInvalid},
		} {
			choice := solo
			c.change(&choice)
			if _, err := a.Setup(ctx, c.token, choice); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.name, err, c.want)
			}
		}
		if needed, err := a.SetupNeeded(ctx); !needed || err != nil {
			t.Fatalf("something was made: %v, %v", needed, err)
		}
		// A person who was refused tries again; of two at once, one gets in.
		var errs [2]error
		var both sync.WaitGroup
		for i := range errs {
			both.Go(func() { _, errs[i] = a.Setup(ctx, token, solo) })
		}
		both.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs[:]...), ErrSetup) {
			t.Errorf("two at once: %v", errs)
		}
	})
}

// An account made on the server's command line closes the link.
func TestSetupClosedByAccount(t *testing.T) {
	engines(t, func(t *testing.T, db *sqldb.DB) {
		a, _ := newAuth(db)
		token, _, err := a.SetupLink(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		person(t, a, "root", Admin)
		if _, err := a.Setup(t.Context(), token, solo); !errors.Is(err, ErrSetup) {
			t.Errorf("the link still works: %v", err)
		}
	})
}
