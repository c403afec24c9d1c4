package inbox

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"wenda/internal/audit"
	"wenda/internal/sqldb"
)

// did are the codes of the audit, oldest first.
func (r *rig) did() []string {
	r.Helper()
	acts, err := sqldb.Collect(audit.Scan)(r.db.Read(r.Context()).Query(`SELECT ` + audit.Columns + ` FROM audit ORDER BY at, id`))
	if err != nil {
		r.Fatal(err)
	}
	var out []string
	for _, a := range acts {
		out = append(out, fmt.Sprint(a.Who, " ", a.Did, " ", a.About, " ", a.Detail))
	}
	return out
}

func (r *rig) tick() { r.now = r.now.Add(time.Second) }

func (r *rig) undo(d Deed) {
	r.Helper()
	r.tick()
	if err := r.box.Undo(r.Context(), "li", d.ID, "was wrong"); err != nil {
		r.Fatal(err)
	}
}

// Each deed closes its cluster, and undoing it opens it again.
func TestDeeds(t *testing.T) {
	engines(t, func(r *rig) {
		answered := r.asks("b", 1, "花呗能还房贷么", Agent)
		answered.Answer = "不支持"
		r.take(r.asks("a", 1, "花呗能还房贷吗"), answered, r.asks("c", 1, "花呗能还房贷吗"))
		id := r.list(Query{})[0].ID

		phrasing, err := r.box.AddPhrasing(r.Context(), "zhou", id, "repay-house", " 花呗\n还房贷 ", "asked often")
		if err != nil || phrasing.Did != AddedPhrasing || phrasing.Entry != "repay-house" || r.base.texts[phrasing.token] != "repay-house: 花呗 还房贷" {
			r.Fatalf("%+v, %v; the base has %v", phrasing, err, r.base.texts)
		}
		r.want("open", r.heads(Query{}), nil)
		done := r.list(Query{State: Done})
		if len(done) != 1 || done[0].Deed == nil || done[0].Deed.Who != "zhou" || done[0].Deed.Why != "asked often" || !slices.Equal(done[0].Deed.Texts, []string{"花呗 还房贷"}) {
			r.Fatalf("done: %+v", done)
		}
		if _, err := r.box.Ignore(r.Context(), "li", id, "late"); !errors.Is(err, ErrDone) {
			r.Errorf("a second deed: %v", err)
		}
		r.undo(phrasing)
		if len(r.base.texts) != 0 {
			r.Errorf("the draft is still there: %v", r.base.texts)
		}
		if err := r.box.Undo(r.Context(), "li", phrasing.ID, ""); !errors.Is(err, ErrDone) {
			r.Errorf("undone twice: %v", err)
		}

		r.tick()
		draft, err := r.box.StartDraft(r.Context(), "zhou", id, "", "new product")
		if err != nil || draft.Entry != "new-t2" || r.base.texts["t2"] != "new: 花呗能还房贷吗|不支持" {
			r.Fatalf("%+v, %v; the base has %v", draft, err, r.base.texts)
		}
		r.undo(draft)
		r.tick()
		outside, err := r.box.MarkOutside(r.Context(), "zhou", id, "")
		if err != nil || !slices.Equal(outside.Texts, []string{"花呗能还房贷吗", "花呗能还房贷么"}) {
			r.Fatalf("%+v, %v", outside, err)
		}
		if texts, err := r.box.OutOfScope(r.Context()); err != nil || !slices.Equal(texts, outside.Texts) {
			r.Errorf("out of scope: %v, %v", texts, err)
		}
		r.undo(outside)
		if texts, err := r.box.OutOfScope(r.Context()); err != nil || len(texts) != 0 {
			r.Errorf("out of scope after undoing: %v, %v", texts, err)
		}
		r.tick()
		if _, err := r.box.Ignore(r.Context(), "zhou", id, "a joke"); err != nil {
			r.Fatal(err)
		}
		if err := r.box.Undo(r.Context(), "li", draft.ID, ""); !errors.Is(err, ErrDone) {
			r.Errorf("undone again, under a later deed: %v", err)
		}
		about := fmt.Sprintf(" inbox-%d deed ", id)
		r.want("audit", r.did(), []string{
			"zhou inbox.phrasing" + about + "1 repay-house", "li inbox.undo" + about + "1 repay-house",
			"zhou inbox.draft" + about + "2 new-t2", "li inbox.undo" + about + "2 new-t2",
			"zhou inbox.outside" + about + "3 ", "li inbox.undo" + about + "3 ", "zhou inbox.ignored" + about + "4 ",
		})
		deeds, err := r.box.Deeds(r.Context(), 0, 10)
		if err != nil || len(deeds) != 4 || deeds[0].Did != Ignored || deeds[0].UndoneBy != "" || deeds[3].UndoneBy != "li" || deeds[3].UndoneWhy != "was wrong" {
			r.Errorf("deeds: %+v, %v", deeds, err)
		}
		if older, err := r.box.Deeds(r.Context(), deeds[1].ID, 1); err != nil || len(older) != 1 || older[0].ID != draft.ID {
			r.Errorf("deeds before %d: %+v, %v", deeds[1].ID, older, err)
		}
	})
}

// What is no deed changes nothing.
func TestDeedsRefused(t *testing.T) {
	engines(t, func(r *rig) {
		r.take(r.asks("a", 1, "花呗能还房贷吗"))
		id := r.list(Query{})[0].ID
		long := strings.Repeat("长", MaxText+1)
		errBase := errors.New("the base says no")
		for name, test := range map[string]struct {
			do   func() error
			want error
		}{
			"ignored without a reason": {func() error { _, err := r.box.Ignore(r.Context(), "zhou", id, " "); return err }, ErrInvalid},
			"by nobody":                {func() error { _, err := r.box.MarkOutside(r.Context(), "", id, ""); return err }, ErrInvalid},
			"a long reason":            {func() error { _, err := r.box.MarkOutside(r.Context(), "zhou", id, long); return err }, ErrInvalid},
			"no such cluster":          {func() error { _, err := r.box.MarkOutside(r.Context(), "zhou", id+1, ""); return err }, ErrNone},
			"no entry":                 {func() error { _, err := r.box.AddPhrasing(r.Context(), "zhou", id, "", "", ""); return err }, ErrInvalid},
			"a long phrasing":          {func() error { _, err := r.box.AddPhrasing(r.Context(), "zhou", id, "e", long, ""); return err }, ErrInvalid},
			"not text":                 {func() error { _, err := r.box.StartDraft(r.Context(), "zhou", id, "\xff", ""); return err }, ErrInvalid},
			"no such deed":             {func() error { return r.box.Undo(r.Context(), "zhou", 7, "") }, ErrNone},
			"undone by nobody":         {func() error { return r.box.Undo(r.Context(), "", 7, "") }, ErrInvalid},
			"no limit":                 {func() error { _, err := r.box.Deeds(r.Context(), 0, 0); return err }, ErrInvalid},
			"the base refuses": {func() error {
				r.base.refuse = errBase
				defer func() { r.base.refuse = nil }()
				_, err := r.box.StartDraft(r.Context(), "zhou", id, "", "")
				return err
			}, errBase},
			"without a base": {func() error {
				box, err := New(r.db, Options{Vector: letters})
				if err == nil {
					_, err = box.StartDraft(r.Context(), "zhou", id, "", "")
				}
				return err
			}, ErrInvalid},
		} {
			if err := test.do(); !errors.Is(err, test.want) {
				r.Errorf("%s: %v, want %v", name, err, test.want)
			}
		}
		r.want("open", r.heads(Query{}), []string{"花呗能还房贷吗 1"})
		if n := r.count(`SELECT count(*) FROM inbox_deed`) + r.count(`SELECT count(*) FROM audit`) + len(r.base.texts); n != 0 {
			r.Errorf("%d rows or drafts of what was refused", n)
		}
		// Somebody is faster while the draft is made: it is taken back.
		r.base.before = func() {
			r.base.before = nil
			if _, err := r.box.Ignore(r.Context(), "li", id, "a joke"); err != nil {
				r.Error(err)
			}
		}
		if _, err := r.box.AddPhrasing(r.Context(), "zhou", id, "e", "", ""); !errors.Is(err, ErrDone) || len(r.base.texts) != 0 {
			r.Errorf("too late: %v, the base has %v", err, r.base.texts)
		}
		// And a draft that cannot be taken back leaves its deed as it is.
		r.take(r.asks("b", 1, "怎么注销账户"))
		deed, err := r.box.StartDraft(r.Context(), "zhou", r.list(Query{})[0].ID, "", "")
		if err != nil {
			r.Fatal(err)
		}
		r.base.refuse = errBase
		if err := r.box.Undo(r.Context(), "li", deed.ID, ""); !errors.Is(err, errBase) || len(r.list(Query{})) != 0 {
			r.Errorf("undone although the base refuses: %v", err)
		}
	})
}

// What is done takes in who asks the same; it comes back if a phrasing did not help.
func TestAgain(t *testing.T) {
	engines(t, func(r *rig) {
		r.take(r.asks("a", 1, "花呗能还房贷吗"), r.asks("b", 1, "怎么注销账户"))
		phrased, ignored := r.list(Query{Text: "花呗"})[0].ID, r.list(Query{Text: "注销"})[0].ID
		deed, err := r.box.AddPhrasing(r.Context(), "zhou", phrased, "e", "", "")
		if err != nil {
			r.Fatal(err)
		}
		if _, err := r.box.Ignore(r.Context(), "zhou", ignored, "a joke"); err != nil {
			r.Fatal(err)
		}
		r.take(r.asks("c", 1, "花呗能还房贷吗"), r.asks("d", 1, "怎么注销账户"))
		r.want("soon", r.heads(Query{}), nil)
		if c, _, err := r.box.Get(r.Context(), phrased); err != nil || c.Again != 1 || c.Count != 2 {
			r.Errorf("soon: %+v, %v", c, err)
		}
		early := r.asks("e", 1, "花呗能还房贷吗")
		r.now = deed.At.Add(Reopens - 2*time.Minute)
		r.take(early, r.asks("f", 1, "花呗能还房贷吗"))
		r.want("before the time is over", r.heads(Query{}), nil)
		r.take(r.asks("g", 1, "花呗能还房贷吗"), r.asks("h", 1, "怎么注销账户"))
		r.want("later", r.heads(Query{}), []string{"花呗能还房贷吗 5"})
		r.undo(deed)
		if len(r.base.texts) != 0 {
			r.Errorf("the draft is still there: %v", r.base.texts)
		}
		if _, err := r.box.MarkOutside(r.Context(), "zhou", phrased, ""); err != nil {
			r.Error(err)
		}
	})
}
