package web

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/evanw/esbuild/pkg/api"
)

// TestScripts runs the unit tests of the modules that need no browser, below tests/, with
// node. The browser's part is tested in a browser, beside the command.
func TestScripts(t *testing.T) {
	node := lookNode(t)
	files, err := filepath.Glob("tests/*.test.ts")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tests found: %v", err)
	}
	out := t.TempDir()
	result := api.Build(api.BuildOptions{
		EntryPoints: files, Outdir: out, Bundle: true, Write: true, Platform: api.PlatformNode, Format: api.FormatCommonJS,
		Target: api.ES2022, Sourcemap: api.SourceMapInline, LogLevel: api.LogLevelSilent, TsconfigRaw: "{}",
	})
	for _, e := range result.Errors {
		t.Errorf("%s:%d: %s", e.Location.File, e.Location.Line, e.Text)
	}
	if t.Failed() {
		return
	}
	args := []string{"--enable-source-maps", "--test"}
	for _, f := range files {
		args = append(args, filepath.Join(out, strings.TrimSuffix(filepath.Base(f), ".ts")+".js"))
	}
	report, err := exec.Command(node, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, report)
	}
	t.Log(tail(string(report), 9))
}

func lookNode(t *testing.T) string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err == nil {
		return node
	}
	const message = "node is missing; install with: apt-get install --no-install-recommends -y nodejs"
	if os.Getenv("WENDA_TEST_SERVERS") == "required" {
		t.Fatal(message)
	}
	t.Skip(message)
	return ""
}

func tail(text string, lines int) string {
	all := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
