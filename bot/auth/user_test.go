package auth

import (
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"wenda/internal/sqldb"
	"wenda/sessions"
)

func TestCreateAndFind(t *testing.T) {
	engines(t, func(t *testing.T, db *sqldb.DB) {
		a, _ := newAuth(db)
		ctx := t.Context()
		made, err := a.Create(ctx, Operator, " Zhou.Min@HQ ", Account{
			Name: " 小周 \t老师", Roles: []Role{Editor, Agent, Agent}, Skills: []string{"vip", "", "逾期", "vip"}, Capacity: 5}, secret)
		if err != nil {
			t.Fatal(err)
		}
		want := User{ID: made.ID, Login: "zhou.min@hq", Created: made.Created, Changed: made.Created, Account: Account{
			Name: "小周 老师", Roles: []Role{Agent, Editor}, Skills: []string{"", "vip", "逾期"}, Capacity: 5}}
		if !reflect.DeepEqual(made, want) || len(made.ID) != 26 || time.Since(made.Created) > time.Hour {
			t.Errorf("made %+v, want %+v", made, want)
		}
		person(t, a, "anna", Admin)
		for name, find := range map[string]func() (User, error){
			"ByID":    func() (User, error) { return a.ByID(ctx, made.ID) },
			"ByLogin": func() (User, error) { return a.ByLogin(ctx, "ZHOU.min@hq ") },
			"List":    func() (User, error) { all, err := a.List(ctx); return all[len(all)-1], err },
		} {
			if got, err := find(); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%s = %+v, %v", name, got, err)
			}
		}
		if _, err := a.ByID(ctx, "nobody"); !errors.Is(err, ErrUnknown) {
			t.Errorf("an unknown id: %v", err)
		}
		if _, err := a.ByLogin(ctx, "nobody' OR 1=1 --"); !errors.Is(err, ErrUnknown) {
			t.Errorf("an unknown login: %v", err)
		}
		if got := made.Agent(); !reflect.DeepEqual(got, sessions.Agent{ID: made.ID, Name: "小周 老师", Skills: want.Skills, Capacity: 5}) {
			t.Errorf("Agent = %+v", got)
		}
	})
}

func TestCreateRefuses(t *testing.T) {
	engines(t, func(t *testing.T, db *sqldb.DB) {
		a, _ := newAuth(db)
		person(t, a, "zhou", Agent)
		good := Account{Name: "小周", Roles: []Role{Agent}}
		with := func(change func(*Account)) Account { c := good; change(&c); return c }
		for _, c := range []struct {
			name, login string
			account     Account
			password    string
			want        error
		}{
			{"taken", "ZHOU", good, secret, ErrTaken},
			{"no login", "", good, secret, ErrInvalid},
			{"short login", "z", good, secret, ErrInvalid},
			{"long login", strings.Repeat("z", 65), good, secret, ErrInvalid},
			{"space in login", "zhou min", good, secret, ErrInvalid},
			{"Chinese login", "小周", good, secret, ErrInvalid},
			{"login of dots", "..", good, secret, ErrInvalid},
			{"no name", "li", with(func(c *Account) { c.Name = " \u3000 " }), secret, ErrInvalid},
			{"long name", "li", with(func(c *Account) { c.Name = strings.Repeat("周", 41) }), secret, ErrInvalid},
			{"name that turns", "li", with(func(c *Account) { c.Name = "小\u202e周" }), secret, ErrInvalid},
			{"name with nothing", "li", with(func(c *Account) { c.Name = "小\u200b周" }), secret, ErrInvalid},
			{"name with a control", "li", with(func(c *Account) { c.Name = "小\x1b[31m周" }), secret, ErrInvalid},
			{"name not UTF-8", "li", with(func(c *Account) { c.Name = "\xff周" }), secret, ErrInvalid},
			{"no role", "li", with(func(c *Account) { c.Roles = nil }), secret, ErrInvalid},
			{"unknown role", "li", with(func(c *Account) { c.Roles = []Role{"root"} }), secret, ErrInvalid},
			{"capacity", "li", with(func(c *Account) { c.Capacity = -1 }), secret, ErrInvalid},
			{"large capacity", "li", with(func(c *Account) { c.Capacity = 101 }), secret, ErrInvalid},
			{"odd skill", "li", with(func(c *Account) { c.Skills = []string{"a b"} }), secret, ErrInvalid},
			{"many skills", "li", with(func(c *Account) { c.Skills = make([]string, 51); unlike(c.Skills) }), secret, ErrInvalid},
			{"weak", "li", good, "short", ErrWeak},
		} {
			if _, err := a.Create(t.Context(), Operator, c.login, c.account, c.password); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", c.name, err, c.want)
			}
		}
		if all, err := a.List(t.Context()); err != nil || len(all) != 1 {
			t.Errorf("%d accounts, %v", len(all), err)
		}
		if done := acts(t, a); len(done) != 1 {
			t.Errorf("audit of what was not done: %+v", done)
		}
	})
}

func unlike(s []string) {
	for i := range s {
		s[i] = strings.Repeat("s", i%40+1) + string(rune('a'+i/40))
	}
}

func TestChange(t *testing.T) {
	engines(t, func(t *testing.T, db *sqldb.DB) {
		a, c := newAuth(db)
		person(t, a, "root", Admin)
		u := person(t, a, "zhou", Agent)
		b, _ := in(t, a, "zhou")
		c.turn(time.Hour)
		changed, err := a.Change(t.Context(), "boss", u.ID, Account{Name: "小周", Roles: []Role{Agent}, Skills: []string{"vip"}, Capacity: 9})
		if err != nil || !changed.Changed.After(u.Changed) || changed.Capacity != 9 {
			t.Fatalf("%+v, %v", changed, err)
		}
		if now, ok := b.staff(t); !ok || now.Name != "小周" {
			t.Errorf("after a change of the name: %+v, %v", now, ok)
		}
		if _, err := a.Change(t.Context(), "boss", u.ID, Account{Name: "小周", Roles: []Role{Editor}}); err != nil {
			t.Fatal(err)
		}
		if _, ok := b.staff(t); ok {
			t.Error("a login outlived a change of roles")
		}
		if _, err := a.Change(t.Context(), "boss", "nobody", Account{Name: "x", Roles: []Role{Agent}}); !errors.Is(err, ErrUnknown) {
			t.Errorf("nobody: %v", err)
		}
		if got := acts(t, a)[0]; got.Who != "boss" || got.Did != "user.change" || got.About != u.ID || !got.OK || got.Detail != `["editor"]` {
			t.Errorf("audit: %+v", got)
		}
	})
}

func TestLastAdminStays(t *testing.T) {
	engines(t, func(t *testing.T, db *sqldb.DB) {
		a, _ := newAuth(db)
		ctx := t.Context()
		first := person(t, a, "root", Admin)
		plain := Account{Name: "root", Roles: []Role{Agent}}
		if _, err := a.Disable(ctx, Operator, first.ID, true); !errors.Is(err, ErrLast) {
			t.Errorf("disabled: %v", err)
		}
		if _, err := a.Change(ctx, Operator, first.ID, plain); !errors.Is(err, ErrLast) {
			t.Errorf("changed: %v", err)
		}
		if u, err := a.ByID(ctx, first.ID); err != nil || !u.May(ManageUsers) {
			t.Fatalf("%+v, %v", u, err)
		}
		// Of two who go at the same time one stays.
		second := person(t, a, "deputy", Admin)
		var errs [2]error
		var both sync.WaitGroup
		both.Go(func() { _, errs[0] = a.Disable(ctx, Operator, first.ID, true) })
		both.Go(func() { _, errs[1] = a.Change(ctx, Operator, second.ID, plain) })
		both.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs[0], errs[1]), ErrLast) {
			t.Errorf("both went or none: %v", errs)
		}
		// Where nobody ever was one, others can be changed.
		agent := person(t, a, "zhou", Agent)
		if _, err := a.Disable(ctx, Operator, agent.ID, true); err != nil {
			t.Error(err)
		}
	})
}

// What a form may ask before everything is filled in.
func TestCheckLoginAndName(t *testing.T) {
	for login, ok := range map[string]bool{"zhou": true, " ZHOU ": true, "z": false, "小周": false} {
		if err := CheckLogin(login); (err == nil) != ok || err != nil && !errors.Is(err, ErrInvalid) {
			t.Errorf("login %q: %v", login, err)
		}
	}
	for name, ok := range map[string]bool{"小周": true, "": false, "小\u202e周": false} {
		if err := CheckName(name); (err == nil) != ok || err != nil && !errors.Is(err, ErrInvalid) {
			t.Errorf("name %q: %v", name, err)
		}
	}
}
