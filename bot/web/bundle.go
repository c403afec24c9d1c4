package web

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// bundled is one file as browsers get it.
type bundled struct {
	name string // "widget.js"
	body []byte
}

// bundle makes the files that browsers get out of the sources. The widget's style
// goes into its script, because a page that embeds the widget has one tag only;
// it is a file as well, for webviews that cannot adopt a style sheet.
func bundle(files fs.FS) ([]bundled, error) {
	styles, err := build(files, nil, "widget/widget.css", "pages/pages.css", "desk/desk.css", "board/board.css", "hub/hub.css", "editor/editor.css")
	if err != nil {
		return nil, err
	}
	icon, err := fs.ReadFile(files, "pages/icon.svg")
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	out := append(styles, bundled{"icon.svg", icon})
	style := styles[0]
	virtual := map[string]string{
		"wenda:style": fmt.Sprintf("export const style = %s; export const styleURL = %s;", quote(string(style.body)), quote(hashedURL(style))),
	}
	scripts, err := build(files, virtual, "widget/widget.ts", "desk/desk.ts", "board/board.ts", "pages/pages.ts", "hub/hub.ts", "editor/editor.ts")
	if err != nil {
		return nil, err
	}
	return append(out, scripts...), nil
}

// build bundles each entry point into one file of the same base name.
func build(files fs.FS, virtual map[string]string, entries ...string) ([]bundled, error) {
	points := make([]api.EntryPoint, len(entries))
	for i, e := range entries {
		points[i] = api.EntryPoint{InputPath: e, OutputPath: strings.TrimSuffix(path.Base(e), path.Ext(e))}
	}
	options := settings()
	if path.Ext(entries[0]) == ".css" {
		options.Target, options.Engines = api.DefaultTarget, styleEngines
	}
	options.EntryPointsAdvanced, options.Outdir = points, "/"
	options.Plugins = []api.Plugin{embedded(files, virtual)}
	result := api.Build(options)
	if len(result.Errors) > 0 {
		texts := api.FormatMessages(result.Errors, api.FormatMessagesOptions{Kind: api.ErrorMessage})
		return nil, fmt.Errorf("web: bundling: %s", strings.TrimSpace(strings.Join(texts, "")))
	}
	byName := make(map[string][]byte, len(entries))
	for _, f := range result.OutputFiles {
		byName[path.Base(strings.ReplaceAll(f.Path, `\`, "/"))] = f.Contents
	}
	out := make([]bundled, len(entries))
	for i, p := range points {
		name := p.OutputPath + strings.Replace(path.Ext(p.InputPath), ".ts", ".js", 1)
		out[i] = bundled{name, byName[name]}
	}
	return out, nil
}

// styleEngines are the webviews of 2018 whose CSS we write for. Scripts name the
// language level instead: with these names esbuild refuses destructuring, for a bug in them
// that our code does not meet.
var styleEngines = []api.Engine{{Name: api.EngineChrome, Version: "66"}, {Name: api.EngineSafari, Version: "12"}, {Name: api.EngineFirefox, Version: "63"}}

// settings are those of every bundle.
func settings() api.BuildOptions {
	return api.BuildOptions{
		Bundle: true, Target: api.ES2018, MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true,
		Platform: api.PlatformBrowser, Format: api.FormatIIFE,
		Charset: api.CharsetUTF8, LegalComments: api.LegalCommentsNone, LogLevel: api.LogLevelSilent,
		TsconfigRaw: "{}",
	}
}

var loaders = map[string]api.Loader{".ts": api.LoaderTS, ".css": api.LoaderCSS, ".json": api.LoaderJSON}

// embedded lets esbuild read from files, and names that begin with "wenda:" from
// virtual. It never looks at the disk.
func embedded(files fs.FS, virtual map[string]string) api.Plugin {
	const source, made = "source", "made"
	resolve := func(a api.OnResolveArgs) (api.OnResolveResult, error) {
		if _, ok := virtual[a.Path]; ok {
			return api.OnResolveResult{Path: a.Path, Namespace: made}, nil
		}
		name := path.Join(path.Dir(a.Importer), a.Path)
		if a.Kind == api.ResolveEntryPoint {
			name = path.Clean(a.Path)
		}
		for _, suffix := range []string{"", ".ts"} {
			if info, err := fs.Stat(files, name+suffix); err == nil && !info.IsDir() {
				return api.OnResolveResult{Path: name + suffix, Namespace: source}, nil
			}
		}
		return api.OnResolveResult{}, fmt.Errorf("%s: no such source", name)
	}
	load := func(a api.OnLoadArgs) (api.OnLoadResult, error) {
		body, err := fs.ReadFile(files, a.Path)
		text := string(body)
		return api.OnLoadResult{Contents: &text, Loader: loaders[path.Ext(a.Path)]}, err
	}
	loadMade := func(a api.OnLoadArgs) (api.OnLoadResult, error) {
		text := virtual[a.Path]
		return api.OnLoadResult{Contents: &text, Loader: api.LoaderJS}, nil
	}
	return api.Plugin{Name: "embedded", Setup: func(b api.PluginBuild) {
		b.OnResolve(api.OnResolveOptions{Filter: ".*"}, resolve)
		b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: source}, load)
		b.OnLoad(api.OnLoadOptions{Filter: ".*", Namespace: made}, loadMade)
	}}
}
