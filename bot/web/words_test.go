package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"wenda/internal/privacy"
	"wenda/knowledge"
)

// catalogues say where each one's words are used.
var catalogues = map[string][]string{
	"widget": {"widget/*.ts"},
	"desk":   {"desk/*.ts", "board/*.ts"},
	"pages":  {"pages/*.html"},
}

// computed are keys that a source puts together: the group, and the expression that does it.
var computed = map[string][]struct{ prefix, by string }{
	"widget": {{"link.", "link.${state}"}, {"rating.", `code("rating"`}, {"why.", `code("why"`}},
	"desk": {
		{"link.", "link.${state}"}, {"segment.", `code("segment"`}, {"state.", `code("state"`}, {"reason.", `code("reason"`},
		{"action.", `code("action"`}, {"kind.", `code("kind"`}, {"customer", "say.say(e.from.role)"}, {"bot", "say.say(e.from.role)"},
		{"agent", "say.say(e.from.role)"}, {"system", "say.say(e.from.role)"}, {"supervisor", "say.say(e.from.role)"},
		{"alert.", `code("alert"`}, {"away.", `code("away"`}, {"flag.", `code("flag"`}, {"skill.", `code("skill"`}, {"rated.", `code("rated"`},
		{"wrap.", `code("wrap"`}, {"danger.", `code("danger"`}, {"person.", `code("person"`},
	},
	"pages": {{"error.", "errorKey"}, {"demo.ask", `slices "demo.ask1"`}, {"docs.", `print "docs."`},
		{"hub.did.", `print "hub.did."`}, {"hub.fault.", `print "hub.fault."`}, {"hub.zone.", `print "hub.zone."`}, {"hub.kind.", `print "hub.kind."`},
		{"hub.gate.fails.", `print "hub.gate.fails."`}, {"hub.plan.failed.", `print "hub.plan.failed."`}, {"hub.source.", `print "hub.source."`}, {"hub.state.", `print "hub.state."`},
		{"hub.asked.", `print "hub.asked."`}, {"hub.sick.", `print "hub.sick."`}, {"hub.sheet.", `print "hub.sheet."`}, {"hub.mode.", `print "hub.mode."`},
		{"editor.kind.", `print "editor.kind."`}, {"hub.phase.", `print "hub.phase."`}, {"hub.does.", `print "hub.does."`},
		{"state.", `print "state."`}, {"part.", `print "part."`}, {"trouble.", `print "trouble."`}, {"done.", `print "done."`}, {"step.", `print "step."`},
		{"queues.", `print "queues." .Field`}, {"risk.", `print "risk."`}, {"zone.", `print "zone."`}, {"review.", "waited .Since"}, {"fault.", "fault ."}, {"hours.", `print "hours."`}, {"change.", `print "change."`}},
}

func read(t *testing.T, patterns ...string) string {
	t.Helper()
	var all strings.Builder
	for _, p := range patterns {
		names, err := fs.Glob(sources, p)
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %v", p, err)
		}
		for _, n := range names {
			b, err := fs.ReadFile(sources, n)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(b)
		}
	}
	return all.String()
}

func both(t *testing.T, catalogue string) (zh, en words) {
	t.Helper()
	zh, err := readWords(sources, catalogue, knowledge.Chinese)
	if err != nil {
		t.Fatal(err)
	}
	if en, err = readWords(sources, catalogue, knowledge.English); err != nil {
		t.Fatal(err)
	}
	return zh, en
}

func TestCataloguesSayTheSame(t *testing.T) {
	holes := regexp.MustCompile(`\{\w+\}`)
	for catalogue := range catalogues {
		zh, en := both(t, catalogue)
		for key := range zh {
			a, b := holes.FindAllString(zh[key], -1), holes.FindAllString(en[key], -1)
			slices.Sort(a)
			slices.Sort(b)
			switch {
			case en[key] == "" || zh[key] == "":
				t.Errorf("%s: %q is missing or empty in one language", catalogue, key)
			case !slices.Equal(a, b):
				t.Errorf("%s: %q has %v in Chinese and %v in English", catalogue, key, a, b)
			}
		}
		for key, text := range en {
			if _, ok := zh[key]; !ok {
				t.Errorf("%s: %q is missing in Chinese", catalogue, key)
			}
			if strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) && key != "product" && key != "otherLang" {
				t.Errorf("%s: the English %q is Chinese: %s", catalogue, key, text)
			}
		}
	}
}

func TestWordsAreUsedAndUsedWordsExist(t *testing.T) {
	call := regexp.MustCompile(`(?:say\.say\(|\bt |button\()(?:[^"()]*\? )?"([a-z][\w.]*)"`)
	for catalogue, files := range catalogues {
		zh, _ := both(t, catalogue)
		text := read(t, files...)
		for key := range zh {
			used := strings.Contains(text, `"`+key+`"`)
			for _, c := range computed[catalogue] {
				used = used || strings.HasPrefix(key, c.prefix) && strings.Contains(text+read(t, "pages/*.html"), c.by)
			}
			if !used {
				t.Errorf("%s: nobody says %q", catalogue, key)
			}
		}
		for _, m := range call.FindAllStringSubmatch(text, -1) {
			if _, ok := zh[m[1]]; !ok {
				t.Errorf("%s: %q is said but not in the catalogue", catalogue, m[1])
			}
		}
	}
}

// What bot, desk and privacy call things must have words on the desk.
func TestDeskHasWordsForEveryCode(t *testing.T) {
	zh, _ := both(t, "desk")
	actions, reasons, dangers := botCodes(t)
	if len(actions) < 5 || len(reasons) < 5 || len(dangers) < 3 {
		t.Fatalf("found only %d actions, %d reasons and %d dangers in the sources of bot: have they moved?", len(actions), len(reasons), len(dangers))
	}
	for _, d := range dangers {
		if zh["danger."+d] == "" {
			t.Errorf("no words for the danger %q", d)
		}
	}
	for _, a := range actions {
		if zh["action."+a] == "" {
			t.Errorf("no words for the action %q", a)
		}
	}
	for _, r := range reasons {
		if zh["reason."+r] == "" {
			t.Errorf("no words for the reason %q", r)
		}
	}
	for _, k := range []privacy.Kind{privacy.Phone, privacy.IDCard, privacy.BankCard, privacy.Email, privacy.Secret} {
		if zh["kind."+string(k)] == "" {
			t.Errorf("no words for the kind %q", k)
		}
	}
}

// botCodes reads the constants of type Action, and those called reason… and danger…, from
// bot and bot/desk.
func botCodes(t *testing.T) (actions, reasons, dangers []string) {
	t.Helper()
	for _, pattern := range []string{"../*.go", "../desk/*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == 1 {
					code := text(v.Values[0])
					if kind, ok := v.Type.(*ast.Ident); ok && kind.Name == "Action" {
						actions = append(actions, code)
					}
					if strings.HasPrefix(v.Names[0].Name, "reason") && code != "" {
						reasons = append(reasons, code)
					}
					if strings.HasPrefix(v.Names[0].Name, "danger") && code != "" {
						dangers = append(dangers, code)
					}
				}
				return true
			})
		}
	}
	return actions, reasons, dangers
}

// text is the value of a string literal, "" of anything else.
func text(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok {
		return ""
	}
	s, _ := strconv.Unquote(lit.Value)
	return s
}
