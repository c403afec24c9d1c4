package stage

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"wenda/internal/testbed"
)

// built are the programs made by this process, by their build flags.
var built struct {
	mu  sync.Mutex
	dir string
	by  map[string]string
}

// build compiles wenda once for each kind and returns its path.
func build(ctx context.Context, sabotaged, race bool) (_ string, err error) {
	var flags []string
	if sabotaged {
		flags = append(flags, "-tags=sabotage")
	}
	if race {
		flags = append(flags, "-race")
	}
	kind := "wenda" + strings.Join(flags, "")
	built.mu.Lock()
	defer built.mu.Unlock()
	if path := built.by[kind]; path != "" {
		return path, nil
	}
	if built.dir == "" {
		if built.dir, err = testbed.Folder("wenda-built-"); err != nil {
			return "", err
		}
		built.by = map[string]string{}
	}
	path := filepath.Join(built.dir, kind)
	args := append(append([]string{"build"}, flags...), "-o", path, "wenda/cmd/wenda")
	if out, err := exec.CommandContext(ctx, "go", args...).CombinedOutput(); err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	built.by[kind] = path
	return path, nil
}
