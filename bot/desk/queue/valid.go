package queue

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"wenda/sessions"
)

// Bounds of what a queue may say.
const (
	maxName  = 20 // runes
	maxChats = 1000
	maxWait  = 100_000
	maxTime  = 24 * time.Hour
)

var idForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,31}$`)

// invalid is what is wrong with a queue, by codes of its fields.
type invalid []string

func (i invalid) Error() string { return ErrInvalid.Error() + ": " + strings.Join(i, ", ") }
func (i invalid) Unwrap() error { return ErrInvalid }

// Faults returns what an error of Save says is wrong, as codes: id, name zh-CN, name en,
// escalates, circle (escalating comes back), routing, accept, remind, takeback, order
// (taken back before reminded), capacity, most, priority, calendar. None of other errors.
func Faults(err error) []string {
	var i invalid
	errors.As(err, &i)
	return i
}

// check returns everything that is wrong with q, wrapping ErrInvalid.
func (q Queue) check(others map[string]Queue) error {
	var faults invalid
	fault := func(bad bool, code string) {
		if bad {
			faults = append(faults, code)
		}
	}
	fault(q.ID != "" && !idForm.MatchString(q.ID) || q.ID == About("") || q.ID == "new", "id")
	for _, lang := range []string{"zh-CN", "en"} {
		name := q.Names[lang]
		fault(strings.TrimSpace(name) == "" || utf8.RuneCountInString(name) > maxName || strings.ContainsFunc(name, control), "name "+lang)
	}
	_, there := others[q.Escalates]
	fault(q.Escalates != "" && !there, "escalates")
	fault(there && q.Escalates != "" && circular(q, others), "circle")
	fault(!slices.Contains(Routings, q.Routing), "routing")
	fault(q.Accept < 5*time.Second || q.Accept > time.Hour, "accept")
	fault(q.Remind != 0 && (q.Remind < 5*time.Second || q.Remind > maxTime), "remind")
	fault(q.TakeBack != 0 && (q.TakeBack < 10*time.Second || q.TakeBack > maxTime), "takeback")
	fault(q.Remind != 0 && q.TakeBack != 0 && q.TakeBack <= q.Remind, "order")
	fault(q.Capacity < 0 || q.Capacity > maxChats, "capacity")
	fault(q.Most < 0 || q.Most > maxWait, "most")
	fault(q.Priority < 0 || q.Priority > sessions.PriorityMost, "priority")
	fault(q.Calendar != "" && !idForm.MatchString(q.Calendar), "calendar")
	if faults == nil {
		return nil
	}
	return faults
}

func control(r rune) bool { return r < ' ' || r == 0x7f || r == utf8.RuneError }

// circular reports whether escalating from q ever comes back to it.
func circular(q Queue, others map[string]Queue) bool {
	seen := map[string]bool{q.ID: true}
	for next := q.Escalates; next != ""; next = others[next].Escalates {
		if seen[next] {
			return true
		}
		seen[next] = true
	}
	return false
}
