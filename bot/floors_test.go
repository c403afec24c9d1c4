package bot_test

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The floors of the house. A package may import from the floors below it, and
// from its own floor only what may says. Arrows only point down, so that each part
// can be read, tested and replaced without what stands on it.
var floors = []struct {
	prefix string   // the longest one that fits counts
	may    []string // prefixes it may import besides itself and what is below it
	reason string
}{
	{"wenda/cmd", []string{"wenda/"}, ""},
	{"wenda/bot/api", []string{"wenda/bot", "wenda/knowledge", "wenda/sessions", "wenda/internal"}, "api is the floor above all of bot; only cmd stands higher"},
	{"wenda/bot/gateway", []string{"wenda/bot", "wenda/sessions", "wenda/knowledge", "wenda/internal"}, "a channel talks to bot, desk and auth"},
	{"wenda/bot/channel", []string{"wenda/bot", "wenda/sessions", "wenda/knowledge", "wenda/internal"}, "a channel talks to bot, desk and auth"},
	{"wenda/bot/desk", []string{"wenda/sessions", "wenda/internal"}, "the desk meets the bot at the session, and knows no knowledge"},
	{"wenda/bot/auth", []string{"wenda/sessions", "wenda/internal"}, "auth only says who is asking"},
	{"wenda/bot/web", []string{"wenda/knowledge", "wenda/sessions", "wenda/internal"}, "pages show; they decide nothing"},
	{"wenda/bot/metrics", []string{"wenda/knowledge", "wenda/sessions", "wenda/internal"}, "metrics wrap; nothing knows of them"},
	{"wenda/bot/dialogue", []string{"wenda/sessions"}, "dialogue only writes down what was said"},
	{"wenda/bot", []string{"wenda/knowledge", "wenda/sessions", "wenda/internal"}, "the bot never calls the desk, a socket or a page"},
	{"wenda/knowledge", []string{"wenda/internal"}, "knowledge knows of no session and no speaker"},
	{"wenda/sessions", []string{"wenda/internal"}, "sessions remember; they know neither bot nor knowledge"},
	{"wenda/internal", nil, "plumbing owns no product noun"},
}

// roots are packages whose own floor is below their sub-packages'.
var roots = []string{"wenda/knowledge", "wenda/sessions"}

// doors are the foreign libraries that have exactly one importer below cmd.
var doors = map[string]string{
	"github.com/gorilla/websocket":                 "wenda/bot/gateway",
	"github.com/blevesearch/bleve/v2":              "wenda/knowledge/index",
	"github.com/go-ego/gse":                        "wenda/knowledge/segment",
	"github.com/hashicorp/golang-lru/v2":           "wenda/knowledge/match",
	"github.com/mozillazg/go-pinyin":               "wenda/knowledge/segment",
	"github.com/redis/go-redis/v9":                 "wenda/sessions/redislive",
	"github.com/evanw/esbuild/pkg/api":             "wenda/bot/web",
	"github.com/golang-jwt/jwt/v5":                 "wenda/bot/auth",
	"github.com/alexedwards/argon2id":              "wenda/bot/auth",
	"github.com/alexedwards/scs/v2":                "wenda/bot/auth",
	"modernc.org/sqlite":                           "wenda/internal/sqldb",
	"github.com/jackc/pgx/v5":                      "wenda/internal/sqldb",
	"github.com/pressly/goose/v3":                  "wenda/internal/sqldb",
	"github.com/xuri/excelize/v2":                  "wenda/knowledge/exchange",
	"github.com/prometheus/client_golang":          "wenda/bot/metrics",
	"github.com/prometheus/client_golang/promhttp": "wenda/bot/metrics",
}

func TestFloors(t *testing.T) {
	for _, line := range goList(t) {
		pkg, imports, _ := strings.Cut(line, " ")
		for _, imported := range strings.Fields(imports) {
			if reason := forbidden(pkg, imported); reason != "" {
				t.Errorf("%s imports %s: %s", pkg, imported, reason)
			}
		}
	}
}

func goList(t *testing.T) []string {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "wenda/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

// forbidden returns why pkg must not import imported, or "".
func forbidden(pkg, imported string) string {
	if strings.HasPrefix(imported, "wenda/cmd") && !strings.HasPrefix(pkg, "wenda/cmd") {
		return "nothing imports a command"
	}
	if strings.HasPrefix(imported, "wenda/") {
		return forbiddenOfOurs(pkg, imported)
	}
	for library, door := range doors {
		if (imported == library || strings.HasPrefix(imported, library+"/")) && !within(pkg, door) && !strings.HasPrefix(pkg, "wenda/cmd") && !within(pkg, "wenda/internal/testbed") {
			return "the one door for this library is " + door
		}
	}
	return ""
}

func forbiddenOfOurs(pkg, imported string) string {
	if imported == "wenda/internal/sabotage" {
		return "" // nothing at all in a normal build
	}
	if slices.Contains(roots, pkg) {
		return "the nouns stand on nothing of ours"
	}
	for _, floor := range floors {
		if !within(pkg, floor.prefix) {
			continue
		}
		if within(imported, floor.prefix) && floor.prefix != "wenda/bot" {
			return ""
		}
		for _, may := range floor.may {
			if strings.HasSuffix(may, "/") && strings.HasPrefix(imported, may) || within(imported, may) {
				if above(imported, pkg) {
					return "it stands on a higher floor"
				}
				return ""
			}
		}
		return floor.reason
	}
	return "this package is on no floor: give it one in the table"
}

// above reports whether imported stands on a higher floor of bot than pkg.
func above(imported, pkg string) bool {
	rank := func(p string) int {
		for i, high := range [][]string{{"wenda/bot/gateway", "wenda/bot/channel"}, {"wenda/bot/api"}} {
			if slices.ContainsFunc(high, func(h string) bool { return within(p, h) }) {
				return i + 1
			}
		}
		return 0
	}
	return rank(imported) > rank(pkg) && !strings.HasPrefix(pkg, "wenda/cmd")
}

func within(pkg, prefix string) bool { return pkg == prefix || strings.HasPrefix(pkg, prefix+"/") }
