package auth

import (
	"errors"
	"net/http/httptest"
	"strings"
	"testing"

	"wenda/internal/sqldb"
)

// carrying asks who carries a header.
func carrying(a *Auth, header string) (APIKey, bool) {
	r := httptest.NewRequest("GET", "/api/v1/suggest", nil)
	r.Header.Set("Authorization", header)
	return a.APIKey(r)
}

func TestAPIKey(t *testing.T) { engines(t, testAPIKey) }

func testAPIKey(t *testing.T, db *sqldb.DB) {
	a, _ := newAuth(db)
	made, secret, err := a.CreateAPIKey(t.Context(), Operator, "ivr", []Scope{ScopeAsk, ScopeRead})
	if err != nil {
		t.Fatal(err)
	}
	k, ok := carrying(a, "Bearer "+secret)
	if !ok || k.ID != made.ID || k.Name != "ivr" || !k.May(ScopeAsk) || k.May(ScopeDraft) || k.Actor() != "key:"+k.ID {
		t.Errorf("carried: %+v, %v", k, ok)
	}
	other := secret[:len(secret)-1] + string(rune('A'+(secret[len(secret)-1]-'A'+1)%26))
	for _, wrong := range []string{"", secret, "Basic " + secret, "Bearer " + other, "Bearer " + strings.ToUpper(secret), "Bearer wk_", "Bearer wk__", "Bearer wk_%_x",
		"Bearer " + strings.Replace(secret, made.ID, "aaaaaaaaaa", 1), "Bearer " + secret + "x", "Bearer " + strings.Repeat("w", 5000)} {
		if k, ok := carrying(a, wrong); ok {
			t.Errorf("%.60q is taken for %+v", wrong, k)
		}
	}
	if err := a.RevokeAPIKey(t.Context(), Operator, made.ID); err != nil {
		t.Fatal(err)
	}
	if _, ok := carrying(a, "Bearer "+secret); ok {
		t.Error("a revoked key works")
	}
	if err := a.RevokeAPIKey(t.Context(), Operator, made.ID); !errors.Is(err, ErrUnknown) {
		t.Errorf("revoked twice: %v", err)
	}
	all, err := a.APIKeys(t.Context())
	if err != nil || len(all) != 1 || all[0].RevokedAt.IsZero() || all[0].May(ScopeAsk) {
		t.Errorf("keys: %+v, %v", all, err)
	}
}

func TestAPIKeyInvalid(t *testing.T) {
	a, _ := newAuth(nil) // it is refused before the database is asked
	for _, c := range []struct {
		name   string
		scopes []Scope
	}{{"", Scopes}, {" ", Scopes}, {strings.Repeat("长", 65), Scopes}, {"ivr", nil}, {"ivr", []Scope{"publish"}}} {
		if _, _, err := a.CreateAPIKey(t.Context(), Operator, c.name, c.scopes); !errors.Is(err, ErrInvalid) {
			t.Errorf("%q %q: %v", c.name, c.scopes, err)
		}
	}
}
