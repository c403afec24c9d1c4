package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"wenda/knowledge"
	"wenda/knowledge/health"
	"wenda/knowledge/match"
	"wenda/knowledge/segment"
)

// tellWeak says what is weak about a base, a line each: what recognition cannot make good,
// and an editor can.
func tellWeak(ctx context.Context, w io.Writer, words *segment.Segmenter, r *knowledge.Release, l *match.Learnt) error {
	found, err := health.Inspection{Segmenter: words}.Inspect(ctx, r, nil)
	if err != nil {
		return err
	}
	for _, line := range weaknesses(found, l.Charted()) {
		fmt.Fprintln(w, "weak:", line)
	}
	return nil
}

// weaknesses are those of a base that was inspected without asking a matcher. charted:
// whether it could calibrate itself.
func weaknesses(found health.Report, charted bool) (lines []string) {
	var few, same []string
	for _, f := range found.Findings {
		switch f.Kind {
		case health.Few:
			few = append(few, f.Entry)
		case health.Duplicate, health.Conflict:
			same = append(same, fmt.Sprintf("%s and %s (%q)", f.Entry, f.Other, f.Phrasing))
		}
	}
	if !charted {
		lines = append(lines, "too little to tell how often a confidence is right: what is not nearly word for word a phrasing is mostly asked back")
	}
	if len(few) > 0 {
		lines = append(lines, fmt.Sprintf("%d of %d entries have fewer than %d phrasings: %s", len(few), found.Entries, health.FewPhrasings, some(few)))
	}
	if len(same) > 0 {
		lines = append(lines, fmt.Sprintf("%d pairs of entries are for the same question, which is asked back: %s", len(same), some(same)))
	}
	return lines
}

// some names the first few of a list.
func some(list []string) string {
	const most = 3
	if len(list) > most {
		return strings.Join(list[:most], ", ") + ", …"
	}
	return strings.Join(list, ", ")
}
