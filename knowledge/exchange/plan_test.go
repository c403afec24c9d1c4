package exchange

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"wenda/internal/sqldb"
	"wenda/knowledge"
	"wenda/knowledge/base"
)

// shelf is a base in memory.
type shelf []base.Head

func (s shelf) Heads(context.Context) ([]base.Head, error) { return s, nil }

func head(id string, state base.State, c base.Content) base.Head {
	return base.Head{ID: id, Version: 3, Newest: base.Revision{Entry: id, Number: 2, State: state, Content: c.Canonical()}}
}

func both(zh, english string) base.Content {
	return base.Content{Category: "还款", Owner: "li", Texts: map[knowledge.Lang]base.Text{
		knowledge.Chinese: {Question: zh, Similar: []string{"甲", "乙"}, Answer: "答", Channels: map[string]string{"sms": "短"}}, knowledge.English: {Question: english, Answer: "A"}}}
}

var there = shelf{
	head("a", base.Live, both("怎么还款", "how to pay")),
	head("b", base.Draft, base.Content{Texts: en("where")}),
	head("c", base.Draft, base.Content{Texts: en("Where?")}),
	head("old", base.Retired, base.Content{Texts: en("gone")}),
	head("system.welcome", base.Live, base.Content{Texts: en("welcome")}),
}

func planOf(t *testing.T, mode Mode, format Format, text string) *Plan {
	t.Helper()
	f, err := Read(context.Background(), strings.NewReader(text), format, ImportLimits)
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPlan(context.Background(), f, there, mode)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// told writes a plan on a few lines.
func told(p *Plan) string {
	var b strings.Builder
	for _, r := range p.Rows {
		fmt.Fprintf(&b, "%d %s %s", r.Line, r.Entry, r.Does)
		for _, f := range r.Flaws {
			fmt.Fprintf(&b, " !%s %s", f.Code, f.Detail)
		}
		for _, c := range r.Changes {
			fmt.Fprintf(&b, " %s%s:%s>%s", c.Field, c.Lang, strings.ReplaceAll(c.Before, "\n", "|"), strings.ReplaceAll(c.After, "\n", "|"))
		}
		for _, w := range r.Twins {
			fmt.Fprintf(&b, " twin %s %s %d", w.Lang, w.Entry, w.Line)
		}
		b.WriteString("\n")
	}
	if p.Retire != nil {
		fmt.Fprintf(&b, "retire %v\n", p.Retire)
	}
	return b.String()
}

func TestPlan(t *testing.T) {
	for name, c := range map[string]struct {
		mode   Mode
		format Format
		text   string
		want   string
	}{
		"new, changed, same": {Update, CSV, "id,question,similar,category\nn,neu,,x\na,怎么还款,\"甲\n丙\",还款\nb,where,,\n",
			"2 n new\n3 a changed similarzh-CN:甲|乙>甲|丙\n5 b same\n"},
		"one language, and only its columns": {Update, CSV, "id,question,category\na,how do I pay,\n", "2 a changed questionen:how to pay>how do I pay category:还款>\n"},
		"without texts":                      {Update, CSV, "id,category,hot\na,额度,yes\n", "2 a changed category:还款>额度 hot:否 no>是 yes\n"},
		"replaced, it is as in the file": {Replace, CSV, "id,question,category\na,怎么还款,还款\n",
			"2 a changed questionen:how to pay> similarzh-CN:甲|乙> answerzh-CN:答> answeren:A> owner:li> answer:smszh-CN:短>\nretire [b c]\n"},
		"replaced by a line of JSON": {Update, JSONL, `{"id":"a","texts":{"en":{"question":"how to pay","answer":"A"}},"owner":"li","category":"还款"}`,
			"1 a changed questionzh-CN:怎么还款> similarzh-CN:甲|乙> answerzh-CN:答> answer:smszh-CN:短>\n"},
		"appended":                             {Append, CSV, "id,question\na,怎么还款\nn,neu\n", "2 a refused !exists a\n3 n new\n"},
		"what is retired is there":             {Append, CSV, "id,question\nold,gone\n", "2 old refused !exists old\n"},
		"retired, it comes back":               {Update, CSV, "id,question\nold,gone\n", "2 old changed state:retired>draft\n"},
		"no id":                                {Update, CSV, "question,answer\n怎麼還款？,新\nneu,\nneu!,\n", "2 a changed questionzh-CN:怎么还款>怎麼還款？ answerzh-CN:答>新\n3 q-" + made("neu") + " new\n4 q-" + made("neu") + " refused !twice 3\n"},
		"no id, appended":                      {Append, CSV, "question\n怎么还款\n", "2 a refused !exists a\n"},
		"no id, and several":                   {Update, CSV, "question\nwhere\n", "2  refused !ambiguous b, c\n"},
		"no id, and it is also there with one": {Update, CSV, "id,question\na,how to pay\n,怎么还款\n", "2 a same\n3 a refused !twice 2\n"},
		"questions of others":                  {Update, CSV, "id,question\nn,Where!\nm,how to pay\nb,where\nk,neu\nl,NEU\n", "2 n new twin en c 0 twin en b 4\n3 m new twin en a 0\n4 b same\n5 k new twin en l 6\n6 l new twin en k 5\n"},
		"what changes its question is no twin": {Update, CSV, "id,question\nb,why\nn,why not\nc,when\nk,where\n", "2 b changed questionen:where>why\n3 n new\n4 c changed questionen:Where?>when\n5 k new\n"},
		"not a valid entry":                    {Update, CSV, "id,question,from,until\nn," + strings.Repeat("q", 201) + ",,\nm,,,\nk,q,2026-01-02,2026-01-01\n", "2 n refused !bad_content en: question: letters: 201, at most 200\n3 m refused !bad_content no text in any language\n4 k refused !bad_content until must be after from\n"},
		"one bad row of two":                   {Update, CSV, "id,lang,question,risk\nn,en,q,\nn,zh,问,huge\n", "2 n refused !bad_value \"huge\"\n"},
	} {
		if got := told(planOf(t, c.mode, c.format, c.text)); got != c.want {
			t.Errorf("%s:\ngot\n%swant\n%s", name, got, c.want)
		}
	}
}

// made is what an id made from an English question ends with.
func made(question string) string {
	p, _ := NewPlan(context.Background(), &File{items: []item{{piece{content: base.Content{Texts: en(question)}}, []int{0}}}, records: []record{{}}}, shelf{}, Update)
	return strings.TrimPrefix(p.Rows[0].Entry, "q-")
}

func TestCounts(t *testing.T) {
	p := planOf(t, Replace, CSV, "id,question\nn,where\na b,x\nb,where\nc,when\n")
	if want := (Counts{New: 1, Changed: 1, Same: 1, Refused: 1, Twins: 1, Retire: 1}); p.Counts != want {
		t.Errorf("%+v, want %+v", p.Counts, want)
	}
	if p.Rows[0].Lines != nil || !knowledge.ValidID(p.Rows[0].Entry) {
		t.Errorf("row %+v", p.Rows[0])
	}
}

func TestChangeLines(t *testing.T) {
	came, went := Change{Before: "a\nb\nc", After: "c\nd\na"}.Lines()
	if !slices.Equal(came, []string{"d"}) || !slices.Equal(went, []string{"b"}) {
		t.Errorf("came %v, went %v", came, went)
	}
}

// A file comes back as it was, with what is wrong beside it, and can be read again.
func TestFaulty(t *testing.T) {
	for name, c := range map[string]struct {
		format     Format
		text, want string
	}{
		"CSV": {CSV, "id,question,risk,\n\"=1\",'=q,huge,\nn,q,,,far\nm,'=ok,,\n",
			"\uFEFFid,question,risk,,错误 errors\n'=1,'=q,huge,,\"id: 编号须为 1 至 64 个 a-z、A-Z、0-9、'-'、'.'、'_'、'?': \"\"=1\"\"\nrisk: 不是此列的取值: \"\"huge\"\"\"\nn,q,,,没有表头的列里有内容,far\nm,'=ok,,,\n"},
		"CSV that has the column": {CSV, "id,errors,question,lang\nn,old,q,en\nn,old,q,en\nn,,问,zh\n",
			"\uFEFFid,errors,question,lang\nn,同一条目的另一行无法导入,q,en\nn,该条目的这种语言已出现在行: 2,q,en\nn,同一条目的另一行无法导入,问,zh\n"},
		"JSONL": {JSONL, "{\"id\":\"a\",\"question\":\"q\", \"errors\":[\"old\"]}\n{\"id\":\"b\",\"texts\":{}}\nx\n{\"id\":\"c\",\"question\":\"q\"}\n",
			"{\"id\":\"a\",\"question\":\"q\"}\n{\"errors\":[\"条目内容不合规: no text in any language\"],\"id\":\"b\",\"texts\":{}}\n{\"errors\":[\"无法读取: not a JSON object\"],\"line\":\"x\"}\n{\"id\":\"c\",\"question\":\"q\"}\n"},
	} {
		p := planOf(t, Update, c.format, c.text)
		var out bytes.Buffer
		if err := p.Faulty(&out, knowledge.Chinese); err != nil {
			t.Fatal(err)
		}
		if out.String() != c.want {
			t.Errorf("%s: got\n%swant\n%s", name, out.String(), c.want)
		}
		f, err := Read(context.Background(), &out, c.format, ImportLimits)
		if err != nil {
			t.Fatalf("%s: handed back and again: %v", name, err)
		}
		if again, err := NewPlan(context.Background(), f, there, Update); err != nil || again.Counts != p.Counts {
			t.Errorf("%s: handed back it means %+v, before %+v, %v", name, again.Counts, p.Counts, err)
		}
	}
}

func TestFaultyWorkbook(t *testing.T) {
	f, err := readBook(book(t, nil, []any{"question", "id", "risk"}, []any{"how", "n", "huge"}, []any{"=what", "m", nil}))
	if err != nil {
		t.Fatal(err)
	}
	p, err := NewPlan(context.Background(), f, there, Update)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := p.Faulty(&out, knowledge.English); err != nil {
		t.Fatal(err)
	}
	again, err := readBook(out.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"how", "n", "huge", `risk: not a value of this column: "huge"`}, {"'=what", "m"}}
	var got [][]string
	for _, r := range again.records {
		got = append(got, r.cells)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestApply(t *testing.T) {
	ctx := context.Background()
	db, err := sqldb.Open(ctx, sqldb.Options{Dir: t.TempDir()})
	if err == nil {
		err = db.Migrate(ctx)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	hub := base.New(db)
	plan := func(mode Mode, text string) *Plan {
		f, err := Read(ctx, strings.NewReader(text), CSV, ImportLimits)
		if err != nil {
			t.Fatal(err)
		}
		p, err := NewPlan(ctx, f, hub, mode)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	const two = "id,question,answer\na,how,A\nb,where,B\n"
	first := plan(Append, two)
	var told [][2]int
	if n, err := first.Apply(ctx, hub, "zhou", "first", func(done, of int) { told = append(told, [2]int{done, of}) }); n != 2 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	if !slices.Equal(told, [][2]int{{2, 2}}) {
		t.Errorf("saving was told as %v", told)
	}
	if _, err := first.Apply(ctx, hub, "zhou", "again"); !errors.Is(err, base.ErrExists) {
		t.Errorf("the same plan again: %v", err)
	}
	if n, err := plan(Update, two).Apply(ctx, hub, "zhou", "same"); n != 0 || err != nil {
		t.Errorf("nothing to do: %d, %v", n, err)
	}
	if _, err := plan(Update, "id,question\na,why\nc c,x\n").Apply(ctx, hub, "zhou", "half"); !errors.Is(err, ErrRefused) {
		t.Errorf("half of it bad: %v", err)
	}
	stale := plan(Update, "id,question\na,stale\nc,new\n")
	if n, err := plan(Replace, "id,question,answer\na,why,A\n").Apply(ctx, hub, "li", "faster"); n != 1 || err != nil {
		t.Fatalf("%d, %v", n, err)
	}
	if _, err := stale.Apply(ctx, hub, "zhou", "slower"); !errors.Is(err, base.ErrChanged) {
		t.Errorf("somebody was faster: %v", err)
	}
	entries, err := Of(ctx, hub)
	if err != nil {
		t.Fatal(err)
	}
	want := []Entry{
		{"a", base.Content{Texts: map[knowledge.Lang]base.Text{knowledge.English: {Question: "why", Answer: "A"}}}},
		{"b", base.Content{Texts: map[knowledge.Lang]base.Text{knowledge.English: {Question: "where", Answer: "B"}}}},
	}
	if !reflect.DeepEqual(entries, want) {
		t.Errorf("the base holds\n%s", shown(entries))
	}
	if h, err := hub.Get(ctx, "a"); err != nil || h.Newest.State != base.Draft || h.Newest.Number != 2 || h.Newest.Author != "li" || h.Newest.Why != "faster" || h.Live != 0 {
		t.Errorf("head %+v, %v", h, err)
	}
}

func TestEveryFlawHasItsSentence(t *testing.T) {
	for _, code := range []Code{Unreadable, BrokenCell, TooWide, BadID, NoQuestion, BadValue, Disagree, Twice, Ambiguous, Exists, BadContent, NotConnected} {
		for _, lang := range langs {
			if got := (Flaw{"risk", code, "x"}).Text(lang); !strings.HasPrefix(got, "risk: ") || !strings.HasSuffix(got, ": x") || strings.Contains(got, ": : ") {
				t.Errorf("%s in %s: %q", code, lang, got)
			}
		}
	}
	if len(sentences) != 12 {
		t.Errorf("%d codes have sentences", len(sentences))
	}
}
