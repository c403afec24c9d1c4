package sessions

import "slices"

// Facts are what a host app signed about its customer besides who they are. They never
// change once made: share the pointer, and make others for another token. nil says nothing.
type Facts struct {
	Vulnerable bool   `json:"vulnerable,omitempty"` // needs more help than others
	VIP        bool   `json:"vip,omitempty"`
	Priority   int    `json:"priority,omitempty"` // a head start in minutes, 0 to SignedMost
	Fields     []Fact `json:"fields,omitempty"`   // what agents are to see, by name, at most FieldsMost
}

// Fact is a named value.
type Fact struct {
	Name  string `json:"name"`  // 1 to 24 letters, digits, _, - and spaces
	Value string `json:"value"` // one line of at most 40 runes, masked
}

const (
	// SignedMost is the greatest head start that a host app may give, in minutes: that of
	// a customer who says that they need more help than others.
	SignedMost = 60

	// FieldsMost is how many fields there may be.
	FieldsMost = 6
)

// Equal reports whether f and g say the same.
func (f *Facts) Equal(g *Facts) bool {
	if f == nil || g == nil {
		return f == g
	}
	return f.Vulnerable == g.Vulnerable && f.VIP == g.VIP && f.Priority == g.Priority && slices.Equal(f.Fields, g.Fields)
}

// Empty reports whether f says nothing.
func (f *Facts) Empty() bool { return f == nil || f.Equal(&Facts{}) }
