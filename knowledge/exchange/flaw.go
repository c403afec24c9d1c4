package exchange

import (
	"fmt"

	"wenda/knowledge"
)

// Flaw is one reason why a row cannot be imported. It never holds more of the file
// than the start of one cell.
type Flaw struct {
	Column string `json:"column,omitempty"` // the column's key; "" if the row as a whole is meant
	Code   Code   `json:"code"`
	Detail string `json:"detail,omitempty"` // what the code's sentence ends with
}

// Code says what kind of flaw it is.
type Code string

// The kinds of flaws.
const (
	Unreadable   Code = "unreadable"    // neither UTF-8 nor GB18030, or not the JSON that it should be
	BrokenCell   Code = "broken_cell"   // a spreadsheet's error value
	TooWide      Code = "too_wide"      // text in a column without a heading
	BadID        Code = "bad_id"        // cannot be an id
	NoQuestion   Code = "no_question"   // neither id nor question
	BadValue     Code = "bad_value"     // not one of the values of this column
	Disagree     Code = "disagree"      // two rows of an entry say different things of it
	Twice        Code = "twice"         // entry and language stand in an earlier line
	Ambiguous    Code = "ambiguous"     // no id, and several entries have this question
	Exists       Code = "exists"        // Append: there is such an entry
	BadContent   Code = "bad_content"   // not a valid entry
	NotConnected Code = "not_connected" // a part of the file cannot be read, so neither can this
)

var sentences = map[Code]map[knowledge.Lang]string{
	Unreadable:   {knowledge.English: "cannot be read", knowledge.Chinese: "无法读取"},
	BrokenCell:   {knowledge.English: "an error value of the spreadsheet; put an apostrophe before a text that begins with = + - @", knowledge.Chinese: "是表格的错误值；以 = + - @ 开头的文字请在前面加英文单引号"},
	TooWide:      {knowledge.English: "there is text in a column without a heading", knowledge.Chinese: "没有表头的列里有内容"},
	BadID:        {knowledge.English: "an id is 1 to 64 of a-z, A-Z, 0-9, '-', '.', '_', '?'", knowledge.Chinese: "编号须为 1 至 64 个 a-z、A-Z、0-9、'-'、'.'、'_'、'?'"},
	NoQuestion:   {knowledge.English: "neither id nor question", knowledge.Chinese: "既无编号也无标准问题"},
	BadValue:     {knowledge.English: "not a value of this column", knowledge.Chinese: "不是此列的取值"},
	Disagree:     {knowledge.English: "differs from another row of the same entry", knowledge.Chinese: "与同一条目的另一行不一致"},
	Twice:        {knowledge.English: "this entry stands already in this language in line", knowledge.Chinese: "该条目的这种语言已出现在行"},
	Ambiguous:    {knowledge.English: "several entries have this question, so the id is needed", knowledge.Chinese: "多个条目有此标准问题，须填编号"},
	Exists:       {knowledge.English: "there is such an entry already", knowledge.Chinese: "条目已存在"},
	BadContent:   {knowledge.English: "not a valid entry", knowledge.Chinese: "条目内容不合规"},
	NotConnected: {knowledge.English: "another row of this entry cannot be imported", knowledge.Chinese: "同一条目的另一行无法导入"},
}

// Text is the flaw as a sentence in lang.
func (f Flaw) Text(lang knowledge.Lang) string {
	text := sentences[f.Code][lang]
	if f.Column != "" {
		text = f.Column + ": " + text
	}
	if f.Detail != "" {
		text = fmt.Sprintf("%s: %s", text, f.Detail)
	}
	return text
}

// String is the flaw in English.
func (f Flaw) String() string { return f.Text(knowledge.English) }
