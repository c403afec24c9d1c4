package gate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"wenda/knowledge"
)

// judgeWithin bounds one comparison: of a full labelled set it takes half a minute.
const judgeWithin = 2 * time.Minute

// Judge holds what would be in force against the labelled set. All of its fields must be
// set; it is safe for concurrent use.
type Judge struct {
	Cases   *Store
	Live    func() *knowledge.Release // in force
	Matcher knowledge.Matcher         // on it

	// Trial returns a matcher on a release that is not in force, and what to call when it
	// is not needed any more.
	Trial func(context.Context, *knowledge.Release) (knowledge.Matcher, func(), error)

	mu   sync.Mutex
	kept []kept
}

// Judgement is what the labelled set says of a release. An empty set says nothing.
type Judgement struct {
	Cases  int
	Report Report
}

// Fails are the Limits that the release does not keep.
func (v Judgement) Fails(l Limits) []string {
	if v.Cases == 0 {
		return nil
	}
	return v.Report.Fails(l)
}

// kept is a judgement with what it is about.
type kept struct {
	key string
	Judgement
}

const mostKept = 16

// Hold compares next with what is in force; changed are the entries in which they differ.
// The newest judgements are kept, so that who checks and then publishes waits once.
func (j *Judge) Hold(ctx context.Context, next *knowledge.Release, changed []string) (Judgement, error) {
	ctx, cancel := context.WithTimeout(ctx, judgeWithin)
	defer cancel()
	cases, err := j.Cases.All(ctx)
	if err != nil || len(cases) == 0 {
		return Judgement{}, err
	}
	live := j.Live()
	key := keyOf(live, next, changed, cases)
	if v, found := j.find(key); found {
		return v, nil
	}
	trial, leave, err := j.Trial(ctx, next)
	if err != nil {
		return Judgement{}, err
	}
	defer leave()
	report, err := Compare(ctx, Side{Release: live, Matcher: j.Matcher}, Side{Release: next, Matcher: trial}, cases, nil)
	if err != nil {
		return Judgement{}, err
	}
	v := Judgement{len(cases), report}
	j.keep(kept{key, v})
	return v, nil
}

// keyOf names a comparison.
func keyOf(live, next *knowledge.Release, changed []string, cases []Case) string {
	var key strings.Builder
	fmt.Fprint(&key, live.ID, next.Synonyms())
	for _, c := range cases {
		fmt.Fprint(&key, " ", c.ID)
	}
	for _, id := range changed {
		e, _ := next.Entry(id)
		fmt.Fprint(&key, " ", id, e.Revision)
	}
	return key.String()
}

func (j *Judge) find(key string) (Judgement, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	i := slices.IndexFunc(j.kept, func(k kept) bool { return k.key == key })
	if i < 0 {
		return Judgement{}, false
	}
	return j.kept[i].Judgement, true
}

func (j *Judge) keep(k kept) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.kept = append(j.kept, k)
	j.kept = j.kept[max(0, len(j.kept)-mostKept):]
}
