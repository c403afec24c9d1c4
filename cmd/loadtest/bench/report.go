package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"
)

// report is what was measured.
type report struct {
	At     time.Time `json:"at"`
	CPUs   int       `json:"cpus"`
	Go     string    `json:"go"`
	Turns  []turn    `json:"turns"`
	Ratios []ratio   `json:"ratios"`
}

// turn is a line of the first table.
type turn struct {
	Server      string  `json:"server"`
	Frame       bool    `json:"frame,omitempty"`   // no search, no commit
	Popular     bool    `json:"popular,omitempty"` // few questions, again and again: results are remembered
	Connections int     `json:"connections"`
	Offered     float64 `json:"offered_per_s,omitempty"` // of an open loop
	CPU         float64 `json:"cpu_us_per_message"`
	Rate        float64 `json:"answers_per_s"`
	P50         float64 `json:"p50_ms"`
	P99         float64 `json:"p99_ms"`
	Redis       float64 `json:"redis_cpu_us_per_message,omitempty"`
	Refused     int     `json:"refused,omitempty"`
	Failed      int     `json:"failed,omitempty"`
	Unoffered   int     `json:"unoffered,omitempty"` // due while all connections waited for an answer
}

// ratio is a line of the second table: a figure beside its goal, if it has one.
type ratio struct {
	What string  `json:"what"`
	Is   float64 `json:"is"`
	Goal float64 `json:"goal"`
	Sign string  `json:"sign,omitempty"` // "≤", "≥" or none
	Unit string  `json:"unit,omitempty"`
}

const (
	atMost  = "≤"
	atLeast = "≥"
)

func newReport() *report {
	return &report{At: time.Now().UTC().Truncate(time.Second), CPUs: runtime.NumCPU(), Go: runtime.Version()}
}

func (r *report) turn(t turn) { r.Turns = append(r.Turns, t) }

func (r *report) goal(what string, is, goal float64, unit, sign string) {
	r.Ratios = append(r.Ratios, ratio{what, is, goal, sign, unit})
}

func (r *report) fact(what string, is float64, unit string) {
	r.Ratios = append(r.Ratios, ratio{What: what, Is: is, Unit: unit})
}

// reached says whether a figure meets its goal.
func (r ratio) reached() bool {
	switch r.Sign {
	case atMost:
		return r.Is <= r.Goal
	case atLeast:
		return r.Is >= r.Goal
	}
	return true
}

func (r *report) write(out io.Writer) {
	fmt.Fprintf(out, "\n%s, %d CPUs, %s; medians of interleaved rounds\n\n", r.At.Format(time.DateTime), r.CPUs, r.Go)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "server\tconnections\tCPU µs/msg\tmsg/s\tp50 ms\tp99 ms\tRedis µs/msg\trefused\tfailed\t")
	for _, t := range r.Turns {
		fmt.Fprintf(w, "%s\t%d\t%.1f\t%.0f\t%.3f\t%.3f\t%s\t%d\t%d\t\n",
			t.name(), t.Connections, t.CPU, t.Rate, t.P50, t.P99, orDash(t.Redis), t.Refused, t.Failed+t.Unoffered)
	}
	_ = w.Flush()
	fmt.Fprintln(out)
	w = tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, one := range r.Ratios {
		goal, verdict := "", ""
		if one.Sign != "" {
			goal, verdict = fmt.Sprintf("%s %g %s", one.Sign, one.Goal, one.Unit), "reached"
			if !one.reached() {
				verdict = "MISSED"
			}
		}
		fmt.Fprintf(w, "%s\t%.2f %s\t%s\t%s\n", one.What, one.Is, one.Unit, goal, verdict)
	}
	_ = w.Flush()
}

func (t turn) name() string {
	switch {
	case t.Frame:
		return t.Server + ", ping"
	case t.Popular:
		return t.Server + ", popular"
	case t.Offered > 0:
		return fmt.Sprintf("%s, offered %.0f/s", t.Server, t.Offered)
	}
	return t.Server
}

func orDash(v float64) string {
	if v == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f", v)
}

func (r *report) save(path string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}

// median of some figures; 0 of none.
func median(of []float64) float64 {
	if len(of) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(of))
	return (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
}

func sum(loads []load, of func(load) int) (all int) {
	for _, l := range loads {
		all += of(l)
	}
	return all
}
