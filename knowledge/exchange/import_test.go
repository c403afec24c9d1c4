package exchange

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"wenda/knowledge"
	"wenda/knowledge/base"
)

func readCSV(t *testing.T, text string) *File {
	t.Helper()
	f, err := Read(context.Background(), strings.NewReader(text), CSV, ImportLimits)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// rowsOf builds a workbook of one sheet; cells are as people leave them there.
func book(t *testing.T, change func(*excelize.File), rows ...[]any) []byte {
	t.Helper()
	b := excelize.NewFile()
	defer b.Close()
	for i, row := range rows {
		if err := b.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(b)
	}
	var out bytes.Buffer
	if _, err := b.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func readBook(data []byte) (*File, error) {
	return Read(context.Background(), bytes.NewReader(data), XLSX, ImportLimits)
}

func flawsOf(f *File) string {
	var all []string
	for _, r := range f.records {
		for _, flaw := range r.flaws {
			all = append(all, fmt.Sprintf("%d %s %s", r.line, flaw.Column, flaw.Code))
		}
	}
	return strings.Join(all, "; ")
}

func TestTablesAsPeopleWriteThem(t *testing.T) {
	zh := func(q string, similar ...string) base.Content {
		return base.Content{Texts: map[knowledge.Lang]base.Text{knowledge.Chinese: {Question: q, Similar: similar, Answer: "答"}}}
	}
	const plain = "编号,标准问题,相似问法,答案\na,怎么还款,\"如何还钱\n 在哪还 \n\n\",答\n"
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String(plain)
	if err != nil {
		t.Fatal(err)
	}
	wide, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(strings.ReplaceAll(plain, ",", "\t"))
	if err != nil {
		t.Fatal(err)
	}
	want := []Entry{{"a", zh("怎么还款", "如何还钱", "在哪还")}}
	for name, c := range map[string]struct {
		text string
		want []Entry
	}{
		"UTF-8":                              {plain, want},
		"with a mark":                        {"\uFEFF" + plain, want},
		"GB18030":                            {gbk, want},
		"UTF-16 and tabs":                    {wide, want},
		"semicolons":                         {strings.ReplaceAll(plain, ",", ";"), want},
		"lines end as in Windows":            {strings.ReplaceAll(plain, "\n", "\r\n"), want},
		"lines end as on old Macs, in cells": {strings.ReplaceAll(plain, "\n 在", "\r 在"), want},
		"headings of both languages":         {"编号 id,标准问题 QUESTION*,相似问法  similar,answer\na,怎么还款,\"如何还钱\n在哪还\",答", want},
		"several columns of a list":          {"id,question,similar,similar,答案,similar\na,怎么还款,如何还钱,,答,在哪还\n", want},
		"blank rows, explanations":           {"\n" + strings.Replace(plain, "\na", "\n# 说明,x,y,z\n,,,\na", 1) + ",,,\n", want},
		"an error column":                    {strings.Replace(strings.Replace(plain, "答案\n", "答案,错误 errors\n", 1), "答\n", "答,old fault\n", 1), want},
		"formulas in apostrophes":            {strings.Replace(plain, "怎么还款", "'=怎么还款", 1), []Entry{{"a", zh("=怎么还款", "如何还钱", "在哪还")}}},
		"formulas without":                   {strings.Replace(plain, "怎么还款", "=怎么还款", 1), []Entry{{"a", zh("=怎么还款", "如何还钱", "在哪还")}}},
		"no id":                              {"标准问题,答案\n怎么还款,答\n", []Entry{{"", zh("怎么还款")}}},
		"two languages, apart": {"id,lang,question,hot,risk,category,tags\na,en,how,,high,,\nb,,还,no,,,\na,中文,怎么,是 yes,高,还款,y\n",
			[]Entry{{"a", base.Content{Hot: true, Risk: base.RiskHigh, Category: "还款", Tags: []string{"y"}, Texts: map[knowledge.Lang]base.Text{knowledge.English: {Question: "how"}, knowledge.Chinese: {Question: "怎么"}}}},
				{"b", base.Content{Texts: map[knowledge.Lang]base.Text{knowledge.Chinese: {Question: "还"}}}}}},
		"times": {"id,question,from,until,review_by\na,how,2026-11-22 08:00,2026/12/1 9:05:07,2027年1月2日\nb,how,2026-11-22T08:00:00+01:00,46000.5,\n",
			[]Entry{{"a", base.Content{From: date("2026-11-22T00:00:00Z"), Until: date("2026-12-01T01:05:07Z"), ReviewBy: date("2027-01-01T16:00:00Z"), Texts: en("how")}},
				{"b", base.Content{From: date("2026-11-22T07:00:00Z"), Until: date("2025-12-09T04:00:00Z"), Texts: en("how")}}}},
		"channels and related": {"id,question,渠道答案 answer:sms,answer：ivr,相关条目\na,how,short,\"long\",\"b, c；d\"\n",
			[]Entry{{"a", base.Content{Related: []string{"b", "c", "d"}, Texts: map[knowledge.Lang]base.Text{knowledge.English: {Question: "how", Channels: map[string]string{"sms": "short", "ivr": "long"}}}}}}},
	} {
		t.Run(name, func(t *testing.T) {
			f := readCSV(t, c.text)
			if got, sound := f.Entries(); !sound || !reflect.DeepEqual(got, c.want) {
				t.Errorf("flaws %s\ngot  %+v\nwant %+v", flawsOf(f), got, c.want)
			}
		})
	}
}

func date(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

func en(q string) map[knowledge.Lang]base.Text {
	return map[knowledge.Lang]base.Text{knowledge.English: {Question: q}}
}

func TestFlawsOfRows(t *testing.T) {
	const heads = "id,lang,question,hot,risk,from,category\n"
	for name, c := range map[string]struct{ text, want string }{
		"bad id":                 {heads + "a b,,q\n还款,,q\n", "2 id bad_id; 3 id bad_id"},
		"neither id nor text":    {heads + ",,,yes\n", "2  no_question"},
		"values":                 {heads + "a,fr,q,maybe,huge,tomorrow\n", "2 lang bad_value; 2 hot bad_value; 2 risk bad_value; 2 from bad_value"},
		"a date of two meanings": {heads + "a,,q,,,11/12/2026\nb,,q,,,2026\n", "2 from bad_value; 3 from bad_value"},
		"twice":                  {heads + "a,,q\nb,,q\na,,q2\n", "4  twice"},
		"they disagree":          {heads + "a,en,q,yes,,,x\na,zh,问,no,low,,x\na,zh,问\n", "3 hot disagree; 4  twice"},
		"a broken cell":          {heads + "a,,#NAME?\n", "2 question broken_cell"},
		"controls":               {heads + "a,,q\x00\n", "2 question unreadable"},
		"not UTF-8 with a mark":  {"\uFEFF" + heads + "a,,q\xff\n", "2 question unreadable"},
		"one byte not UTF-8":     {heads + "a,,怎么还款呢请问一下谢谢\xff\n", "2 question unreadable"},
		"beyond the headings":    {heads + "a,,q,,,,,x\n", "2  too_wide"},
		"bare quotes":            {heads + "a,,q\"x\nb,,q\nc,,\"q\"x\n", "2  unreadable; 4  unreadable"},
		"a quote never closed":   {heads + "a,,q\nb,,\"q\nc,,q\n", "3  unreadable"},
	} {
		f := readCSV(t, c.text)
		got := flawsOf(f)
		if name == "bare quotes" || name == "a quote never closed" { // what is left of such rows has flaws of its own
			got = strings.ReplaceAll(got, "; 2  no_question", "")
		}
		if got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, c.want)
		}
	}
}

func TestFilesRefusedAsAWhole(t *testing.T) {
	small := Limits{Bytes: 5000, Line: 500, Rows: 2, Unzipped: 1 << 20}
	for name, c := range map[string]struct {
		format     Format
		text, want string
	}{
		"nothing":                 {CSV, "", "no headings"},
		"headings only":           {CSV, "id,question\n", "no entry"},
		"no headings":             {CSV, "a,怎么还款\n", `no column has the heading "a"`},
		"a misspelt heading":      {CSV, "id,question,simlar\n", `line 1: no column has the heading "simlar"`},
		"a heading twice":         {CSV, "id,question,question\n", "line 1: the heading question stands twice"},
		"nothing to find":         {CSV, "category,answer\n", "no heading is question or id"},
		"too many rows":           {CSV, "question\n1\n2\n\n3\n", "line 5: more than 2 rows"},
		"too many lines":          {JSONL, "{}\n{}\n{}\n", "line 3: more than 2 rows"},
		"too many bytes":          {CSV, "question\n" + strings.Repeat("q", 5000), "file of more than 5000 bytes"},
		"text as a workbook":      {XLSX, "id,question\n", "not an .xlsx file"},
		"a workbook as text":      {CSV, "PK\x03\x04", "must end in .xlsx"},
		"locked":                  {XLSX, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "locked with a password"},
		"a zip of nothing":        {XLSX, "PK\x05\x06" + strings.Repeat("\x00", 18), "not an .xlsx file"},
		"no line":                 {JSONL, "\n \n", "no entry"},
		"an unknown format":       {"pdf", "%PDF", `no format is called "pdf"`},
		"very many columns":       {CSV, strings.Repeat("similar,", 201) + "\n", "more than 200 columns"},
		"a line that is too long": {JSONL, `{"id":"` + strings.Repeat("a", 600) + `"}`, ""},
	} {
		f, err := Read(context.Background(), strings.NewReader(c.text), c.format, small)
		if c.want == "" {
			if err != nil || flawsOf(f) != "1  unreadable" {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %s", name, err, c.want)
		}
	}
	broken := errors.New("disk on fire")
	if _, err := Read(context.Background(), io.MultiReader(strings.NewReader("id"), failing{broken}), CSV, small); !errors.Is(err, broken) || errors.Is(err, ErrInvalid) {
		t.Errorf("a file that cannot be read: %v", err)
	}
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	for format, text := range map[Format]string{CSV: "id,question\na,b\n", JSONL: "{}"} {
		if _, err := Read(ended, strings.NewReader(text), format, small); !errors.Is(err, context.Canceled) {
			t.Errorf("%s, an ended context: %v", format, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestFormatOf(t *testing.T) {
	for name, want := range map[string]Format{"a.XLSX": XLSX, "b.csv": CSV, "c.jsonl": JSONL, "d.xlsm": "", "e.xls": "", "f": "", "g.pdf": ""} {
		got, err := FormatOf(name)
		if got != want || (err == nil) != (want != "") || err != nil && !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestLinesOfJSON(t *testing.T) {
	read := func(text string) (*File, []Entry) {
		f, err := Read(context.Background(), strings.NewReader(text), JSONL, ImportLimits)
		if err != nil {
			t.Fatal(err)
		}
		entries, _ := f.Entries()
		return f, entries
	}
	f, got := read("\uFEFF" + `{"id":"a","question":"怎么还款","similar":["如何 ","=钱"],"answer":"x\ny","category":"还款","lang":"zh"}` + "\n" +
		`{"id":"b","texts":{"en":{"question":"how","similar":["a","b"],"not":["c"],"answer":"=x","channels":{"sms":"s"}}},"tags":["z","y"],"from":"2026-11-22T08:00:00+08:00","risk":"normal","errors":["old"]}` + "\n" +
		`{"id":"a","question":"how","lang":"en"}`)
	want := []Entry{
		{"a", base.Content{Category: "还款", Texts: map[knowledge.Lang]base.Text{knowledge.Chinese: {Question: "怎么还款", Similar: []string{"如何", "=钱"}, Answer: "x\ny"}, knowledge.English: {Question: "how"}}}},
		{"b", base.Content{Tags: []string{"y", "z"}, From: date("2026-11-22T00:00:00Z"), Texts: map[knowledge.Lang]base.Text{knowledge.English: {Question: "how", Similar: []string{"a", "b"}, Not: []string{"c"}, Answer: "=x", Channels: map[string]string{"sms": "s"}}}}},
	}
	if flawsOf(f) != "" || !reflect.DeepEqual(got, want) {
		t.Errorf("flaws %s, got %+v", flawsOf(f), got)
	}
	for text, want := range map[string]string{
		`x`:                           "unreadable: not a JSON object",
		`{"id":"a","texts":{}`:        "malformed JSON",
		"{\"id\":\"\xff\"}":           "not UTF-8",
		`{"id":"a","texts":{},"x":1}`: `unknown key "x"`,
		`{"ID":"a","texts":{}}`:       `unknown key "ID"`,
		`{"id":"a","id":"b"}`:         `key "id" stands twice`,
		`{"id":"a","texts":[]}`:       "not a JSON object",
		`{"id":"a","texts":{"en":{"question":"q","channels":{"sms":1}}}}`: "channels: want texts",
		`{"id":"a","texts":{"en":{"question":"q","question":"r"}}}`:       `key "question" stands twice`,
		`{"id":"a","texts":{"en":{"question":null}}}`:                     "question: want a text",
		`{"id":"a","texts":{"en":{"question":"q","similar":["a",null]}}}`: "similar: want a list of texts",
		`{"id":"a","texts":{"fr":{"question":"q"}}}`:                      `lang: not a value of this column: "fr"`,
		`{"id":"a","texts":{"en":{"question":"q"}},"hot":"yes"}`:          "hot: want true or false",
		`{"id":"a","texts":{"en":{"question":"q"}},"from":"tomorrow"}`:    "from: want a time",
		`{"id":"a","texts":{"en":{"question":"q\ud800"}}}`:                "half a surrogate pair",
		`{"id":"a b","texts":{"en":{"question":"q"}}}`:                    "id: an id is",
		`{"texts":{"en":{"question":"q"}}}`:                               "id: an id is",
		`{"id":"a","question":"q","similar":"x"}`:                         "similar: cannot be read: want a list of texts",
		`{"id":"a","question":"q","hot":true}`:                            `unknown key "hot"`,
		`{"id":"a","question":"q\u0000"}`:                                 "question: cannot be read",
	} {
		f, _ := read(text)
		if len(f.records[0].flaws) == 0 || !strings.Contains(strings.Replace(f.records[0].flaws[0].String(), "cannot be read: not a JSON", "unreadable: not a JSON", 1), strings.TrimPrefix(want, "")) {
			t.Errorf("%s: %v, want %s", text, f.records[0].flaws, want)
		}
	}
	f, _ = read("{\"id\":\"a\",\"texts\":{}}\n{\"id\":\"a\",\"texts\":{}}")
	if flawsOf(f) != "2  twice" {
		t.Errorf("an id twice: %s", flawsOf(f))
	}
}

func TestWorkbooksAsPeopleLeaveThem(t *testing.T) {
	data := book(t, func(b *excelize.File) {
		if err := b.SetCellFormula("Sheet1", "C2", `"怎么"&"还款"`); err != nil {
			t.Fatal(err)
		}
		if err := b.SetCellValue("Sheet1", "E2", time.Date(2026, 11, 22, 8, 30, 0, 0, time.UTC)); err != nil {
			t.Fatal(err)
		}
		if err := b.SetCellHyperLink("Sheet1", "D2", "https://example.com", "External"); err != nil {
			t.Fatal(err)
		}
	}, []any{"id", "热门", "question", "source", "until", "risk"}, []any{"a", true, nil, "https://example.com", nil, "高"}, nil, []any{12, 0, "95%", 3.5, "2026-12-01", nil})
	// What the formula came to stands in the file, as spreadsheets save it.
	data = withValue(t, data, "怎么还款")
	f, err := readBook(data)
	if err != nil {
		t.Fatal(err)
	}
	got, sound := f.Entries()
	want := []Entry{
		{"a", base.Content{Hot: true, Source: "https://example.com", Until: date("2026-11-22T00:30:00Z"), Risk: base.RiskHigh, Texts: map[knowledge.Lang]base.Text{knowledge.Chinese: {Question: "怎么还款"}}}},
		{"12", base.Content{Source: "3.5", Until: date("2026-11-30T16:00:00Z"), Texts: en("95%")}},
	}
	if !sound || !reflect.DeepEqual(got, want) {
		t.Errorf("%s\ngot  %+v\nwant %+v", flawsOf(f), got, want)
	}
	if f.records[1].line != 4 {
		t.Errorf("the second entry stands in line %d", f.records[1].line)
	}
}

// withValue puts a value behind the only formula of a workbook.
func withValue(t *testing.T, data []byte, value string) []byte {
	return rezipped(t, data, func(name string, text []byte) []byte {
		return bytes.Replace(text, []byte("</f></c>"), []byte("</f><v>"+value+"</v></c>"), 1)
	}, nil)
}

// rezipped changes parts of a zip file and adds others.
func rezipped(t *testing.T, data []byte, change func(string, []byte) []byte, more map[string]string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	add := func(name string, text []byte) {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write(text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, part := range in.File {
		r, err := part.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		add(part.Name, change(part.Name, text))
	}
	for name, text := range more {
		add(name, []byte(text))
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestWorkbooksRefused(t *testing.T) {
	small := Limits{Bytes: 1 << 20, Rows: 100, Unzipped: 1 << 20}
	good := book(t, nil, []any{"id", "question"}, []any{"a", "how"})
	if _, err := readBook(good); err != nil {
		t.Fatal(err)
	}
	same := func(_ string, text []byte) []byte { return text }
	sheet := func(from, to string) []byte {
		return rezipped(t, good, func(name string, text []byte) []byte {
			if strings.Contains(name, "sheet1.xml") {
				return bytes.Replace(text, []byte(from), []byte(to), 1)
			}
			return text
		}, nil)
	}
	types := func(from, to string) []byte {
		return rezipped(t, good, func(_ string, text []byte) []byte { return bytes.ReplaceAll(text, []byte(from), []byte(to)) }, nil)
	}
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"macros":                 {rezipped(t, good, same, map[string]string{"xl/vbaProject.bin": "x"}), "macros"},
		"macros by another name": {types("spreadsheetml.sheet.main", "sheet.macroEnabled.main"), "made for macros"},
		"links to files":         {rezipped(t, good, same, map[string]string{"xl/externalLinks/externalLink1.xml": "<x/>"}), "linked to other files"},
		"a connection":           {rezipped(t, good, same, map[string]string{"xl/connections.xml": "<x/>"}), "connected to a database"},
		"an embedded file":       {rezipped(t, good, same, map[string]string{`xl\embeddings\a.bin`: "x"}), "embedded"},
		"a bomb":                 {rezipped(t, good, same, map[string]string{"xl/media/a": strings.Repeat("0", 1<<20)}), "unzips to more than 1048576 bytes"},
		"a bomb of a sheet":      {sheet("<sheetData>", "<sheetData>"+strings.Repeat("<row/>", 2100)), "more than 2100 rows"},
		"many cells":             {sheet("<sheetData>", "<sheetData><row>"+strings.Repeat("<c/>", 4001)+"</row>"), "more than 4000 cells"},
		"cut short":              {sheet("</row></sheetData></worksheet>", ""), "cut short or not well-formed"},
		"not XML":                {sheet("</row>", "</rov>"), "not well-formed"},
		"half of a file":         {good[:len(good)/2], "not all of it"},
		"not a workbook":         {rezipped(t, good, func(string, []byte) []byte { return []byte("<x/>") }, nil), ""},
		"a row far down":         {sheet(`<row r="2">`, `<row r="999999999999">`), "more than 2100 rows"},
		"a cell far right":       {sheet(`r="B2"`, `r="XFD2"`), "more than 200 columns"},
	} {
		if _, err := Read(context.Background(), bytes.NewReader(c.data), XLSX, small); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", name, err, c.want)
		}
	}
}

func TestTemplate(t *testing.T) {
	var out bytes.Buffer
	if err := Template(&out, []string{"还款", "=借款, 额度"}); err != nil {
		t.Fatal(err)
	}
	if _, err := readBook(out.Bytes()); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "no entry") {
		t.Errorf("explanations and example must be passed over: %v", err)
	}
	b, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	panes, err := b.GetPanes(sheetName)
	if err != nil || !panes.Freeze || panes.YSplit != 2 {
		t.Errorf("panes %+v, %v", panes, err)
	}
	choices, err := b.GetDataValidations(sheetName)
	if err != nil {
		t.Fatal(err)
	}
	var lists []string
	for _, c := range choices {
		if c.Type == "list" {
			lists = append(lists, c.Sqref+" "+c.Formula1)
		}
	}
	want := []string{`B3:B50002 "中文 zh-CN,英文 en"`, `G3:G50002 lists!$A$1:$A$2`, `I3:I50002 "是 yes,否 no"`, `J3:J50002 "低 low,普通 normal,高 high"`}
	if !slices.Equal(lists, want) {
		t.Errorf("drop-downs\n%s\nwant\n%s", strings.Join(lists, "\n"), strings.Join(want, "\n"))
	}
	if visible, err := b.GetSheetVisible(listsName); err != nil || visible {
		t.Errorf("the sheet of lists: visible %v, %v", visible, err)
	}
}

func TestProgress(t *testing.T) {
	ctx := context.Background()
	entries := many(250)
	for _, format := range formats {
		var file bytes.Buffer
		if err := Write(&file, format, entries); err != nil {
			t.Fatal(err)
		}
		var told [][2]int
		progress := func(done, of int) { told = append(told, [2]int{done, of}) }
		f, err := Read(ctx, &file, format, ImportLimits, progress)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range told {
			if last := i == len(told)-1; (p[0] == p[1]) != last || p[0] > p[1] || i > 0 && p[0] <= told[i-1][0] {
				t.Errorf("%s: reading was told as %v", format, told)
			}
		}
		if told[len(told)-1] != [2]int{250, 250} || len(told) < 3 {
			t.Errorf("%s: reading was told as %v", format, told)
		}
		told = nil
		if _, err := NewPlan(ctx, f, there, Update, progress); err != nil || !reflect.DeepEqual(told, [][2]int{{100, 250}, {200, 250}, {250, 250}}) {
			t.Errorf("comparing was told as %v, %v", told, err)
		}
	}
}

// One row more than an import takes.
func TestRowsOfAnImport(t *testing.T) {
	text := "id,question\n" + strings.Repeat("a,b\n", ImportLimits.Rows)
	if _, err := Read(context.Background(), strings.NewReader(text), CSV, ImportLimits); err != nil {
		t.Error(err)
	}
	if _, err := Read(context.Background(), strings.NewReader(text+"a,b\n"), CSV, ImportLimits); !errors.Is(err, ErrInvalid) || !strings.Contains(err.Error(), "line 50002: more than 50000 rows") {
		t.Errorf("got %v", err)
	}
}
