package api

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"wenda/bot/web"
)

// v1Examples are requests as people send them, by operation: method and address, and
// what is sent. A test sends each.
var v1Examples = map[string][2]string{
	"ask":     {"POST /api/v1/ask", `{"text":"卡里有钱为什么还款失败","channel":"ivr"}`},
	"suggest": {"GET /api/v1/suggest?q=还款&limit=3", ""},
	"release": {"GET /api/v1/release", ""},
	"entries": {"GET /api/v1/entries?state=live&limit=2", ""},
	"entry":   {"GET /api/v1/entries/repay-failed", ""},
	"create":  {"POST /api/v1/entries", `{"id":"opening-hours","why":"asked on the phone","content":{"texts":{"zh-CN":{"question":"你们几点上班","answer":"人工客服每天 9:00 至 21:00 在线。"}}}}`},
	"draft":   {"PUT /api/v1/entries/opening-hours", `{"why":"longer hours","content":{"texts":{"zh-CN":{"question":"你们几点上班","answer":"人工客服每天 8:00 至 22:00 在线。"}}}}`},
}

// v1Section is the API as a section of /docs.
func v1Section(d *huma.OpenAPI) web.DocsSection {
	section := web.DocsSection{Key: "rest", Address: v1Document + ".json"}
	for path, item := range d.Paths {
		for method, o := range map[string]*huma.Operation{http.MethodGet: item.Get, http.MethodPost: item.Post, http.MethodPut: item.Put} {
			if o != nil {
				section.Frames = append(section.Frames, v1Frame(method+" "+path, o))
			}
		}
	}
	slices.SortFunc(section.Frames, func(a, b web.DocsFrame) int {
		pathOf := func(f web.DocsFrame) string { _, path, _ := strings.Cut(f.Name, " "); return path }
		return cmp.Or(cmp.Compare(pathOf(a), pathOf(b)), cmp.Compare(a.Name, b.Name))
	})
	return section
}

func v1Frame(name string, o *huma.Operation) web.DocsFrame {
	f := web.DocsFrame{Name: name, Summary: strings.TrimSpace(o.Summary + ". " + o.Description)}
	example := v1Examples[o.OperationID]
	f.Examples = append(f.Examples, example[0])
	if example[1] != "" {
		f.Examples = append(f.Examples, example[1])
	}
	return f
}
