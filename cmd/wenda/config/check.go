package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// convert makes value, as a file, a variable or a flag holds it, of the type of like.
func convert(value, like any) (any, error) {
	switch like.(type) {
	case string:
		if s, ok := value.(string); ok {
			return s, nil
		}
	case int:
		switch v := value.(type) {
		case int64:
			return int(v), nil
		case string:
			if n, err := strconv.Atoi(v); err == nil {
				return n, nil
			}
		}
		return nil, fmt.Errorf("%v is not a whole number", value)
	case bool:
		switch v := value.(type) {
		case bool:
			return v, nil
		case string:
			if b, err := strconv.ParseBool(v); err == nil {
				return b, nil
			}
		}
		return nil, fmt.Errorf("%v is neither true nor false", value)
	case time.Duration:
		if s, ok := value.(string); ok {
			if d, err := time.ParseDuration(s); err == nil {
				return d, nil
			}
		}
		return nil, fmt.Errorf("%v is not a duration such as \"90s\" or \"5m\"", value)
	case []string:
		return list(value)
	}
	return nil, fmt.Errorf("%v has the wrong type", value)
}

func list(value any) (any, error) {
	switch v := value.(type) {
	case []string:
		return v, nil
	case string:
		return strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' }), nil
	case []any:
		out := make([]string, 0, len(v))
		for _, one := range v {
			s, ok := one.(string)
			if !ok {
				return nil, fmt.Errorf("%v is not a text", one)
			}
			out = append(out, s)
		}
		return out, nil
	}
	return nil, fmt.Errorf("%v is not a list of texts", value)
}

func address(v any) error {
	_, port, err := net.SplitHostPort(v.(string))
	if err != nil {
		return fmt.Errorf("%q is not host:port", v)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return fmt.Errorf("%q is not a port", port)
	}
	return nil
}

func addressOrNone(v any) error {
	if v == "" {
		return nil
	}
	return address(v)
}

func anything(any) error { return nil }

func notEmpty(v any) error {
	if strings.TrimSpace(v.(string)) == "" {
		return errors.New("must not be empty")
	}
	return nil
}

func webAddress(v any) error {
	if v == "" {
		return nil
	}
	u, err := url.Parse(v.(string))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.TrimSuffix(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		return fmt.Errorf("%q is not an address such as https://chat.example.com", v)
	}
	return nil
}

func databaseURL(v any) error {
	return schemed(v, "postgres", "postgresql")
}

func redisURL(v any) error {
	return schemed(v, "redis", "rediss")
}

// schemed never repeats the value: it may hold a password.
func schemed(v any, schemes ...string) error {
	scheme, rest, ok := strings.Cut(v.(string), "://")
	if v == "" || ok && rest != "" && slices.Contains(schemes, scheme) {
		return nil
	}
	return fmt.Errorf("must begin with %s://", schemes[0])
}

func origins(v any) error {
	for _, o := range v.([]string) {
		u, err := url.Parse(o)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Scheme+"://"+u.Host != o {
			return fmt.Errorf("%q is not an origin such as https://www.example.com (no path, no slash at the end, no *)", o)
		}
	}
	return nil
}

func networks(v any) error {
	for _, n := range v.([]string) {
		_, errPrefix := netip.ParsePrefix(n)
		_, errAddr := netip.ParseAddr(n)
		if errPrefix != nil && errAddr != nil {
			return fmt.Errorf("%q is neither an address nor a network such as 10.0.0.0/8", n)
		}
	}
	return nil
}

func secret(v any) error {
	if n := len(v.(string)); n > 0 && n < 32 {
		return fmt.Errorf("has %d bytes, needs at least 32", n)
	}
	return nil
}

func oneOf(words ...string) func(any) error {
	return func(v any) error {
		if slices.Contains(words, v.(string)) {
			return nil
		}
		return fmt.Errorf("%q is none of %s", v, strings.Join(words, ", "))
	}
}

func atLeast(least time.Duration) func(any) error {
	return func(v any) error {
		if v.(time.Duration) < least {
			return fmt.Errorf("%v is less than %v", v, least)
		}
		return nil
	}
}

func lasting(least, most time.Duration) func(any) error {
	return func(v any) error {
		if d := v.(time.Duration); d < least || d > most {
			return fmt.Errorf("%v is not between %v and %v", d, least, most)
		}
		return nil
	}
}

func between(least, most int) func(any) error {
	return func(v any) error {
		if n := v.(int); n < least || n > most {
			return fmt.Errorf("%d is not between %d and %d", n, least, most)
		}
		return nil
	}
}
