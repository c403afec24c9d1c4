package base

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"

	"wenda/knowledge"
)

func TestPublishing(t *testing.T) { both(t, publishing) }

func publishing(r *rig) {
	ctx, s := context.Background(), r.node(0)
	if id, err := s.Current(ctx); id != 0 || err != nil {
		r.Errorf("release %d in force, %v", id, err)
	}
	r.approved(s, "a", says("甲", "一"))
	r.approved(s, "b", says("乙", "一"))
	_, err := s.Create(ctx, "zhou", "c", says("丙", "一"), "")
	r.must(err)
	_, err = s.Publish(ctx, publication("a", "c"))
	if r.wantErr("publish a draft", err, ErrState); !strings.Contains(err.Error(), "of c") {
		r.Errorf("it does not say which: %v", err)
	}
	_, err = s.Publish(ctx, publication("none"))
	r.wantErr("publish nothing", err, ErrState)
	_, err = s.Publish(ctx, publication())
	r.wantErr("publish no entry", err, ErrState)

	p := publication("b", "a", "a")
	p.Gate = []byte(`{"worse":0}`)
	made, err := s.Publish(ctx, p)
	r.must(err)
	want := Release{ID: 1, Kind: Published, At: midday, By: "li", Why: "test", Entries: 2, Gate: p.Gate}
	if !reflect.DeepEqual(made, want) {
		r.Errorf("made %+v, want %+v", made, want)
	}
	if got, err := r.node(1).Release(ctx, 1); err != nil || !reflect.DeepEqual(got, want) {
		r.Errorf("release 1 %+v, %v", got, err)
	}
	_, err = s.Publish(ctx, publication("a"))
	r.wantErr("publish again", err, ErrState)

	r.approved(s, "a", says("甲", "二"))
	p = publication("a")
	p.Before = 7
	_, err = s.Publish(ctx, p)
	r.wantErr("publish on another", err, ErrSuperseded)
	p.Before = 1
	_, err = s.Publish(ctx, p)
	r.must(err)
	old, err := s.Load(ctx, 1)
	r.must(err)
	e, _ := old.Entry("a")
	if e.Revision != 1 || e.Answer(knowledge.Chinese).Text != "一" {
		r.Errorf("release 1 has %+v", e)
	}
	if got := r.inForce(s, 2); got["a"] != 2 || got["b"] != 1 {
		r.Errorf("release 2 has %v", got)
	}
	if id, err := r.node(1).Current(ctx); id != 2 || err != nil {
		r.Errorf("release %d in force, %v", id, err)
	}
	releases, err := s.Releases(ctx, 0, 1)
	if r.must(err); len(releases) != 1 || releases[0].ID != 2 {
		r.Errorf("newest releases %+v", releases)
	}
	releases, err = s.Releases(ctx, 2, 0)
	if r.must(err); len(releases) != 1 || releases[0].ID != 1 || releases[0].Gate != nil {
		r.Errorf("releases before %+v", releases)
	}
	for what, err := range map[string]error{
		"load": failure(s.Load(ctx, 3)), "release": failure(s.Release(ctx, 3)), "changes": failure(s.Changes(ctx, 1, 3)),
		"rollback": failure(s.Rollback(ctx, "li", 3, "")), "retire": failure(s.Retire(ctx, "li", "none", "")),
	} {
		r.wantErr(what, err, ErrNone)
	}
	_, err = s.Rollback(ctx, "li", 2, "")
	r.wantErr("rollback to what is", err, ErrState)
	_, err = s.Retire(ctx, "li", "c", "")
	r.wantErr("retire a draft", err, ErrState)
}

func TestSignature(t *testing.T) { both(t, signatures) }

// Below the gate a second person signs, with a reason.
func signatures(r *rig) {
	ctx, s := context.Background(), r.node(0)
	r.approved(s, "a", says("甲", "一"))
	p := publication("a")
	p.GatePassed = false
	_, err := s.Publish(ctx, p)
	r.wantErr("no signature", err, ErrSignature)
	p.Second = "wang"
	_, err = s.Publish(ctx, p)
	r.wantErr("no reason", err, ErrSignature)
	p.Second, p.SecondWhy = "li", "must"
	_, err = s.Publish(ctx, p)
	r.wantErr("own signature", err, ErrOwnWords)
	p.At = midday.Add(time.Hour)
	_, err = s.Plan(ctx, p)
	r.wantErr("own signature under a plan", err, ErrOwnWords)
	if n := r.count(`SELECT count(*) FROM release`); n != 0 {
		r.Fatal("it was made")
	}
	p.Second = "wang"
	made, err := s.Publish(ctx, p)
	if r.must(err); made.Second != "wang" || made.SecondWhy != "must" {
		r.Errorf("made %+v", made)
	}
	r.approved(s, "a", says("甲", "二"))
	p.Second, p.Solo = "li", true
	_, err = s.Publish(ctx, p)
	r.must(err)
}

func TestTakingBack(t *testing.T) { both(t, takingBack) }

// What leaves is retired and comes back by rollback, or through review again.
func takingBack(r *rig) {
	ctx, s := context.Background(), r.node(0)
	r.live(s, "a", says("甲", "一"))
	r.live(s, "a", says("甲", "二"))
	r.live(s, "b", says("乙", "一"))
	made, err := s.Retire(ctx, "wang", "a", "wrong number")
	if r.must(err); made.Kind != TakenBack || made.Before != 3 || made.Entries != 1 || made.Why != "wrong number" {
		r.Errorf("made %+v", made)
	}
	head, err := s.Get(ctx, "a")
	if r.must(err); head.Newest.State != Retired || head.Live != 0 {
		r.Errorf("retired %+v", head)
	}
	made, err = r.node(1).Rollback(ctx, "wang", 1, "all wrong")
	if r.must(err); made.Kind != RolledBack || made.Of != 1 || made.Before != 4 || made.Entries != 1 {
		r.Errorf("made %+v", made)
	}
	if got := r.inForce(s, 5); got["a"] != 1 || len(got) != 1 {
		r.Errorf("in force %v", got)
	}
	first, err := s.Revision(ctx, "a", 1)
	r.must(err)
	second, err := s.Revision(ctx, "a", 2)
	if r.must(err); first.State != Live || second.State != Retired {
		r.Errorf("revision 1 is %s, 2 is %s", first.State, second.State)
	}
	_, err = s.Publish(ctx, publication("a"))
	r.wantErr("publish what was retired", err, ErrState)
	made = r.live(s, "a", says("甲", "二")) // equal to revision 2, which is retired
	if got := r.inForce(s, made.ID); got["a"] != 3 {
		r.Errorf("in force %v", got)
	}
	changes, err := s.Changes(ctx, 3, made.ID)
	if want := []Change{{Entry: "a", Question: "甲", Before: 2, After: 3}, {Entry: "b", Question: "乙", Before: 1}}; err != nil || !reflect.DeepEqual(changes, want) {
		r.Errorf("changes %+v, %v, want %+v", changes, err, want)
	}
}

func TestTrying(t *testing.T) { both(t, trying) }

// A preview has the newest revisions, a proposal the approved ones, both beside what is in force.
func trying(r *rig) {
	ctx, s := context.Background(), r.node(0)
	r.live(s, "a", says("甲", "一"))
	r.live(s, "b", says("乙", "一"))
	later := says("甲", "二")
	later.From = midday.Add(time.Hour)
	head := r.approved(s, "a", later)
	_, err := s.Save(ctx, "zhou", "a", head.Version, says("甲", "三"), "")
	r.must(err)
	_, err = s.Create(ctx, "zhou", "c", says("丙", "一"), "")
	r.must(err)
	answers := func(release *knowledge.Release, err error) string {
		r.Helper()
		r.must(err)
		var all string
		for _, e := range release.Entries() {
			all += e.ID + e.Answer(knowledge.Chinese).Text
		}
		if release.ID != PreviewID {
			r.Errorf("it is release %d", release.ID)
		}
		return all
	}
	if got := answers(s.Preview(ctx, []string{"c", "a"})); got != "a三b一c一" {
		r.Errorf("preview %s", got)
	}
	if got := answers(s.Proposed(ctx, []string{"a"})); got != "a二b一" {
		r.Errorf("proposed %s", got)
	}
	if got := answers(s.Preview(ctx, nil)); got != "a一b一" {
		r.Errorf("preview of nothing %s", got)
	}
	r.wantErr("preview", failure(s.Preview(ctx, []string{"none"})), ErrNone)
	r.wantErr("proposed", failure(s.Proposed(ctx, []string{"c"})), ErrState)
}
