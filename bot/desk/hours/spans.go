package hours

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// written is how hours may be punctuated by whoever types them.
var written = strings.NewReplacer("：", ":", "–", "-", "—", "-", "－", "-", "~", "-", "～", "-", "至", "-", "到", "-", "，", ",", "、", ",", ";", ",", "；", ",", " ", "", "\t", "")

// ReadSpans reads hours: 9:00-12:00, 13:30-18:00. "" are none. It reports false for what
// are no hours, or overlap.
func ReadSpans(text string) ([]Span, bool) {
	text = written.Replace(text)
	if text == "" {
		return nil, true
	}
	var spans []Span
	for part := range strings.SplitSeq(text, ",") {
		from, to, ok := strings.Cut(part, "-")
		span := Span{readClock(from), readClock(to)}
		if !ok || !span.valid() {
			return nil, false
		}
		spans = append(spans, span)
	}
	slices.SortFunc(spans, func(a, b Span) int { return a.From - b.From })
	return spans, apart(spans)
}

// readClock reads 9:00 as minutes since midnight; -1 if it is no time of day.
func readClock(text string) int {
	if text == "24:00" {
		return minutes
	}
	t, err := time.Parse("15:04", text)
	if err != nil {
		return -1
	}
	return t.Hour()*60 + t.Minute()
}

func (s Span) valid() bool { return 0 <= s.From && s.From < s.To && s.To <= minutes }

// apart reports whether spans that are in order do not overlap.
func apart(spans []Span) bool {
	for i := 1; i < len(spans); i++ {
		if spans[i].From < spans[i-1].To {
			return false
		}
	}
	return true
}

// WriteSpans writes hours as ReadSpans reads them.
func WriteSpans(spans []Span) string {
	parts := make([]string, len(spans))
	for i, s := range spans {
		parts[i] = clock(s.From) + "-" + clock(s.To)
	}
	return strings.Join(parts, ", ")
}

func clock(m int) string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }
