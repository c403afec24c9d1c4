package api

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"wenda/knowledge"
	"wenda/knowledge/gate"
)

// judgeWithin bounds one comparison: of a full labelled set it takes half a minute.
const judgeWithin = 2 * time.Minute

// verdict is what the gate says of a choice of entries.
type verdict struct {
	key    string
	cases  int
	report gate.Report
}

// verdicts keeps the newest ones, so that who checks and then publishes waits once.
type verdicts struct {
	mu   sync.Mutex
	kept []verdict
}

const mostVerdicts = 16

func (v *verdicts) find(key string) (verdict, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	i := slices.IndexFunc(v.kept, func(one verdict) bool { return one.key == key })
	if i < 0 {
		return verdict{}, false
	}
	return v.kept[i], true
}

func (v *verdicts) keep(one verdict) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.kept = append(v.kept, one)
	v.kept = v.kept[max(0, len(v.kept)-mostVerdicts):]
}

// judge holds what would be in force with these entries against the labelled set.
func (a *API) judge(ctx context.Context, ids []string) (verdict, error) {
	ctx, cancel := context.WithTimeout(ctx, judgeWithin)
	defer cancel()
	next, err := a.Hub.Base.Proposed(ctx, ids)
	if err != nil {
		return verdict{}, err
	}
	cases, err := a.Hub.Cases.All(ctx)
	if err != nil || len(cases) == 0 {
		return verdict{}, err
	}
	live := a.Release()
	var key strings.Builder
	fmt.Fprint(&key, live.ID, next.Synonyms())
	for _, c := range cases {
		fmt.Fprint(&key, " ", c.ID)
	}
	for _, id := range ids {
		e, _ := next.Entry(id)
		fmt.Fprint(&key, " ", id, e.Revision)
	}
	if known, found := a.verdicts.find(key.String()); found {
		return known, nil
	}
	report, err := a.hold(ctx, live, next, cases)
	if err != nil {
		return verdict{}, err
	}
	v := verdict{key.String(), len(cases), report}
	a.verdicts.keep(v)
	return v, nil
}

// hold asks the cases of what is in force and of what would be next.
func (a *API) hold(ctx context.Context, live, next *knowledge.Release, cases []gate.Case) (gate.Report, error) {
	trial, leave, err := a.Hub.Trial(ctx, next)
	if err != nil {
		return gate.Report{}, err
	}
	defer leave()
	return gate.Compare(ctx, gate.Side{Release: live, Matcher: a.Hub.Matcher}, gate.Side{Release: next, Matcher: trial}, cases, nil)
}
