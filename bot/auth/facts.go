package auth

import (
	"maps"
	"regexp"
	"slices"

	"wenda/internal/privacy"
	"wenda/sessions"
)

// signedFacts is what a host app may sign about its customer besides who they are:
//
//	vulnerable  they need more help than others: a handoff says so, and they are served before others
//	vip         they are served before who waits as long, and agents see it
//	priority    a head start in the queue in minutes; beyond 0 to sessions.SignedMost it counts as the nearer end
//	fields      up to sessions.FieldsMost named texts that agents see as verified: names of 24
//	            letters, digits, _, - and spaces, the first by name if there are more; values of
//	            40 characters, masked
type signedFacts struct {
	Vulnerable bool              `json:"vulnerable"`
	VIP        bool              `json:"vip"`
	Priority   int               `json:"priority"`
	Fields     map[string]string `json:"fields"`
}

const (
	maxFact = 40  // characters of a value
	maxRead = 400 // characters of it that are looked at
)

var factName = regexp.MustCompile(`^[\p{L}\p{N}_](?:[\p{L}\p{N}_ -]{0,22}[\p{L}\p{N}_])?$`)

// facts is what of it is kept, nil if there is nothing. A token says all of it anew.
func (s signedFacts) facts() *sessions.Facts {
	f := &sessions.Facts{Vulnerable: s.Vulnerable, VIP: s.VIP, Priority: min(max(s.Priority, 0), sessions.SignedMost)}
	for _, name := range slices.Sorted(maps.Keys(s.Fields)) {
		masked, _ := privacy.Mask(oneLine(s.Fields[name], maxRead)) // on one line first: nothing is put together afterwards
		value := oneLine(masked, maxFact)
		if named(name) && value != "" && len(f.Fields) < sessions.FieldsMost {
			f.Fields = append(f.Fields, sessions.Fact{Name: name, Value: value})
		}
	}
	if f.Empty() {
		return nil
	}
	return f
}

// named reports whether a field may be called so.
func named(name string) bool {
	_, found := privacy.Mask(name)
	return factName.MatchString(name) && len(found) == 0
}
