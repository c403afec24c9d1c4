package gate

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"wenda/internal/sqldb"
	"wenda/internal/testbed"
)

// rig is an empty set on one engine.
type rig struct {
	*testing.T
	*Store
	now    time.Time
	before map[string]int // rows in the audit
}

func (r *rig) add(utterance, expect string, source Source) Case {
	r.Helper()
	r.now = r.now.Add(time.Millisecond)
	out, err := r.Add(r.Context(), "zhou", Case{Utterance: utterance, Expect: expect, Source: source})
	if err != nil || len(out) != 1 {
		r.Fatalf("Add %q: %v, %v", utterance, out, err)
	}
	return out[0]
}

func (r *rig) list(q Query) (out []string) {
	r.Helper()
	cases, _, err := r.List(r.Context(), q)
	if err != nil {
		r.Fatal(err)
	}
	for _, c := range cases {
		out = append(out, c.Utterance)
	}
	return out
}

func (r *rig) wantList(q Query, want ...string) {
	r.Helper()
	if got := r.list(q); !reflect.DeepEqual(got, want) {
		r.Errorf("%+v: %q, want %q", q, got, want)
	}
}

// audited returns how many rows of a kind zhou has in the audit, which nobody can empty.
func (r *rig) audited(did string) (n int) {
	r.Helper()
	if err := r.db.Read(r.Context()).QueryRow(`SELECT count(*) FROM audit WHERE did = $1 AND who = 'zhou'`, did).Scan(&n); err != nil {
		r.Fatal(err)
	}
	return n
}

func (r *rig) wantAudit(did string, want int) {
	r.Helper()
	if n := r.audited(did) - r.before[did]; n != want {
		r.Errorf("%d rows of %s in the audit, want %d", n, did, want)
	}
}

// conformance is what both engines must do.
var conformance = map[string]func(*rig){
	"add": addCases, "masked": masked, "contradicts": contradicts, "invalid": invalid, "remove": removeCase, "list": listed, "pages": paged,
	"all or none": allOrNone, "full": full, "together": together,
}

func opened(t *testing.T, o sqldb.Options) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return db
}

func rigged(t *testing.T, db *sqldb.DB) *rig {
	r := &rig{T: t, now: time.UnixMilli(1_770_000_000_000), before: map[string]int{}}
	r.Store = New(db, Clock(func() time.Time { return r.now }))
	if err := db.Write(t.Context(), func(tx sqldb.Tx) error {
		_, err := tx.Exec(`DELETE FROM gate_case`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, did := range []string{"gate.add", "gate.remove"} {
		r.before[did] = r.audited(did)
	}
	return r
}

func TestSQLite(t *testing.T) { conform(t, opened(t, sqldb.Options{Dir: t.TempDir()})) }

func TestPostgres(t *testing.T) {
	conform(t, opened(t, sqldb.Options{URL: testbed.Postgres(t), Readers: 8}))
}

func conform(t *testing.T, db *sqldb.DB) {
	for name, test := range conformance {
		t.Run(name, func(t *testing.T) { test(rigged(t, db)) })
	}
}

func addCases(r *rig) {
	a := r.add(" 钱还不进去 ", "repay-failed", FromChat)
	b := r.add("今天天气", "", FromEditor)
	if again := r.add("钱，還不進去！", "repay-failed", FromInbox); again != a {
		r.Errorf("added twice: %+v and %+v", a, again)
	}
	all, err := r.All(r.Context())
	if err != nil || !reflect.DeepEqual(all, []Case{a, b}) {
		r.Errorf("all %+v, %v", all, err)
	}
	want := Case{ID: a.ID, Utterance: "钱还不进去", Expect: "repay-failed", Source: FromChat, By: "zhou", At: time.UnixMilli(1_770_000_000_001).UTC()}
	if a != want {
		r.Errorf("got %+v, want %+v", a, want)
	}
	if n, none, err := r.Count(r.Context()); n != 2 || none != 1 || err != nil {
		r.Errorf("count %d, %d, %v", n, none, err)
	}
	r.wantAudit("gate.add", 2)
}

func masked(r *rig) {
	if c := r.add("我的号13800138000收不到短信", "sms", FromChat); strings.Contains(c.Utterance, "13800138000") {
		r.Error("not masked: what Add returned")
	}
	r.wantList(Query{Text: "13800138000"})
	r.wantList(Query{}, "我的号138****8000收不到短信")
}

func contradicts(r *rig) {
	a := r.add("还款", "repay", FromEditor)
	_, err := r.Add(r.Context(), "li", Case{Utterance: "還款。", Expect: "repay-early", Source: FromChat})
	if !errors.Is(err, ErrContradicts) || !strings.Contains(err.Error(), a.ID) {
		r.Errorf("error %v", err)
	}
	if err := r.Remove(r.Context(), "zhou", a.ID, "the entry was split"); err != nil {
		r.Fatal(err)
	}
	r.add("还款", "repay-early", FromEditor)
	r.wantList(Query{Expect: "repay-early"}, "还款")
}

func invalid(r *rig) {
	fine := Case{Utterance: "还款", Expect: "repay", Source: FromEditor}
	for name, change := range map[string]func(*Case){
		"no words": func(c *Case) { c.Utterance = " ？！" }, "too long": func(c *Case) { c.Utterance = strings.Repeat("还", 513) },
		"NUL": func(c *Case) { c.Utterance = "还\x00款" }, "not UTF-8": func(c *Case) { c.Utterance = "还\xff" },
		"bad id": func(c *Case) { c.Expect = "a b" }, "own sentence": func(c *Case) { c.Expect = "system.welcome" },
		"agents' reply": func(c *Case) { c.Expect = "canned.hello" },
		"no source":     func(c *Case) { c.Source = "" }, "other source": func(c *Case) { c.Source = "x" },
	} {
		c := fine
		change(&c)
		if _, err := r.Add(r.Context(), "zhou", c); !errors.Is(err, ErrInvalid) {
			r.Errorf("%s: %v", name, err)
		}
	}
	if _, err := r.Add(r.Context(), "zhou", make([]Case, MaxAdd+1)...); !errors.Is(err, ErrInvalid) {
		r.Errorf("too many: %v", err)
	}
	long := fine
	long.Utterance = strings.Repeat("ﷺ", 512) // eighteen letters each, normalised
	if _, err := r.Add(r.Context(), "zhou", long); err != nil {
		r.Errorf("long when normalised: %v", err)
	}
}

func removeCase(r *rig) {
	a := r.add("还款", "repay", FromEditor)
	for _, why := range []string{"", "  ", strings.Repeat("x", MaxWhy+1), "\xff", "\x00x"} {
		if err := r.Remove(r.Context(), "zhou", a.ID, why); !errors.Is(err, ErrInvalid) {
			r.Errorf("without reason: %v", err)
		}
	}
	if err := r.Remove(r.Context(), "zhou", a.ID, "not about us, says 13800138000"); err != nil {
		r.Fatal(err)
	}
	for _, id := range []string{a.ID, "nobody"} {
		if err := r.Remove(r.Context(), "zhou", id, "again"); !errors.Is(err, ErrNone) {
			r.Errorf("again: %v", err)
		}
	}
	r.wantList(Query{})
	removed, _, err := r.List(r.Context(), Query{Removed: true})
	if err != nil || len(removed) != 1 || removed[0].RemovedBy != "zhou" || removed[0].RemovedWhy != "not about us, says 138****8000" || !removed[0].RemovedAt.Equal(r.now.UTC()) {
		r.Errorf("removed %+v, %v", removed, err)
	}
	r.wantAudit("gate.remove", 1)
}

func listed(r *rig) {
	r.add("提前还款 100%_!", "repay-early", FromChat)
	r.add("怎么还款", "repay", FromEditor)
	r.add("天气", "", FromInbox)
	r.wantList(Query{}, "天气", "怎么还款", "提前还款 100%_!")
	r.wantList(Query{Expect: "repay"}, "怎么还款")
	r.wantList(Query{None: true}, "天气")
	r.wantList(Query{Source: FromChat}, "提前还款 100%_!")
	r.wantList(Query{Text: "還款"}, "怎么还款", "提前还款 100%_!")
	r.wantList(Query{Text: "100%"}, "提前还款 100%_!")
	r.wantList(Query{Text: "1%", Expect: "repay-early"})
	r.wantList(Query{Text: "还款", None: true})
}

func paged(r *rig) {
	var want []string
	for i := range 5 {
		r.add(fmt.Sprintf("问题%c", '甲'+rune(i)), "x", FromEditor)
	}
	for after := ""; ; {
		page, next, err := r.List(r.Context(), Query{After: after, Limit: 2})
		if err != nil || len(page) > 2 {
			r.Fatal(page, err)
		}
		for _, c := range page {
			want = append(want, c.Utterance)
		}
		if after = next; next == "" {
			break
		}
	}
	if got := r.list(Query{}); len(got) != 5 || !reflect.DeepEqual(got, want) {
		r.Errorf("pages %q, at once %q", want, got)
	}
}

func allOrNone(r *rig) {
	r.add("还款", "repay", FromEditor)
	_, err := r.Add(r.Context(), "zhou", Case{Utterance: "新的", Expect: "new", Source: FromEditor}, Case{Utterance: "还款", Expect: "other", Source: FromEditor})
	if !errors.Is(err, ErrContradicts) || !strings.Contains(err.Error(), "case 2") {
		r.Errorf("error %v", err)
	}
	r.wantList(Query{}, "还款")
	out, err := r.Add(r.Context(), "zhou", Case{Utterance: "甲", Expect: "a", Source: FromEditor}, Case{Utterance: "乙", Expect: "b", Source: FromEditor}, Case{Utterance: "甲！", Expect: "a", Source: FromChat})
	if err != nil || len(out) != 3 || out[0] != out[2] || out[0].ID >= out[1].ID {
		r.Errorf("%+v, %v", out, err)
	}
}

// Two who say different things about one utterance: one of them is told.
func together(r *rig) {
	errs := make([]error, 4)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			for errs[i] = sqldb.ErrBusy; errors.Is(errs[i], sqldb.ErrBusy); { // until it is decided
				_, errs[i] = r.Add(context.Background(), "zhou", Case{Utterance: "还款", Expect: fmt.Sprint("entry-", i), Source: FromChat})
			}
		})
	}
	all.Wait()
	added := 0
	for _, err := range errs {
		if err == nil {
			added++
		} else if !errors.Is(err, ErrContradicts) {
			r.Errorf("error %v", err)
		}
	}
	if got := r.list(Query{}); added != 1 || len(got) != 1 {
		r.Errorf("%d added, the set %q", added, got)
	}
}

func full(r *rig) {
	r.most = 2
	a := r.add("甲", "a", FromEditor)
	r.add("乙", "b", FromEditor)
	if _, err := r.Add(r.Context(), "zhou", Case{Utterance: "丙", Expect: "c", Source: FromEditor}); !errors.Is(err, ErrFull) {
		r.Errorf("error %v", err)
	}
	r.add("甲", "a", FromEditor) // is there already
	if err := r.Remove(r.Context(), "zhou", a.ID, "room for another"); err != nil {
		r.Fatal(err)
	}
	r.add("丙", "c", FromEditor)
	r.wantList(Query{}, "丙", "乙")
}
