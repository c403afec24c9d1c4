package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// renamed are frames that have another name in TypeScript, where State, Error and the
// like mean something else.
var renamed = map[string]string{"State": "StateFrame", "Error": "ErrorFrame"}

// The scripts read and write the frames of bot/gateway. They may not import
// each other, so their sources are compared.
func TestFramesAreThoseOfTheGateway(t *testing.T) {
	script, err := fs.ReadFile(sources, "common/frame.ts")
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for _, name := range []string{"frame.go", "deskframe.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), "../gateway/"+name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		compared += compareFrames(t, file, string(script))
		compareCodes(t, file, string(script))
	}
	if compared < 20 {
		t.Errorf("compared only %d frames", compared)
	}
}

func compareFrames(t *testing.T, file *ast.File, script string) (compared int) {
	t.Helper()
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok {
			return true
		}
		s, ok := spec.Type.(*ast.StructType)
		if !ok {
			return true
		}
		name := spec.Name.Name
		if other, ok := renamed[name]; ok {
			name = other
		}
		want, got := structKeys(t, s), interfaceKeys(script, name)
		if !slices.Equal(want, got) {
			t.Errorf("%s: the gateway has %v, frame.ts has %v", spec.Name.Name, want, got)
		}
		compared++
		return true
	})
	return compared
}

func structKeys(t *testing.T, s *ast.StructType) []string {
	t.Helper()
	var keys []string
	for _, f := range s.Fields.List {
		tag, err := strconv.Unquote(f.Tag.Value)
		if err != nil {
			t.Fatal(err)
		}
		name, _, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
		keys = append(keys, name)
	}
	slices.Sort(keys)
	return keys
}

func interfaceKeys(script, name string) []string {
	body := regexp.MustCompile(`(?s)export interface ` + name + ` \{(.*?)\}`).FindStringSubmatch(script)
	if body == nil {
		return nil
	}
	var keys []string
	for _, m := range regexp.MustCompile(`(?:^|[;\n])\s*(\w+)\??:`).FindAllStringSubmatch(body[1], -1) {
		keys = append(keys, m[1])
	}
	slices.Sort(keys)
	return keys
}

func compareCodes(t *testing.T, file *ast.File, script string) {
	t.Helper()
	list := regexp.MustCompile(`(?s)export type Code = (.*?);`).FindString(script)
	for _, decl := range file.Decls {
		g, ok := decl.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, s := range g.Specs {
			v := s.(*ast.ValueSpec)
			if kind, ok := v.Type.(*ast.Ident); !ok || kind.Name != "Code" {
				continue
			}
			if code := v.Values[0].(*ast.BasicLit).Value; !strings.Contains(list, code) {
				t.Errorf("frame.ts does not know the code %s", code)
			}
		}
	}
}
