package web

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"

	"wenda/knowledge"
)

// words are the sentences of one catalogue in one language.
type words map[string]string

// readWords reads words/<catalogue>.<lang>.json.
func readWords(files fs.FS, catalogue string, lang knowledge.Lang) (words, error) {
	name := "words/" + catalogue + "." + string(lang) + ".json"
	b, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	var w words
	if err := json.Unmarshal(b, &w); err != nil {
		return nil, fmt.Errorf("web: %s: %w", name, err)
	}
	return w, nil
}

// say returns a sentence with {name} replaced by the value that follows name. A key
// that is not in the catalogue fails the page, so that no test lets it pass.
func (w words) say(key string, pairs ...any) (string, error) {
	text, ok := w[key]
	if !ok {
		return "", fmt.Errorf("web: no words for %q", key)
	}
	var args []string
	for i := 0; i+1 < len(pairs); i += 2 {
		args = append(args, "{"+fmt.Sprint(pairs[i])+"}", fmt.Sprint(pairs[i+1]))
	}
	return strings.NewReplacer(args...).Replace(text), nil
}
