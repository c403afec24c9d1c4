package config

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// WriteSample writes a settings file in which every key stands, commented out, at
// its default and with what it means.
func WriteSample(w io.Writer) error {
	table := ""
	for _, s := range Settings {
		in, key, nested := strings.Cut(s.Key, ".")
		if !nested {
			in, key = "", s.Key
		}
		if in != table {
			table = in
			if _, err := fmt.Fprintf(w, "[%s]\n\n", table); err != nil {
				return err
			}
		}
		if _, err := fmt.Fprintf(w, "# %s\n# %s, --%s\n#%s = %s\n\n", s.Doc, s.Env(), s.Flag(), key, literal(s.Default)); err != nil {
			return err
		}
	}
	return nil
}

// literal writes a default as TOML.
func literal(v any) string {
	switch v := v.(type) {
	case int, bool:
		return fmt.Sprint(v)
	case time.Duration:
		return fmt.Sprintf("%q", v)
	case []string:
		return "[]"
	}
	return fmt.Sprintf("%q", v)
}
