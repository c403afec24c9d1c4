//go:build !sabotage

package sabotage

// Built reports whether this is a sabotaged build.
const Built = false

// On reports whether this process is that mutant.
func On(string) bool { return false }

// Point is a place to die at.
func Point(string) {}
