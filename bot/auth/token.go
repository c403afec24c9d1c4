package auth

import (
	"crypto/rand"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/golang-jwt/jwt/v5"

	"wenda/sessions"
)

// A customer's token is a JWT (RFC 7519), HS256:
//
//	header {"alg":"HS256","typ":"wenda-customer+jwt"}
//	claims {"iss":"wenda","aud":["wenda-customer"],"sub":"~k3…","anon":true,"dev":"q7…","iat":…,"exp":…}
//
// dev is the device: the scope of the refs that this browser gives its messages.
//
// A host app signs its own for a customer it has logged in, with a secret that
// both know, and for ten minutes at most:
//
//	header {"alg":"HS256"}
//	claims {"aud":"wenda","sub":"cust-1001","name":"王小明","exp":…,
//	        "vulnerable":true,"vip":true,"priority":30,"fields":{"产品":"极速贷","会员等级":"金卡"}}
//
// All but aud, sub and exp may be left out; what they mean is in facts.go. Claims that
// nobody knows are passed over; one of the wrong type makes the token a bad one.
//
// Nothing in the header is ever used to find a key: kid, jku, x5u and jwk are ignored.
const (
	tokenIssuer   = "wenda"
	tokenAudience = "wenda-customer"
	tokenType     = "wenda-customer+jwt"
	hostAudience  = "wenda"

	// MaxToken is the longest token that is looked at, in bytes.
	MaxToken = 4 << 10

	// AnonymousLife is how long an anonymous customer finds back to their chats,
	// KnownLife how long one whom the host app named, before it must say so again.
	AnonymousLife = 180 * 24 * time.Hour
	KnownLife     = 24 * time.Hour

	hostLife    = 10 * time.Minute
	tokenLeeway = time.Minute // clocks differ
	minSecret   = 32          // bytes, RFC 7518, 3.2
)

// anonymousPrefix begins the ids that we make. No host app can sign such an id.
const anonymousPrefix = "~"

// Tokens issues and verifies what customers carry. Safe for concurrent use.
type Tokens struct {
	key   []byte
	hosts [][]byte
	now   func() time.Time
}

// NewTokens returns the Tokens of a key of 32 bytes or more, from
// privacy.Sealer.Key("customer-token"). hosts are the secrets that host apps sign
// with, each of 32 bytes or more; several, while one replaces another.
func NewTokens(key []byte, hosts ...[]byte) (*Tokens, error) {
	for _, k := range append([][]byte{key}, hosts...) {
		if len(k) < minSecret {
			return nil, fmt.Errorf("auth: a key or secret for customer tokens has %d bytes; it needs at least %d random ones", len(k), minSecret)
		}
	}
	return &Tokens{key: key, hosts: hosts, now: time.Now}, nil
}

// Anonymous returns a new customer whom nobody knows yet.
func (*Tokens) Anonymous() sessions.Customer {
	return sessions.Customer{ID: anonymousPrefix + newID(), Anonymous: true}
}

// claims of our own tokens.
type claims struct {
	jwt.RegisteredClaims
	Name      string `json:"name,omitempty"`
	Anonymous bool   `json:"anon,omitempty"`
	Device    string `json:"dev"`

	Facts *sessions.Facts `json:"facts,omitempty"` // as the host app signed them
}

// Issue returns a token for a customer on a device; for "" a new device is made.
// An error if Verify would not take it: ids are ours or from Verify.
func (t *Tokens) Issue(who sessions.Customer, device string) (string, error) {
	if device == "" {
		device = newID()
	}
	if !customerID(who) || !safeID(device) {
		return "", fmt.Errorf("auth: no token for a customer or device with such an id")
	}
	now, life := t.now(), KnownLife
	if who.Anonymous {
		life = AnonymousLife
	}
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: tokenIssuer, Audience: jwt.ClaimStrings{tokenAudience}, Subject: who.ID,
			IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(life)), ID: rand.Text(),
		},
		Name: who.Name, Anonymous: who.Anonymous, Device: device, Facts: who.Facts,
	})
	token.Header["typ"] = tokenType
	signed, err := token.SignedString(t.key)
	if err != nil {
		return "", fmt.Errorf("auth: %w", err)
	}
	return signed, nil
}

// Verify returns who carries a token, ours or a host app's. A host app's token
// names no device: a new one is made. ErrToken for everything that is wrong, and
// nothing else: who forges one learns nothing.
func (t *Tokens) Verify(token string) (who sessions.Customer, device string, err error) {
	if len(token) > MaxToken || strings.IndexFunc(token, notInToken) >= 0 {
		return sessions.Customer{}, "", ErrToken
	}
	if who, device, ok := t.own(token); ok {
		return who, device, nil
	}
	for _, secret := range t.hosts {
		if who, ok := t.host(token, secret); ok {
			return who, newID(), nil
		}
	}
	return sessions.Customer{}, "", ErrToken
}

// notInToken reports whether r has no place in a token. The decoder would pass over
// line ends, and one token would have many spellings.
func notInToken(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_' || r == '.')
}

func (t *Tokens) own(token string) (sessions.Customer, string, bool) {
	var c claims
	parsed, ok := t.parse(token, t.key, &c, jwt.WithIssuer(tokenIssuer), jwt.WithAudience(tokenAudience), jwt.WithIssuedAt())
	if !ok || parsed.Header["typ"] != tokenType || len(c.Audience) != 1 || !within(c.ExpiresAt, t.now(), AnonymousLife) {
		return sessions.Customer{}, "", false
	}
	who := sessions.Customer{ID: c.Subject, Name: c.Name, Anonymous: c.Anonymous, Facts: c.Facts}
	return who, c.Device, customerID(who) && safeID(c.Device)
}

// customerID reports whether the id is ours for an anonymous customer, a host app's for another.
func customerID(who sessions.Customer) bool {
	id, made := strings.CutPrefix(who.ID, anonymousPrefix)
	return made == who.Anonymous && safeID(id)
}

func (t *Tokens) host(token string, secret []byte) (sessions.Customer, bool) {
	var c struct {
		jwt.RegisteredClaims
		Name string `json:"name"`
		signedFacts
	}
	_, ok := t.parse(token, secret, &c, jwt.WithAudience(hostAudience))
	if !ok || len(c.Audience) != 1 || !within(c.ExpiresAt, t.now(), hostLife) || !safeID(c.Subject) {
		return sessions.Customer{}, false
	}
	return sessions.Customer{ID: c.Subject, Name: oneLine(c.Name, MaxName), Facts: c.facts()}, true
}

// parse checks form, signature and times. The algorithm is tied to the key.
func (t *Tokens) parse(token string, key []byte, c jwt.Claims, more ...jwt.ParserOption) (*jwt.Token, bool) {
	options := append([]jwt.ParserOption{
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithExpirationRequired(),
		jwt.WithLeeway(tokenLeeway), jwt.WithTimeFunc(t.now), jwt.WithStrictDecoding(),
	}, more...)
	parsed, err := jwt.NewParser(options...).ParseWithClaims(token, c, func(*jwt.Token) (any, error) { return key, nil })
	if err != nil || !parsed.Valid || parsed.Header["crit"] != nil {
		return nil, false
	}
	return parsed, true
}

// within reports whether a token ends within life from now.
func within(exp *jwt.NumericDate, now time.Time, life time.Duration) bool {
	return exp != nil && !exp.After(now.Add(life+tokenLeeway))
}

// safeID reports whether id is 1 to 64 of A-Z a-z 0-9 '.' '_' '-': harmless in
// logs, keys and addresses.
func safeID(id string) bool {
	return id != "" && len(id) <= 64 && strings.IndexFunc(id, notInToken) < 0
}

// oneLine makes what a host app wrote fit to be shown: visible characters, at most so many.
func oneLine(text string, most int) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
	runes := []rune(strings.Join(strings.Fields(text), " "))
	return string(runes[:min(len(runes), most)])
}
