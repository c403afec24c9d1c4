package exchange

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/xuri/excelize/v2"

	"wenda/knowledge"
)

// whatever reads anything, and holds what comes of it to the promises of Read and Plan.
func whatever(t *testing.T, format Format, data []byte) {
	limits := Limits{Bytes: 1 << 16, Line: 1 << 16, Rows: 50, Unzipped: 1 << 20}
	f, err := Read(context.Background(), bytes.NewReader(data), format, limits)
	if err != nil {
		if !errors.Is(err, ErrInvalid) {
			t.Fatal(err)
		}
		return
	}
	p, err := NewPlan(context.Background(), f, there, Update)
	if err != nil {
		t.Fatal(err)
	}
	var sound []Entry
	for i, r := range p.Rows {
		if (r.Does == Refused) != (len(r.Flaws) > 0) || r.Line < 1 {
			t.Fatalf("row %+v", r)
		}
		if r.Does == Refused {
			continue
		}
		e := Entry{p.drafts[i].id, p.drafts[i].content}
		if faults := e.Check(); len(faults) > 0 || !knowledge.ValidID(e.ID) {
			t.Fatalf("entry %q would be saved with %v", e.ID, faults)
		}
		sound = append(sound, e)
	}
	var back bytes.Buffer
	if err := p.Faulty(&back, knowledge.English); err != nil {
		t.Fatal(err)
	}
	again, err := Read(context.Background(), &back, format, ImportLimits)
	if err != nil {
		t.Fatalf("handed back it cannot be read: %v", err)
	}
	if format != JSONL && again.Rows() != f.Rows() {
		t.Fatalf("of %d rows %d were handed back", f.Rows(), again.Rows())
	}
	for _, format := range []Format{JSONL, CSV} {
		if len(sound) > 0 && shown(readBack(t, format, sound)) != shown(sound) {
			t.Fatalf("%s: what was read is not what is written", format)
		}
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		"id,question\na,how\n", "\uFEFF编号 id;标准问题 question;errors\na;怎么;x\n;=1;\n", "\xb1\xe0\xba\xc5,\xce\xca\xcc\xe2\na,\xd4\xf5\xc3\xb4\n", "question\n\"a", "\xff\xfei\x00d\x00\n\x00a\x00",
		"id,lang,question,similar,similar,hot,risk,from,until,related,tags,answer:sms\n#c\na,en,q,\"x\ny\",z,yes,high,2026-01-01,2027-01-01 08:00:01,\"b,c\",t,'=s,beyond\na,zh,问,,,no\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) { whatever(t, CSV, data) })
}

func FuzzJSONL(f *testing.F) {
	for _, s := range []string{
		`{"id":"a","texts":{"en":{"question":"q","similar":["x"],"not":["y"],"answer":"z","channels":{"sms":"s"}}},"hot":true,"from":"2026-11-22T00:00:00Z","tags":["b","a"],"risk":"high"}`,
		"{\"id\":\"a\",\"question\":\"q\",\"lang\":\"en\"}\n{\"id\":\"a\",\"question\":\"问\",\"similar\":[\"=x\"]}\nx", `{"id":"a","texts":{"en":{"question":"\ud800"}}}`, `{"errors":[],"line":"x"}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) { whatever(t, JSONL, data) })
}

// FuzzXLSX changes single parts: a changed zip is mostly none any more.
func FuzzXLSX(f *testing.F) {
	b := excelize.NewFile()
	defer b.Close()
	for i, row := range [][]any{{"id", "question", "until", "answer"}, {"a", "how", 46000.5, "x"}, {"b", "=q", nil, true}} {
		if err := b.SetSheetRow("Sheet1", []string{"A1", "A2", "A3"}[i], &row); err != nil {
			f.Fatal(err)
		}
	}
	var plain bytes.Buffer
	if _, err := b.WriteTo(&plain); err != nil {
		f.Fatal(err)
	}
	names := []string{"xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"}
	for i := range names {
		for _, s := range []string{
			`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>question</t></is></c></row><row r="2"><c r="A2" t="s"><v>7</v></c><c t="e"><f>1/0</f><v>#N/A</v></c></row></sheetData></worksheet>`,
			`<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><r><t>id</t></r></si><si><t>question</t></si></sst>`, "", "<x", `<?xml version="1.0" encoding="gbk"?><x/>`,
		} {
			f.Add(uint8(i), []byte(s))
		}
	}
	f.Fuzz(func(t *testing.T, part uint8, text []byte) {
		whatever(t, XLSX, rezipped(t, plain.Bytes(), func(name string, was []byte) []byte {
			if name == names[int(part)%len(names)] {
				return text
			}
			return was
		}, nil))
	})
}
