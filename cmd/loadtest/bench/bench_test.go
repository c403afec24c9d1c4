package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"wenda/internal/sqldb"
)

// TestMain lets this binary be the servers that are measured.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "bench" {
		root := &cobra.Command{SilenceUsage: true}
		root.AddCommand(Command())
		if err := root.Execute(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func served(t *testing.T, name string, arguments ...string) *child {
	t.Helper()
	c, err := startServed(t.Context(), name, arguments...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.stop)
	return c
}

func dialled(t *testing.T, c *child, s *speech, n int) []*line {
	t.Helper()
	lines, err := dialAll(t.Context(), c, s, n)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { hangUp(lines) })
	return lines
}

// What the floor answers is on disk: a floor that cheats would make us look bad for nothing.
func TestTheFloorCommits(t *testing.T) {
	dir := t.TempDir()
	c := served(t, "floor", "--dir", dir, "--match=false")
	lines := dialled(t, c, &plain, 5)
	for answered := 0; answered == 0; { // we may stand still for as long as it lasts
		l, err := closed(t.Context(), c, lines, anyOf([]string{"还款失败怎么办"}), 200*time.Millisecond)
		if err != nil || l.failed+l.refused > 0 {
			t.Fatalf("%d answered, %d failed: %v", l.answered(), l.failed, err)
		}
		answered = l.answered()
	}
	asked := 0
	for _, one := range lines {
		asked += one.asked
	}
	hangUp(lines)
	c.stop()
	db, err := sqldb.Open(t.Context(), sqldb.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var events int
	if err := db.Read(t.Context()).QueryRow(`SELECT count(*) FROM event`).Scan(&events); err != nil || events != 2*asked {
		t.Errorf("%d events of %d messages: %v", events, asked, err)
	}
}

// An open loop counts from when a message was due, and says what nobody was free for.
func TestOpenLoop(t *testing.T) {
	c := served(t, "echo")
	l, err := open(t.Context(), c, dialled(t, c, &plain, 10), anyOf([]string{"a"}), 500, 200*time.Millisecond)
	if err != nil || l.answered()+l.unoffered != 100 || l.failed > 0 {
		t.Errorf("of 100 messages %d were answered, %d had nobody to say them, %d failed: %v", l.answered(), l.unoffered, l.failed, err)
	}
	if cpu, err := c.cpu(); err != nil || cpu < 0 {
		t.Errorf("cpu %v, %v", cpu, err)
	}
	if rss, err := c.rss(); err != nil || rss < 1000 {
		t.Errorf("rss %d KiB, %v", rss, err)
	}
}

func TestJudging(t *testing.T) {
	for frame, want := range map[string]outcome{
		`{"type":"ack","cid":"bench-1","seq":4}`:                                    none,
		`{"type":"event","seq":4,"from":{"role":"customer"},"text":"role bot"}`:     none,
		`{"type":"event","seq":5,"from":{"role":"bot","name":"小问"},"votable":true}`: answered,
		`{"type":"error","code":"busy","text":"…","retry_after_ms":731}`:            refused,
		`{"type":"error","code":"bad_frame","text":"…"}`:                            failed,
		`{"type":"state","state":"queued"}`:                                         none,
	} {
		if got := wendas.judge([]byte(frame)); got != want {
			t.Errorf("%s: %d, want %d", frame, got, want)
		}
	}
	if got := retryAfter([]byte(`{"type":"error","code":"busy","retry_after_ms":731}`)); got != 731 {
		t.Errorf("again after %d", got)
	}
	if got := string(wendas.ask(nil, 7, `卡里"有"钱`)); got != `{"type":"send","cid":"bench-1000000007","text":"卡里\"有\"钱"}` {
		t.Errorf("asked %s", got)
	}
	if plain.judge([]byte("failed")) != failed || plain.judge([]byte("x")) != answered {
		t.Error("plain answers")
	}
}

func TestFigures(t *testing.T) {
	l := load{took: 2 * time.Second, cpu: time.Second}
	if l.cost() != 0 || l.wait(0.99) != 0 || l.rate() != 0 {
		t.Error("nothing answered costs nothing")
	}
	for i := range 100 {
		l.waits = append(l.waits, time.Duration(i)*time.Millisecond)
	}
	if l.cost() != 10_000 || l.rate() != 50 || l.wait(0.5) != 49 || l.wait(0.99) != 98 {
		t.Errorf("%v %v %v %v", l.cost(), l.rate(), l.wait(0.5), l.wait(0.99))
	}
	if median([]float64{5, 1, 3}) != 3 || median([]float64{4, 1, 3, 2}) != 2.5 || median(nil) != 0 {
		t.Error("medians")
	}
}

func TestReport(t *testing.T) {
	r := newReport()
	r.turn(turn{Server: "wenda", Connections: 100, CPU: 12.3, Rate: 4567, P50: 1.5, P99: 9.25, Redis: 3.2, Unoffered: 2})
	r.goal("one", 1.2, 1.3, "×", atMost)
	r.goal("two", 0.5, 0.9, "×", atLeast)
	r.fact("three", 3, "KiB")
	var out bytes.Buffer
	r.write(&out)
	for _, want := range []string{"wenda", "4567", "9.250", "one", "≤ 1.3 ×", "reached", "MISSED", "3.00 KiB"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is missing in\n%s", want, &out)
		}
	}
	if strings.Count(out.String(), "MISSED") != 1 || strings.Count(out.String(), "reached") != 1 {
		t.Errorf("verdicts in\n%s", &out)
	}
	path := filepath.Join(t.TempDir(), "bench.json")
	if err := r.save(path); err != nil {
		t.Fatal(err)
	}
	raw, _ := os.ReadFile(path)
	var back report
	if err := json.Unmarshal(raw, &back); err != nil || len(back.Turns) != 1 || len(back.Ratios) != 3 || back.Turns[0].Rate != 4567 {
		t.Errorf("%v: %s", err, raw)
	}
}

// The whole against the product, short: it must answer everything.
func TestAgainstTheProduct(t *testing.T) {
	if os.Getenv("WENDA_PROVE") == "" {
		t.Skip("builds the product and loads it for half a minute: WENDA_PROVE=1 go test ./cmd/loadtest/bench -run AgainstTheProduct")
	}
	built := t.TempDir()
	if text, err := exec.Command("go", "build", "-o", built+"/", "wenda/cmd/wenda").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	b := &bench{product: filepath.Join(built, "wenda"), plan: options{quick: true, rounds: 1}.plan(), dir: t.TempDir(), say: t.Logf, report: newReport()}
	defer b.stop()
	b.levels = []int{1, 20}
	for _, do := range []func(context.Context) error{b.start, b.turns, b.framePath} {
		if err := do(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range b.report.Turns {
		if row.Rate == 0 || row.Failed > 0 {
			t.Errorf("%+v", row)
		}
	}
}
