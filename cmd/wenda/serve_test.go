package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"wenda/bot/auth"
	"wenda/cmd/wenda/config"
	"wenda/internal/sqldb"
)

// served is a wenda serve in this process, begun and ended as main does it.
type served struct {
	t       *testing.T
	base    string // http://127.0.0.1:PORT
	figures string // address of /metrics
	setup   string // path and query of the one-time link, "" if none was printed
	dir     string // data folder
	out     *written
	log     *written
	cancel  context.CancelFunc
	ended   chan struct{}
	code    int // exit code, once it has ended
}

// startServe starts one on free addresses. Flags that are given twice count as
// given last.
func startServe(t *testing.T, flags ...string) *served {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := &served{t: t, dir: t.TempDir(), out: &written{}, log: &written{}, cancel: cancel, ended: make(chan struct{})}
	copyIndex(t, s.dir)
	args := append([]string{"serve", "--data-dir", s.dir, "--addr", "127.0.0.1:0", "--private-addr", "127.0.0.1:0", "--bot-match-budget", "1m"}, flags...)
	go func() {
		defer close(s.ended)
		s.code = run(ctx, args, strings.NewReader(""), s.out, s.log)
	}()
	t.Cleanup(func() { s.stop() })
	within(t, "serve is ready", func() bool {
		select {
		case <-s.ended:
			t.Fatalf("serve ended with exit code %d: %s", s.code, s.log)
		default:
		}
		return strings.Contains(s.out.String(), "hot state:")
	})
	s.base = s.printed(`demo page with the widget +(http://\S+)/\n`)
	s.figures = s.printed(`figures for Prometheus: (\S+)`)
	s.setup = strings.TrimPrefix(s.printed(`(http://\S+/setup\?token=\S+)`), s.base)
	return s
}

// index is one of the sample base, built once: with the race detector it takes long.
var index = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp(scratch, "index-")
	if err != nil {
		return "", err
	}
	log := slog.New(slog.DiscardHandler)
	db, err := openDatabase(context.Background(), config.Config{DataDir: filepath.Join(scratch, "index-db")}, log)
	if err != nil {
		return "", err
	}
	defer db.Close()
	m, err := openBrain(context.Background(), dir, db, config.Config{}, log)
	if err != nil {
		return "", err
	}
	m.Close()
	return dir, nil
})

// copyIndex puts it into a data folder.
func copyIndex(t *testing.T, dataDir string) {
	t.Helper()
	dir, err := index()
	if err == nil {
		err = os.CopyFS(filepath.Join(dataDir, indexDir), os.DirFS(dir))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// printed returns what the operator was told.
func (s *served) printed(pattern string) string {
	found := regexp.MustCompile(pattern).FindStringSubmatch(s.out.String())
	if found == nil {
		return ""
	}
	return found[1]
}

// stop ends it as SIGTERM does, and returns its exit code.
func (s *served) stop() int {
	s.cancel()
	select {
	case <-s.ended:
	case <-time.After(patience):
		s.t.Fatalf("serve did not end within %v", patience)
	}
	return s.code
}

// staff works on the accounts, as the operator's commands do beside a serve.
func (s *served) staff(do func(context.Context, *auth.Auth) error) {
	s.t.Helper()
	ctx := s.t.Context()
	db, err := sqldb.Open(ctx, sqldb.Options{Dir: s.dir})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := do(ctx, auth.New(db, auth.Options{})); err != nil {
		s.t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		s.t.Fatal(err)
	}
}

// written is what a process wrote, to be read while it writes.
type written struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *written) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// visitor is a person with a browser that keeps cookies.
type visitor struct {
	t      *testing.T
	base   string
	client *http.Client
}

func newVisitor(t *testing.T, base string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{t: t, base: base, client: stranger()}
	v.client.Jar = jar
	return v
}

// page is an answer, read to its end.
type page struct {
	status int
	to     string // where it redirects to
	header http.Header
	body   string
}

func (p page) String() string { return fmt.Sprint(p.status, " ", p.to) }

func (v *visitor) get(path string) page {
	v.t.Helper()
	r, err := http.NewRequest(http.MethodGet, v.base+path, nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.ask(r)
}

// post sends a form as a browser does from a page of the same origin; pairs are
// names and values.
func (v *visitor) post(path string, pairs ...string) page {
	v.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r, err := http.NewRequest(http.MethodPost, v.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", v.base)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return v.ask(r)
}

func (v *visitor) ask(r *http.Request) page {
	v.t.Helper()
	answer, err := v.client.Do(r)
	if err != nil {
		v.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return page{answer.StatusCode, answer.Header.Get("Location"), answer.Header, string(body)}
}

const password = "lamp-and-kettle"

// founder opens the one-time link and makes the first account.
func (s *served) founder(mode string) *visitor {
	s.t.Helper()
	v := newVisitor(s.t, s.base)
	_, token, _ := strings.Cut(s.setup, "token=")
	p := v.post("/setup", "token", token, "mode", mode, "login", "zhou", "name", "小周", "password", password, "again", password)
	if p.String() != "303 /desk" {
		s.t.Fatalf("set-up: %s\n%s", p, p.body)
	}
	return v
}

// login logs in and returns the visitor for what follows.
func (v *visitor) login(login string) *visitor {
	v.t.Helper()
	if p := v.post("/login", "login", login, "password", password); p.status != http.StatusSeeOther {
		v.t.Fatalf("login as %s: %s", login, p)
	}
	return v
}
