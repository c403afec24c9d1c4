package metrics

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func scrape(t *testing.T, m *Metrics) string {
	t.Helper()
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	if w.Code != http.StatusOK {
		t.Fatalf("/metrics says %d", w.Code)
	}
	return w.Body.String()
}

// What the desk does and how the queues stand is served, and what cannot be read is missing
// without taking the rest along.
func TestDesk(t *testing.T) {
	m := New()
	for _, what := range []string{"offered", "offered", "accepted", "unaccepted", "refused", "reminded", "silent", "lost", "unheard of"} {
		m.Desk(what, "expert")
	}
	m.Desk("offered", "")
	var failing error
	m.Queues(func(ctx context.Context) ([]Queue, error) {
		if _, bounded := ctx.Deadline(); !bounded {
			t.Error("a scrape may wait for ever")
		}
		return []Queue{{ID: "", Waiting: 3, Left: 1, Oldest: 90 * time.Second, Service: 0.8}, {ID: "care", Service: -1}}, failing
	})
	text := scrape(t, m)
	for _, line := range []string{
		`wenda_offers_total{queue="expert"} 2`, `wenda_offers_total{queue=""} 1`, `wenda_offers_ended_total{queue="expert",result="accepted"} 1`,
		`wenda_offers_ended_total{queue="expert",result="refused"} 1`, `wenda_offers_ended_total{queue="expert",result="unaccepted"} 1`,
		`wenda_reminders_total{queue="expert"} 1`, `wenda_taken_back_total{queue="expert",reason="silent"} 1`, `wenda_taken_back_total{queue="expert",reason="lost"} 1`,
		`wenda_waiting{queue=""} 3`, `wenda_waiting_left{queue=""} 1`, `wenda_waiting_oldest_seconds{queue=""} 90`, `wenda_service_ratio{queue=""} 0.8`,
		`wenda_waiting{queue="care"} 0`,
	} {
		if !strings.Contains(text, line+"\n") {
			t.Errorf("/metrics lacks %q", line)
		}
	}
	for _, wrong := range []string{"unheard", `wenda_service_ratio{queue="care"}`} {
		if strings.Contains(text, wrong) {
			t.Errorf("/metrics has %q", wrong)
		}
	}
	failing = errors.New("no database")
	if text = scrape(t, m); strings.Contains(text, "wenda_waiting{") || !strings.Contains(text, "wenda_offers_total{") {
		t.Error("without a database there is not what there should be")
	}
}
