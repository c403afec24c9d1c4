package gateway

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"wenda/sessions"
)

// document is asyncapi.yaml.
type document map[string]any

func readDocument(t *testing.T) document {
	t.Helper()
	v, err := readYAML(AsyncAPI)
	if err != nil {
		t.Fatalf("asyncapi.yaml: %v", err)
	}
	return v.(map[string]any)
}

func (d document) in(path ...string) map[string]any {
	at := map[string]any(d)
	for _, p := range path {
		next, ok := at[p].(map[string]any)
		if !ok {
			return nil
		}
		at = next
	}
	return at
}

// described are the Go types the document describes, by the name of their schema.
var described = map[string]reflect.Type{
	"Hello": reflect.TypeFor[Hello](), "Send": reflect.TypeFor[Send](), "VoteOn": reflect.TypeFor[VoteOn](), "Rate": reflect.TypeFor[Rate](),
	"Sync": reflect.TypeFor[Sync](), "End": reflect.TypeFor[End](), "Typing": reflect.TypeFor[Typing](), "Ping": reflect.TypeFor[Ping](),
	"Pong": reflect.TypeFor[Pong](), "Welcome": reflect.TypeFor[Welcome](), "Ack": reflect.TypeFor[Ack](), "Event": reflect.TypeFor[Event](),
	"State": reflect.TypeFor[State](), "Error": reflect.TypeFor[Error](), "Draining": reflect.TypeFor[Draining](),
	"DeskHello": reflect.TypeFor[DeskHello](), "Available": reflect.TypeFor[Available](), "Watch": reflect.TypeFor[Watch](),
	"Unwatch": reflect.TypeFor[Unwatch](), "Claim": reflect.TypeFor[Claim](), "Act": reflect.TypeFor[Act](),
	"DeskWelcome": reflect.TypeFor[DeskWelcome](), "Chats": reflect.TypeFor[Chats](), "Chat": reflect.TypeFor[Chat](),
	"BoardOn": reflect.TypeFor[BoardOn](), "Board": reflect.TypeFor[Board](), "BoardQueue": reflect.TypeFor[BoardQueue](),
	"BoardAgent": reflect.TypeFor[BoardAgent](), "Mention": reflect.TypeFor[Mention](), "Mentions": reflect.TypeFor[Mentions](), "Seen": reflect.TypeFor[Seen](),
	"Contact": reflect.TypeFor[Contact](), "Speaker": reflect.TypeFor[sessions.Speaker](), "Choice": reflect.TypeFor[sessions.Choice](),
	"Move": reflect.TypeFor[sessions.Move](), "Decision": reflect.TypeFor[sessions.Decision](), "Candidate": reflect.TypeFor[sessions.Candidate](),
}

// plain are schemas that are no objects.
var plain = []string{"CID", "Owner", "SessionID"}

func TestDocumentHasEveryKeyAndNoMore(t *testing.T) {
	d := readDocument(t)
	schemas := d.in("components", "schemas")
	want := slices.Sorted(maps.Keys(described))
	want = slices.Sorted(slices.Values(append(want, plain...)))
	if got := slices.Sorted(maps.Keys(schemas)); !slices.Equal(got, want) {
		t.Errorf("schemas %v, want %v", got, want)
	}
	for name, of := range described {
		var keys, required []string
		for _, field := range reflect.VisibleFields(of) {
			key, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			keys = append(keys, key)
			if options == "" {
				required = append(required, key)
			}
		}
		slices.Sort(keys)
		if got := slices.Sorted(maps.Keys(d.in("components", "schemas", name, "properties"))); !slices.Equal(got, keys) {
			t.Errorf("%s has keys %v, the Go type %v", name, got, keys)
		}
		if got := fmt.Sprint(d.in("components", "schemas", name)["required"]); got != fmt.Sprint(required) {
			t.Errorf("%s requires %v, the Go type never leaves out %v", name, got, required)
		}
	}
}

func TestDocumentHasEveryFrameAndNoMore(t *testing.T) {
	d := readDocument(t)
	for operation, may := range map[string]map[string]shape{"fromCustomer": fromCustomers, "fromAgent": fromAgents} {
		types := map[string]bool{}
		for _, name := range d.messagesOf(t, operation) {
			of := d.in("components", "schemas", name, "properties", "type")
			if c, ok := of["const"].(string); ok {
				types[c] = true
			}
			enum, _ := of["enum"].([]any)
			for _, c := range enum {
				types[c.(string)] = true
			}
		}
		want, got := slices.Sorted(maps.Keys(may)), slices.Sorted(maps.Keys(types))
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v, the decoder takes %v", operation, got, want)
		}
	}
	used := map[string]bool{}
	for _, operation := range []string{"fromCustomer", "toCustomer", "fromAgent", "toAgent"} {
		for _, name := range d.messagesOf(t, operation) {
			used[name] = true
		}
	}
	for name := range d.in("components", "messages") {
		if !used[name] {
			t.Errorf("nobody sends %s", name)
		}
	}
}

// messagesOf returns the names of an operation's messages, which must be among its
// channel's, and their payloads schemas of the same name.
func (d document) messagesOf(t *testing.T, operation string) []string {
	t.Helper()
	var names []string
	channel := d.in("operations", operation, "channel")["$ref"].(string)
	list, _ := d.in("operations", operation)["messages"].([]any)
	for _, m := range list {
		name, ok := strings.CutPrefix(m.(map[string]any)["$ref"].(string), channel+"/messages/")
		if !ok || d.in("channels", strings.TrimPrefix(channel, "#/channels/"), "messages", name)["$ref"] != "#/components/messages/"+name {
			t.Errorf("%s: %v is not of its channel", operation, m)
		}
		if d.in("components", "messages", name, "payload")["$ref"] != "#/components/schemas/"+name {
			t.Errorf("message %s has no payload of that name", name)
		}
		names = append(names, name)
	}
	if len(names) == 0 {
		t.Errorf("%s has no messages", operation)
	}
	return names
}

// TestExamplesOfTheDocument reads every example as strictly as the gateway reads a
// frame, and checks it against its schema.
func TestExamplesOfTheDocument(t *testing.T) {
	d := readDocument(t)
	seen := map[string]bool{}
	for name := range d.in("components", "messages") {
		examples, _ := d.in("components", "messages", name)["examples"].([]any)
		if len(examples) == 0 {
			t.Errorf("%s has no example", name)
		}
		for _, e := range examples {
			payload := e.(map[string]any)["payload"]
			data, err := json.Marshal(payload)
			if err != nil {
				t.Fatal(err)
			}
			if err := d.valid(payload, map[string]any{"$ref": "#/components/schemas/" + name}); err != nil {
				t.Errorf("%s: %s: %v", name, data, err)
			}
			into := reflect.New(described[name])
			strictly := json.NewDecoder(strings.NewReader(string(data)))
			strictly.DisallowUnknownFields()
			if err := strictly.Decode(into.Interface()); err != nil {
				t.Errorf("%s: %s: %v", name, data, err)
			}
			seen[name+" "+payload.(map[string]any)["type"].(string)] = true
			d.decodes(t, name, payload.(map[string]any), data)
		}
	}
	for _, kind := range []string{
		"say", "note", "return", "close", "transfer", "escalate", "snooze", "reveal", "refuse", "whisper", "join", "part", "takeover", "reassign",
	} {
		if !seen["Act "+kind] {
			t.Errorf("no example of %s", kind)
		}
	}
}

// decodes shows the gateway an example of what a client sends, whole and then
// without each of the keys it needs.
func (d document) decodes(t *testing.T, name string, payload map[string]any, data []byte) {
	t.Helper()
	for operation, side := range map[string][2]map[string]shape{"fromCustomer": {fromCustomers, fromAgents}, "fromAgent": {fromAgents, fromCustomers}} {
		if !slices.Contains(d.messagesOf(t, operation), name) || payload["from"] != nil || payload["head"] != nil || name == "Available" && payload["reason"] != nil {
			continue // these keys are the server's
		}
		if operation == "fromCustomer" && name == "Typing" && payload["session"] != nil {
			continue // an agent's
		}
		if operation == "fromAgent" && name == "Typing" && payload["text"] != nil {
			continue // a customer's
		}
		if _, f := decode(data, side[0], side[1], limits); f != nil {
			t.Errorf("%s: %s is refused as %s", name, data, f.code)
		}
		for _, key := range d.in("components", "schemas", name)["required"].([]any) {
			less := maps.Clone(payload)
			delete(less, key.(string))
			data, _ := json.Marshal(less)
			if _, f := decode(data, side[0], side[1], limits); f == nil {
				t.Errorf("%s: %s is taken without %s", name, data, key)
			}
		}
	}
}

func TestDocumentNamesEveryCode(t *testing.T) {
	d := readDocument(t)
	enum := d.in("components", "schemas", "Error", "properties", "code")["enum"].([]any)
	if fmt.Sprint(enum) != fmt.Sprint(codes) {
		t.Errorf("codes %v, want %v", enum, codes)
	}
	text := d.in("info")["description"].(string)
	for _, code := range []int{
		CloseRestart, CloseTooBig, ClosePolicy, CloseProtocol, CloseLoggedOut, CloseSlow, closeProtocolError, closeUnsupported, closeNotUTF8, closeInternal,
	} {
		if !strings.Contains(text, fmt.Sprint(code)) {
			t.Errorf("close code %d is not explained", code)
		}
	}
}

// valid checks a value against a schema: the part of JSON Schema the document uses.
func (d document) valid(v any, schema map[string]any) error {
	if ref, ok := schema["$ref"].(string); ok {
		of := d.in(strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
		if of == nil {
			return fmt.Errorf("%s leads nowhere", ref)
		}
		return d.valid(v, of)
	}
	if c, ok := schema["const"]; ok && v != c {
		return fmt.Errorf("%v is not %v", v, c)
	}
	if enum, ok := schema["enum"].([]any); ok && !slices.Contains(enum, v) {
		return fmt.Errorf("%v is none of %v", v, enum)
	}
	switch of := v.(type) {
	case map[string]any:
		return d.validObject(of, schema)
	case []any:
		for _, item := range of {
			if err := d.valid(item, schema["items"].(map[string]any)); err != nil {
				return err
			}
		}
	case string:
		if pattern, ok := schema["pattern"].(string); ok && !regexp.MustCompile(pattern).MatchString(of) {
			return fmt.Errorf("%q does not match %s", of, pattern)
		}
	case float64:
		if least, ok := schema["minimum"].(float64); ok && of < least {
			return fmt.Errorf("%v is less than %v", of, least)
		}
		if most, ok := schema["maximum"].(float64); ok && of > most {
			return fmt.Errorf("%v is more than %v", of, most)
		}
	}
	return validType(v, schema["type"])
}

func (d document) validObject(of, schema map[string]any) error {
	properties, _ := schema["properties"].(map[string]any)
	for key, value := range of {
		property, known := properties[key].(map[string]any)
		if !known {
			return fmt.Errorf("unknown key %s", key)
		}
		if err := d.valid(value, property); err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	required, _ := schema["required"].([]any)
	for _, key := range required {
		if _, there := of[key.(string)]; !there {
			return fmt.Errorf("%s is missing", key)
		}
	}
	return validType(of, schema["type"])
}

func validType(v, want any) error {
	is := map[string]bool{}
	switch v.(type) {
	case map[string]any:
		is["object"] = true
	case []any:
		is["array"] = true
	case string:
		is["string"] = true
	case bool:
		is["boolean"] = true
	case float64:
		is["integer"], is["number"] = true, true
	}
	if name, ok := want.(string); ok && !is[name] {
		return fmt.Errorf("%v is not of type %s", v, name)
	}
	return nil
}
