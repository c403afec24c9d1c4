package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

// site is bundled once for all tests.
var site = sync.OnceValues(func() (*Site, error) { return New(Options{}) })

func newSite(t *testing.T) *Site {
	t.Helper()
	s, err := site()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func get(t *testing.T, h http.Handler, method, path string, header ...string) *http.Response {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) []byte {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBundleSizes(t *testing.T) {
	for url, a := range newSite(t).assets {
		t.Logf("%-34s %6d bytes, %6d gzipped", url, len(a.plain), len(a.zipped))
		if len(a.plain) == 0 || a.kind == "" {
			t.Errorf("%s: empty, or of no known kind", url)
		}
	}
}

func TestBundlesAreTheSameEveryTime(t *testing.T) {
	again, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	for url := range newSite(t).assets {
		if _, ok := again.assets[url]; !ok {
			t.Errorf("%s is not there the second time: two nodes would serve different names", url)
		}
	}
}

func TestScriptsAreSelfContained(t *testing.T) {
	for url, a := range newSite(t).assets {
		text := string(a.plain)
		for _, word := range []string{"import(", "eval(", "new Function", "sourceMappingURL", "wenda:style"} {
			if strings.Contains(text, word) {
				t.Errorf("%s holds %q", url, word)
			}
		}
		for _, host := range regexp.MustCompile(`https?://[\w.-]+`).FindAllString(text, -1) {
			if host != "http://www.w3.org" { // the SVG name space
				t.Errorf("%s names another host: %s", url, host)
			}
		}
	}
}

func TestBundleErrorNamesFileAndLine(t *testing.T) {
	files := fstest.MapFS{"a/a.ts": {Data: []byte("\nlet x = ;")}, "b/b.ts": {Data: []byte(`import "./nowhere"`)}}
	for entry, want := range map[string]string{"a/a.ts": "a/a.ts:2", "b/b.ts": "b/nowhere"} {
		if _, err := build(files, nil, entry); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v does not name %s", entry, err, want)
		}
	}
}

func TestAssets(t *testing.T) {
	s := newSite(t)
	h := s.Assets()
	hashed := s.urls["pages.css"]
	cases := []struct {
		name, method, path, encoding string
		status                       int
		cache                        string
	}{
		{"widget", "GET", "/widget.js", "", 200, "no-cache"},
		{"widget zipped", "GET", "/widget.js", "br, gzip;q=0.8", 200, "no-cache"},
		{"gzip refused", "GET", "/widget.js", "gzip;q=0", 200, "no-cache"},
		{"hashed", "GET", hashed, "gzip", 200, "public, max-age=31536000, immutable"},
		{"head", "HEAD", hashed, "", 200, "public, max-age=31536000, immutable"},
		{"another hash", "GET", "/assets/pages-000000000000.css", "", 404, ""},
		{"no listing", "GET", "/assets/", "", 404, ""},
		{"no sources", "GET", "/assets/../pages/layout.html", "", 404, ""},
		{"no post", "POST", "/widget.js", "", 405, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r := get(t, h, c.method, c.path, "Accept-Encoding", c.encoding)
			if r.StatusCode != c.status || r.Header.Get("Cache-Control") != c.cache {
				t.Fatalf("got %d and %q, want %d and %q", r.StatusCode, r.Header.Get("Cache-Control"), c.status, c.cache)
			}
			if c.status != 200 {
				return
			}
			zipped := r.Header.Get("Content-Encoding") == "gzip"
			if want := strings.Contains(c.encoding, "gzip") && !strings.Contains(c.encoding, "q=0,") && c.encoding != "gzip;q=0"; zipped != want {
				t.Errorf("zipped is %v, want %v", zipped, want)
			}
			got := body(t, r)
			if zipped {
				z, err := gzip.NewReader(bytes.NewReader(got))
				if err != nil {
					t.Fatal(err)
				}
				if got, err = io.ReadAll(z); err != nil {
					t.Fatal(err)
				}
			}
			if c.method == "GET" && !bytes.Equal(got, s.assets[c.path].plain) {
				t.Error("not the file")
			}
			again := get(t, h, c.method, c.path, "Accept-Encoding", c.encoding, "If-None-Match", r.Header.Get("ETag"))
			if again.StatusCode != http.StatusNotModified {
				t.Errorf("asked again with its ETag: %d", again.StatusCode)
			}
			if other := get(t, h, c.method, c.path, "Accept-Encoding", "gzip", "If-None-Match", `"x"`); other.StatusCode != 200 {
				t.Errorf("asked with another ETag: %d", other.StatusCode)
			}
		})
	}
}

func TestHeaders(t *testing.T) {
	h := newSite(t).Headers(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {}))
	r := get(t, h, "GET", "http://bank.example.cn:8080/")
	const want = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws://bank.example.cn:8080 wss://bank.example.cn:8080; " +
		"img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
	if got := r.Header.Get("Content-Security-Policy"); got != want {
		t.Errorf("policy\n got %s\nwant %s", got, want)
	}
	if r.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Error("sniffing is not forbidden")
	}
	for _, host := range []string{"a;script-src *", "a b", "", "a'b", "a,b", "[::1", "x:123456"} {
		if p := policy(host); strings.Contains(p, "ws://") || strings.Contains(p, "unsafe") {
			t.Errorf("host %q got into the policy: %s", host, p)
		}
	}
	for _, host := range []string{"localhost", "127.0.0.1:80", "[::1]:8080", "a-b.cn"} {
		if p := policy(host); !strings.Contains(p, "wss://"+host+";") {
			t.Errorf("host %q is missing from the policy: %s", host, p)
		}
	}
}

// What a customer writes must never become HTML. The sources have no way to do that.
func TestSourcesMakeNoHTML(t *testing.T) {
	banned := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|srcdoc|\beval\b|setTimeout\("|setAttribute\("style"|\bstyle: "`)
	inline := regexp.MustCompile(`(?i)<style|\sstyle=|\son[a-z]+=|<script(?:>|[^>]*[^"]>)|javascript:`)
	err := fs.WalkDir(sources, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(sources, path)
		if err != nil {
			return err
		}
		rule := banned
		if strings.HasSuffix(path, ".html") {
			rule = inline
		}
		if strings.HasSuffix(path, ".ts") || strings.HasSuffix(path, ".html") {
			for _, found := range rule.FindAllString(string(b), -1) {
				t.Errorf("%s: %q is not allowed by the content policy, or makes HTML of text", path, found)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestLang(t *testing.T) {
	s := newSite(t)
	cases := []struct{ name, url, cookie, accept, want, kept string }{
		{"asked for", "/?lang=en-GB", "zh-CN", "zh", "en", "en"},
		{"remembered", "/", "en", "zh", "en", ""},
		{"browser's first", "/", "", "fr, en-US;q=0.8, zh;q=0.5", "en", ""},
		{"Chinese of any kind", "/", "", "zh-Hant-TW,en", "zh-CN", ""},
		{"none of ours", "/", "", "fr,de", "zh-CN", ""},
		{"nothing said", "/", "", "", "zh-CN", ""},
		{"nonsense", "/?lang=%00%ff", "", "", "zh-CN", "zh-CN"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			r, w := httptest.NewRequest("GET", c.url, nil), httptest.NewRecorder()
			r.Header.Set("Accept-Language", c.accept)
			if c.cookie != "" {
				r.AddCookie(&http.Cookie{Name: LangCookie, Value: c.cookie})
			}
			got := s.Lang(w, r)
			kept := ""
			for _, cookie := range w.Result().Cookies() {
				kept = cookie.Value
			}
			if string(got) != c.want || kept != c.kept {
				t.Errorf("got %q and kept %q, want %q and %q", got, kept, c.want, c.kept)
			}
		})
	}
}

func TestLanguageSwitchStaysHere(t *testing.T) {
	for path, want := range map[string]string{
		"/editor?q=%E8%BF%98&lang=en": "/editor?lang=zh-CN&q=%E8%BF%98",
		"//evil.cn/":                  "/?lang=zh-CN",
		"https://evil.cn/x":           "/?lang=zh-CN",
		"javascript:alert(1)":         "/?lang=zh-CN",
		"/\\evil.cn":                  "/%5Cevil.cn?lang=zh-CN",
		"":                            "/?lang=zh-CN",
		"%zz":                         "/?lang=zh-CN",
	} {
		if got := inLang(path, "zh-CN"); got != want {
			t.Errorf("%q leads to %q, want %q", path, got, want)
		}
	}
}
