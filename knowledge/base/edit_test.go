package base

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"wenda/internal/audit"
	"wenda/internal/sqldb"
	"wenda/knowledge"
)

func TestEditing(t *testing.T) { both(t, editing) }

func editing(r *rig) {
	ctx, s := context.Background(), r.node(0)
	head, err := s.Create(ctx, "zhou", "repay-how", says("怎么还款", "在 App 里还。"), "asked often")
	r.must(err)
	if head.ID != "repay-how" || head.Version != 1 || head.Newest.Number != 1 || head.Newest.State != Draft || head.Newest.Author != "zhou" ||
		head.Newest.Why != "asked often" || !head.Newest.At.Equal(midday) {
		r.Errorf("created %+v", head)
	}
	_, err = r.node(1).Create(ctx, "li", "repay-how", says("别的", "别的"), "")
	r.wantErr("create again", err, ErrExists)
	_, err = s.Save(ctx, "li", "repay-how", 2, says("怎么还款", "在网站上还。"), "")
	r.wantErr("save over another's", err, ErrChanged)
	_, err = s.Save(ctx, "li", "none", 1, says("怎么还款", "在网站上还。"), "")
	r.wantErr("save nothing", err, ErrNone)
	head, err = r.node(1).Save(ctx, "li", "repay-how", 1, says("怎么还款？ ", "在网站上还。"), "moved")
	r.must(err)
	if head.Version != 2 || head.Newest.Number != 2 || head.Newest.Content.Question() != "怎么还款？" {
		r.Errorf("saved %+v", head)
	}
	same, err := s.Save(ctx, "wang", "repay-how", 2, says("怎么还款？", "在网站上还。"), "")
	if r.must(err); same.Version != 2 || same.Newest.Author != "li" {
		r.Errorf("an equal content made %+v", same)
	}
	revisions, err := s.Revisions(ctx, "repay-how")
	if r.must(err); len(revisions) != 2 || revisions[0].Number != 2 || revisions[1].Content.Question() != "怎么还款" {
		r.Errorf("revisions %+v", revisions)
	}
	first, err := s.Revision(ctx, "repay-how", 1)
	if r.must(err); first.Author != "zhou" || first.State != Draft {
		r.Errorf("revision 1 %+v", first)
	}
	for what, err := range map[string]error{
		"revision": failure(s.Revision(ctx, "repay-how", 3)), "revisions": failure(s.Revisions(ctx, "none")),
		"steps": failure(s.Steps(ctx, "none")), "get": failure(s.Get(ctx, "none")),
	} {
		r.wantErr(what, err, ErrNone)
	}
}

func failure[T any](_ T, err error) error { return err }

func TestInvalid(t *testing.T) { both(t, invalidSaves) }

// What is not valid is refused with its reasons, and leaves nothing behind.
func invalidSaves(r *rig) {
	ctx, s := context.Background(), r.node(0)
	for what, err := range map[string]error{
		"id":      failure(s.Create(ctx, "zhou", "two words", says("问", "答"), "")),
		"content": failure(s.Create(ctx, "zhou", "a", Content{}, "")),
		"nobody":  failure(s.Create(ctx, "", "a", says("问", "答"), "")),
		"why":     failure(s.Create(ctx, "zhou", "a", says("问", "答"), strings.Repeat("长", MaxWhy+1))),
		"refuse":  failure(s.Refuse(ctx, "zhou", "a", 1, " ")),
		"nul":     failure(s.Create(ctx, "zhou", "a", says("问", "答"), "a\x00b")),
		"keep":    s.Keep(ctx, "zhou", "a b", Content{}, 0),
		"sheet":   failure(s.SaveSheet(ctx, "zhou", Links, 0, "a\x00", "")),
		"batch":   failure(s.SaveAll(ctx, "zhou", []Proposal{{ID: "a", Content: says("问", "答")}, {ID: "a", Content: says("问", "答")}}, "")),
	} {
		r.wantErr(what, err, ErrInvalid)
	}
	for _, table := range []string{"entry", "revision", "working", "sheet", "staged", "audit"} {
		if n := r.count(`SELECT count(*) FROM ` + table); n != 0 {
			r.Errorf("%d rows in %s", n, table)
		}
	}
}

func TestFourEyes(t *testing.T) { both(t, fourEyes) }

// Nobody approves what they wrote, nor what others wrote on top of it; that they tried is
// written down.
func fourEyes(r *rig) {
	ctx, s := context.Background(), r.node(0)
	head, err := s.Create(ctx, "zhou", "a", says("问", "一"), "")
	r.must(err)
	head, err = s.Save(ctx, "li", "a", head.Version, says("问", "二"), "")
	r.must(err)
	head, err = s.Submit(ctx, "zhou", "a", head.Version, "")
	r.must(err)
	for _, own := range []string{"zhou", "li"} {
		_, err = s.Approve(ctx, Reviewer{ID: own}, "a", head.Version, "")
		r.wantErr(own, err, ErrOwnWords)
	}
	if n := r.count(`SELECT count(*) FROM audit WHERE did = 'entry.approve' AND about = 'a' AND NOT ok`); n != 2 {
		r.Errorf("%d refusals were audited", n)
	}
	head, err = r.node(1).Approve(ctx, Reviewer{ID: "wang"}, "a", head.Version, "holds")
	r.must(err)
	if head.Newest.State != Approved || head.Newest.Approver != "wang" || head.Newest.Solo || head.Ready != 2 || !head.Newest.ApprovedAt.Equal(midday) {
		r.Errorf("approved %+v", head)
	}
	head, err = s.Save(ctx, "wang", "a", head.Version, says("问", "三"), "")
	r.must(err)
	head, err = s.Submit(ctx, "wang", "a", head.Version, "")
	r.must(err)
	head, err = s.Approve(ctx, Reviewer{ID: "zhou", Solo: true}, "a", head.Version, "") // what zhou wrote was approved before
	if r.must(err); head.Newest.Solo || head.Ready != 3 {
		r.Errorf("approved by another in solo mode %+v", head)
	}
	head, err = s.Save(ctx, "zhou", "a", head.Version, says("问", "四"), "")
	r.must(err)
	head, err = s.Submit(ctx, "zhou", "a", head.Version, "")
	r.must(err)
	head, err = s.Approve(ctx, Reviewer{ID: "zhou", Solo: true}, "a", head.Version, "")
	if r.must(err); !head.Newest.Solo {
		r.Errorf("approved alone %+v", head)
	}
}

func TestHistory(t *testing.T) { both(t, historyTold) }

// Every change is a step and an audit row, with who and why.
func historyTold(r *rig) {
	ctx, s := context.Background(), r.node(0)
	head, err := s.Create(ctx, "zhou", "a", says("问", "答"), "new")
	r.must(err)
	head, err = s.Submit(ctx, "zhou", "a", head.Version, "")
	r.must(err)
	head, err = s.Withdraw(ctx, "zhou", "a", head.Version, "wait")
	r.must(err)
	head, err = s.Submit(ctx, "zhou", "a", head.Version, "")
	r.must(err)
	head, err = s.Refuse(ctx, "li", "a", head.Version, "no rate")
	r.must(err)
	_, err = s.Approve(ctx, Reviewer{ID: "li"}, "a", head.Version, "")
	r.wantErr("approve a draft", err, ErrState)
	head, err = s.Submit(ctx, "zhou", "a", head.Version, "")
	r.must(err)
	_, err = s.Approve(ctx, Reviewer{ID: "li"}, "a", head.Version, "good")
	r.must(err)
	r.published(s, "a")
	_, err = s.Retire(ctx, "wang", "a", "wrong")
	r.must(err)
	steps, err := s.Steps(ctx, "a")
	r.must(err)
	var told []string
	for _, st := range steps {
		told = append(told, strings.TrimSpace(st.Who+" "+st.Did+" "+st.Why))
	}
	slices.Reverse(told)
	if got, want := strings.Join(told, ", "), "zhou saved new, zhou submitted, zhou withdrawn wait, zhou submitted, li refused no rate, "+
		"zhou submitted, li approved good, li published test, wang retired wrong"; got != want {
		r.Errorf("steps %s", got)
	}
	if steps[0].Release != 2 || steps[1].Release != 1 || steps[2].Release != 0 {
		r.Errorf("releases of %+v", steps[:3])
	}
	acts, err := sqldb.Collect(audit.Scan)(r.dbs[0].Read(ctx).Query(`SELECT ` + audit.Columns + ` FROM audit`))
	r.must(err)
	var codes []string
	for _, a := range acts {
		codes = append(codes, a.Did)
		if strings.Contains(a.About+a.Detail, "wrong") || !a.OK {
			r.Errorf("audited %+v", a)
		}
	}
	slices.Sort(codes)
	if got := strings.Join(codes, " "); got != "entry.approve entry.create entry.refuse entry.submit entry.submit entry.submit entry.withdraw release.publish release.retire" {
		r.Errorf("audited %s", got)
	}
}

func TestSystem(t *testing.T) { both(t, systemSentences) }

// The bot's own sentences keep what the bot fills in, both languages, and never leave.
func systemSentences(r *rig) {
	ctx, s := context.Background(), r.node(0)
	const id = "system.queued"
	queued := Content{Texts: map[knowledge.Lang]Text{
		knowledge.Chinese: {Question: "排队", Answer: "前面还有 {ahead} 位。"}, knowledge.English: {Question: "Queue", Answer: "{ahead} ahead of you."},
	}}
	r.must(s.Seed(ctx, []knowledge.Entry{queued.Entry(id, 1)}, "shipped"))
	head, err := s.Get(ctx, id)
	r.must(err)
	change := func(lang knowledge.Lang, answer string) Content {
		c := queued.Canonical()
		c.Texts[lang] = Text{Question: c.Texts[lang].Question, Answer: answer}
		return c
	}
	alone := queued.Canonical()
	delete(alone.Texts, knowledge.English)
	ending := queued.Canonical()
	ending.Until = midday
	channel := change(knowledge.Chinese, "还有 {ahead} 位")
	channel.Texts[knowledge.Chinese] = Text{Question: "排队", Answer: "{ahead}", Channels: map[string]string{"sms": "请等"}}
	for says, c := range map[string]Content{
		"zh-CN: answer: {ahead} is missing": change(knowledge.Chinese, "请等。"), "en: the bot needs an answer": alone,
		"en: answer: {ahead} is missing": change(knowledge.English, "{position}"), "has no end": ending, "answer for sms: {ahead} is missing": channel,
	} {
		_, err := s.Save(ctx, "zhou", id, head.Version, c, "")
		if r.wantErr(says, err, ErrInvalid); err != nil && !strings.Contains(err.Error(), says) {
			r.Errorf("%v, want %q", err, says)
		}
		_, err = s.SaveAll(ctx, "zhou", []Proposal{{id, head.Version, c}}, "")
		r.wantErr("all: "+says, err, ErrInvalid)
	}
	_, err = s.Retire(ctx, "li", id, "away")
	r.wantErr("retire", err, ErrProtected)
	r.live(s, id, change(knowledge.Chinese, "还有 {ahead} 位在前面。"))
	r.live(s, "system.new", says("新", "新"))
	made, err := s.Rollback(ctx, "li", 1, "back")
	r.must(err)
	if got := r.inForce(s, made.ID); got[id] != 1 || got["system.new"] != 1 {
		r.Errorf("rolled back to %v", got)
	}
}

func TestWorking(t *testing.T) { both(t, workingCopies) }

func workingCopies(r *rig) {
	ctx, s := context.Background(), r.node(0)
	_, _, _, err := s.Kept(ctx, "zhou", "a")
	r.wantErr("kept", err, ErrNone)
	half := Content{Texts: map[knowledge.Lang]Text{knowledge.Chinese: {Similar: []string{"怎么"}}}}
	r.must(s.Keep(ctx, "zhou", "a", half, 0))
	r.pass(1000000)
	half.Category = "还款"
	r.must(r.node(1).Keep(ctx, "zhou", "a", half, 7))
	r.must(s.Keep(ctx, "li", "a", says("李", "李"), 0))
	c, version, at, err := s.Kept(ctx, "zhou", "a")
	if r.must(err); !c.Equal(half) || version != 7 || at.Before(midday) {
		r.Errorf("kept %+v of version %d at %v", c, version, at)
	}
	_, err = s.Create(ctx, "zhou", "a", says("问", "答"), "")
	r.must(err)
	_, _, _, err = s.Kept(ctx, "zhou", "a")
	r.wantErr("kept after it was saved", err, ErrNone)
	if _, _, _, err = s.Kept(ctx, "li", "a"); err != nil {
		r.Errorf("li's copy is gone: %v", err)
	}
	r.must(s.Drop(ctx, "li", "a"))
	r.must(s.Drop(ctx, "li", "a"))
	_, _, _, err = s.Kept(ctx, "li", "a")
	r.wantErr("kept after drop", err, ErrNone)
	if err := s.Keep(ctx, "zhou", "a", says("大", strings.Repeat("大", MaxWorking)), 0); !errors.Is(err, ErrInvalid) {
		r.Errorf("too large: %v", err)
	}
}
