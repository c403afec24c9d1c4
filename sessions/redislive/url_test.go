package redislive

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	good := map[string]struct {
		addrs, user, password, master string
		db                            int
		tls, cluster                  bool
	}{
		"redis://localhost":                   {addrs: "localhost:6379"},
		"redis://localhost:7000/2":            {addrs: "localhost:7000", db: 2},
		"redis://:p%40ss@localhost":           {addrs: "localhost:6379", password: "p@ss"},
		"rediss://user:pass@r.example:6380":   {addrs: "r.example:6380", user: "user", password: "pass", tls: true},
		"redis://a:1,b:2,c":                   {addrs: "a:1 b:2 c:6379"},
		"redis://[::1]:7000":                  {addrs: "[::1]:7000"},
		"redis://[::1]":                       {addrs: "[::1]:6379"},
		"redis://a?cluster=true":              {addrs: "a:6379", cluster: true},
		"redis://a,b:2/1?master=m":            {addrs: "a:26379 b:2", master: "m", db: 1},
		"redis://a,[::1],c:3":                 {addrs: "a:6379 [::1]:6379 c:3"},
		"redis://a/?master=m&sentinel_user=x": {addrs: "a:26379", master: "m"},
	}
	for url, want := range good {
		o, err := parse(url, standard.command)
		if err != nil {
			t.Errorf("%s: %v", url, err)
			continue
		}
		if strings.Join(o.Addrs, " ") != want.addrs || o.Username != want.user || o.Password != want.password || o.MasterName != want.master ||
			o.DB != want.db || (o.TLSConfig != nil) != want.tls || o.IsClusterMode != want.cluster {
			t.Errorf("%s became %v user %q password %q master %q db %d tls %v cluster %v", url, o.Addrs, o.Username, o.Password, o.MasterName, o.DB,
				o.TLSConfig != nil, o.IsClusterMode)
		}
	}
	for _, url := range []string{
		"", "localhost:6379", "http://u:secret@localhost", "redis://", "redis://u:secret@", "redis://u:secret@a,,b", "redis://u:secret@a/x",
		"redis://u:secret@a/-1", "redis://u:secret@a,b/1", "redis://u:secret@a/1?cluster=true", "redis://u:secret@a?cluster=maybe",
		"redis://u:secret@a?master=m&cluster=true", "redis://u:secret@a?protocol=3", "redis://u:secret@a?%zz", "redis://u:secret@a\x7f", "redis://u:secret@a:port",
		"redis://u:secret@a b", "redis://u:sec/secret@a", "redis://u:secret?@a", "redis://a@secret:secret", "redis://u:secret@a,b:99:99", "redis://u:secret@a#b",
	} {
		if _, err := parse(url, standard.command); err == nil {
			t.Errorf("%s was accepted", url)
		} else if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error shows the password: %v", url, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, url := range []string{"redis://u:p@a:1,b:2/0?master=m", "rediss://[::1]:7000", "redis://a?cluster=true&sentinel_password=x"} {
		f.Add(url)
	}
	f.Fuzz(func(t *testing.T, url string) {
		o, err := parse(url, standard.command)
		if err == nil && (len(o.Addrs) == 0 || o.MaxRetries != -1) {
			t.Errorf("%q became %+v", url, o)
		}
	})
}

// Whatever stands in Redis is a session of that id or nothing.
func FuzzDecode(f *testing.F) {
	copied, err := encodeCopy(someSession(7))
	if err != nil {
		f.Fatal(err)
	}
	for _, text := range []string{copied, "7\n{}", "node " + `{"session":"s","seq":1}`, ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if s, ok := decodeCopy("s", text); ok {
			again, err := encodeCopy(s)
			if err != nil {
				t.Fatal(err)
			}
			if back, ok := decodeCopy("s", again); !ok || back.Seq != s.Seq || back.State != s.State {
				t.Errorf("%q was read and is not read again as %q", text, again)
			}
		}
		if _, sig, ok := decodeSignal(text); ok && sig.Seq < 0 {
			t.Errorf("%q became %+v", text, sig)
		}
	})
}
