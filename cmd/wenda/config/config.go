// Package config reads Wenda's settings: defaults, then a TOML file, then
// environment variables, then flags; the later wins.
//
// A setting "database_url" is database_url in the file, WENDA_DATABASE_URL in the
// environment and --database-url on the command line; "bot.reply_hours" is
// reply_hours in the table [bot], WENDA_BOT_REPLY_HOURS and --bot-reply-hours.
// A variable that ends in _FILE names a file whose content is the value: for
// secrets. A key nobody knows is an error that names it, wherever it stands.
//
// Settings is the one list of them; documentation, flags and checks come from it.
package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/knadh/koanf/parsers/toml/v2"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
	"github.com/spf13/pflag"
)

// Config is all settings, checked.
type Config struct {
	Addr        string   `koanf:"addr"`
	PrivateAddr string   `koanf:"private_addr"`
	PublicURL   string   `koanf:"public_url"`
	DataDir     string   `koanf:"data_dir"`
	KeyFile     string   `koanf:"key_file"`
	DatabaseURL string   `koanf:"database_url"`
	RedisURL    string   `koanf:"redis_url"`
	Origins     []string `koanf:"origins"`
	Proxies     []string `koanf:"trusted_proxies"`

	IdentitySecret string `koanf:"identity_secret"`

	Log struct {
		Level  string `koanf:"level"`
		Format string `koanf:"format"`
	} `koanf:"log"`
	Bot struct {
		IdleHint    time.Duration `koanf:"idle_hint"`
		IdleAgain   time.Duration `koanf:"idle_again"`
		IdleClose   time.Duration `koanf:"idle_close"`
		Reopen      time.Duration `koanf:"reopen"`
		ReplyHours  int           `koanf:"reply_hours"`
		MatchBudget time.Duration `koanf:"match_budget"`
		Gather      time.Duration `koanf:"gather"`
		Precision   int           `koanf:"precision"`
	} `koanf:"bot"`
	Desk struct {
		TypingPreview bool `koanf:"typing_preview"`
	} `koanf:"desk"`
	Gate struct {
		Recall    int `koanf:"recall"`
		Precision int `koanf:"precision"`
		Worse     int `koanf:"worse"`
	} `koanf:"gate"`
	Limits struct {
		MessageRunes int           `koanf:"message_runes"`
		CustomerRate int           `koanf:"customer_rate"`
		ConnectRate  int           `koanf:"connect_rate"`
		Drain        time.Duration `koanf:"drain"`
	} `koanf:"limits"`
}

// Setting is one thing an operator may set.
type Setting struct {
	Key     string // as in the file, with dots
	Default any    // string, int, bool, time.Duration or []string
	Doc     string
	Secret  bool // shown as ••••
	check   func(any) error
}

// Settings are all there are, in the order they are shown.
var Settings = []Setting{
	{Key: "addr", Default: "127.0.0.1:8600", Doc: "address that customers, agents and editors reach; put a TLS proxy before it", check: address},
	{Key: "private_addr", Default: "127.0.0.1:8601", Doc: "address of /metrics for Prometheus, \"\" for none; never make it public", check: addressOrNone},
	{Key: "public_url", Default: "", Doc: "https address as browsers see it, if a proxy stands before; makes cookies secure", check: webAddress},
	{Key: "data_dir", Default: "wenda-data", Doc: "folder of the SQLite database, search index and key file", check: notEmpty},
	{Key: "key_file", Default: "", Doc: "key that signs customers' tokens and seals their contact details, made at the first start; the same on all nodes; empty is wenda.key in data_dir", check: anything},
	{Key: "database_url", Default: "", Doc: "postgres://… for several hosts; empty is SQLite in data_dir", Secret: true, check: databaseURL},
	{Key: "redis_url", Default: "", Doc: "redis://… (Sentinel, Cluster: see README) for several nodes; empty keeps hot state in this process", Secret: true, check: redisURL},
	{Key: "origins", Default: []string{}, Doc: "web origins whose pages may embed the widget, e.g. https://www.example.com; our own is always allowed", check: origins},
	{Key: "trusted_proxies", Default: []string{}, Doc: "addresses or networks of proxies whose X-Forwarded-For is believed", check: networks},
	{Key: "identity_secret", Default: "", Doc: "shared secret (32 bytes or more) with which your app signs who its customer is (HS256 JWT)", Secret: true, check: secret},
	{Key: "log.level", Default: "info", Doc: "debug, info, warn or error", check: oneOf("debug", "info", "warn", "error")},
	{Key: "log.format", Default: "auto", Doc: "text, json, or auto: text on a terminal, else json", check: oneOf("text", "json", "auto")},
	{Key: "bot.idle_hint", Default: 5 * time.Minute, Doc: "silence after which the bot asks whether there is more", check: atLeast(time.Second)},
	{Key: "bot.idle_again", Default: 10 * time.Minute, Doc: "silence after which the bot asks once more; left out unless it lies between idle_hint and idle_close", check: atLeast(0)},
	{Key: "bot.idle_close", Default: 15 * time.Minute, Doc: "silence after which a chat with the bot is closed", check: atLeast(time.Second)},
	{Key: "bot.reopen", Default: 24 * time.Hour, Doc: "time after a chat was closed within which its customer's next message goes on with it; later a new chat begins; 0 always begins a new one", check: atLeast(0)},
	{Key: "bot.reply_hours", Default: 24, Doc: "hours within which a message left after hours is promised an answer", check: between(1, 720)},
	{Key: "bot.match_budget", Default: 50 * time.Millisecond, Doc: "time the matcher may take; beyond it the message is kept and handed to a person", check: atLeast(time.Millisecond)},
	{Key: "bot.precision", Default: 95, Doc: "how many of 100 automatic answers shall be right; more answers less by itself and asks back or calls a person more", check: between(80, 99)},
	{Key: "bot.gather", Default: time.Second, Doc: "quiet after which the bot answers lines that are no clear question yet, all at once; clear questions are answered at once; 0 answers each line by itself", check: lasting(0, 4*time.Second)},
	{Key: "desk.typing_preview", Default: false, Doc: "agents see what the customer of their chat is typing before it is sent, without personal data; the widget tells the customer", check: anything},
	{Key: "gate.recall", Default: 80, Doc: "of 100 labelled questions that have an entry, how many a release must find to be published with one signature", check: between(0, 100)},
	{Key: "gate.precision", Default: 90, Doc: "of 100 automatic answers to labelled questions, how many must be right for that", check: between(0, 100)},
	{Key: "gate.worse", Default: 5, Doc: "labelled questions that may go from right to wrong for that", check: between(0, 1_000_000)},
	{Key: "limits.message_runes", Default: 2000, Doc: "longest message, in characters", check: between(10, 8000)},
	{Key: "limits.customer_rate", Default: 1, Doc: "messages a second that one customer may send on the average; ten times as many at once", check: between(1, 100_000)},
	{Key: "limits.connect_rate", Default: 200, Doc: "connections a minute that one address may open; raise it if a proxy in front hides the addresses, or many customers share one", check: between(1, 10_000_000)},
	{Key: "limits.drain", Default: 20 * time.Second, Doc: "time over which clients are asked to reconnect elsewhere when the server stops", check: atLeast(0)},
}

// Flag returns the setting's name on the command line, without dashes.
func (s Setting) Flag() string { return strings.NewReplacer(".", "-", "_", "-").Replace(s.Key) }

// Env returns the setting's environment variable.
func (s Setting) Env() string { return "WENDA_" + strings.ToUpper(strings.ReplaceAll(s.Key, ".", "_")) }

// Flags adds a flag for every setting, and --config for the file.
func Flags(fs *pflag.FlagSet) {
	fs.String("config", "", "TOML file with settings (WENDA_CONFIG)")
	for _, s := range Settings {
		switch d := s.Default.(type) {
		case string:
			fs.String(s.Flag(), d, s.Doc)
		case int:
			fs.Int(s.Flag(), d, s.Doc)
		case bool:
			fs.Bool(s.Flag(), d, s.Doc)
		case time.Duration:
			fs.Duration(s.Flag(), d, s.Doc)
		case []string:
			fs.StringSlice(s.Flag(), d, s.Doc)
		}
	}
}

// Loaded is a Config and where each value came from.
type Loaded struct {
	Config
	Values  map[string]any
	Origins map[string]string // key → "default", "file", "env WENDA_…" or "flag --…"
}

// Load reads all sources and checks them. The error names every fault found.
func Load(fs *pflag.FlagSet, environ []string) (*Loaded, error) {
	l := &Loaded{Values: map[string]any{}, Origins: map[string]string{}}
	for _, s := range Settings {
		l.Values[s.Key], l.Origins[s.Key] = s.Default, "default"
	}
	env := variables(environ)
	faults := []error{l.readFile(fs, env), l.readEnv(env), l.readFlags(fs)}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	if err := l.check(); err != nil {
		return nil, err
	}
	k := koanf.New(".")
	if err := k.Load(confmap.Provider(l.Values, "."), nil); err != nil {
		return nil, err
	}
	return l, k.Unmarshal("", &l.Config)
}

func variables(environ []string) map[string]string {
	env := map[string]string{}
	for _, kv := range environ {
		if name, value, ok := strings.Cut(kv, "="); ok && strings.HasPrefix(name, "WENDA_") && !strings.HasPrefix(name, "WENDA_TEST_") && name != "WENDA_PROVE" {
			env[name] = value
		}
	}
	return env
}

func (l *Loaded) readFile(fs *pflag.FlagSet, env map[string]string) error {
	path, _ := fs.GetString("config")
	if path == "" {
		path = env["WENDA_CONFIG"]
	}
	delete(env, "WENDA_CONFIG")
	if path == "" {
		return nil
	}
	k := koanf.New(".")
	if err := k.Load(file.Provider(path), toml.Parser()); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	var faults []error
	for key, value := range k.All() {
		if isEmptyTable(key, value) {
			continue
		}
		if _, known := find(key); !known {
			faults = append(faults, fmt.Errorf("%s: unknown setting %q", path, key))
			continue
		}
		faults = append(faults, l.set(key, value, "file "+filepath.Base(path)))
	}
	return errors.Join(faults...)
}

// isEmptyTable reports whether it is one of our tables with nothing in it, as WriteSample makes them.
func isEmptyTable(key string, value any) bool {
	table, ok := value.(map[string]any)
	return ok && len(table) == 0 && slices.ContainsFunc(Settings, func(s Setting) bool { return strings.HasPrefix(s.Key, key+".") })
}

func (l *Loaded) readEnv(env map[string]string) error {
	var faults []error
	for _, s := range Settings {
		name := s.Env()
		value, given := env[name]
		if from, ok := env[name+"_FILE"]; ok {
			raw, err := os.ReadFile(from)
			if err != nil {
				faults = append(faults, fmt.Errorf("%s_FILE: %w", name, err))
			}
			value, given = strings.TrimSpace(string(raw)), true
			delete(env, name+"_FILE")
		}
		if given {
			faults = append(faults, l.set(s.Key, value, "env "+name))
		}
		delete(env, name)
	}
	for name := range env {
		faults = append(faults, fmt.Errorf("unknown environment variable %s", name))
	}
	return errors.Join(faults...)
}

func (l *Loaded) readFlags(fs *pflag.FlagSet) error {
	var faults []error
	for _, s := range Settings {
		f := fs.Lookup(s.Flag())
		if f == nil || !f.Changed {
			continue
		}
		var value any = f.Value.String()
		if list, ok := f.Value.(pflag.SliceValue); ok {
			value = list.GetSlice()
		}
		faults = append(faults, l.set(s.Key, value, "flag --"+s.Flag()))
	}
	return errors.Join(faults...)
}

func find(key string) (Setting, bool) {
	for _, s := range Settings {
		if s.Key == key {
			return s, true
		}
	}
	return Setting{}, false
}

// set converts a value to the type of the setting's default.
func (l *Loaded) set(key string, value any, from string) error {
	s, _ := find(key)
	converted, err := convert(value, s.Default)
	if err != nil {
		return fmt.Errorf("%s (%s): %w", key, from, err)
	}
	l.Values[key], l.Origins[key] = converted, from
	return nil
}

func (l *Loaded) check() error {
	var faults []error
	for _, s := range Settings {
		if err := s.check(l.Values[s.Key]); err != nil {
			faults = append(faults, fmt.Errorf("%s (%s): %w", s.Key, l.Origins[s.Key], err))
		}
	}
	return errors.Join(faults...)
}

// Shown returns a value as it may be printed: secrets are not.
func (l *Loaded) Shown(s Setting) string {
	v := l.Values[s.Key]
	if text, ok := v.(string); ok && s.Secret && text != "" {
		return redact(text)
	}
	if list, ok := v.([]string); ok {
		return strings.Join(list, ",")
	}
	return fmt.Sprint(v)
}

// redact keeps a URL's scheme and host and hides the rest.
func redact(text string) string {
	if u, err := url.Parse(text); err == nil && u.Host != "" {
		return u.Scheme + "://••••@" + u.Host
	}
	return "••••"
}

// Base returns the address browsers use: public_url, or http://addr.
func (c Config) Base() string {
	if c.PublicURL != "" {
		return strings.TrimSuffix(c.PublicURL, "/")
	}
	host, port, err := net.SplitHostPort(c.Addr)
	if err == nil && (host == "" || host == "0.0.0.0" || host == "::") {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}
