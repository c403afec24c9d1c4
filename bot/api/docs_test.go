package api

import (
	"encoding/json"
	"strings"
	"testing"
)

// document is the smallest that can be described.
const document = `
info:
  description: "  Two sockets.\n"
channels:
  customer: {address: /ws}
  desk: {address: /desk/ws}
operations:
  fromCustomer: {channel: {$ref: '#/channels/customer'}, messages: [{$ref: '#/channels/customer/messages/Send'}]}
  toCustomer: {channel: {$ref: '#/channels/customer'}, messages: [{$ref: '#/channels/customer/messages/Ack'}, {$ref: '#/channels/customer/messages/Pong'}]}
  fromAgent: {channel: {$ref: '#/channels/desk'}, messages: []}
  toAgent: {channel: {$ref: '#/channels/desk'}, messages: [{$ref: '#/channels/desk/messages/Pong'}]}
components:
  messages:
    Send: {summary: Says something., examples: [{payload: {type: send, text: "还款 <b>&", n: 2}}, {payload: {type: send, choice: repay-failed}}]}
    Ack: {summary: It is kept.}
    Pong: {summary: Here., examples: [{payload: {type: pong}}]}
`

func TestDescribe(t *testing.T) {
	page, err := describe([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	if page.Intro != "Two sockets." || page.Source != "/asyncapi.yaml" || len(page.Sections) != 4 {
		t.Fatalf("%+v", page)
	}
	var keys []string
	for _, s := range page.Sections {
		keys = append(keys, s.Key+" "+s.Address)
	}
	if got := strings.Join(keys, ", "); got != "from-customer /ws, to-customer /ws, from-agent /desk/ws, to-agent /desk/ws" {
		t.Errorf("sections %s", got)
	}
	send := page.Sections[0].Frames[0]
	if send.Name != "Send" || send.Summary != "Says something." || len(send.Examples) != 2 ||
		send.Examples[0] != `{"type":"send","n":2,"text":"还款 <b>&"}` || send.Examples[1] != `{"type":"send","choice":"repay-failed"}` {
		t.Errorf("%+v", send)
	}
	if pong := page.Sections[1].Frames[1]; pong.Examples[0] != `{"type":"pong"}` {
		t.Errorf("%+v", pong)
	}
}

// What the document promises and does not have stops the start, not a reader.
func TestDescribeRefuses(t *testing.T) {
	for name, c := range map[string]struct{ old, new, says string }{
		"no YAML":      {"info:", "info: [", "protocol document"},
		"no direction": {"toAgent:", "toAgents:", "no operation toAgent"},
		"no channel":   {"desk: {address: /desk/ws}", "", "fromAgent: no channel desk"},
		"no message":   {"Ack: {summary: It is kept.}", "", "toCustomer: no message Ack"},
	} {
		_, err := describe([]byte(strings.Replace(document, c.old, c.new, 1)))
		if err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

func TestTypeFirst(t *testing.T) {
	got := typeFirst(map[string]any{"b": []any{1, "x"}, "type": "event", "a": map[string]any{"z": nil}})
	if got != `{"type":"event","a":{"z":null},"b":[1,"x"]}` || !json.Valid([]byte(got)) {
		t.Error(got)
	}
}
