package api

import (
	"net/http/httptest"
	"testing"
)

func TestAddressOf(t *testing.T) {
	a := NewAddresses([]string{"10.0.0.0/8", "192.0.2.7", "nonsense"})
	for _, c := range []struct{ remote, forwarded, want string }{
		{"203.0.113.9:5000", "", "203.0.113.9"},
		{"203.0.113.9:5000", "198.51.100.1", "203.0.113.9"}, // a client's own claim
		{"10.1.2.3:5000", "198.51.100.1", "198.51.100.1"},
		{"192.0.2.7:5000", "6.6.6.6, 198.51.100.1, 10.9.9.9", "198.51.100.1"},
		{"10.1.2.3:5000", "198.51.100.1, rubbish", "10.1.2.3"},
		{"10.1.2.3:5000", "", "10.1.2.3"},
		{"[2001:db8::1]:5000", "", "2001:db8::1"},
		{"[::ffff:10.1.2.3]:5000", "198.51.100.1", "198.51.100.1"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := a.Of(r); got != c.want {
			t.Errorf("from %s, forwarded %q: %s, want %s", c.remote, c.forwarded, got, c.want)
		}
	}
}
