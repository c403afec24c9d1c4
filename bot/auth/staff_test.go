package auth

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"wenda/internal/sqldb"
)

func TestLoginLogout(t *testing.T) {
	engines(t, func(t *testing.T, db *sqldb.DB) {
		a, _ := newAuth(db)
		made := person(t, a, "zhou", Agent, Editor)
		b := &browser{a: a}
		if _, ok := b.staff(t); ok {
			t.Fatal("staff without a cookie")
		}
		u, err := b.login(t, " ZHOU ", secret)
		if err != nil || u.ID != made.ID || !u.May(AnswerChats) {
			t.Fatalf("Login = %+v, %v", u, err)
		}
		now, ok := b.staff(t)
		if !ok || now.ID != made.ID || !now.May(EditEntries) {
			t.Fatalf("Staff = %+v, %v", now, ok)
		}
		other, _ := in(t, a, "zhou") // a second browser
		for name, who := range map[string]User{"Login's": u, "Staff's": now} {
			if ended, err := a.Ended(t.Context(), who, false); ended || err != nil {
				t.Errorf("%s: ended %v, %v", name, ended, err)
			}
		}
		cookie := *b.cookie
		b.logout(t)
		if b.cookie.MaxAge >= 0 || b.cookie.Value != "" {
			t.Errorf("logout leaves the cookie: %+v", b.cookie)
		}
		if ended, err := a.Ended(t.Context(), now, true); !ended || err != nil {
			t.Errorf("after logout: ended %v, %v", ended, err)
		}
		b.cookie = &cookie
		if _, ok := b.staff(t); ok {
			t.Error("the old cookie still works")
		}
		b.logout(t) // once more harms nothing
		if _, ok := other.staff(t); !ok {
			t.Error("logout ended another browser's login")
		}
		if ended, err := a.Ended(t.Context(), made, false); !ended || err != nil {
			t.Errorf("a user who never logged in: ended %v, %v", ended, err)
		}
		var did []string
		for _, act := range acts(t, a) {
			did = append(did, act.Did)
		}
		if got := strings.Join(did, " "); got != "logout login login user.create" {
			t.Errorf("audit: %s", got)
		}
	})
}

func TestCookie(t *testing.T) {
	db := open(t, sqldb.Options{Dir: t.TempDir()})
	person(t, New(db, Options{}), "zhou", Agent)
	for secure, name := range map[bool]string{true: "__Host-wenda", false: "wenda"} {
		b, _ := in(t, New(db, Options{Secure: secure}), "zhou")
		c := b.cookie
		if c.Name != name || c.Secure != secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || c.MaxAge != 0 || !c.Expires.IsZero() {
			t.Errorf("secure %v: %+v", secure, c)
		}
	}
}

// The database, and so a backup, holds no token that opens anything.
func TestTokensAreStoredHashed(t *testing.T) {
	engines(t, func(t *testing.T, db *sqldb.DB) {
		a, _ := newAuth(db)
		person(t, a, "zhou", Agent)
		b, _ := in(t, a, "zhou")
		var token string
		if err := db.Read(t.Context()).QueryRow(`SELECT token FROM login`).Scan(&token); err != nil {
			t.Fatal(err)
		}
		if token == b.cookie.Value || token != hashToken(b.cookie.Value) {
			t.Errorf("stored %q for cookie %q", token, b.cookie.Value)
		}
		b.cookie.Value = token
		if _, ok := b.staff(t); ok {
			t.Error("what is stored works as a cookie")
		}
		var hash string
		if err := db.Read(t.Context()).QueryRow(`SELECT password FROM staff`).Scan(&hash); err != nil || !strings.HasPrefix(hash, "$argon2id$v=19$") {
			t.Errorf("password stored as %q, %v", hash, err)
		}
	})
}

// A new login of the same browser ends its old one, and never goes on with a token it was given.
func TestLoginRenewsToken(t *testing.T) {
	engines(t, func(t *testing.T, db *sqldb.DB) {
		a, _ := newAuth(db)
		person(t, a, "zhou", Agent)
		b, _ := in(t, a, "zhou")
		old := *b.cookie
		if _, err := b.login(t, "zhou", secret); err != nil {
			t.Fatal(err)
		}
		if b.cookie.Value == old.Value {
			t.Error("the token was kept")
		}
		b.cookie = &old
		if _, ok := b.staff(t); ok {
			t.Error("the old login goes on")
		}
		b.cookie = &http.Cookie{Name: "wenda", Value: "chosen-by-somebody-else"}
		if _, err := b.login(t, "zhou", secret); err != nil || b.cookie.Value == "chosen-by-somebody-else" {
			t.Errorf("fixated: %v, %+v", err, b.cookie)
		}
	})
}

func TestLoginEndsByTime(t *testing.T) {
	engines(t, func(t *testing.T, db *sqldb.DB) {
		a, c := newAuth(db)
		person(t, a, "zhou", Agent)

		b, u := in(t, a, "zhou")
		c.turn(12*time.Hour + time.Minute)
		if _, ok := b.staff(t); ok {
			t.Error("idle for 12 h and still in")
		}
		if ended, _ := a.Ended(t.Context(), u, true); !ended {
			t.Error("idle for 12 h and the socket goes on")
		}

		c.turn(-12*time.Hour - time.Minute)
		b, u = in(t, a, "zhou")
		c.turn(11 * time.Hour)
		if _, ok := b.staff(t); !ok {
			t.Fatal("out after 11 h")
		}
		c.turn(11 * time.Hour) // the request before was activity
		if ended, err := a.Ended(t.Context(), u, false); ended || err != nil {
			t.Fatalf("out after 22 h with activity: %v", err)
		}
		if ended, _ := a.Ended(t.Context(), u, true); ended {
			t.Fatal("out after activity on the socket")
		}
		c.turn(2*time.Hour + time.Minute)
		if _, ok := b.staff(t); ok {
			t.Error("in after 24 h: activity must not prolong that")
		}

		// A quiet socket does not keep a login awake.
		c.turn(-24*time.Hour - time.Minute)
		_, u = in(t, a, "zhou")
		c.turn(11 * time.Hour)
		if ended, _ := a.Ended(t.Context(), u, false); ended {
			t.Fatal("out after 11 h")
		}
		c.turn(2 * time.Hour)
		if ended, _ := a.Ended(t.Context(), u, false); !ended {
			t.Error("an idle socket kept the login awake")
		}
		// The next login forgets the expired ones.
		c.turn(24 * time.Hour)
		var left int
		in(t, New(db, Options{Now: c.Now, Life: 100 * time.Hour, Idle: 100 * time.Hour}), "zhou")
		if err := db.Read(t.Context()).QueryRow(`SELECT count(*) FROM login`).Scan(&left); err != nil || left != 1 {
			t.Errorf("%d logins are kept, %v", left, err)
		}
	})
}

func TestLoginEndsByChange(t *testing.T) {
	engines(t, func(t *testing.T, db *sqldb.DB) {
		a, _ := newAuth(db)
		person(t, a, "root", Admin)
		u := person(t, a, "zhou", Agent)
		for name, end := range map[string]func() error{
			"disabled": func() error { _, err := a.Disable(t.Context(), "root", u.ID, true); return err },
			"password": func() error { return a.SetPassword(t.Context(), "root", u.ID, secret) },
		} {
			b, on := in(t, a, "zhou")
			second, _ := in(t, a, "zhou")
			if err := end(); err != nil {
				t.Fatal(err)
			}
			if ended, err := a.Ended(t.Context(), on, true); !ended || err != nil {
				t.Errorf("%s: the socket goes on, %v", name, err)
			}
			for _, each := range []*browser{b, second} {
				if _, ok := each.staff(t); ok {
					t.Errorf("%s: a browser goes on", name)
				}
			}
			if _, err := a.Disable(t.Context(), "root", u.ID, false); err != nil {
				t.Fatal(err)
			}
			if _, ok := b.staff(t); ok {
				t.Errorf("%s: enabling an account brings its logins back", name)
			}
		}
	})
}

// What a socket keeps of a login is its key; what it asks is who that is now.
func TestStill(t *testing.T) {
	engines(t, func(t *testing.T, db *sqldb.DB) {
		a, c := newAuth(db)
		u := person(t, a, "zhou", Agent)
		b, on := in(t, a, "zhou")
		if _, err := a.Change(t.Context(), "root", u.ID, Account{Name: "小周", Roles: []Role{Agent}, Capacity: 7}); err != nil {
			t.Fatal(err)
		}
		now, ended, err := a.Still(t.Context(), on.LoginKey())
		if err != nil || ended || now.ID != u.ID || now.Capacity != 7 {
			t.Errorf("Still = %+v, %v, %v", now, ended, err)
		}
		b.cookie.Value = on.LoginKey()
		if _, ok := b.staff(t); ok {
			t.Error("the key lets somebody in")
		}
		c.turn(13 * time.Hour)
		for _, key := range []string{on.LoginKey(), "", "nobody's"} {
			if now, ended, err := a.Still(t.Context(), key); err != nil || !ended || now.ID != "" {
				t.Errorf("key %q: %+v, %v, %v", key, now, ended, err)
			}
		}
	})
}

// A login that was being written while the account was disabled is dead all the same.
func TestLoginRaceWithDisable(t *testing.T) {
	engines(t, func(t *testing.T, db *sqldb.DB) {
		a, _ := newAuth(db)
		person(t, a, "root", Admin)
		u := person(t, a, "zhou", Agent)
		ctx, err := a.web.Load(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		a.web.Put(ctx, "staff", u.ID)
		a.web.Put(ctx, "epoch", u.epoch)
		if err := a.SetPassword(t.Context(), "root", u.ID, "another good one"); err != nil {
			t.Fatal(err)
		}
		token, _, err := a.web.Commit(ctx)
		if err != nil {
			t.Fatal(err)
		}
		b := &browser{a: a, cookie: &http.Cookie{Name: "wenda", Value: token}}
		if _, ok := b.staff(t); ok {
			t.Error("a login with the old password")
		}
	})
}

func TestLoginRefuses(t *testing.T) {
	engines(t, func(t *testing.T, db *sqldb.DB) {
		a, _ := newAuth(db)
		person(t, a, "root", Admin)
		off := person(t, a, "gone", Agent)
		person(t, a, "zhou", Agent)
		if _, err := a.Disable(t.Context(), Operator, off.ID, true); err != nil {
			t.Fatal(err)
		}
		var says []string
		for _, c := range []struct{ name, login, password, detail string }{
			{"wrong password", "zhou", "wrong horse battery", "password"},
			{"empty password", "zhou", "", "password"},
			{"unknown", "nobody", secret, "unknown"},
			{"empty", "", "", "unknown"},
			{"not a login name", "zhou' OR '1'='1", secret, "unknown"},
			{"disabled", "gone", secret, "disabled"},
			{"disabled and wrong", "gone", "wrong horse battery", "disabled"},
		} {
			b := &browser{a: a}
			u, err := b.login(t, c.login, c.password)
			if !errors.Is(err, ErrLogin) || u.ID != "" || b.cookie != nil {
				t.Errorf("%s: %+v, %v, cookie %v", c.name, u, err, b.cookie)
				continue
			}
			says = append(says, err.Error())
			if act := acts(t, a)[0]; act.Did != "login" || act.OK || act.Who != Visitor {
				t.Errorf("%s: audit %+v", c.name, act)
			}
		}
		for _, s := range says {
			if s != says[0] {
				t.Errorf("one can tell %q from %q", s, says[0])
			}
		}
		details := map[string]int{}
		for _, act := range acts(t, a) {
			if strings.Contains(act.Detail+act.About+act.Who, "OR '1'") {
				t.Errorf("the audit holds what was typed: %+v", act)
			}
			if act.Did == "login" {
				details[act.Detail]++
			}
		}
		if details["password"] != 2 || details["unknown"] != 3 || details["disabled"] != 2 {
			t.Errorf("audit: %v", details)
		}
	})
}

// For an account that does not exist the same work is done: one hash of the same cost.
func TestUnknownCostsTheSame(t *testing.T) {
	params, _, key, err := argon2id.DecodeHash(nobody())
	if err != nil || *params != *cost || len(key) != int(cost.KeyLength) {
		t.Errorf("%+v, %v", params, err)
	}
	if p := production; p.Memory < 19*1024 || p.Iterations < 2 || p.Parallelism != 1 || p.SaltLength < 16 || p.KeyLength < 32 {
		t.Errorf("passwords are hashed too cheaply: %+v", p)
	}
}

func TestLoginRenewsOldHashes(t *testing.T) {
	db := open(t, sqldb.Options{Dir: t.TempDir()})
	a, _ := newAuth(db)
	u := person(t, a, "zhou", Agent)
	old, err := argon2id.CreateHash(secret, &argon2id.Params{Memory: 32, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Write(t.Context(), func(tx sqldb.Tx) error {
		_, err := tx.Exec(`UPDATE staff SET password = $2 WHERE id = $1`, u.ID, old)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	in(t, a, "zhou")
	var now string
	if err := db.Read(t.Context()).QueryRow(`SELECT password FROM staff`).Scan(&now); err != nil || !strings.Contains(now, "m=64,") {
		t.Errorf("hash is %q, %v", now, err)
	}
	in(t, a, "zhou")
}

func TestLoginIsThrottled(t *testing.T) {
	db := open(t, sqldb.Options{Dir: t.TempDir()})
	a, c := newAuth(db)
	person(t, a, "zhou", Agent)
	person(t, a, "li", Agent)
	b := &browser{a: a}
	for range freeByAccount {
		if _, err := b.login(t, "zhou", "wrong horse battery"); !errors.Is(err, ErrLogin) {
			t.Fatal(err)
		}
	}
	if _, err := b.login(t, "zhou", "wrong horse battery"); !errors.Is(err, ErrLogin) {
		t.Fatal(err)
	}
	before := len(acts(t, a))
	_, err := b.login(t, "zhou", secret)
	if !errors.Is(err, ErrSlow) || RetryAfter(err) <= 0 || RetryAfter(err) > slowest {
		t.Fatalf("the right password at once after six wrong ones: %v", err)
	}
	if len(acts(t, a)) != before {
		t.Error("what is turned away is written down: a flood would fill the disk")
	}
	if _, err := b.login(t, "ZHOU ", secret); !errors.Is(err, ErrSlow) {
		t.Errorf("another spelling of the same name: %v", err)
	}
	if _, err := b.login(t, "li", secret); err != nil {
		t.Errorf("somebody else at the same address: %v", err)
	}
	c.turn(RetryAfter(err))
	if _, err := b.login(t, "zhou", secret); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	if RetryAfter(nil) != 0 || RetryAfter(ErrLogin) != 0 {
		t.Error("RetryAfter of another error")
	}
}

// A thousand tries at once are no way around: they are counted before they are hashed.
func TestThrottleCountsAtOnce(t *testing.T) {
	db := open(t, sqldb.Options{Dir: t.TempDir()})
	noon := time.Now() // and it stays noon, however long that takes
	a := New(db, Options{Now: func() time.Time { return noon }, Address: func(r *http.Request) string { return r.Header.Get("From") }})
	person(t, a, "zhou", Agent)
	var mu sync.Mutex
	tried := 0
	var all sync.WaitGroup
	for i := range 60 {
		all.Go(func() {
			r := httptest.NewRequestWithContext(context.Background(), "POST", "/", nil)
			r.Header.Set("From", string(rune('a'+i)))
			if _, err := a.Login(httptest.NewRecorder(), r, "zhou", "wrong horse battery"); errors.Is(err, ErrLogin) {
				mu.Lock()
				tried++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	if tried != freeByAccount+1 { // the one that begins the first wait
		t.Errorf("%d of 60 passwords were tried", tried)
	}
}

func TestAddress(t *testing.T) {
	r := httptest.NewRequest("GET", "/", nil)
	r.RemoteAddr = "[2001:db8::1]:443"
	if got := peer(r); got != "2001:db8::1" {
		t.Error(got)
	}
	r.RemoteAddr = "@"
	if got := peer(r); got != "@" {
		t.Error(got)
	}
}

// BenchmarkEnded is what every agent's socket costs every few seconds.
func BenchmarkEnded(b *testing.B) {
	db, err := sqldb.Open(b.Context(), sqldb.Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	if err := db.Migrate(b.Context()); err != nil {
		b.Fatal(err)
	}
	a := New(db, Options{})
	if _, err := a.Create(b.Context(), Operator, "zhou", Account{Name: "zhou", Roles: []Role{Agent}}, secret); err != nil {
		b.Fatal(err)
	}
	u, err := a.Login(httptest.NewRecorder(), httptest.NewRequest("POST", "/", nil), "zhou", secret)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if ended, err := a.Ended(b.Context(), u, true); ended || err != nil {
			b.Fatal(ended, err)
		}
	}
}

// BenchmarkHash is what a password costs, as in production.
func BenchmarkHash(b *testing.B) {
	for b.Loop() {
		if _, err := argon2id.CreateHash(secret, &production); err != nil {
			b.Fatal(err)
		}
	}
}
