package testbed

import "testing"

// Two test binaries never have the same ports, and one gives none twice in a row.
func TestPortsAreApart(t *testing.T) {
	var a, b portsOf
	a.take()
	b.take()
	if a.lock == nil || b.lock == nil {
		t.Skip("nobody can tell which ports others have: run with TMPDIR on a local disk")
	}
	defer a.lock.Close()
	defer b.lock.Close()
	if a.first == b.first || a.first < portsFrom || a.first+portsEach > portsTo {
		t.Errorf("two have the ports from %d and from %d", a.first, b.first)
	}
	given := map[int]bool{}
	for range 20 {
		port, err := freePort()
		if err != nil || given[port] {
			t.Fatalf("port %d again, %v", port, err)
		}
		given[port] = true
	}
}
