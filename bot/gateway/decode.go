package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"wenda/knowledge"
	"wenda/sessions"
)

// incoming is a frame a client may send.
type incoming interface {
	// check tidies the frame and returns what is wrong with it, or "".
	check(l Limits) Code
	// about returns its type, and the cid and session to name in an answer.
	about() (kind, cid, session string)
}

// shape is what is known of a type of frame before it is read. Frames of clients are
// flat: texts, whole numbers and booleans.
type shape struct {
	of   reflect.Type
	keys []string
	at   []int // where the keys' fields are
	need int   // how many of the keys, the first, must be there
}

// shapeOf makes the shape of T: its JSON keys but those the server alone sets. Those
// that are never left out when T is written must be there when it is read.
func shapeOf[T any, P interface {
	*T
	incoming
}](but ...string) shape {
	s := shape{of: reflect.TypeFor[T]()}
	for _, optional := range []bool{false, true} {
		for i := range s.of.NumField() {
			key, options, _ := strings.Cut(s.of.Field(i).Tag.Get("json"), ",")
			if (options == "omitempty") == optional && !slices.Contains(but, key) {
				s.keys, s.at = append(s.keys, key), append(s.at, i)
			}
		}
		if !optional {
			s.need = len(s.keys)
		}
	}
	return s
}

// fill makes a frame of members, of which none is there twice.
func (s shape) fill(members []member) (incoming, bool) {
	frame := reflect.New(s.of)
	needed := 0
	for _, m := range members {
		i := slices.Index(s.keys, string(m.key))
		if i < 0 || !set(frame.Elem().Field(s.at[i]), m.value) {
			return nil, false
		}
		if i < s.need {
			needed++
		}
	}
	return frame.Interface().(incoming), needed == s.need
}

// set puts a strict JSON value into a field of its type.
func set(field reflect.Value, value []byte) bool {
	switch field.Kind() {
	case reflect.String:
		text, ok := unquote(value)
		field.SetString(text)
		return ok
	case reflect.Bool:
		field.SetBool(value[0] == 't')
		return value[0] == 't' || value[0] == 'f'
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(string(value), 10, 64)
		field.SetInt(n)
		return err == nil
	}
	return false
}

func unquote(value []byte) (string, bool) {
	if value[0] != '"' {
		return "", false
	}
	if bytes.IndexByte(value, '\\') < 0 {
		return string(value[1 : len(value)-1]), true
	}
	var text string
	err := json.Unmarshal(value, &text)
	return text, err == nil
}

// What each side may send.
var (
	fromCustomers = map[string]shape{
		"hello":  shapeOf[Hello](),
		"send":   shapeOf[Send](),
		"vote":   shapeOf[VoteOn](),
		"rate":   shapeOf[Rate](),
		"sync":   shapeOf[Sync](),
		"end":    shapeOf[End](),
		"typing": shapeOf[Typing]("from", "session"),
		"ping":   shapeOf[Ping]("head"),
		"pong":   shapeOf[Pong](),
	}
	fromAgents = map[string]shape{
		"hello":     shapeOf[DeskHello](),
		"available": shapeOf[Available]("reason"),
		"watch":     shapeOf[Watch](),
		"unwatch":   shapeOf[Unwatch](),
		"seen":      shapeOf[Seen](),
		"board":     shapeOf[BoardOn](),
		"claim":     shapeOf[Claim](),
		"typing":    shapeOf[Typing]("from", "text"),
		"ping":      shapeOf[Ping]("head"),
		"pong":      shapeOf[Pong](),

		"say":      shapeOfAct("text", "entry", "revision", "override"),
		"note":     shapeOfAct("text", "mentions"),
		"return":   shapeOfAct("text", "wrap"),
		"close":    shapeOfAct("text", "wrap"),
		"transfer": shapeOfAct("text", "agent", "skill"),
		"escalate": shapeOfAct("text"),
		"snooze":   shapeOfAct("minutes"),
		"reveal":   shapeOfAct("text", "about"),
		"refuse":   shapeOfAct("text"),
		"whisper":  shapeOfAct("text"),
		"join":     shapeOfAct(),
		"part":     shapeOfAct(),
		"takeover": shapeOfAct(),
		"reassign": shapeOfAct("text", "agent", "skill"),
	}
)

// shapeOfAct makes the shape of an act that may carry these keys besides what all need.
func shapeOfAct(may ...string) shape {
	all := shapeOf[Act]()
	s := shape{of: all.of, keys: all.keys[:all.need:all.need], at: all.at[:all.need:all.need], need: all.need}
	for i, key := range all.keys {
		if slices.Contains(may, key) {
			s.keys, s.at = append(s.keys, key), append(s.at, all.at[i])
		}
	}
	return s
}

// decode reads one frame of those a side may send. others are the other side's: to
// send one of those is forbidden rather than unknown.
func decode(data []byte, may, others map[string]shape, l Limits) (incoming, *fault) {
	s := scanners.Get().(*scanner)
	defer scanners.Put(s)
	members, err := s.strict(data)
	if errors.Is(err, errUTF8) {
		return nil, &fault{code: CodeBadFrame, close: closeNotUTF8}
	}
	kind := valueOf(members, "type")
	if err != nil || len(kind) < 2 || kind[0] != '"' {
		return nil, refuse(CodeBadFrame)
	}
	kind = kind[1 : len(kind)-1]
	sh, known := may[string(kind)]
	if !known {
		if _, theirs := others[string(kind)]; theirs {
			return nil, refuse(CodeForbidden)
		}
		return nil, refuse(CodeBadFrame)
	}
	frame, ok := sh.fill(members)
	if !ok {
		return nil, misread(string(kind), members)
	}
	if code := frame.check(l); code != "" {
		return nil, refuse(code).at(frame)
	}
	return frame, nil
}

var scanners = sync.Pool{New: func() any { return new(scanner) }}

func valueOf(members []member, key string) []byte {
	for _, m := range members {
		if string(m.key) == key {
			return m.value
		}
	}
	return nil
}

// misread says what is wrong with a frame that does not fit its type. A hello of
// another version may well look strange; its page should be told to reload.
func misread(kind string, members []member) *fault {
	v, err := strconv.Atoi(string(valueOf(members, "v")))
	if kind == "hello" && err == nil && v != Version {
		return refuse(CodeVersion)
	}
	return refuse(CodeBadFrame)
}

const (
	maxToken = 4096 // bytes
	maxLang  = 35   // bytes of a language tag (RFC 5646, 4.4.1)
)

func (f *Hello) check(Limits) Code {
	switch {
	case f.V != Version:
		return CodeVersion
	case f.After < 0 || len(f.Lang) > maxLang || f.Session != "" && !validSession(f.Session):
		return CodeBadFrame
	case len(f.Token) > maxToken:
		return CodeBadToken
	}
	return ""
}

func (f *Send) check(l Limits) Code {
	switch {
	case !sessions.ValidRef(f.CID):
		return CodeBadFrame
	case f.Choice != "":
		if f.Text != "" || !knowledge.ValidID(f.Choice) {
			return CodeBadFrame
		}
		return ""
	}
	f.Text = tidy(f.Text)
	return l.fits(f.Text)
}

func (f *VoteOn) check(Limits) Code {
	reasons := f.Reasons == "" || f.Value == -1 && names(f.Reasons, maxNames)
	return must(sessions.ValidRef(f.CID) && f.About > 0 && (f.Value == 1 || f.Value == -1) && reasons)
}

func (f *Rate) check(Limits) Code {
	part := f.Part == "" || f.Part == sessions.PartBot || f.Part == sessions.PartAgent
	return must(sessions.ValidRef(f.CID) && f.Value >= 1 && f.Value <= 5 && part && names(f.Reasons, maxNames))
}

func (f *Sync) check(Limits) Code   { return must(f.After >= 0) }
func (f *End) check(Limits) Code    { return must(sessions.ValidRef(f.CID)) }
func (f *Typing) check(Limits) Code { return must(f.Session == "" || validSession(f.Session)) }
func (f *Ping) check(Limits) Code   { return "" }
func (f *Pong) check(Limits) Code   { return "" }

func (f *DeskHello) check(Limits) Code {
	if f.V != Version {
		return CodeVersion
	}
	return must(len(f.Lang) <= maxLang)
}

func (f *Available) check(Limits) Code { return "" }
func (f *BoardOn) check(Limits) Code   { return "" }
func (f *Watch) check(Limits) Code     { return must(validSession(f.Session) && f.After >= 0) }
func (f *Unwatch) check(Limits) Code   { return must(validSession(f.Session)) }
func (f *Seen) check(Limits) Code      { return must(validSession(f.Session) && f.Seq > 0) }

func (f *Claim) check(Limits) Code {
	return must(sessions.ValidRef(f.CID) && (f.Session == "" || validSession(f.Session)))
}

func must(ok bool) Code {
	if ok {
		return ""
	}
	return CodeBadFrame
}

// validSession reports whether id looks like one we made.
func validSession(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for _, c := range []byte(id) {
		if !(c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-') {
			return false
		}
	}
	return true
}

func (f *Hello) about() (string, string, string)     { return f.Type, "", "" }
func (f *Send) about() (string, string, string)      { return f.Type, f.CID, "" }
func (f *VoteOn) about() (string, string, string)    { return f.Type, f.CID, "" }
func (f *Rate) about() (string, string, string)      { return f.Type, f.CID, "" }
func (f *Sync) about() (string, string, string)      { return f.Type, "", "" }
func (f *End) about() (string, string, string)       { return f.Type, f.CID, "" }
func (f *Typing) about() (string, string, string)    { return f.Type, "", f.Session }
func (f *Ping) about() (string, string, string)      { return f.Type, "", "" }
func (f *Pong) about() (string, string, string)      { return f.Type, "", "" }
func (f *DeskHello) about() (string, string, string) { return f.Type, "", "" }
func (f *Available) about() (string, string, string) { return f.Type, "", "" }
func (f *BoardOn) about() (string, string, string)   { return f.Type, "", "" }
func (f *Watch) about() (string, string, string)     { return f.Type, "", f.Session }
func (f *Unwatch) about() (string, string, string)   { return f.Type, "", f.Session }
func (f *Seen) about() (string, string, string)      { return f.Type, "", f.Session }
func (f *Claim) about() (string, string, string)     { return f.Type, f.CID, f.Session }
