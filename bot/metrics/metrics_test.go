package metrics

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"wenda/knowledge"
	"wenda/sessions"
)

type fixed struct {
	r   knowledge.Result
	err error
}

func (f fixed) Match(context.Context, string, int) (knowledge.Result, error) { return f.r, f.err }

type failing struct {
	sessions.Store
	err error
}

func (f failing) Commit(context.Context, sessions.Actor, sessions.Session, ...sessions.Event) (sessions.Committed, error) {
	return sessions.Committed{}, f.err
}

// What was done appears in the text that Prometheus reads, and what is wrapped
// answers as if it were not.
func TestWrapped(t *testing.T) {
	m := New()
	sure := knowledge.Result{Matches: []knowledge.Match{{Entry: "a", Confidence: 1}}}
	if r, err := m.Matcher(fixed{r: sure}).Match(t.Context(), "x", 5); err != nil || r.Matches[0].Entry != "a" {
		t.Fatalf("wrapped matcher changed the answer: %v %v", r, err)
	}
	_, err := m.Matcher(fixed{err: knowledge.ErrUnavailable}).Match(t.Context(), "x", 5)
	if !errors.Is(err, knowledge.ErrUnavailable) {
		t.Fatalf("wrapped matcher lost its error: %v", err)
	}
	for _, err := range []error{nil, sessions.ErrConflict, sessions.ErrBusy, errors.New("disk")} {
		if _, got := m.Store(failing{err: err}).Commit(t.Context(), sessions.Actor{}, sessions.Session{}); !errors.Is(got, err) {
			t.Fatalf("wrapped store turned %v into %v", err, got)
		}
	}
	m.Socket("customer", 1)
	m.Frame("customer", "in")

	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	for _, line := range []string{
		`wenda_matches_total{zone="answer"} 1`, `wenda_matches_total{zone="failed"} 1`,
		`wenda_commits_total{result="ok"} 1`, `wenda_commits_total{result="conflict"} 1`, `wenda_commits_total{result="busy"} 1`, `wenda_commits_total{result="error"} 1`,
		`wenda_sockets{kind="customer"} 1`, `wenda_frames_total{direction="in",kind="customer"} 1`, `wenda_match_seconds_count 2`, `wenda_commit_seconds_count 4`,
	} {
		if !strings.Contains(w.Body.String(), line+"\n") {
			t.Errorf("/metrics lacks %q", line)
		}
	}
}
