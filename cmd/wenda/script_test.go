package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"go.uber.org/goleak"

	"wenda/internal/leak"
	"wenda/internal/sqldb"
	"wenda/internal/testbed"
)

// scratch is a folder for what several tests share; TestMain makes and removes it.
var scratch string

func TestMain(m *testing.M) {
	var err error
	if scratch, err = os.MkdirTemp("", "wenda-test-"); err != nil {
		panic(err)
	}
	analysis := goleak.IgnoreTopFunction("github.com/blevesearch/bleve_index_api.AnalysisWorker") // of the process, for ever
	leak.Main(tidy{m}, append(leak.Postgres, analysis)...)
}

// tidy removes the folder at the end.
type tidy struct{ *testing.M }

func (t tidy) Run() int {
	defer os.RemoveAll(scratch)
	return t.M.Run()
}

// command is a folder with this command as users run it, without the race detector:
// with it a start takes long.
var command = sync.OnceValues(func() (dir string, err error) {
	dir = filepath.Join(scratch, "bin")
	report, err := exec.Command("go", "build", "-buildvcs=false", "-o", filepath.Join(dir, "wenda"), ".").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("go build: %w\n%s", err, report)
	}
	return dir, err
})

var update = flag.Bool("update", false, "rewrite the golden files with what is so now")

// patience bounds every wait of these tests. Only one that fails takes so long.
const patience = time.Minute

// Every file in testdata/script is a terminal: commands, and what they must say.
//
//	fails N wenda …   runs a command that must end with exit code N
//	port NAME         sets $NAME to a free address
//	up ADDR           waits until a wenda serve in the background takes chats there
//	login ADDR WHO PASSWORD    logs in on its page; "! login" must be turned away
//	newer DIR [contracted]     makes the database in a data folder one of a later
//	                  version, in which something that this one needs is gone
//	tamper DIR STATEMENT       changes the database behind everybody's back
func TestScripts(t *testing.T) {
	t.Parallel()
	bin, err := command()
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", bin+string(filepath.ListSeparator)+e.Getenv("PATH"))
			return nil
		},
		Dir: filepath.Join("testdata", "script"),
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"fails": fails, "port": port, "up": up, "login": login, "newer": newer, "tamper": tamper,
		},
		UpdateScripts: *update, RequireUniqueNames: true,
	})
}

func fails(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: fails CODE COMMAND [ARGUMENT…]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	var ended *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case err == nil:
		ts.Fatalf("it succeeded, want exit code %d", want)
	case !errors.As(err, &ended) || ended.ExitCode() != want:
		ts.Fatalf("it ended with %v, want exit code %d", err, want)
	}
}

func port(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: port NAME")
	}
	free, err := testbed.FreePort()
	ts.Check(err)
	ts.Setenv(args[0], fmt.Sprint("127.0.0.1:", free))
}

func up(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: up ADDR")
	}
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		answer, err := stranger().Get("http://" + args[0] + "/readyz")
		if err != nil {
			continue
		}
		_ = answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			return
		}
	}
	ts.Fatalf("%s was not ready within %v", args[0], patience)
}

func login(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: [!] login ADDR LOGIN PASSWORD")
	}
	answer, err := stranger().PostForm("http://"+args[0]+"/login", url.Values{"login": {args[1]}, "password": {args[2]}})
	ts.Check(err)
	_ = answer.Body.Close()
	if in := answer.StatusCode == http.StatusSeeOther; in == neg {
		ts.Fatalf("logging in was answered with %s", answer.Status)
	}
}

func newer(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 && (len(args) != 2 || args[1] != "contracted") {
		ts.Fatalf("usage: newer DIR [contracted]")
	}
	version, broken := 9998+len(args), len(args) == 2
	db, err := sqldb.Open(context.Background(), sqldb.Options{Dir: ts.MkAbs(args[0])})
	ts.Check(err)
	err = db.Write(context.Background(), func(tx sqldb.Tx) error {
		_, err := tx.Exec(`INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, TRUE)`, version)
		if err == nil && broken {
			_, err = tx.Exec(`INSERT INTO oldest (one, version) VALUES (1, $1)`, version)
		}
		return err
	})
	ts.Check(err)
	ts.Check(db.Close())
}

// tamper is somebody with a shell, who takes the guards of the audit away.
func tamper(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: tamper DIR STATEMENT")
	}
	db, err := sqldb.Open(context.Background(), sqldb.Options{Dir: ts.MkAbs(args[0])})
	ts.Check(err)
	err = db.Write(context.Background(), func(tx sqldb.Tx) error {
		for _, statement := range []string{`DROP TRIGGER IF EXISTS audit_no_update`, `DROP TRIGGER IF EXISTS audit_no_delete`, args[1]} {
			if _, err := tx.Exec(statement); err != nil {
				return err
			}
		}
		return nil
	})
	ts.Check(err)
	ts.Check(db.Close())
}

// stranger is a client that keeps no connections, no cookies, and follows nothing.
func stranger() *http.Client {
	return &http.Client{
		Timeout:       patience,
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// within waits until something is so.
func within(t testing.TB, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("not within %v: %s", patience, what)
}
