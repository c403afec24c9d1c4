package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"
)

// widgetPath is the one asset whose name never changes: other people's pages hold it.
const widgetPath = "/widget.js"

// asset is a file ready to be sent.
type asset struct {
	kind   string // Content-Type
	etag   string // without quotes
	keep   bool   // the name carries the hash: never ask again
	plain  []byte
	zipped []byte
}

var kinds = map[string]string{
	".js":  "text/javascript; charset=utf-8",
	".css": "text/css; charset=utf-8",
	".svg": "image/svg+xml",
}

// publish gives every file its URL path.
func publish(files []bundled) (byPath map[string]asset, urls map[string]string, err error) {
	byPath, urls = map[string]asset{}, map[string]string{}
	for _, f := range files {
		zipped, err := zip(f.body)
		if err != nil {
			return nil, nil, fmt.Errorf("web: %s: %w", f.name, err)
		}
		a := asset{kind: kinds[path.Ext(f.name)], etag: hash(f.body), keep: true, plain: f.body, zipped: zipped}
		url := hashedURL(f)
		if f.name == path.Base(widgetPath) {
			url, a.keep = widgetPath, false
		}
		byPath[url], urls[f.name] = a, url
	}
	return byPath, urls, nil
}

func hashedURL(f bundled) string {
	ext := path.Ext(f.name)
	return "/assets/" + strings.TrimSuffix(f.name, ext) + "-" + hash(f.body) + ext
}

// hash is short enough for a name; nobody gains by making two of our own files collide.
func hash(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:6])
}

func zip(body []byte) ([]byte, error) {
	var buf bytes.Buffer
	w, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// quote writes text as a JavaScript string.
func quote(text string) string {
	b, _ := json.Marshal(text) // a string always marshals
	return string(b)
}

func (s *Site) serveAsset(w http.ResponseWriter, r *http.Request) {
	a, ok := s.assets[r.URL.Path]
	if !ok {
		http.NotFound(w, r)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
		return
	}
	body, etag := a.plain, a.etag
	h := w.Header()
	if acceptsGzip(r.Header.Get("Accept-Encoding")) {
		body, etag = a.zipped, a.etag+"-gz"
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Vary", "Accept-Encoding")
	h.Set("ETag", `"`+etag+`"`)
	h.Set("Content-Type", a.kind)
	h.Set("Cache-Control", "no-cache")
	if a.keep {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Cross-Origin-Resource-Policy", "cross-origin") // other people's pages load the widget
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(body))
}

// acceptsGzip reads an Accept-Encoding header far enough: gzip is named and not refused.
func acceptsGzip(header string) bool {
	for part := range strings.SplitSeq(header, ",") {
		name, weight, weighted := strings.Cut(strings.ReplaceAll(part, " ", ""), ";q=")
		if !strings.EqualFold(name, "gzip") {
			continue
		}
		q, err := strconv.ParseFloat(weight, 64)
		return !weighted || err == nil && q > 0
	}
	return false
}
