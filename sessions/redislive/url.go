package redislive

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

var errURL = errors.New("redislive: the URL is not of the form redis://user:password@host:port/database")

// parse reads a URL as the package comment describes it. Its errors name no
// password, and so nothing that might be one for want of a percent sign.
func parse(text string, command time.Duration) (*redis.UniversalOptions, error) {
	u, hosts, err := split(text)
	if err != nil || u.Scheme != "redis" && u.Scheme != "rediss" || u.Fragment != "" {
		return nil, errURL
	}
	o := options(command)
	if u.Scheme == "rediss" {
		o.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	o.Username = u.User.Username()
	o.Password, _ = u.User.Password()
	if err := parameters(o, u); err != nil {
		return nil, err
	}
	port := "6379"
	if o.MasterName != "" {
		port = "26379"
	}
	for _, host := range hosts {
		one, err := url.Parse("//" + host)
		if err != nil || one.Host != host || one.Hostname() == "" || strings.Count(host, ":") > 1 && host[0] != '[' {
			return nil, errURL
		}
		o.Addrs = append(o.Addrs, net.JoinHostPort(one.Hostname(), cmp.Or(one.Port(), port)))
	}
	if err := database(o, strings.Trim(u.Path, "/")); err != nil {
		return nil, err
	}
	return o, nil
}

// split parses a URL with several hosts, which net/url takes for one with an odd port.
func split(text string) (u *url.URL, hosts []string, err error) {
	scheme, rest, _ := strings.Cut(text, "://")
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	begin := strings.LastIndex(rest[:end], "@") + 1
	u, err = url.Parse(scheme + "://" + rest[:begin] + "host" + rest[end:])
	return u, strings.Split(rest[begin:end], ","), err
}

// options are what is the same for all servers. Nothing is tried a second time: a
// command whose answer is lost may have been run (a token taken twice), and what
// fails here is done without. MaxRedirects still follows a cluster that moves.
func options(command time.Duration) *redis.UniversalOptions {
	return &redis.UniversalOptions{
		MaxRetries: -1, MaxRedirects: 3, DialerRetries: 1, DialTimeout: time.Second, // dialling goes on without the command
		ReadTimeout: command, WriteTimeout: command, PoolTimeout: command, ContextTimeoutEnabled: true,
		DisableIdentity: true, MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}

func parameters(o *redis.UniversalOptions, u *url.URL) error {
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return errors.New("redislive: the parameters of the URL are malformed")
	}
	for name := range query {
		if !slices.Contains([]string{"master", "cluster", "sentinel_user", "sentinel_password"}, name) {
			return fmt.Errorf("redislive: the URL has an unknown parameter %q", name)
		}
	}
	o.MasterName = query.Get("master")
	o.SentinelUsername, o.SentinelPassword = query.Get("sentinel_user"), query.Get("sentinel_password")
	if text := query.Get("cluster"); text != "" {
		if o.IsClusterMode, err = strconv.ParseBool(text); err != nil {
			return errors.New("redislive: cluster= is neither true nor false")
		}
	}
	if o.MasterName != "" && o.IsClusterMode {
		return errors.New("redislive: the URL asks for Sentinel and Cluster")
	}
	return nil
}

func database(o *redis.UniversalOptions, path string) (err error) {
	if path == "" {
		return nil
	}
	if o.DB, err = strconv.Atoi(path); err != nil || o.DB < 0 {
		return errURL
	}
	if o.DB > 0 && o.MasterName == "" && (len(o.Addrs) > 1 || o.IsClusterMode) {
		return errors.New("redislive: Redis Cluster has no numbered databases")
	}
	return nil
}
