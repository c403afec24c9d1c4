// Package web is what people see: the chat widget, the agent desk, the editors'
// pages and the few plain pages around them.
//
// Sources are TypeScript, CSS, SVG and html/template files embedded in the binary.
// New bundles them once, in process, so that a checkout runs without node and
// nothing generated is kept in the repository:
//
//	common/   modules that widget and desk share: frames, outbox, reconnecting, Markdown
//	widget/   <wenda-chat>, a custom element in shadow DOM, loaded by one script tag
//	desk/     <wenda-desk>, the live part of the agents' page
//	board/    <wenda-board>, the supervisors' view of the floor
//	editor/   what the editors' pages do beyond HTML: keys, previews, a form that keeps itself
//	hub/      the same for releases, inbox, health, import and words
//	pages/    layout, templates and the style of all pages
//	words/    every sentence people read, in zh-CN and en
//	tests/    unit tests of the modules that need no browser
//
// A Site renders; it decides nothing. bot/api asks who is there, loads what is to be
// shown, and calls one typed method a page:
//
//	site, err := web.New(web.Options{Log: log})
//	mux.Handle("GET /assets/", site.Assets())
//	mux.Handle("GET /widget.js", site.Assets())
//	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
//		site.Demo(w, web.DemoPage{Page: web.Page{Lang: site.Lang(w, r), Path: r.URL.RequestURI()}})
//	})
//	http.ListenAndServe(addr, site.Headers(mux))
//
// No page asks any other host for anything, and none has inline script or style:
// the Content-Security-Policy that Headers sets forbids both.
package web

import (
	"io"
	"log/slog"
	"net/http"

	"wenda/knowledge"
)

// Options of a Site. The zero value is good.
type Options struct {
	Log *slog.Logger // where a page that cannot be rendered is reported; nil: nowhere
}

// Site is the bundled pages. It is immutable and safe for concurrent use.
type Site struct {
	log       *slog.Logger
	assets    map[string]asset  // by URL path
	urls      map[string]string // source name → URL path
	templates map[knowledge.Lang]templates
}

// New bundles everything. It takes about a tenth of a second. The error names
// the source file and line of what could not be bundled or parsed.
func New(opts Options) (*Site, error) {
	s := &Site{log: opts.Log}
	if s.log == nil {
		s.log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	bundled, err := bundle(sources)
	if err != nil {
		return nil, err
	}
	if s.assets, s.urls, err = publish(bundled); err != nil {
		return nil, err
	}
	if s.templates, err = parseTemplates(s.urls); err != nil {
		return nil, err
	}
	return s, nil
}

// Assets serves /widget.js and the files below /assets/, gzipped for whom it
// suits, with an ETag. Names below /assets/ carry a hash of the content and may be
// kept for ever; /widget.js is asked about at every visit. Everything else is 404.
func (s *Site) Assets() http.Handler { return http.HandlerFunc(s.serveAsset) }
