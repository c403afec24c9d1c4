package gateway

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"wenda/sessions"
)

var limits = Limits{}.withDefaults()

func TestBadFrames(t *testing.T) {
	send := func(text string) string { return `{"type":"send","cid":"cid-00001","text":` + text + `}` }
	for name, test := range map[string]struct {
		data string
		code Code
	}{
		"null":                   {`null`, CodeBadFrame},
		"array":                  {`[]`, CodeBadFrame},
		"number":                 {`1`, CodeBadFrame},
		"nothing":                {``, CodeBadFrame},
		"spaces":                 {"  \n", CodeBadFrame},
		"empty object":           {`{}`, CodeBadFrame},
		"repeated key":           {`{"type":"send","cid":"cid-00001","text":"a","text":"b"}`, CodeBadFrame},
		"repeated type":          {`{"type":"send","type":"end","cid":"cid-00001"}`, CodeBadFrame},
		"key in capitals":        {`{"type":"send","CID":"cid-00001","text":"a"}`, CodeBadFrame},
		"type in capitals":       {`{"TYPE":"end","cid":"cid-00001"}`, CodeBadFrame},
		"long s for s":           {"{\"type\":\"sync\",\"after\":1,\"\u017fession\":\"x\"}", CodeBadFrame},
		"kelvin for k":           {"{\"type\":\"end\",\"cid\":\"cid-00001\",\"\u212a\":1}", CodeBadFrame},
		"escaped key":            {`{"\u0074ype":"end","cid":"cid-00001"}`, CodeBadFrame},
		"unknown key":            {`{"type":"end","cid":"cid-00001","role":"admin"}`, CodeBadFrame},
		"__proto__":              {`{"type":"end","cid":"cid-00001","__proto__":{}}`, CodeBadFrame},
		"constructor":            {`{"type":"end","cid":"cid-00001","constructor":1}`, CodeBadFrame},
		"two objects":            {`{"type":"ping"}{}`, CodeBadFrame},
		"something behind":       {`{"type":"ping"} x`, CodeBadFrame},
		"deep array":             {strings.Repeat("[", 100_000), CodeBadFrame},
		"deep value":             {`{"type":` + strings.Repeat(`{"a":`, 50_000), CodeBadFrame},
		"nine deep":              {`{"type":"end","cid":` + strings.Repeat("[", 9) + strings.Repeat("]", 9) + `}`, CodeBadFrame},
		"byte order mark":        {"\ufeff" + `{"type":"ping"}`, CodeBadFrame},
		"lone high surrogate":    {send(`"\ud800"`), CodeBadFrame},
		"lone low surrogate":     {send(`"a\udc00b"`), CodeBadFrame},
		"two high surrogates":    {send(`"\ud800\ud800"`), CodeBadFrame},
		"escaped zero":           {send(`"a\u0000b"`), CodeBadFrame},
		"raw zero":               {send("\"a\x00b\""), CodeBadFrame},
		"noncharacter":           {send("\"a\ufffeb\""), CodeBadFrame},
		"escaped noncharacter":   {send(`"\ufdd0"`), CodeBadFrame},
		"noncharacter in a pair": {send(`"\ud83f\udfff"`), CodeBadFrame},
		"raw line feed":          {send("\"a\nb\""), CodeBadFrame},
		"bad escape":             {send(`"\x41"`), CodeBadFrame},
		"short escape":           {send(`"\u12"`), CodeBadFrame},
		"open string":            {`{"type":"send`, CodeBadFrame},
		"open object":            {`{"type":"ping"`, CodeBadFrame},
		"comma at the end":       {`{"type":"ping",}`, CodeBadFrame},
		"seq too large":          {`{"type":"sync","after":9223372036854775808}`, CodeBadFrame},
		"seq with exponent":      {`{"type":"sync","after":1e3}`, CodeBadFrame},
		"seq with fraction":      {`{"type":"sync","after":1.0}`, CodeBadFrame},
		"negative seq":           {`{"type":"sync","after":-1}`, CodeBadFrame},
		"seq as text":            {`{"type":"sync","after":"1"}`, CodeBadFrame},
		"seq with zero before":   {`{"type":"sync","after":01}`, CodeBadFrame},
		"seq null":               {`{"type":"sync","after":null}`, CodeBadFrame},
		"seq NaN":                {`{"type":"sync","after":NaN}`, CodeBadFrame},
		"text as number":         {send(`7`), CodeBadFrame},
		"text as object":         {send(`{"a":"b"}`), CodeBadFrame},
		"text as list":           {send(`["a"]`), CodeBadFrame},
		"text null":              {send(`null`), CodeBadFrame},
		"type as number":         {`{"type":7}`, CodeBadFrame},
		"many keys":              {`{"type":"ping"` + manyKeys(10_000) + `}`, CodeBadFrame},
		"no cid":                 {`{"type":"send","text":"a"}`, CodeBadFrame},
		"empty cid":              {`{"type":"send","cid":"","text":"a"}`, CodeBadFrame},
		"short cid":              {`{"type":"send","cid":"1234567","text":"a"}`, CodeBadFrame},
		"long cid":               {`{"type":"send","cid":"` + strings.Repeat("a", 65) + `","text":"a"}`, CodeBadFrame},
		"cid with space":         {`{"type":"send","cid":"cid 00001","text":"a"}`, CodeBadFrame},
		"cid with slash":         {`{"type":"send","cid":"cid/00001","text":"a"}`, CodeBadFrame},
		"unknown type":           {`{"type":"shout","text":"a"}`, CodeBadFrame},
		"no type":                {`{"cid":"cid-00001","text":"a"}`, CodeBadFrame},
		"agent's frame":          {`{"type":"claim","cid":"cid-00001"}`, CodeForbidden},
		"agent's act":            {`{"type":"say","session":"s","fence":1,"cid":"cid-00001","text":"a"}`, CodeForbidden},
		"server's frame":         {`{"type":"welcome","v":1,"session":"s","token":"t","lang":"en","head":0,"state":"bot"}`, CodeBadFrame},
		"typing as somebody":     {`{"type":"typing","from":{"role":"agent"}}`, CodeBadFrame},
		"text and choice":        {`{"type":"send","cid":"cid-00001","text":"a","choice":"b"}`, CodeBadFrame},
		"choice of nonsense":     {`{"type":"send","cid":"cid-00001","choice":"a b"}`, CodeBadFrame},
		"long text":              {send(`"` + strings.Repeat("字", 2001) + `"`), CodeTooLong},
		"long in bytes":          {send(`"` + strings.Repeat("😀", 2000) + strings.Repeat("a", 193) + `"`), CodeTooLong},
		"no text":                {`{"type":"send","cid":"cid-00001"}`, CodeEmpty},
		"empty text":             {send(`""`), CodeEmpty},
		"spaces only":            {send(`" \u3000\t\n "`), CodeEmpty},
		"zero width only":        {send("\"\u200b\u200d\ufeff\u2060\""), CodeEmpty},
		"fillers only":           {send("\"\u3164\u2800\""), CodeEmpty},
		"controls only":          {send(`"\u0007\u001b"`), CodeEmpty},
		"vote of 2":              {`{"type":"vote","cid":"cid-00001","about":1,"value":2}`, CodeBadFrame},
		"vote on nothing":        {`{"type":"vote","cid":"cid-00001","value":1}`, CodeBadFrame},
		"six stars":              {`{"type":"rate","cid":"cid-00001","value":6}`, CodeBadFrame},
		"no stars":               {`{"type":"rate","cid":"cid-00001"}`, CodeBadFrame},
		"version 2":              {`{"type":"hello","v":2,"after":0}`, CodeVersion},
		"version 2, more keys":   {`{"type":"hello","v":2,"after":0,"shiny":true}`, CodeVersion},
		"no version":             {`{"type":"hello","after":0}`, CodeBadFrame},
		"negative cursor":        {`{"type":"hello","v":1,"after":-1}`, CodeBadFrame},
		"long token":             {`{"type":"hello","v":1,"after":0,"token":"` + strings.Repeat("a", 4097) + `"}`, CodeBadToken},
		"session with a brace":   {`{"type":"hello","v":1,"session":"a}{b"}`, CodeBadFrame},
		"session with a command": {`{"type":"hello","v":1,"session":"a\r\nFLUSHALL"}`, CodeBadFrame},
		"endless session":        {`{"type":"hello","v":1,"session":"` + strings.Repeat("a", 10_000) + `"}`, CodeBadFrame},
	} {
		frame, f := decode([]byte(test.data), fromCustomers, fromAgents, limits)
		if f == nil {
			t.Errorf("%s: taken as %#v", name, frame)
		} else if f.code != test.code {
			t.Errorf("%s: refused as %s, want %s", name, f.code, test.code)
		}
	}
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(`,"k`)
		b.WriteString(strings.Repeat("x", i%7))
		b.WriteString(string(rune('a' + i%26)))
		b.WriteString(`":1`)
	}
	return b.String()
}

func TestNotUTF8ClosesAsSuch(t *testing.T) {
	for name, text := range map[string]string{
		"overlong": "\xc0\xaf", "surrogate": "\xed\xa0\x80", "cut off": "\xe5\xad", "lone byte": "\xff", "above Unicode": "\xf4\x90\x80\x80",
	} {
		_, f := decode([]byte(`{"type":"send","cid":"cid-00001","text":"`+text+`"}`), fromCustomers, fromAgents, limits)
		if f == nil || f.close != closeNotUTF8 {
			t.Errorf("%s: got %+v", name, f)
		}
	}
}

func TestTextIsKeptAsSaid(t *testing.T) {
	for name, test := range map[string]struct{ said, kept string }{
		"plain":             {"怎么还款", "怎么还款"},
		"space around":      {"  \u3000怎么\n还款 \t", "怎么\n还款"},
		"controls":          {"a\x07b\x1b[31mc\u0085d", "ab[31mcd"},
		"carriage return":   {"a\r\nb\rc", "a\nbc"},
		"tab and line feed": {"a\tb\nc", "a\tb\nc"},
		"right to left":     {"a\u202eb", "a\u202eb"},
		"zero width inside": {"什\u200b么", "什\u200b么"},
		"full width":        {"ＡＢＣ１２３", "ＡＢＣ１２３"},
		"family":            {"👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"},
		"extension B":       {"𠮷野家", "𠮷野家"},
		"private use":       {"\ue000", "\ue000"},
		"unassigned":        {"\U000e0fff", "\U000e0fff"},
		"markup":            {"<script>alert(1)</script>%s{{.Env}}", "<script>alert(1)</script>%s{{.Env}}"},
		"looks like ours":   {"系统通知：您已转人工", "系统通知：您已转人工"},
		"many marks":        {"a" + strings.Repeat("\u0301", 1900), "a" + strings.Repeat("\u0301", 1900)},
	} {
		data, _ := json.Marshal(Send{Type: "send", CID: "cid-00001", Text: test.said})
		frame, f := decode(data, fromCustomers, fromAgents, limits)
		if f != nil {
			t.Errorf("%s: refused as %s", name, f.code)
		} else if kept := frame.(*Send).Text; kept != test.kept {
			t.Errorf("%s: kept as %q, want %q", name, kept, test.kept)
		}
	}
}

func TestBadActs(t *testing.T) {
	act := func(kind, rest string) string {
		return `{"type":"` + kind + `","session":"s-1","fence":2,"cid":"cid-00001"` + rest + `}`
	}
	for name, test := range map[string]struct {
		data string
		code Code
	}{
		"say":                   {act("say", `,"text":"a"`), ""},
		"say nothing":           {act("say", ``), CodeEmpty},
		"note of spaces":        {act("note", `,"text":"  "`), CodeEmpty},
		"return":                {act("return", ``), ""},
		"return with note":      {act("return", `,"text":"a"`), ""},
		"return, too long":      {act("return", `,"text":"`+strings.Repeat("字", 2001)+`"`), CodeTooLong},
		"close":                 {act("close", ``), ""},
		"close with note":       {act("close", `,"text":"a","wrap":"resolved"`), ""},
		"close with nonsense":   {act("close", `,"wrap":"a b"`), CodeBadFrame},
		"say from the hub":      {act("say", `,"text":"a","entry":"repay-how","revision":3`), ""},
		"say, revision of what": {act("say", `,"text":"a","revision":3`), CodeBadFrame},
		"say all the same":      {act("say", `,"text":"a","override":"客户要求"`), ""},
		"endless reason":        {act("say", `,"text":"a","override":"`+strings.Repeat("字", 2001)+`"`), CodeTooLong},
		"note to a colleague":   {act("note", `,"text":"a","mentions":"u1 u2"`), ""},
		"mention with a gap":    {act("note", `,"text":"a","mentions":"u1  u2"`), CodeBadFrame},
		"mention everybody":     {act("note", `,"text":"a","mentions":"u1`+strings.Repeat(" u1", 20)+`"`), CodeBadFrame},
		"say with mentions":     {act("say", `,"text":"a","mentions":"u1"`), CodeBadFrame},
		"transfer":              {act("transfer", `,"text":"a","agent":"u2"`), ""},
		"transfer to a queue":   {act("transfer", `,"text":"a","skill":"expert"`), ""},
		"transfer to both":      {act("transfer", `,"text":"a","agent":"u2","skill":"expert"`), CodeBadFrame},
		"transfer without note": {act("transfer", `,"agent":"u2"`), CodeEmpty},
		"escalate":              {act("escalate", `,"text":"a"`), ""},
		"escalate without note": {act("escalate", ``), CodeEmpty},
		"refuse":                {act("refuse", ``), ""},
		"snooze":                {act("snooze", `,"minutes":30`), ""},
		"wake":                  {act("snooze", ``), ""},
		"snooze for a year":     {act("snooze", `,"minutes":525600`), CodeBadFrame},
		"whisper":               {act("whisper", `,"text":"a"`), ""},
		"whisper nothing":       {act("whisper", ``), CodeEmpty},
		"join":                  {act("join", ``), ""},
		"join with text":        {act("join", `,"text":"a"`), CodeBadFrame},
		"part":                  {act("part", ``), ""},
		"take over":             {act("takeover", ``), ""},
		"reassign":              {act("reassign", `,"agent":"u2"`), ""},
		"board":                 {`{"type":"board","on":true}`, ""},
		"board as who knows":    {`{"type":"board"}`, CodeBadFrame},
		"away as the server":    {`{"type":"available","on":false,"reason":"unaccepted"}`, CodeBadFrame},
		"say about":             {act("say", `,"text":"a","about":3`), CodeBadFrame},
		"reveal":                {act("reveal", `,"text":"回电","about":3`), ""},
		"reveal without reason": {act("reveal", `,"about":3`), CodeEmpty},
		"reveal nothing":        {act("reveal", `,"text":"a"`), CodeBadFrame},
		"negative fence":        {`{"type":"close","session":"s-1","fence":-1,"cid":"cid-00001"}`, CodeBadFrame},
		"no session":            {`{"type":"close","fence":1,"cid":"cid-00001"}`, CodeBadFrame},
		"customer's frame":      {`{"type":"vote","cid":"cid-00001","about":1,"value":1}`, CodeForbidden},
		"on as number":          {`{"type":"available","on":1}`, CodeBadFrame},
		"fence of nobody":       {`{"type":"close","session":"s-1","fence":0,"cid":"cid-00001"}`, CodeBadFrame},
		"no fence":              {`{"type":"close","session":"s-1","cid":"cid-00001"}`, CodeBadFrame},
		"available or not":      {`{"type":"available"}`, CodeBadFrame},
		"watch from before":     {`{"type":"watch","session":"s-1","after":-1}`, CodeBadFrame},
	} {
		_, f := decode([]byte(test.data), fromAgents, fromCustomers, limits)
		var got Code
		if f != nil {
			got = f.code
		}
		if got != test.code {
			t.Errorf("%s: got %q, want %q", name, got, test.code)
		}
	}
}

// TestStrictTakesWhatJSONWrites shows that strict refuses nothing that a decent
// client can send.
func TestStrictTakesWhatJSONWrites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.Rune()).Filter(func(s string) bool {
			return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool { return r == 0 || nonCharacter(r) })
		}).Draw(t, "text")
		data, err := json.Marshal(map[string]any{"type": text, "n": rapid.Int64().Draw(t, "n"), "on": rapid.Bool().Draw(t, "on"), "of": []string{text}})
		if err != nil {
			t.Fatal(err)
		}
		var indented bytes.Buffer
		_ = json.Indent(&indented, data, "\t", "  ")
		for _, d := range [][]byte{data, indented.Bytes()} {
			members, err := new(scanner).strict(d)
			if err != nil || len(members) != 4 {
				t.Fatalf("%s: %v, %v", d, members, err)
			}
			if said, ok := unquote(valueOf(members, "type")); !ok || said != text {
				t.Fatalf("%s: read as %q", d, said)
			}
		}
	})
}

func TestKindSentencesForEveryCode(t *testing.T) {
	for _, code := range codes {
		f := fault{code: code}
		if f.says("zh-CN") == "" || f.says("en") == "" || f.says("zh-CN") == f.says("en") {
			t.Errorf("%s has no sentence in each language", code)
		}
	}
	if len(sentences) != len(codes) {
		t.Errorf("%d codes, %d sentences", len(codes), len(sentences))
	}
}

var codes = []Code{
	CodeBadFrame, CodeVersion, CodeHelloFirst, CodeBadToken, CodeEmpty, CodeTooLong, CodeRate, CodeBusy, CodeCIDConflict,
	CodeNotFound, CodeForbidden, CodeNotOwner, CodeTaken, CodeUnowned, CodeFull, CodeClosed, CodeCursor, CodeBlocked, CodeNeedsReason, CodeNeedsWrap,
	CodeAway, CodeOffered, CodeInternal,
}

// FuzzFrame: whatever a stranger sends, it is refused, or it is a frame that says
// the same when it is written and read again.
func FuzzFrame(f *testing.F) {
	for _, seed := range []string{
		`{"type":"hello","v":1,"token":"t","lang":"zh-CN","after":17,"session":"0192"}`,
		`{"type":"send","cid":"01J9ZK6W4M8R","text":"卡里有钱为什么还款失败"}`,
		`{"type":"send","cid":"01J9ZK7A2B3C","choice":"repay-failed"}`,
		`{"type":"vote","cid":"01J9ZK7A2B3C","about":4,"value":-1}`,
		`{"type":"say","session":"0192","fence":2,"cid":"01J9ZK7A2B3C","text":"您好 😀"}`,
		`{"type":"typing"}`, `{"a":[{"b":[1,true,"\ud83d\ude00"]}]}`, `[[[[`, "\ufeff{}", "\xff",
	} {
		f.Add([]byte(seed), true)
		f.Add([]byte(seed), false)
	}
	f.Fuzz(func(t *testing.T, data []byte, customer bool) {
		may, others := fromAgents, fromCustomers
		if customer {
			may, others = others, may
		}
		frame, refused := decode(data, may, others, limits)
		if refused != nil {
			if sentences[refused.code].zh == "" {
				t.Fatalf("refused with %q", refused.code)
			}
			return
		}
		if !json.Valid(data) {
			t.Fatalf("took what is no JSON: %q", data)
		}
		_, cid, session := frame.about()
		if cid != "" && !sessions.ValidRef(cid) || session != "" && !validSession(session) {
			t.Fatalf("took cid %q, session %q", cid, session)
		}
		written, err := json.Marshal(frame)
		if err != nil {
			t.Fatal(err)
		}
		again, refused := decode(dropEmpty(t, written, may, frame), may, others, limits)
		if refused != nil || !reflect.DeepEqual(again, frame) {
			t.Fatalf("%q became %#v, then %#v (%v)", data, frame, again, refused)
		}
	})
}

// dropEmpty leaves out the keys that a frame of this type does not have: a struct
// serves several types.
func dropEmpty(t *testing.T, data []byte, may map[string]shape, frame incoming) []byte {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		t.Fatal(err)
	}
	kind, _, _ := frame.about()
	for key := range all {
		if !slices.Contains(may[kind].keys, key) {
			delete(all, key)
		}
	}
	data, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return data
}
