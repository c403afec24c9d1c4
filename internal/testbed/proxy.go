package testbed

import (
	"bytes"
	"net"
	"net/url"
	"sync"
)

// Proxy stands between a client and a server and can cut their connections.
type Proxy struct {
	URL string // of the proxy, else as the server's

	server   string
	listener net.Listener

	mu     sync.Mutex
	word   []byte
	before bool
	cuts   int
	conns  map[net.Conn]bool // true once it is silenced
	done   sync.WaitGroup
}

// StartProxy starts a proxy for the one server of a URL. It ends with the test.
func StartProxy(t Host, target string) *Proxy {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{server: u.Host, listener: listener, conns: map[net.Conn]bool{}}
	u.Host = listener.Addr().String()
	p.URL = u.String()
	p.done.Go(p.accept)
	t.Cleanup(p.stop)
	return p
}

// CutBefore cuts the next connection whose client says word, before the server
// hears it; CutAfter after the server has heard it, so that only the answer is lost.
// The word must be sent in one piece.
func (p *Proxy) CutBefore(word string) { p.arm(word, true) }

// CutAfter: see CutBefore.
func (p *Proxy) CutAfter(word string) { p.arm(word, false) }

// Silence makes the connections there are pass nothing on any more, without breaking,
// as a cable pulled out somewhere does. New ones work.
func (p *Proxy) Silence() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		p.conns[c] = true
	}
}

func (p *Proxy) silenced(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.conns[c]
}

// Cuts returns how many connections have been cut so far.
func (p *Proxy) Cuts() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cuts
}

func (p *Proxy) arm(word string, before bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.word, p.before = []byte(word), before
}

// fires reports whether to cut now, and whether before what was said is passed on.
func (p *Proxy) fires(said []byte) (cut, before bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.word) == 0 || !bytes.Contains(said, p.word) {
		return false, false
	}
	p.word = nil
	p.cuts++
	return true, p.before
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.server)
		if err != nil || !p.keep(client, server) {
			client.Close()
			continue
		}
		p.done.Go(func() { p.pass(client, server, p.fires) })
		p.done.Go(func() { p.pass(server, client, nil) })
	}
}

// pass passes on what from says. fires, if not nil, is asked whether to cut.
func (p *Proxy) pass(from, to net.Conn, fires func([]byte) (cut, before bool)) {
	defer from.Close()
	defer to.Close()
	piece := make([]byte, 64<<10)
	for {
		n, err := from.Read(piece)
		if err != nil {
			return
		}
		if p.silenced(from) {
			continue
		}
		cut, before := false, false
		if fires != nil {
			cut, before = fires(piece[:n])
		}
		if cut {
			from.Close() // first, so that the answer cannot slip through
		}
		if before {
			return
		}
		if _, err := to.Write(piece[:n]); err != nil || cut {
			return
		}
	}
}

func (p *Proxy) keep(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.conns == nil {
		return false
	}
	for _, c := range conns {
		p.conns[c] = false
	}
	return true
}

func (p *Proxy) stop() {
	p.listener.Close()
	p.mu.Lock()
	for c := range p.conns {
		c.Close()
	}
	p.conns = nil
	p.mu.Unlock()
	p.done.Wait()
}
