package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/gorilla/websocket"

	"wenda/bot/auth"
)

// permissions asks for every address of bot/api as everybody. What they may is in
// testdata/permissions.txt; go test ./cmd/wenda -run TestServe -update rewrites it.
func (s *served) permissions(t *testing.T) {
	s.on(t)
	people := []*visitor{newVisitor(t, s.base)}
	head := []string{"", "nobody"}
	for _, role := range auth.Roles {
		s.staff(func(ctx context.Context, a *auth.Auth) error {
			_, err := a.Create(ctx, operator, "one-"+string(role), auth.Account{Name: string(role), Roles: []auth.Role{role}}, password)
			return err
		})
		people = append(people, newVisitor(t, s.base).login("one-"+string(role)))
		head = append(head, string(role))
	}
	var got strings.Builder
	table := tabwriter.NewWriter(&got, 0, 0, 3, ' ', 0)
	fmt.Fprintln(table, strings.Join(head, "\t"))
	for _, route := range s.routes() {
		row := []string{route}
		for i, p := range people {
			row = append(row, p.walk(route, head[i+1]))
		}
		fmt.Fprintln(table, strings.Join(row, "\t"))
	}
	_ = table.Flush()
	file := filepath.Join("testdata", "permissions.txt")
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("who may what is now\n%s\nand was\n%s", &got, want)
	}
}

// routes reads all there are from the screen on which they stand, logout last.
func (s *served) routes() []string {
	source, err := os.ReadFile(filepath.Join("..", "..", "bot", "api", "routes.go"))
	if err != nil {
		s.t.Fatal(err)
	}
	var all []string
	for _, found := range regexp.MustCompile(`m\.Handle(?:Func)?\("([^"]+)"`).FindAllStringSubmatch(string(source), -1) {
		if route := found[1]; route != "POST /logout" {
			all = append(all, route)
		}
	}
	if len(all) < 15 {
		s.t.Fatalf("only %d routes were found", len(all))
	}
	return append(all, "POST /logout")
}

// walk goes to one address and returns what became of it.
func (v *visitor) walk(route, who string) string {
	v.t.Helper()
	method, path, found := strings.Cut(route, " ")
	if !found {
		method, path = http.MethodGet, "/nowhere"
	}
	path = strings.NewReplacer("{$}", "", "{id}", "repay-failed", "{release}", "1", "{sheet}", "links", "{queue}", "general", "{calendar}", "office").Replace(path)
	switch {
	case strings.HasSuffix(path, "/ws"):
		return v.knock(path)
	case path == "/assets/":
		path = regexp.MustCompile(`/assets/[^"]+\.css`).FindString(v.get("/").body)
	case method == http.MethodPost:
		return strings.TrimSpace(v.post(path, "login", "guess-of-"+who, "password", "a guess").String())
	}
	return freshID.ReplaceAllString(strings.TrimSpace(v.get(path).String()), "/e-FRESH/")
}

// freshID is the id that a new entry is given, another each time.
var freshID = regexp.MustCompile(`/e-[a-z0-9]+/`)

// knock asks for a websocket.
func (v *visitor) knock(path string) string {
	v.t.Helper()
	conn, answer, err := v.dial(path)
	if answer == nil {
		v.t.Fatal(err)
	}
	if err == nil {
		_ = conn.Close()
	}
	_ = answer.Body.Close()
	return fmt.Sprint(answer.StatusCode)
}

func (v *visitor) dial(path string) (*websocket.Conn, *http.Response, error) {
	dialer := websocket.Dialer{Jar: v.client.Jar, HandshakeTimeout: patience}
	return dialer.Dial("ws"+strings.TrimPrefix(v.base, "http")+path, http.Header{"Origin": {v.base}})
}
