package auth

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"wenda/sessions"
)

// hostSays verifies a host app's token with these claims besides.
func hostSays(t *testing.T, key []byte, more parts) (*sessions.Facts, error) {
	t.Helper()
	claims := hostClaims()
	for name, value := range more {
		claims[name] = value
	}
	who, _, err := newTokens(t).Verify(signed(hostHeader, claims, key))
	return who.Facts, err
}

func TestHostFacts(t *testing.T) {
	many := map[string]string{}
	for i := range 20 {
		many[fmt.Sprintf("field_%02d", i)] = "x"
	}
	for name, c := range map[string]struct {
		claims parts
		want   *sessions.Facts
	}{
		"nothing":           {parts{}, nil},
		"vulnerable":        {parts{"vulnerable": true}, &sessions.Facts{Vulnerable: true}},
		"not vulnerable":    {parts{"vulnerable": false, "vip": false, "priority": 0, "fields": parts{}}, nil},
		"vip":               {parts{"vip": true}, &sessions.Facts{VIP: true}},
		"priority":          {parts{"priority": 25}, &sessions.Facts{Priority: 25}},
		"priority too high": {parts{"priority": 1 << 40}, &sessions.Facts{Priority: sessions.SignedMost}},
		"priority too low":  {parts{"priority": -5}, nil},
		"null":              {parts{"vulnerable": nil, "fields": nil}, nil},
		"fields by name":    {parts{"fields": parts{"tier": "gold", "product": "极速贷"}}, &sessions.Facts{Fields: []sessions.Fact{{Name: "product", Value: "极速贷"}, {Name: "tier", Value: "gold"}}}},
		"odd names": {parts{"fields": parts{" a": "x", "a/b": "x", "": "x", "-": "x", strings.Repeat("n", 25): "x", "13800138000": "x", "\u202e": "x", "会员 等级": "金卡", "ok": "1"}},
			&sessions.Facts{Fields: []sessions.Fact{{Name: "ok", Value: "1"}, {Name: "会员 等级", Value: "金卡"}}}},
		"blank values":   {parts{"fields": parts{"a": " \n ", "b": "\u202e\x00"}}, nil},
		"long value":     {parts{"fields": parts{"a": strings.Repeat("长", 60)}}, &sessions.Facts{Fields: []sessions.Fact{{Name: "a", Value: strings.Repeat("长", 40)}}}},
		"personal data":  {parts{"fields": parts{"phone": "138\n0013 8000"}}, &sessions.Facts{Fields: []sessions.Fact{{Name: "phone", Value: "138****8000"}}}},
		"unknown claims": {parts{"vulnerable": true, "admin": true, "role": "supervisor", "Priority_": 9}, &sessions.Facts{Vulnerable: true}},
	} {
		got, err := hostSays(t, hostKey, c.claims)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, c.want)
		}
	}
	got, err := hostSays(t, hostKey, parts{"fields": many})
	if err != nil || len(got.Fields) != sessions.FieldsMost || got.Fields[0].Name != "field_00" {
		t.Errorf("20 fields: %+v, %v", got, err)
	}
}

// Facts count as everything else in a token does: signed, and of the right type.
func TestForgedFacts(t *testing.T) {
	for name, try := range map[string]func() (*sessions.Facts, error){
		"another secret":          func() (*sessions.Facts, error) { return hostSays(t, ownKey, parts{"vulnerable": true}) },
		"vulnerable is a text":    func() (*sessions.Facts, error) { return hostSays(t, hostKey, parts{"vulnerable": "yes"}) },
		"priority is a fraction":  func() (*sessions.Facts, error) { return hostSays(t, hostKey, parts{"priority": 1.5}) },
		"priority beyond numbers": func() (*sessions.Facts, error) { return hostSays(t, hostKey, parts{"priority": 1e300}) },
		"fields is a list":        func() (*sessions.Facts, error) { return hostSays(t, hostKey, parts{"fields": []string{"a"}}) },
		"a field is a list":       func() (*sessions.Facts, error) { return hostSays(t, hostKey, parts{"fields": parts{"a": []int{1}}}) },
		"changed behind the signature": func() (*sessions.Facts, error) {
			cut := strings.Split(signed(hostHeader, hostClaims(), hostKey), ".")
			who, _, err := newTokens(t).Verify(cut[0] + "." + segment(but(hostClaims(), "vulnerable", true)) + "." + cut[2])
			return who.Facts, err
		},
	} {
		if got, err := try(); !errors.Is(err, ErrToken) || got != nil {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// Our own token carries what the host app said, however much it is.
func TestFactsAreRenewed(t *testing.T) {
	fields := parts{}
	for i := range 6 {
		fields[fmt.Sprintf("%s%d", strings.Repeat("名", 23), i)] = strings.Repeat("<", 40)
	}
	tokens := newTokens(t)
	claims := but(but(hostClaims(), "fields", fields), "vip", true)
	claims["sub"], claims["name"] = strings.Repeat("s", 64), strings.Repeat("王", 40)
	host := signed(hostHeader, claims, hostKey)
	if len(host) > MaxToken {
		t.Fatalf("the host's token has %d bytes", len(host))
	}
	who, device, err := tokens.Verify(host)
	if err != nil || who.Facts == nil || len(who.Facts.Fields) != 6 || utf8.RuneCountInString(who.Facts.Fields[5].Value) != 40 {
		t.Fatalf("%+v, %v", who.Facts, err)
	}
	own, err := tokens.Issue(who, device)
	if err != nil || len(own) > MaxToken {
		t.Fatalf("our token has %d bytes, %v", len(own), err)
	}
	again, _, err := tokens.Verify(own)
	if err != nil || !again.Facts.Equal(who.Facts) {
		t.Errorf("%+v became %+v, %v", who.Facts, again.Facts, err)
	}
}
