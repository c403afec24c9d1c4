//go:build sabotage

package sabotage

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
)

// Built reports whether this is a sabotaged build.
const Built = true

var (
	mutant = known(os.Getenv(MutantEnv), Mutants)
	dieAt  string // "" for nowhere
	left   atomic.Int64
)

func init() {
	point, nth, given := strings.Cut(os.Getenv(DieAtEnv), ":")
	if !given {
		return
	}
	n, err := strconv.ParseInt(nth, 10, 64)
	if err != nil || n < 1 {
		refuse(nth)
	}
	dieAt = known(point, Points)
	left.Store(n)
}

// known is name, which must be among all or empty: a proof with a misspelt mutant
// would prove nothing.
func known(name string, all []string) string {
	if name != "" && !slices.Contains(all, name) {
		refuse(name)
	}
	return name
}

func refuse(name string) {
	fmt.Fprintf(os.Stderr, "sabotage: there is no %q\n", name)
	os.Exit(2)
}

// On reports whether this process is that mutant.
func On(name string) bool { return mutant == name }

// Point is a place to die at.
func Point(name string) {
	if name != dieAt || left.Add(-1) != 0 {
		return
	}
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {} // nothing is done any more
}
