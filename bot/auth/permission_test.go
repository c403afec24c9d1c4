package auth

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// declared returns the value of every Permission constant of permission.go.
func declared(t *testing.T) []Permission {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "permission.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var all []Permission
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if ok {
			if is, named := spec.Type.(*ast.Ident); named && is.Name == "Permission" {
				value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				all = append(all, Permission(value))
			}
		}
		return true
	})
	return all
}

// The table as a reviewer reads it. A change of the table is a change of this file.
func TestPermissions(t *testing.T) {
	const golden = "testdata/permissions.txt"
	var b strings.Builder
	row := func(name string, cell func(Role) string) {
		fmt.Fprintf(&b, "%-18s", name)
		for _, r := range Roles {
			fmt.Fprintf(&b, " %-10s", cell(r))
		}
		b.WriteString("\n")
	}
	row("", func(r Role) string { return string(r) })
	for _, p := range declared(t) {
		row(string(p), func(r Role) string {
			if (User{Account: Account{Roles: []Role{r}}}).May(p) {
				return "yes"
			}
			return "-"
		})
	}
	got := strings.ReplaceAll(b.String(), " \n", "\n")
	for strings.Contains(got, " \n") {
		got = strings.ReplaceAll(got, " \n", "\n")
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the permission table is not %s any more; if that is meant, run with -update. It is now:\n%s", golden, got)
	}
}

func TestPermissionTableIsWhole(t *testing.T) {
	all := declared(t)
	if len(all) < 30 {
		t.Fatalf("found only %d permissions in the source", len(all))
	}
	seen := map[Permission]bool{}
	for _, p := range all {
		if seen[p] {
			t.Errorf("%s is declared twice", p)
		}
		seen[p] = true
	}
	granted := map[Permission]bool{}
	for r, list := range may {
		if !slices.Contains(Roles, r) {
			t.Errorf("the table has a role %q that Roles lacks", r)
		}
		for _, p := range list {
			granted[p] = true
			if !seen[p] {
				t.Errorf("%s of %s is no declared permission", p, r)
			}
		}
	}
	for _, p := range all {
		if !granted[p] {
			t.Errorf("nobody may %s", p)
		}
	}
}

// What must never become true, whatever the table says.
func TestPermissionsRefused(t *testing.T) {
	as := func(roles ...Role) User { return User{ID: "u1", Account: Account{Roles: roles}} }
	for _, c := range []struct {
		who User
		p   Permission
	}{
		{User{}, ReadOwnChats},
		{as("root"), ManageUsers},
		{as(Admin), "anything"},
		{as(Admin), ""},
		{as(Admin), ReadOwnChats}, {as(Admin), ReadTeamChats}, {as(Admin), ReadAllChats}, {as(Admin), RevealAll},
		{as(Compliance), AnswerChats}, {as(Compliance), EditEntries}, {as(Compliance), PublishEntries}, {as(Compliance), ManageUsers},
		{as(Agent), EditEntries}, {as(Agent), ReadTeamChats}, {as(Agent), RevealTeam},
		{as(Editor), ReadOwnChats}, {as(Editor), AnswerChats},
		{as(Supervisor), ApproveExport}, {as(Supervisor), ManageUsers},
		{User{Disabled: true, Account: Account{Roles: Roles}}, ReadConfig},
	} {
		if c.who.May(c.p) {
			t.Errorf("%v may %q", c.who.Roles, c.p)
		}
	}
	if !as(Agent, Editor).May(AnswerChats) || !as(Agent, Editor).May(EditEntries) {
		t.Error("two roles do not add up")
	}
}

func TestMayPublish(t *testing.T) {
	editor := User{ID: "u1", Account: Account{Roles: []Role{Editor}}}
	agent := User{ID: "u1", Account: Account{Roles: []Role{Agent}}}
	for _, c := range []struct {
		who    User
		author string
		mode   Mode
		want   bool
	}{
		{editor, "u2", Team, true}, {editor, "u1", Team, false}, {editor, "u1", Solo, true}, {editor, "u1", "", false},
		{agent, "u2", Team, false}, {agent, "u1", Solo, false},
	} {
		if got := c.who.MayPublish(c.author, c.mode); got != c.want {
			t.Errorf("%v publishes what %s wrote in mode %q: %v", c.who.Roles, c.author, c.mode, got)
		}
	}
	admin := User{ID: "u1", Account: Account{Roles: []Role{Admin}}}
	if !admin.MayManage("u2") || admin.MayManage("u1") || editor.MayManage("u2") {
		t.Error("admins manage others, not themselves; others manage nobody")
	}
}
