package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"path"
	"strings"

	"go.yaml.in/yaml/v3"

	"wenda/bot/web"
)

// docs shows the protocol to people. It is read from the AsyncAPI document, so the
// two cannot say different things.
func (a *API) docs(w http.ResponseWriter, r *http.Request) {
	page := a.described
	page.Page = a.page(w, r)
	a.Site.Docs(w, page)
}

// asyncAPI is the part of the document that people read.
type asyncAPI struct {
	Info struct {
		Description string `yaml:"description"`
	} `yaml:"info"`
	Channels map[string]struct {
		Address string `yaml:"address"`
	} `yaml:"channels"`
	Operations map[string]struct {
		Channel  ref   `yaml:"channel"`
		Messages []ref `yaml:"messages"`
	} `yaml:"operations"`
	Components struct {
		Messages map[string]struct {
			Summary  string `yaml:"summary"`
			Examples []struct {
				Payload map[string]any `yaml:"payload"`
			} `yaml:"examples"`
		} `yaml:"messages"`
	} `yaml:"components"`
}

type ref struct {
	To string `yaml:"$ref"`
}

func (r ref) name() string { return path.Base(r.To) }

// directions are the operations of the document, in the order they are shown.
var directions = []struct{ operation, key string }{
	{"fromCustomer", "from-customer"}, {"toCustomer", "to-customer"}, {"fromAgent", "from-agent"}, {"toAgent", "to-agent"},
}

// describe turns the document into a page. It is an error if the document lacks a
// direction, or names a channel or a message that is not in it.
func describe(document []byte) (web.DocsPage, error) {
	var d asyncAPI
	if err := yaml.Unmarshal(document, &d); err != nil {
		return web.DocsPage{}, fmt.Errorf("api: protocol document: %w", err)
	}
	page := web.DocsPage{Source: "/asyncapi.yaml", Intro: strings.TrimSpace(d.Info.Description)}
	for _, to := range directions {
		section, err := d.section(to.operation, to.key)
		if err != nil {
			return web.DocsPage{}, fmt.Errorf("api: protocol document: %w", err)
		}
		page.Sections = append(page.Sections, section)
	}
	return page, nil
}

func (d asyncAPI) section(operation, key string) (web.DocsSection, error) {
	o, ok := d.Operations[operation]
	if !ok {
		return web.DocsSection{}, fmt.Errorf("no operation %s", operation)
	}
	channel, ok := d.Channels[o.Channel.name()]
	if !ok {
		return web.DocsSection{}, fmt.Errorf("%s: no channel %s", operation, o.Channel.name())
	}
	section := web.DocsSection{Key: key, Address: channel.Address}
	for _, m := range o.Messages {
		message, ok := d.Components.Messages[m.name()]
		if !ok {
			return web.DocsSection{}, fmt.Errorf("%s: no message %s", operation, m.name())
		}
		frame := web.DocsFrame{Name: m.name(), Summary: message.Summary}
		for _, e := range message.Examples {
			frame.Examples = append(frame.Examples, typeFirst(e.Payload))
		}
		section.Frames = append(section.Frames, frame)
	}
	return section, nil
}

// typeFirst writes a frame as JSON with its type in front, as people write it.
func typeFirst(payload map[string]any) string {
	kind, rest := payload["type"], map[string]any{}
	for k, v := range payload {
		if k != "type" {
			rest[k] = v
		}
	}
	head, tail := asJSON(kind), asJSON(rest)
	if tail == "{}" {
		return `{"type":` + head + `}`
	}
	return `{"type":` + head + "," + tail[1:]
}

func asJSON(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err.Error()
	}
	return strings.TrimSpace(b.String())
}
