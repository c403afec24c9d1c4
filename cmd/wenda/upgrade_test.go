package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"wenda/internal/sqldb"
	"wenda/internal/testbed"
)

// An upgrade, node by node, as the older binary sees it: the schema grows under it
// while it serves, and it starts again on the grown one. The grown schema is made up,
// with all that a migration may do (see package sqldb, Expand, then contract).
func TestSchemaGrowsUnderServe(t *testing.T) {
	t.Parallel()
	redis := testbed.StartRedis(t)
	url := testbed.Postgres(t)
	a := startServe(t, "--database-url", url, "--redis-url", redis.URL)
	chat, welcome := openChat(t, a.base, "", 0)
	chat.answered("智能客服")
	chat.say(frame{"type": "send", "text": "卡里有钱为什么还款失败"})
	chat.answered("还款失败")

	grow(t, url)
	chat.say(frame{"type": "send", "text": "卡里有钱为什么还款失败"})
	chat.answered("还款失败")
	b := startServe(t, "--database-url", url, "--redis-url", redis.URL, "--key-file", filepath.Join(a.dir, keyFile))
	if !strings.Contains(b.log.String(), "the database is of a newer version") {
		t.Errorf("started on a newer schema, the log says\n%s", b.log)
	}
	elsewhere, again := openChat(t, b.base, welcome.text("token"), 0)
	if again.text("session") != welcome.text("session") {
		t.Errorf("it is another chat: %v, was %v", again, welcome)
	}
	elsewhere.asks(100)
	if code := a.stop(); code != 0 {
		t.Errorf("the first ended with exit code %d: %s", code, a.log)
	}
	elsewhere.asks(200)
	whole(t, url)
}

// asks asks and waits for the answer that comes after the question. The customer's
// device numbers its messages on, whatever connection it uses.
func (s *socket) asks(number int) {
	s.t.Helper()
	s.cids = number
	acked := s.say(frame{"type": "send", "text": "卡里有钱为什么还款失败"})
	s.next("an answer", func(f frame) bool {
		from, _ := f["from"].(map[string]any)
		at, _ := f["seq"].(float64)
		asked, _ := acked["seq"].(float64)
		return f.text("type") == "event" && from["role"] == "bot" && at > asked && strings.Contains(f.text("text"), "还款失败")
	})
}

// grow does what a migration of a later version may do.
func grow(t *testing.T, url string) {
	t.Helper()
	db, err := sqldb.Open(t.Context(), sqldb.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.Write(t.Context(), func(tx sqldb.Tx) error {
		for _, statement := range []string{
			`ALTER TABLE session ADD COLUMN mood TEXT NOT NULL DEFAULT ''`,
			`ALTER TABLE event ADD COLUMN heard BIGINT NOT NULL DEFAULT 0`,
			`CREATE TABLE mood (id TEXT PRIMARY KEY)`,
			`CREATE INDEX session_mood ON session (mood)`,
			`INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, TRUE)`,
		} {
			if _, err := tx.Exec(statement); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// whole checks the database as wenda verify does.
func whole(t *testing.T, url string) {
	t.Helper()
	db, err := sqldb.Open(t.Context(), sqldb.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	found, err := verify(t.Context(), db)
	if err != nil || found.events == 0 {
		t.Errorf("%v, %v", found, err)
	}
}

// The real one: the newest binary in this repository's history with an older schema
// serves, this one joins and migrates under it, the customer goes back and forth.
func TestUpgrade(t *testing.T) {
	if os.Getenv("WENDA_PROVE") == "" {
		t.Skip("it builds an older version; run: WENDA_PROVE=1 go test -run TestUpgrade ./cmd/wenda (or make prove)")
	}
	t.Parallel()
	old := older(t)
	redis := testbed.StartRedis(t)
	url, dir := testbed.Postgres(t), t.TempDir()
	copyIndex(t, dir)
	var out written
	ctx, cancel := context.WithCancel(context.Background())
	serve := exec.CommandContext(ctx, old, "serve", "--data-dir", dir, "--addr", "127.0.0.1:0", "--private-addr", "", "--bot-match-budget", "1m", "--database-url", url, "--redis-url", redis.URL)
	serve.Env = slices.DeleteFunc(os.Environ(), func(kv string) bool { return strings.HasPrefix(kv, "WENDA_") })
	serve.Cancel = func() error { return serve.Process.Signal(os.Interrupt) }
	serve.Stdout, serve.Stderr = &out, &out
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- serve.Wait() }()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	base := regexp.MustCompile(`demo page with the widget +(http://\S+)/\n`)
	within(t, "the old version is ready", func() bool { return strings.Contains(out.String(), "hot state:") })
	before := base.FindStringSubmatch(out.String())[1]

	chat, welcome := openChat(t, before, "", 0)
	chat.say(frame{"type": "send", "text": "卡里有钱为什么还款失败"})
	chat.answered("还款失败")
	b := startServe(t, "--database-url", url, "--redis-url", redis.URL, "--key-file", filepath.Join(dir, keyFile))
	for i, at := range []string{b.base, before, b.base, before} {
		elsewhere, again := openChat(t, at, welcome.text("token"), 0)
		if again.text("session") != welcome.text("session") {
			t.Errorf("it is another chat: %v, was %v", again, welcome)
		}
		elsewhere.asks(100 + 100*i)
	}
	cancel()
	err := <-ended
	ended <- err
	after, _ := openChat(t, b.base, welcome.text("token"), 0)
	after.asks(900)
	if said := out.String(); strings.Contains(said, `"level":"ERROR"`) {
		t.Errorf("the old version ended with %v and said\n%s", err, said)
	}
	whole(t, url)
}

// older builds the newest committed version whose migrations differ from those here.
func older(t *testing.T) string {
	t.Helper()
	const folder = "internal/sqldb/migrations"
	git := func(args ...string) string {
		said, err := exec.Command("git", append([]string{"-C", "../.."}, args...)...).Output()
		if err != nil {
			t.Skipf("git %s: %v; run it in a clone with its history: git fetch --unshallow", args[0], err)
		}
		return string(said)
	}
	here, err := filepath.Glob(filepath.Join("../..", folder, "*.sql"))
	if err != nil {
		t.Fatal(err)
	}
	for _, commit := range strings.Fields(git("log", "-200", "--format=%H")) {
		there := strings.Fields(git("ls-tree", "--name-only", commit, folder+"/"))
		if len(there) == 0 || len(there) >= len(here) {
			continue
		}
		dir := t.TempDir()
		archive := exec.Command("git", "-C", "../..", "archive", commit)
		unpack := exec.Command("tar", "-x", "-C", dir)
		var tree bytes.Buffer
		archive.Stdout, unpack.Stdin = &tree, &tree
		if err := archive.Run(); err != nil {
			t.Fatal(err)
		}
		if err := unpack.Run(); err != nil {
			t.Fatal(err)
		}
		build := exec.Command("go", "build", "-buildvcs=false", "-o", "wenda-old", "./cmd/wenda")
		build.Dir = dir
		if report, err := build.CombinedOutput(); err != nil {
			t.Fatalf("building %s: %v\n%s", commit, err, report)
		}
		t.Logf("the older version is %s with %d migrations, this one has %d", commit, len(there), len(here))
		return filepath.Join(dir, "wenda-old")
	}
	t.Skip("no version with an older schema in the history here; run it in a clone with its history: git fetch --unshallow")
	return ""
}
