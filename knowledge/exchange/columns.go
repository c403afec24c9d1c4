package exchange

import (
	"maps"
	"slices"
	"strings"

	"wenda/knowledge"
	"wenda/knowledge/base"
)

// column is one column of a table: a field of an entry, or of its text in the row's
// language. get writes a field as a cell, set reads it from one; set(get(x)) is x.
type column struct {
	key    string // in the heading, after the Chinese name
	zh     string
	also   []string // other names that people give it
	help   string   // Chinese, a line end, English
	width  float64
	text   bool // belongs to the language of the row
	list   bool // one item a line; may stand in several columns
	choice []string
	get    func(*base.Content, *base.Text) string
	set    func(*base.Content, *base.Text, string) error
}

// Keys of the columns that make a row's address.
const (
	idKey     = "id"
	langKey   = "lang"
	errorsKey = "errors" // of a file handed back; passed over when it comes again
	channel   = "answer:"
)

// columns are all there are but those of channels, in the order of a template.
var columns = []column{
	{key: idKey, zh: "编号", also: []string{"条目编号"}, width: 22,
		help: "条目的固定编号；留空则按标准问题查找，没有就新建。以 # 开头的行不导入\nNames the entry for ever. Empty: the entry with this question, or a new one. Rows that begin with # are passed over"},
	{key: langKey, zh: "语言", also: []string{"language"}, width: 12, choice: []string{langCells[knowledge.Chinese], langCells[knowledge.English]},
		help: "每种语言一行；留空则按文字判断\nOne row a language. Empty: told from the script"},
	{key: "question", zh: "标准问题", also: []string{"问题", "标准问", "standard question"}, width: 36, text: true, get: textOf(question), set: setText(question),
		help: "客户看到的标准问法\nThe question as customers read it"},
	{key: "similar", zh: "相似问法", also: []string{"相似问", "扩展问", "phrasings"}, width: 44, text: true, list: true, get: listOf(similar), set: setList(similar),
		help: "客户的其他问法，每行一个\nOther ways to say it, one a line"},
	{key: "not", zh: "反例问法", also: []string{"反例", "counter-phrasings"}, width: 30, text: true, list: true, get: listOf(not), set: setList(not),
		help: "看似相同、意思不同的问法，每行一个\nLook alike and mean something else, one a line"},
	{key: "answer", zh: "答案", also: []string{"回答"}, width: 60, text: true, get: textOf(answerText), set: setText(answerText),
		help: "给客户的回答；可用段落、列表、**粗体**、链接\nWhat customers read: paragraphs, lists, **bold**, links"},
	{key: "category", zh: "分类", also: []string{"类目"}, width: 16, get: wordOf(category), set: setWord(category),
		help: "可选已有分类，也可填新分类\nOne that is there, or a new one"},
	{key: "tags", zh: "标签", width: 18, list: true, get: tagsOf, set: setTags,
		help: "每行一个\nOne a line"},
	{key: "hot", zh: "热门", also: []string{"热门问题", "是否热门"}, width: 10, choice: []string{"是 yes", "否 no"}, get: hotOf, set: setHot,
		help: "是否显示在欢迎卡片\nShown on the welcome card?"},
	{key: "risk", zh: "风险等级", also: []string{"风险"}, width: 14, choice: []string{"低 low", "普通 normal", "高 high"}, get: riskOf, set: setRisk,
		help: "答错的后果有多重；留空为普通\nHow much harm a wrong answer does. Empty: normal"},
	{key: "owner", zh: "负责人", width: 14, get: wordOf(owner), set: setWord(owner),
		help: "谁保证内容正确\nWho keeps it true"},
	{key: "source", zh: "依据", also: []string{"来源", "来源文件"}, width: 26, get: wordOf(source), set: setWord(source),
		help: "内容出自哪份文件\nThe document it comes from"},
	{key: "related", zh: "相关条目", width: 22, list: true, get: relatedOf, set: setRelated,
		help: "条目编号，每行一个\nIds of entries, one a line"},
	{key: "from", zh: "生效时间", width: 20, get: momentOf(from), set: setMoment(from),
		help: "北京时间，如 2026-11-22 08:00；留空为立即\nBeijing time, as 2026-11-22 08:00. Empty: at once"},
	{key: "until", zh: "失效时间", width: 20, get: momentOf(until), set: setMoment(until),
		help: "北京时间，到此刻即停用；留空为长期\nBeijing time, no longer used from then on. Empty: no end"},
	{key: "review_by", zh: "复核时间", also: []string{"复核日期"}, width: 20, get: momentOf(reviewBy), set: setMoment(reviewBy),
		help: "北京时间，届时须确认内容仍然正确\nBeijing time, when somebody shall look whether it is still true"},
}

// channelColumn is the answers for one channel.
func channelColumn(name string) column {
	return column{
		key: channel + name, zh: "渠道答案", width: 40, text: true,
		help: "仅用于渠道 " + name + "；留空则用通用答案\nOnly for channel " + name + ". Empty: the answer for all",
		get:  func(_ *base.Content, t *base.Text) string { return t.Channels[name] },
		set: func(_ *base.Content, t *base.Text, cell string) error {
			if cell == "" {
				delete(t.Channels, name)
				return nil
			}
			if t.Channels == nil {
				t.Channels = map[string]string{}
			}
			t.Channels[name] = cell
			return nil
		},
	}
}

// heading is what stands above the column.
func (c column) heading() string { return c.zh + " " + c.key }

// columnOf finds the column of a heading: its key, its Chinese name, both, or
// another name of it, in any case. Without one the column is of no use.
func columnOf(heading string) (column, bool) {
	h := strings.ToLower(strings.Join(strings.Fields(strings.Trim(heading, "*")), " "))
	h = strings.ReplaceAll(h, "：", ":")
	last := h[strings.LastIndexByte(h, ' ')+1:]
	if name, ok := strings.CutPrefix(last, channel); ok && name != "" {
		return channelColumn(name), true
	}
	for _, c := range columns {
		if last == c.key || h == c.zh || slices.Contains(c.also, h) {
			return c, true
		}
	}
	return errorsColumn, last == errorsKey || h == errorsColumn.zh
}

// channelsOf returns the columns of all channels that the entries have answers for.
func channelsOf(entries []Entry) []column {
	names := map[string]bool{}
	for _, e := range entries {
		for _, t := range e.Texts {
			for name := range t.Channels {
				names[name] = true
			}
		}
	}
	var out []column
	for _, name := range slices.Sorted(maps.Keys(names)) {
		out = append(out, channelColumn(name))
	}
	return out
}

// langs are the languages in the order of rows.
var langs = []knowledge.Lang{knowledge.Chinese, knowledge.English}

// langCells are the languages as cells of the column lang.
var langCells = map[knowledge.Lang]string{knowledge.Chinese: "中文 zh-CN", knowledge.English: "英文 en"}
