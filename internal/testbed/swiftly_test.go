package testbed

import (
	"errors"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// swiftly runs a script by swiftly.sh and returns what it says and how it ends.
func swiftly(t *testing.T, script, folder string) (said string, code int) {
	t.Helper()
	cmd := exec.Command("sh", "swiftly.sh", "sh", "-c", script)
	cmd.Env = append(slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "TMPDIR=") }), "TMPDIR="+folder)
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	} else if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out)), code
}

// Whatever folder is chosen, it can be written to, ends with the command, and the command's
// end is the script's.
func TestSwiftly(t *testing.T) {
	said, code := swiftly(t, `f=$(mktemp) && echo "$f" && exit 7`, "")
	if code != 7 || said == "" {
		t.Errorf("ended with %d, having said %q", code, said)
	}
	if strings.HasPrefix(said, "/dev/shm/") {
		if _, err := os.Stat(said); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is left behind: %v", said, err)
		}
	} else {
		_ = os.Remove(said)
	}
	mine := t.TempDir()
	if said, code := swiftly(t, `echo "$TMPDIR"`, mine); code != 0 || said != mine {
		t.Errorf("who says where files go gets %q, %d; want %q", said, code, mine)
	}
}
