package stage

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"wenda/internal/testbed"
)

// wires are all links of a stage.
type wires struct {
	server *toxiproxy.ApiServer
	mu     sync.Mutex
	links  []*Link
}

func newWires() *wires {
	zerolog.SetGlobalLevel(zerolog.Disabled) // toxics log to a logger of their own
	return &wires{server: toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())}
}

// Link is a wire between two programs that can be made to misbehave. What is added
// stays until it is removed. Faults of several kinds may be on one link.
type Link struct {
	Name string
	Addr string // 127.0.0.1:PORT, where to connect to

	server *toxiproxy.ApiServer
	target string // where it leads

	mu     sync.Mutex
	proxy  *toxiproxy.Proxy
	toxics []string // that are on it, as JSON
}

func (w *wires) link(name, server string) (*Link, error) {
	port, err := testbed.FreePort()
	if err != nil {
		return nil, err
	}
	l := &Link{Name: name, Addr: fmt.Sprint("127.0.0.1:", port), server: w.server, target: server}
	l.proxy = toxiproxy.NewProxy(w.server, name, l.Addr, server)
	if err := l.proxy.Start(); err != nil {
		return nil, fmt.Errorf("link %s: %w", name, err)
	}
	w.mu.Lock()
	w.links = append(w.links, l)
	w.mu.Unlock()
	return l, nil
}

func (w *wires) close() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, l := range w.links {
		l.Cut()
	}
}

// Stream is one direction of a link.
type Stream string

// What goes to the server, and what comes from it.
const (
	Upstream   Stream = "upstream"
	Downstream Stream = "downstream"
)

// Add makes the link misbehave in one direction until the returned function is
// called, which leaves the link whole: its connections break. Kinds and attributes are toxiproxy's: latency
// (latency, jitter: ms), slicer (average_size, size_variation: bytes; delay: µs),
// reset_peer (timeout: ms), timeout (timeout: ms; 0 swallows everything),
// limit_data (bytes), bandwidth (rate: KB/s), slow_close (delay: ms).
func (l *Link) Add(kind string, stream Stream, attributes map[string]int64) (remove func() error, err error) {
	toxic, err := json.Marshal(map[string]any{"name": kind + "_" + string(stream), "type": kind, "stream": stream, "attributes": attributes})
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, err := l.proxy.Toxics.AddToxicJson(strings.NewReader(string(toxic))); err != nil {
		return nil, fmt.Errorf("link %s, %s: %w", l.Name, kind, err)
	}
	l.toxics = append(l.toxics, string(toxic))
	return func() error { return l.remove(string(toxic)) }, nil
}

// remove takes a fault off. The library can take one off open connections, too, but
// waits for their readers meanwhile, for ever if they are gone; so the link gets a new
// proxy with the faults that are left.
func (l *Link) remove(toxic string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	enabled := l.proxy.Enabled
	l.proxy.Stop()
	l.toxics = slices.DeleteFunc(l.toxics, func(t string) bool { return t == toxic })
	l.proxy = toxiproxy.NewProxy(l.server, l.Name, l.Addr, l.target)
	for _, t := range l.toxics {
		if _, err := l.proxy.Toxics.AddToxicJson(strings.NewReader(t)); err != nil {
			return fmt.Errorf("link %s: %w", l.Name, err)
		}
	}
	if !enabled { // somebody cut it, and mends it
		return nil
	}
	if err := l.proxy.Start(); err != nil {
		return fmt.Errorf("link %s: %w", l.Name, err)
	}
	return nil
}

// Cut breaks all connections and refuses new ones.
func (l *Link) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.proxy.Stop()
}

// Mend takes connections again after Cut.
func (l *Link) Mend() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	err := l.proxy.Start()
	if errors.Is(err, toxiproxy.ErrProxyAlreadyStarted) {
		return nil
	}
	return err
}
