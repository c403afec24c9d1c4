package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"
)

func load(t *testing.T, file string, environ []string, args ...string) (*Loaded, error) {
	t.Helper()
	fs := pflag.NewFlagSet("test", pflag.ContinueOnError)
	Flags(fs)
	if file != "" {
		path := filepath.Join(t.TempDir(), "wenda.toml")
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "--config", path)
	}
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
	return Load(fs, environ)
}

// Defaults < file < environment < flags, and each value knows where it came from.
func TestPrecedence(t *testing.T) {
	file := "addr = \"127.0.0.1:1\"\ndata_dir = \"from-file\"\norigins = [\"https://a.example\"]\n[bot]\nreply_hours = 4\nidle_close = \"20m\"\n"
	l, err := load(t, file, []string{"WENDA_ADDR=127.0.0.1:2", "WENDA_BOT_REPLY_HOURS=8", "PATH=/bin"}, "--addr", "127.0.0.1:3")
	if err != nil {
		t.Fatal(err)
	}
	if l.Addr != "127.0.0.1:3" || l.DataDir != "from-file" || l.Bot.ReplyHours != 8 || l.Bot.IdleClose != 20*time.Minute || l.Bot.IdleHint != 5*time.Minute {
		t.Errorf("got %+v", l.Config)
	}
	if len(l.Config.Origins) != 1 || l.Config.Origins[0] != "https://a.example" {
		t.Errorf("origins %v", l.Config.Origins)
	}
	want := map[string]string{"addr": "flag --addr", "bot.reply_hours": "env WENDA_BOT_REPLY_HOURS", "data_dir": "file wenda.toml", "bot.idle_hint": "default"}
	for key, from := range want {
		if l.Origins[key] != from {
			t.Errorf("%s came from %q, want %q", key, l.Origins[key], from)
		}
	}
}

func TestSwitch(t *testing.T) {
	for name, c := range map[string]struct {
		file    string
		environ []string
		args    []string
		want    bool
	}{
		"default":         {},
		"file":            {file: "[desk]\ntyping_preview = true\n", want: true},
		"variable":        {environ: []string{"WENDA_DESK_TYPING_PREVIEW=true"}, want: true},
		"flag":            {args: []string{"--desk-typing-preview"}, want: true},
		"flag, taken off": {file: "[desk]\ntyping_preview = true\n", args: []string{"--desk-typing-preview=false"}},
	} {
		l, err := load(t, c.file, c.environ, c.args...)
		if err != nil || l.Desk.TypingPreview != c.want {
			t.Errorf("%s: %v, %v", name, l, err)
		}
	}
}

func TestSecretFromFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "redis")
	if err := os.WriteFile(path, []byte("redis://:hunter2@redis.internal:6379/0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := load(t, "", []string{"WENDA_REDIS_URL_FILE=" + path})
	if err != nil {
		t.Fatal(err)
	}
	if l.RedisURL != "redis://:hunter2@redis.internal:6379/0" {
		t.Errorf("redis_url %q", l.RedisURL)
	}
	s, _ := find("redis_url")
	if shown := l.Shown(s); strings.Contains(shown, "hunter2") || !strings.Contains(shown, "redis.internal:6379") {
		t.Errorf("shown as %q", shown)
	}
}

// Whatever is wrong is named, all of it at once, and no secret is repeated.
func TestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		file    string
		environ []string
		args    []string
		says    []string
	}{
		"unknown key in file":  {file: "adr = \"x\"\n[bot]\nreplyhours = 3\n", says: []string{`unknown setting "adr"`, `unknown setting "bot.replyhours"`}},
		"unknown variable":     {environ: []string{"WENDA_ADRESS=x"}, says: []string{"WENDA_ADRESS"}},
		"bad address":          {args: []string{"--addr", "8600"}, says: []string{"addr (flag --addr)", "host:port"}},
		"neither yes nor no":   {environ: []string{"WENDA_DESK_TYPING_PREVIEW=maybe"}, says: []string{"desk.typing_preview", "WENDA_DESK_TYPING_PREVIEW", "neither true nor false"}},
		"no flag in the file":  {file: "[desk]\ntyping_preview = \"maybe\"\n", says: []string{"desk.typing_preview"}},
		"bad duration":         {environ: []string{"WENDA_BOT_IDLE_HINT=soon"}, says: []string{"bot.idle_hint", "WENDA_BOT_IDLE_HINT", "5m"}},
		"number out of range":  {args: []string{"--bot-reply-hours", "0"}, says: []string{"bot.reply_hours", "between 1 and 720"}},
		"gathers too long":     {args: []string{"--bot-gather", "5s"}, says: []string{"bot.gather", "between 0s and 4s"}},
		"wildcard origin":      {args: []string{"--origins", "https://*.example.com/"}, says: []string{"origins"}},
		"database of no kind":  {environ: []string{"WENDA_DATABASE_URL=mysql://u:hunter2@h/d"}, says: []string{"database_url", "postgres://"}},
		"short secret":         {environ: []string{"WENDA_IDENTITY_SECRET=hunter2"}, says: []string{"identity_secret", "7 bytes"}},
		"missing secret file":  {environ: []string{"WENDA_REDIS_URL_FILE=/nowhere/at/all"}, says: []string{"WENDA_REDIS_URL_FILE"}},
		"unknown empty table":  {file: "[bott]\n[bot.reply_hours]\n", says: []string{`unknown setting "bott"`, "bot.reply_hours"}},
		"file that is no TOML": {file: "addr = \n", says: []string{"wenda.toml"}},
		"two faults":           {args: []string{"--addr", "x", "--log-level", "loud"}, says: []string{"addr", "log.level"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := load(t, c.file, c.environ, c.args...)
			if err == nil {
				t.Fatal("accepted")
			}
			for _, part := range c.says {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("%q repeats a secret", err)
			}
		})
	}
}

// The sample file is accepted, and with every line switched on too, and changes nothing.
func TestSampleIsTheDefaults(t *testing.T) {
	var b strings.Builder
	if err := WriteSample(&b); err != nil {
		t.Fatal(err)
	}
	if _, err := load(t, b.String(), nil); err != nil {
		t.Errorf("the sample as it is written: %v", err)
	}
	var on []string
	for _, line := range strings.Split(b.String(), "\n") {
		if strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "# ") {
			line = line[1:]
		}
		on = append(on, line)
	}
	l, err := load(t, strings.Join(on, "\n"), nil)
	if err != nil {
		t.Fatal(err)
	}
	d, _ := load(t, "", nil)
	if got, want := l.Config, d.Config; got.Addr != want.Addr || got.Bot != want.Bot || got.Log != want.Log || got.Limits != want.Limits {
		t.Errorf("sample gives %+v, defaults are %+v", got, want)
	}
	if l.Base() != "http://127.0.0.1:8600" {
		t.Errorf("base %q", l.Base())
	}
}
