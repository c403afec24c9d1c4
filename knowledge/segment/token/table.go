package token

// Table finds what a token is known as: open addressing, no more than half full, 16 bytes a
// slot. What is not there is found missing in one trip to memory where a map of Go takes two,
// and what is there in one where a map of strings takes three. The zero value is empty.
type Table struct {
	slots []slot // a power of two, or none
	shift int
	held  int
}

type slot struct {
	id     ID
	number int32 // plus 1; 0 is an empty slot
}

// NewTable returns a table with room for n tokens.
func NewTable(n int) Table {
	t := Table{shift: 63}
	for 1<<(64-t.shift) < 2*n {
		t.shift--
	}
	t.slots = make([]slot, 1<<(64-t.shift))
	return t
}

// Len is how many tokens there are.
func (t *Table) Len() int { return t.held }

// place is where a token is, or would be.
func (t *Table) place(id ID) int {
	at := int(uint64(id) * 0x9E3779B97F4A7C15 >> t.shift) // Fibonacci hashing: FNV is weak in its high bits
	for t.slots[at].number != 0 && t.slots[at].id != id {
		at = (at + 1) & (len(t.slots) - 1)
	}
	return at
}

// Add gives a token its number, 0 or more, unless it has one.
func (t *Table) Add(id ID, number int32) {
	if 2*t.held >= len(t.slots) {
		t.grow()
	}
	if at := t.place(id); t.slots[at].number == 0 {
		t.slots[at] = slot{id, number + 1}
		t.held++
	}
}

func (t *Table) grow() {
	next := NewTable(2*t.held + 1)
	for _, s := range t.slots {
		if s.number != 0 {
			next.Add(s.id, s.number-1)
		}
	}
	*t = next
}

// Find returns the number of a token, −1 if it has none.
func (t *Table) Find(id ID) int32 {
	if len(t.slots) == 0 {
		return -1
	}
	return t.slots[t.place(id)].number - 1
}
