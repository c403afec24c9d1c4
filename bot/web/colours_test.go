package web

import (
	"io/fs"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// pairs are what is written on what.
var pairs = []struct{ text, ground string }{
	{"ink", "paper"}, {"ink", "card"}, {"ink", "sunk"}, {"ink-soft", "paper"}, {"ink-soft", "card"}, {"ink-soft", "sunk"},
	{"brand-text", "card"}, {"brand-text", "paper"}, {"brand-text", "brand-soft"}, {"on-brand", "brand"}, {"on-brand", "brand-deep"},
	{"warn", "warn-soft"}, {"on-note", "note"}, {"bad", "bad-soft"}, {"bad", "paper"}, {"bad", "card"}, {"good", "good-soft"}, {"good", "card"},
	{"ink", "bad-soft"}, {"ink", "brand-soft"}, {"card", "bad"}, {"paper", "ink"}, {"good", "paper"}, {"warn", "card"},
}

// WCAG 2.2, 1.4.3: text has a contrast of 4.5 at least; 1.4.11: the edges of fields, 3.
func TestContrast(t *testing.T) {
	css, err := fs.ReadFile(sources, "common/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	light, dark, ok := strings.Cut(string(css), "prefers-color-scheme: dark")
	if !ok {
		t.Fatal("no dark colours")
	}
	for name, text := range map[string]string{"light": light, "dark": dark} {
		colours := map[string]float64{}
		for _, m := range regexp.MustCompile(`--([\w-]+): #([0-9a-f]{6});`).FindAllStringSubmatch(text, -1) {
			colours[m[1]] = luminance(t, m[2])
		}
		for _, p := range pairs {
			if got := contrast(t, colours, p.text, p.ground); got < 4.5 {
				t.Errorf("%s: %s on %s has a contrast of %.2f", name, p.text, p.ground, got)
			}
		}
		for _, ground := range []string{"paper", "card"} {
			for _, line := range []string{"edge", "focus", "brand"} {
				if got := contrast(t, colours, line, ground); got < 3 {
					t.Errorf("%s: %s beside %s has a contrast of %.2f", name, line, ground, got)
				}
			}
		}
	}
}

func contrast(t *testing.T, colours map[string]float64, a, b string) float64 {
	t.Helper()
	x, ok := colours[a]
	y, ok2 := colours[b]
	if !ok || !ok2 {
		t.Fatalf("no colour %s or %s", a, b)
	}
	return (math.Max(x, y) + 0.05) / (math.Min(x, y) + 0.05)
}

// luminance is WCAG's relative luminance of an sRGB colour.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
