// Package metrics counts and times what others do, by wrapping them: they never
// mention it. Everything is served in Prometheus' text format on the private
// listener. No label ever holds a text, or an id but those of the company's queues ("" is
// the general one).
//
//	wenda_matches_total{zone}            what the matcher's results allowed
//	wenda_match_seconds                  time of one match
//	wenda_commits_total{result}          ok, repeated, conflict, not_owner, busy, closed, error
//	wenda_commit_seconds                 time of one commit, fsync included
//	wenda_sockets{kind}                  open sockets: customer, agent
//	wenda_frames_total{kind,direction}   frames read and written
//
// Of the desk, counted by the node that did it (sum over the nodes):
//
//	wenda_offers_total{queue}                   chats held out to an agent
//	wenda_offers_ended_total{queue,result}      accepted, refused, unaccepted
//	wenda_reminders_total{queue}                agents told that a customer waits for a word
//	wenda_taken_back_total{queue,reason}        chats taken from agents: silent, lost
//
// and how the queues stand, read at each scrape and the same on every node (take the
// greatest):
//
//	wenda_waiting{queue}                        chats that wait, messages that were left with them
//	wenda_waiting_left{queue}                   of those, the messages
//	wenda_waiting_oldest_seconds{queue}         the longest wait, messages aside
//	wenda_service_ratio{queue}                  share of the last hour's chats with a person's word within a minute
package metrics

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"wenda/knowledge"
	"wenda/sessions"
)

// Metrics is one registry of all figures of a process.
type Metrics struct {
	registry *prometheus.Registry
	matches  *prometheus.CounterVec
	matching prometheus.Histogram
	commits  *prometheus.CounterVec
	commit   prometheus.Histogram
	sockets  *prometheus.GaugeVec
	frames   *prometheus.CounterVec
	offers   offers
}

// seconds are the histogram's bounds: 0.25 ms to 4 s, each twice the one before.
var seconds = prometheus.ExponentialBuckets(0.00025, 2, 15)

// New makes a registry with Go's and the process's own figures in it.
func New() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		matches:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "wenda_matches_total", Help: "Matches by the zone they fell into."}, []string{"zone"}),
		matching: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "wenda_match_seconds", Help: "Time of one match.", Buckets: seconds}),
		commits:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "wenda_commits_total", Help: "Commits by result."}, []string{"result"}),
		commit:   prometheus.NewHistogram(prometheus.HistogramOpts{Name: "wenda_commit_seconds", Help: "Time of one commit, fsync included.", Buckets: seconds}),
		sockets:  prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "wenda_sockets", Help: "Open sockets."}, []string{"kind"}),
		frames:   prometheus.NewCounterVec(prometheus.CounterOpts{Name: "wenda_frames_total", Help: "Frames by kind of socket and direction."}, []string{"kind", "direction"}),
	}
	m.offers = newOffers(m.registry)
	m.registry.MustRegister(m.matches, m.matching, m.commits, m.commit, m.sockets, m.frames,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Handler serves the figures.
func (m *Metrics) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// Socket counts a socket of a kind that opened (1) or closed (-1).
func (m *Metrics) Socket(kind string, by int) { m.sockets.WithLabelValues(kind).Add(float64(by)) }

// Frame counts one frame read ("in") or written ("out").
func (m *Metrics) Frame(kind, direction string) { m.frames.WithLabelValues(kind, direction).Inc() }

// Matcher returns inner, measured.
func (m *Metrics) Matcher(inner knowledge.Matcher) knowledge.Matcher { return matcher{inner, m} }

type matcher struct {
	knowledge.Matcher
	m *Metrics
}

func (w matcher) Match(ctx context.Context, utterance string, limit int) (knowledge.Result, error) {
	start := time.Now()
	r, err := w.Matcher.Match(ctx, utterance, limit)
	w.m.matching.Observe(time.Since(start).Seconds())
	zone := "failed"
	if err == nil {
		zone = string(r.Zone())
	}
	w.m.matches.WithLabelValues(zone).Inc()
	return r, err
}

// Store returns inner, measured.
func (m *Metrics) Store(inner sessions.Store) sessions.Store { return store{inner, m} }

type store struct {
	sessions.Store
	m *Metrics
}

func (w store) Commit(ctx context.Context, by sessions.Actor, next sessions.Session, events ...sessions.Event) (sessions.Committed, error) {
	start := time.Now()
	done, err := w.Store.Commit(ctx, by, next, events...)
	w.m.commit.Observe(time.Since(start).Seconds())
	w.m.commits.WithLabelValues(result(done, err)).Inc()
	return done, err
}

func result(done sessions.Committed, err error) string {
	switch {
	case err == nil && done.Repeated:
		return "repeated"
	case err == nil:
		return "ok"
	case errors.Is(err, sessions.ErrConflict):
		return "conflict"
	case errors.Is(err, sessions.ErrNotOwner):
		return "not_owner"
	case errors.Is(err, sessions.ErrBusy):
		return "busy"
	case errors.Is(err, sessions.ErrClosed):
		return "closed"
	}
	return "error"
}
