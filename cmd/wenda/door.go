package main

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"wenda/bot/auth"
	"wenda/cmd/wenda/config"
	"wenda/sessions"
)

// door lets agents into the gateway: it asks auth who they are, and the queues how many
// chats they may hold.
type door struct {
	staff   *auth.Auth
	limited func(sessions.Agent) sessions.Agent
}

var errNoAgent = errors.New("not logged in as an agent")

func (d door) Agent(r *http.Request) (sessions.Agent, string, error) {
	u, ok := d.staff.Staff(r)
	if !ok || !u.May(auth.AnswerChats) {
		return sessions.Agent{}, "", errNoAgent
	}
	return d.limited(u.Agent()), u.LoginKey(), nil
}

// StillIn names nobody while the database cannot tell: nobody is thrown out by a hiccup.
func (d door) StillIn(ctx context.Context, login string) (sessions.Agent, bool) {
	u, ended, err := d.staff.Still(ctx, login)
	if err != nil {
		return sessions.Agent{}, true
	}
	return d.limited(u.Agent()), !ended && u.May(auth.AnswerChats)
}

func (d door) Name(ctx context.Context, agent string) string {
	u, err := d.staff.ByID(ctx, agent)
	if err != nil {
		return ""
	}
	return u.Name
}

// secure reports whether browsers come by https.
func secure(c config.Config) bool { return strings.HasPrefix(c.PublicURL, "https://") }

// ownOrigins is the address browsers see, if a proxy stands before; the address
// that a request names itself is allowed by the gateway anyway.
func ownOrigins(c config.Config) []string {
	if c.PublicURL == "" {
		return nil
	}
	return []string{origin(c.PublicURL)}
}

func widgetOrigins(c config.Config) []string {
	allowed := ownOrigins(c)
	for _, o := range c.Origins {
		allowed = append(allowed, origin(o))
	}
	return allowed
}

// origin writes an address as browsers write it in the Origin header: in lower case,
// without path and without the port that goes without saying.
func origin(address string) string {
	u, err := url.Parse(strings.ToLower(address))
	if err != nil {
		return address // checked by config
	}
	host := u.Host
	if u.Port() == map[string]string{"http": "80", "https": "443"}[u.Scheme] {
		host = strings.TrimSuffix(host, ":"+u.Port())
	}
	return u.Scheme + "://" + host
}

func hostSecrets(c config.Config) [][]byte {
	if c.IdentitySecret == "" {
		return nil
	}
	return [][]byte{[]byte(c.IdentitySecret)}
}
