package gateway

import (
	"bytes"
	"errors"
	"unicode/utf8"
)

// encoding/json takes "ROLE" for role, lets the last of two equal keys win, turns a
// lone surrogate into U+FFFD and null into a zero. strict refuses all of that, so
// that a frame means the same to every program that reads it.

const (
	maxDepth = 8
	maxKeys  = 32 // of one object
)

var (
	errUTF8   = errors.New("not UTF-8")
	errStrict = errors.New("not strict JSON")
)

// member is one key of an object and its value, as they stand in the data.
type member struct{ key, value []byte }

// scanner reads one object. It may be used again.
type scanner struct {
	data    []byte
	at      int
	members []member // of all objects that are open, the outermost first
}

// strict checks that data is one JSON object of valid UTF-8, at most maxDepth deep,
// without repeated or escaped keys, null, fractions, lone surrogates, U+0000,
// noncharacters or bytes behind it, and returns its members. They are parts of data
// and good until s is used again.
func (s *scanner) strict(data []byte) ([]member, error) {
	if !utf8.Valid(data) {
		return nil, errUTF8
	}
	s.data, s.at, s.members = data, 0, s.members[:0]
	s.space()
	ok := s.object(1)
	s.space()
	if !ok || s.at != len(data) {
		return nil, errStrict
	}
	return s.members, nil
}

func (s *scanner) peek() byte {
	if s.at < len(s.data) {
		return s.data[s.at]
	}
	return 0
}

func (s *scanner) skip(c byte) bool {
	if s.peek() != c {
		return false
	}
	s.at++
	return true
}

func (s *scanner) space() {
	for s.at < len(s.data) {
		switch s.data[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

func (s *scanner) value(depth int) bool {
	switch c := s.peek(); {
	case depth > maxDepth:
		return false
	case c == '{':
		from := len(s.members)
		ok := s.object(depth)
		s.members = s.members[:from]
		return ok
	case c == '[':
		return s.array(depth)
	case c == '"':
		_, ok := s.string()
		return ok
	case c == 't':
		return s.word("true")
	case c == 'f':
		return s.word("false")
	}
	return s.integer()
}

// object reads an object and leaves its members at the end of s.members.
func (s *scanner) object(depth int) bool {
	if !s.skip('{') {
		return false
	}
	if s.space(); s.skip('}') {
		return true
	}
	for first := len(s.members); ; {
		s.space()
		key, ok := s.key(first)
		if s.space(); !ok || !s.skip(':') {
			return false
		}
		s.space()
		from := s.at
		if !s.value(depth + 1) {
			return false
		}
		s.members = append(s.members, member{key, s.data[from:s.at]})
		if s.space(); s.skip('}') {
			return true
		}
		if !s.skip(',') {
			return false
		}
	}
}

// key reads a key that none of the members from first on has.
func (s *scanner) key(first int) ([]byte, bool) {
	from := s.at + 1
	escaped, ok := s.string()
	if !ok || escaped || len(s.members)-first >= maxKeys {
		return nil, false
	}
	key := s.data[from : s.at-1]
	for _, m := range s.members[first:] {
		if bytes.Equal(m.key, key) {
			return nil, false
		}
	}
	return key, true
}

func (s *scanner) array(depth int) bool {
	s.at++
	if s.space(); s.skip(']') {
		return true
	}
	for {
		if s.space(); !s.value(depth + 1) {
			return false
		}
		if s.space(); s.skip(']') {
			return true
		}
		if !s.skip(',') {
			return false
		}
	}
}

// string passes over a string and says whether it has escapes.
func (s *scanner) string() (escaped, ok bool) {
	if !s.skip('"') {
		return false, false
	}
	for s.at < len(s.data) {
		c := s.data[s.at]
		switch {
		case c == '"':
			s.at++
			return escaped, true
		case c < ' ':
			return false, false
		case c == '\\':
			escaped = true
			if !s.escape() {
				return false, false
			}
		case c < utf8.RuneSelf:
			s.at++
		default:
			r, size := utf8.DecodeRune(s.data[s.at:])
			if nonCharacter(r) {
				return false, false
			}
			s.at += size
		}
	}
	return false, false
}

func (s *scanner) escape() bool {
	s.at++
	switch s.peek() {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		s.at++
		return true
	case 'u':
		r, ok := s.hex()
		switch {
		case !ok || r == 0 || nonCharacter(r) || r >= 0xDC00 && r <= 0xDFFF:
			return false
		case r < 0xD800 || r > 0xDBFF:
			return true
		}
		if !s.skip('\\') || s.peek() != 'u' {
			return false
		}
		low, ok := s.hex()
		return ok && low >= 0xDC00 && low <= 0xDFFF && !nonCharacter(0x10000+(r-0xD800)<<10+low-0xDC00)
	}
	return false
}

// hex reads uXXXX.
func (s *scanner) hex() (rune, bool) {
	if s.at+5 > len(s.data) {
		return 0, false
	}
	var r rune
	for _, c := range s.data[s.at+1 : s.at+5] {
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 + rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			r = r<<4 + rune(c|0x20-'a') + 10
		default:
			return 0, false
		}
	}
	s.at += 5
	return r, true
}

// nonCharacter reports whether Unicode guarantees that r is never a character.
func nonCharacter(r rune) bool { return r >= 0xFDD0 && r <= 0xFDEF || r&0xFFFE == 0xFFFE }

func (s *scanner) word(w string) bool {
	if len(s.data)-s.at < len(w) || string(s.data[s.at:s.at+len(w)]) != w {
		return false
	}
	s.at += len(w)
	return true
}

// integer passes over a whole number; what follows it is checked by the caller.
func (s *scanner) integer() bool {
	s.skip('-')
	from := s.at
	for c := s.peek(); c >= '0' && c <= '9'; c = s.peek() {
		s.at++
	}
	n := s.at - from
	return n > 0 && (n == 1 || s.data[from] != '0')
}
