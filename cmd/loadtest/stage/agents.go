package stage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"wenda/bot/auth"
)

// Agent is an account that may answer chats.
type Agent struct {
	ID       string
	Login    string
	Password string
	Name     string
	Skills   []string
}

// Password is that of every account here.
const Password = "lamp-and-kettle"

// Capacity is how many chats an agent may have at once.
const Capacity = 8

// Agents makes accounts until there are n agents and returns the first n. They log
// in as anybody does, at POST /login.
func (s *Stage) Agents(ctx context.Context, n int) ([]Agent, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.agents) >= n {
		return s.agents[:n:n], nil
	}
	db, err := s.database(ctx)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	staff := auth.New(db, auth.Options{})
	for len(s.agents) < n {
		a := Agent{Login: fmt.Sprintf("agent%03d", len(s.agents)+1), Password: Password, Name: fmt.Sprint("客服", len(s.agents)+1), Skills: []string{""}}
		u, err := staff.Create(ctx, "operator", a.Login, auth.Account{Name: a.Name, Roles: []auth.Role{auth.Agent}, Skills: a.Skills, Capacity: Capacity}, a.Password)
		if err != nil {
			return nil, fmt.Errorf("agent %s: %w", a.Login, err)
		}
		a.ID = u.ID
		s.agents = append(s.agents, a)
	}
	return s.agents[:n:n], nil
}

// host lets the testbed's servers be started outside a test: what would end a test
// is an error here.
type host struct {
	dir      string
	made     int
	cleanups []func()
}

// refusal is what a server could not do; it is thrown and caught in ask.
type refusal struct{ error }

// ask runs do, in which servers are started, and returns what went wrong.
func (h *host) ask(do func()) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case refusal:
			err = r.error
		default:
			panic(r)
		}
	}()
	do()
	return nil
}

func (h *host) Helper() {}

func (h *host) Fatal(args ...any) { panic(refusal{errors.New(fmt.Sprint(args...))}) }

func (h *host) Fatalf(format string, args ...any) { panic(refusal{fmt.Errorf(format, args...)}) }

// Skip: a server's programs are not installed; the message says how to.
func (h *host) Skip(args ...any) { h.Fatal(args...) }

func (h *host) Cleanup(f func()) { h.cleanups = append(h.cleanups, f) }

func (h *host) end() {
	for i := len(h.cleanups) - 1; i >= 0; i-- {
		h.cleanups[i]()
	}
	h.cleanups = nil
}

// TempDir makes a folder for a server.
func (h *host) TempDir() string {
	h.made++
	dir := filepath.Join(h.dir, fmt.Sprint("server-", h.made))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		h.Fatal(err)
	}
	return dir
}
