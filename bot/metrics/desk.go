package metrics

import (
	"context"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// offers counts what becomes of offers and of silent chats.
type offers struct {
	made, ended, reminded, taken *prometheus.CounterVec
}

func newOffers(r *prometheus.Registry) offers {
	vec := func(name, help string, labels ...string) *prometheus.CounterVec {
		v := prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, append([]string{"queue"}, labels...))
		r.MustRegister(v)
		return v
	}
	return offers{
		made:     vec("wenda_offers_total", "Chats held out to an agent."),
		ended:    vec("wenda_offers_ended_total", "Offers by how their agents ended them.", "result"),
		reminded: vec("wenda_reminders_total", "Agents told that a customer waits for a word."),
		taken:    vec("wenda_taken_back_total", "Chats taken from agents who let a customer wait or are gone.", "reason"),
	}
}

// Desk counts what a desk does with a chat of a queue; what is one of package desk's
// Count codes. Others are not counted.
func (m *Metrics) Desk(what, queue string) {
	switch what {
	case "offered":
		m.offers.made.WithLabelValues(queue).Inc()
	case "accepted", "refused", "unaccepted":
		m.offers.ended.WithLabelValues(queue, what).Inc()
	case "reminded":
		m.offers.reminded.WithLabelValues(queue).Inc()
	case "silent", "lost":
		m.offers.taken.WithLabelValues(queue, what).Inc()
	}
}

// Queue is how a queue stands.
type Queue struct {
	ID      string
	Waiting int
	Left    int           // of those, customers who left a message for later
	Oldest  time.Duration // for how long, of the others, the one waits who waits longest
	Service float64       // of the chats of the last hour, the share in which a person spoke soon; below 0 if there were none
}

// Queues has how the queues stand served, too: read is asked at each scrape, and has
// readWithin. While it fails those figures are missing, and no others.
func (m *Metrics) Queues(read func(context.Context) ([]Queue, error)) {
	m.registry.MustRegister(queues{read})
}

const readWithin = 2 * time.Second

type queues struct {
	read func(context.Context) ([]Queue, error)
}

var (
	waiting = describe("wenda_waiting", "Chats that wait for an agent, messages that were left with them.")
	left    = describe("wenda_waiting_left", "Of those, messages that were left for later.")
	oldest  = describe("wenda_waiting_oldest_seconds", "For how long the one waits who waits longest, messages that were left aside.")
	service = describe("wenda_service_ratio", "Of the chats that came in the last hour, the share in which a person's first word came within a minute.")
)

func describe(name, help string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, []string{"queue"}, nil)
}

// Describe implements prometheus.Collector.
func (queues) Describe(to chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{waiting, left, oldest, service} {
		to <- d
	}
}

// Collect implements prometheus.Collector.
func (q queues) Collect(to chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), readWithin)
	defer cancel()
	all, err := q.read(ctx)
	if err != nil {
		return
	}
	for _, one := range all {
		id := strings.ToValidUTF8(one.ID, "")
		gauge := func(of *prometheus.Desc, value float64) {
			to <- prometheus.MustNewConstMetric(of, prometheus.GaugeValue, value, id)
		}
		gauge(waiting, float64(one.Waiting))
		gauge(left, float64(one.Left))
		gauge(oldest, one.Oldest.Seconds())
		if one.Service >= 0 {
			gauge(service, one.Service)
		}
	}
}
