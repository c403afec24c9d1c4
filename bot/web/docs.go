package web

import "net/http"

// DocsPage is /docs: what another program can say to us and what we answer.
type DocsPage struct {
	Page
	Source   string // where the machine-readable document is
	Intro    string // paragraphs, in English as the document is
	Sections []DocsSection
}

// DocsSection is all frames of one direction on one socket.
type DocsSection struct {
	Key     string // names the title: from-customer, to-customer, from-agent, to-agent
	Address string // path of the socket
	Frames  []DocsFrame
}

// DocsFrame is one kind of frame.
type DocsFrame struct {
	Name     string
	Summary  string
	Examples []string // JSON, one line each
}

// Docs renders /docs.
func (s *Site) Docs(w http.ResponseWriter, p DocsPage) { s.render(w, http.StatusOK, p.Page, "docs", p) }
