package api

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
)

// Addresses finds out whom a request comes from. Behind trusted proxies that is the
// last address of X-Forwarded-For that is none of theirs; what a client writes
// there itself is never believed.
type Addresses struct{ trusted []netip.Prefix }

// NewAddresses reads addresses and networks of trusted proxies; what is neither is skipped.
func NewAddresses(proxies []string) Addresses {
	var a Addresses
	for _, p := range proxies {
		if prefix, err := netip.ParsePrefix(p); err == nil {
			a.trusted = append(a.trusted, prefix)
		} else if addr, err := netip.ParseAddr(p); err == nil {
			a.trusted = append(a.trusted, netip.PrefixFrom(addr, addr.BitLen()))
		}
	}
	return a
}

// Of returns the client's address, as text.
func (a Addresses) Of(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if !a.trusts(host) {
		return host
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop := strings.TrimSpace(hops[i])
		if _, err := netip.ParseAddr(hop); err != nil {
			break
		}
		host = hop
		if !a.trusts(hop) {
			break
		}
	}
	return host
}

func (a Addresses) trusts(host string) bool {
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return false
	}
	for _, p := range a.trusted {
		if p.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}
