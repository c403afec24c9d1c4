package auth

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"pgregory.net/rapid"

	"wenda/sessions"
)

var (
	ownKey  = []byte(strings.Repeat("k", 32))
	hostKey = []byte(strings.Repeat("h", 32))
	noon    = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
)

func newTokens(t testing.TB) *Tokens {
	t.Helper()
	tokens, err := NewTokens(ownKey, []byte(strings.Repeat("old", 11)), hostKey)
	if err != nil {
		t.Fatal(err)
	}
	tokens.now = func() time.Time { return noon }
	return tokens
}

func TestIssueVerify(t *testing.T) {
	tokens := newTokens(t)
	for _, who := range []sessions.Customer{tokens.Anonymous(), {ID: "cust-1001", Name: "王小明"}, {ID: "x"}} {
		token, err := tokens.Issue(who, "")
		if err != nil {
			t.Fatal(err)
		}
		got, device, err := tokens.Verify(token)
		if err != nil || got != who || len(device) != 26 {
			t.Errorf("%+v became %+v on %q, %v", who, got, device, err)
		}
		again, err := tokens.Issue(got, device)
		if err != nil {
			t.Fatal(err)
		}
		if _, same, _ := tokens.Verify(again); same != device || again == token {
			t.Errorf("renewed: device %q became %q", device, same)
		}
		other, _ := tokens.Issue(who, "")
		if _, second, _ := tokens.Verify(other); second == device {
			t.Error("two devices have one name")
		}
	}
	for _, who := range []sessions.Customer{{}, {ID: "~made", Anonymous: false}, {ID: "cust-1", Anonymous: true}, {ID: "a b"}, {ID: strings.Repeat("x", 65)}} {
		if _, err := tokens.Issue(who, ""); err == nil {
			t.Errorf("issued for %+v", who)
		}
	}
	if _, err := tokens.Issue(tokens.Anonymous(), "a/b"); err == nil {
		t.Error("issued for an odd device")
	}
}

func TestTokenLife(t *testing.T) {
	for _, c := range []struct {
		who  sessions.Customer
		life time.Duration
	}{{(&Tokens{}).Anonymous(), 180 * 24 * time.Hour}, {sessions.Customer{ID: "cust-1"}, 24 * time.Hour}} {
		tokens := newTokens(t)
		token, err := tokens.Issue(c.who, "")
		if err != nil {
			t.Fatal(err)
		}
		for at, ok := range map[time.Duration]bool{-59 * time.Second: true, -61 * time.Second: false, c.life: true, c.life + 59*time.Second: true, c.life + 61*time.Second: false} {
			tokens.now = func() time.Time { return noon.Add(at) }
			if _, _, err := tokens.Verify(token); (err == nil) != ok {
				t.Errorf("%v after it was issued: %v", at, err)
			}
		}
	}
}

// parts is a token taken apart.
type parts = map[string]any

// signed makes a token by hand, so that it can be wrong in every way.
func signed(header, claims parts, key []byte) string {
	text := segment(header) + "." + segment(claims)
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

func segment(s parts) string {
	data, _ := json.Marshal(s)
	return base64.RawURLEncoding.EncodeToString(data)
}

// but returns a copy with something else in it; nil takes it out.
func but(s parts, key string, value any) parts {
	s = maps.Clone(s)
	if s[key] = value; value == nil {
		delete(s, key)
	}
	return s
}

func ownClaims() parts {
	return parts{"iss": "wenda", "aud": "wenda-customer", "sub": "~abc", "anon": true, "dev": "d1", "iat": noon.Unix(), "exp": noon.Add(time.Hour).Unix()}
}

func hostClaims() parts {
	return parts{"aud": "wenda", "sub": "cust-1001", "name": "王小明", "exp": noon.Add(5 * time.Minute).Unix()}
}

var (
	ownHeader  = parts{"alg": "HS256", "typ": "wenda-customer+jwt"}
	hostHeader = parts{"alg": "HS256", "typ": "JWT"}
)

// The hand-made tokens are right when nothing is changed; without this the next test would prove nothing.
func TestHandMadeTokensAreRight(t *testing.T) {
	tokens := newTokens(t)
	if who, device, err := tokens.Verify(signed(ownHeader, ownClaims(), ownKey)); err != nil || who.ID != "~abc" || device != "d1" {
		t.Errorf("ours: %+v, %q, %v", who, device, err)
	}
	if who, device, err := tokens.Verify(signed(hostHeader, hostClaims(), hostKey)); err != nil || who != (sessions.Customer{ID: "cust-1001", Name: "王小明"}) || len(device) != 26 {
		t.Errorf("a host app's: %+v, %q, %v", who, device, err)
	}
	// What names a key or a place to get one is not looked at.
	for name, value := range (parts{"kid": "../../etc/passwd", "jku": "https://evil.example/keys", "x5u": "https://evil.example", "jwk": parts{"kty": "oct"}}) {
		if _, _, err := tokens.Verify(signed(but(ownHeader, name, value), ownClaims(), ownKey)); err != nil {
			t.Errorf("%s is not ignored: %v", name, err)
		}
	}
}

// Numbers 84 to 91 of the catalogue of bad inputs, and more.
func TestBadTokens(t *testing.T) {
	good := signed(ownHeader, ownClaims(), ownKey)
	cut := strings.Split(good, ".")
	claims := func(key string, value any) string { return signed(ownHeader, but(ownClaims(), key, value), ownKey) }
	header := func(key string, value any) string { return signed(but(ownHeader, key, value), ownClaims(), ownKey) }
	host := func(key string, value any) string { return signed(hostHeader, but(hostClaims(), key, value), hostKey) }
	hour := func(n int) int64 { return noon.Add(time.Duration(n) * time.Hour).Unix() }
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	ecKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	by := func(m jwt.SigningMethod, key any) string {
		token := jwt.NewWithClaims(m, jwt.MapClaims(ownClaims()))
		token.Header["typ"] = tokenType
		s, err := token.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	bad := map[string]string{
		// 84
		"alg none, no signature":     segment(but(ownHeader, "alg", "none")) + "." + cut[1] + ".",
		"alg none, signed":           header("alg", "none"),
		"alg nOnE":                   segment(but(ownHeader, "alg", "nOnE")) + "." + cut[1] + ".",
		"alg none by the library":    by(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType),
		"no alg":                     header("alg", nil),
		"alg a number":               header("alg", 256),
		"alg a list":                 header("alg", []string{"HS256"}),
		"alg hs256":                  header("alg", "hs256"),
		"alg HS256 with a space":     header("alg", "HS256 "),
		"alg HS512 said, 256 signed": header("alg", "HS512"),
		// 85
		"RS256":                   by(jwt.SigningMethodRS256, rsaKey),
		"PS256":                   by(jwt.SigningMethodPS256, rsaKey),
		"ES256":                   by(jwt.SigningMethodES256, ecKey),
		"HS384 with our key":      by(jwt.SigningMethodHS384, ownKey),
		"HS512 with our key":      by(jwt.SigningMethodHS512, ownKey),
		"a public key as secret":  signed(ownHeader, ownClaims(), x509.MarshalPKCS1PublicKey(&rsaKey.PublicKey)),
		"an empty secret":         signed(ownHeader, ownClaims(), nil),
		"the secret of a host":    signed(ownHeader, ownClaims(), hostKey),
		"a host's with our key":   signed(hostHeader, hostClaims(), ownKey),
		"a host's with no secret": signed(hostHeader, hostClaims(), nil),
		// 86
		"expired":                   claims("exp", hour(-1)),
		"not yet valid":             claims("nbf", hour(1)),
		"issued in the future":      claims("iat", hour(1)),
		"no exp":                    claims("exp", nil),
		"exp null":                  signed(ownHeader, parts{"iss": "wenda", "aud": "wenda-customer", "sub": "~abc", "anon": true, "dev": "d1", "exp": json.RawMessage("null")}, ownKey),
		"exp a text":                claims("exp", "tomorrow"),
		"exp in ten years":          claims("exp", hour(10*365*24)),
		"exp in 181 days":           claims("exp", hour(181*24)),
		"exp beyond all numbers":    claims("exp", json.RawMessage("1e300")),
		"host: expired":             host("exp", noon.Add(-61*time.Second).Unix()),
		"host: no exp":              host("exp", nil),
		"host: exp in 12 minutes":   host("exp", noon.Add(12*time.Minute).Unix()),
		"host: exp in ten years":    host("exp", hour(10*365*24)),
		"host: exp in milliseconds": host("exp", noon.Add(5*time.Minute).UnixMilli()),
		"host: not yet valid":       host("nbf", hour(1)),
		// 87
		"wrong aud":              claims("aud", "somebody"),
		"no aud":                 claims("aud", nil),
		"one aud of two":         claims("aud", []string{"wenda-customer", "somebody"}),
		"aud of a host's":        claims("aud", "wenda"),
		"wrong iss":              claims("iss", "somebody"),
		"no iss":                 claims("iss", nil),
		"wrong type":             header("typ", "JWT"),
		"no type":                header("typ", nil),
		"type a number":          header("typ", 1),
		"no subject":             claims("sub", nil),
		"empty subject":          claims("sub", ""),
		"only the mark":          claims("sub", "~"),
		"known, called made":     claims("anon", nil),
		"made, called known":     claims("sub", "abc"),
		"subject with a slash":   claims("sub", "~../x"),
		"subject a number":       claims("sub", 7),
		"no device":              claims("dev", nil),
		"odd device":             claims("dev", "a b"),
		"long device":            claims("dev", strings.Repeat("d", 65)),
		"host: wrong aud":        host("aud", "wenda-customer"),
		"host: no aud":           host("aud", nil),
		"host: two auds":         host("aud", []string{"wenda", "other"}),
		"host: no sub":           host("sub", nil),
		"host: long sub":         host("sub", strings.Repeat("x", 65)),
		"host: made sub":         host("sub", "~abc"),
		"host: sub with a space": host("sub", "a b"),
		"host: sub with a line":  host("sub", "a\r\nFLUSHALL"),
		"host: Chinese sub":      host("sub", "王小明"),
		"host: sub a number":     host("sub", 1001),
		"host: name a number":    host("name", 7),
		// 88: ignored when the signature is right (above), no way in when it is not
		"kid to a path":    signed(but(ownHeader, "kid", "/dev/null"), ownClaims(), []byte{}),
		"kid with SQL":     signed(but(ownHeader, "kid", "x' UNION SELECT 'k"), ownClaims(), []byte("k")),
		"jwk of their own": signed(but(ownHeader, "jwk", parts{"kty": "oct", "k": "eHh4"}), ownClaims(), []byte("xxx")),
		"crit":             header("crit", []string{"exp"}),
		// 89
		"another signature":   cut[0] + "." + cut[1] + "." + base64.RawURLEncoding.EncodeToString(make([]byte, 32)),
		"no signature":        cut[0] + "." + cut[1] + ".",
		"signature cut":       good[:len(good)-4],
		"signature padded":    good + "=",
		"signature in base64": cut[0] + "." + cut[1] + "." + strings.NewReplacer("-", "+", "_", "/").Replace(cut[2]) + "=",
		"last bits changed":   lastBits(good),
		"claims exchanged":    cut[0] + "." + segment(but(ownClaims(), "sub", "~other")) + "." + cut[2],
		"two parts":           cut[0] + "." + cut[1],
		"four parts":          good + "." + cut[2],
		"five dots":           good + "...",
		"only dots":           "..",
		"nothing":             "",
		"a word":              "token",
		"Bearer before it":    "Bearer " + good,
		"a space after it":    good + " ",
		"a line after it":     good + "\n",
		"over 4 KiB":          claims("name", strings.Repeat("x", 4<<10)),
		"1 MB":                claims("name", strings.Repeat("x", 1<<20)),
		"1 MB of dots":        strings.Repeat(".", 1<<20),
		"no JSON":             base64.RawURLEncoding.EncodeToString([]byte("{")) + "." + cut[1] + "." + cut[2],
		"deep JSON":           base64.RawURLEncoding.EncodeToString([]byte(strings.Repeat("[", 2000))) + "." + cut[1] + "." + cut[2],
		"a list as claims":    cut[0] + "." + base64.RawURLEncoding.EncodeToString([]byte("[]")) + "." + cut[2],
		"not UTF-8":           "\xff\xfe.\xff.\xff",
		// 90, 91 are the gateway's (tickets, tokens in addresses)
	}
	tokens := newTokens(t)
	for name, token := range bad {
		who, device, err := tokens.Verify(token)
		if !errors.Is(err, ErrToken) || err.Error() != ErrToken.Error() || who != (sessions.Customer{}) || device != "" {
			t.Errorf("%s: %+v, %q, %v", name, who, device, err)
		}
	}
	t.Logf("%d bad tokens", len(bad))
}

// lastBits changes the bits of the last character that a lax decoder throws away.
func lastBits(token string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(alphabet, token[len(token)-1])
	return token[:len(token)-1] + string(alphabet[last^1])
}

func TestHostTokenNeedsHost(t *testing.T) {
	tokens, err := NewTokens(ownKey)
	if err != nil {
		t.Fatal(err)
	}
	tokens.now = func() time.Time { return noon }
	for _, key := range [][]byte{hostKey, ownKey, nil} {
		if _, _, err := tokens.Verify(signed(hostHeader, hostClaims(), key)); !errors.Is(err, ErrToken) {
			t.Errorf("without a host secret: %v", err)
		}
	}
	old := []byte(strings.Repeat("old", 11))
	if _, _, err := newTokens(t).Verify(signed(hostHeader, hostClaims(), old)); err != nil {
		t.Errorf("the secret that is being replaced: %v", err)
	}
}

func TestHostName(t *testing.T) {
	for name, want := range map[string]string{
		"王小明":                          "王小明",
		"":                             "",
		"  王\u3000小\n明 ":               "王 小 明",
		"a\x00b\x1b[31mc\u202ed\u200b": "ab[31mcd",
		strings.Repeat("王", 50):        strings.Repeat("王", 40),
		"<script>":                     "<script>", // pages show text as text
	} {
		who, _, err := newTokens(t).Verify(signed(hostHeader, but(hostClaims(), "name", name), hostKey))
		if err != nil || who.Name != want {
			t.Errorf("%q became %q, %v", name, who.Name, err)
		}
	}
	if who, _, err := newTokens(t).Verify(signed(hostHeader, but(hostClaims(), "name", nil), hostKey)); err != nil || who.Name != "" {
		t.Errorf("no name: %+v, %v", who, err)
	}
}

func TestShortKeysAreRefused(t *testing.T) {
	for _, keys := range [][][]byte{{nil}, {ownKey[:31]}, {ownKey, hostKey[:31]}, {ownKey, nil}} {
		if _, err := NewTokens(keys[0], keys[1:]...); err == nil || !strings.Contains(err.Error(), "32") {
			t.Errorf("%d keys: %v", len(keys), err)
		}
	}
}

// A token with any one byte changed is no token.
func TestChangedTokens(t *testing.T) {
	tokens := newTokens(t)
	token, err := tokens.Issue(tokens.Anonymous(), "")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		i := rapid.IntRange(0, len(token)-1).Draw(t, "place")
		b := rapid.Byte().Draw(t, "byte")
		changed := token[:i] + string([]byte{b}) + token[i+1:]
		if _, _, err := tokens.Verify(changed); (err == nil) != (changed == token) {
			t.Fatalf("%q: %v", changed, err)
		}
	})
}

func FuzzVerify(f *testing.F) {
	tokens := newTokens(f)
	own, host := signed(ownHeader, ownClaims(), ownKey), signed(hostHeader, hostClaims(), hostKey)
	for _, seed := range []string{own, host, "", "..", "a.b.c", own + ".", segment(ownHeader) + "." + segment(ownClaims()) + "."} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, token string) {
		who, device, err := tokens.Verify(token)
		if (err == nil) != (token == own || token == host) {
			t.Fatalf("Verify(%q) = %+v, %q, %v", token, who, device, err)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	tokens := newTokens(b)
	token, err := tokens.Issue(tokens.Anonymous(), "")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, _, err := tokens.Verify(token); err != nil {
			b.Fatal(err)
		}
	}
}
