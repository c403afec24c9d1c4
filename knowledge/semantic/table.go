package semantic

// table finds the number of a feature: open addressing, no more than half full. A
// question asks it some sixty times, mostly for what is not in the processor's cache, and a
// map of Go costs it two such trips where this is one.
type table struct {
	slots []slot // a power of two, or none
	shift int
}

type slot struct {
	feature feature
	number  int32 // plus 1; 0 is an empty slot
}

func newTable(n int) table {
	t := table{shift: 63}
	for 1<<(64-t.shift) < 2*n {
		t.shift--
	}
	t.slots = make([]slot, 1<<(64-t.shift))
	return t
}

// place is where a feature is, or would be.
func (t *table) place(f feature) int {
	at := int(uint64(f) * 0x9E3779B97F4A7C15 >> t.shift) // Fibonacci hashing: FNV is weak in its high bits
	for t.slots[at].number != 0 && t.slots[at].feature != f {
		at = (at + 1) & (len(t.slots) - 1)
	}
	return at
}

// add gives a feature its number, unless it has one.
func (t *table) add(f feature, number int32) {
	if at := t.place(f); t.slots[at].number == 0 {
		t.slots[at] = slot{f, number + 1}
	}
}

// find returns the number of a feature, −1 if it has none.
func (t *table) find(f feature) int32 {
	if len(t.slots) == 0 {
		return -1
	}
	return t.slots[t.place(f)].number - 1
}
