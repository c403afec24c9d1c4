package lint

import (
	"strings"

	"wenda/knowledge"
)

// What people read, with {} for the words found. One table, so that the two languages
// stay beside each other.
type sentence = map[knowledge.Lang]string

func both(chinese, english string) sentence {
	return sentence{knowledge.Chinese: chinese, knowledge.English: english}
}

var (
	sayForbiddenBlock = both("禁用语「{}」，不能这样写。", "“{}” is forbidden wording.")
	sayForbiddenWarn  = both("「{}」属于敏感措辞，请确认这样写合适。", "“{}” is sensitive wording: make sure that it may stand here.")

	sayRateBlock  = both("「{}」没有写年化利率。利率、费率必须以年化百分比展示。", "“{}” gives no annual rate. Rates and fees must be shown as an annual percentage.")
	sayRateFigure = both("「{}」附近提到了年化，但没有年化的数字，请核对。", "Near “{}” the annual rate is mentioned but no figure: please check.")
	sayRateBare   = both("「{}」可能是贷款费率：如是，请写明年化利率。", "“{}” may be the rate of a loan: if so, give the annual rate.")

	sayLinkScheme = both("「{}」不是 https 网址，客户点不开，也不安全。", "“{}” is not an https address: it cannot be opened, and is not safe.")
	sayLinkHost   = both("「{}」的域名不在允许名单中。", "The host of “{}” is not on the list of those allowed.")
	sayLinkUser   = both("「{}」中的 @ 会让人误认网站，不能使用。", "The @ in “{}” hides where it leads.")

	sayPersonal = both("含有个人信息「{}」，请删除或改为示例。", "Holds personal data, “{}”: remove it.")

	sayNoText     = both("没有任何语言的内容。", "There is no text in any language.")
	sayNoQuestion = both("缺少标准问题。", "The standard question is missing.")
	sayNoAnswer   = both("有问题，没有答案。", "There is a question and no answer.")
	sayNoChannel  = both("这个渠道的答案是空的；不需要单独的答案时请删去。", "The answer for this channel is empty: remove it if the general one is meant.")
	sayNoPhrasing = both("这个说法没有文字，不会被匹配。", "This phrasing holds no words and is never matched.")

	sayDateOver   = both("期限「{}」已经过去。", "The deadline “{}” is over.")
	sayDatePast   = both("日期「{}」已经过去，请确认是否还有效。", "“{}” is in the past: is this still true?")
	sayDateBefore = both("「{}」早于条目的失效日期，过期后仍会回答。", "“{}” is before the entry's end: it would be answered after that date.")
	sayUntilOver  = both("失效时间已经过去，不会再回答。", "The entry's end is over: it would never be answered.")
	sayUntilFrom  = both("失效时间不晚于生效时间。", "The entry ends before it begins.")
	sayReviewOver = both("复核日期已经过去。", "The review date is over.")

	sayHeading  = both("标题「{}」在聊天窗口里会显示为符号，请改用加粗。", "The heading “{}” is shown as signs in the chat: use bold.")
	sayPicture  = both("图片「{}」在聊天窗口里不会显示。", "The picture “{}” is not shown in the chat.")
	sayTable    = both("表格「{}」在聊天窗口里会显示为符号，请改用列表。", "The table “{}” is shown as signs in the chat: use a list.")
	sayHTML     = both("HTML「{}」会原样显示。", "The HTML “{}” is shown as it stands.")
	sayScript   = both("不允许的代码「{}」。", "“{}” is code, which must not stand here.")
	sayCode     = both("「{}」是聊天窗口不支持的格式，会显示为符号。", "“{}” is formatting that the chat does not know: its signs are shown.")
	sayBold     = both("加粗符号 ** 没有成对。", "The signs of bold, **, are not in pairs.")
	sayNested   = both("「{}」是缩进过深的列表项，会和上一项连在一起。", "The item “{}” is indented too far: it is joined with the one before.")
	sayLanguage = both("这段文字不像是这种语言。", "This text does not look like its language.")
	sayUnseen   = both("含有看不见的控制字符。", "Holds characters that nobody sees.")
	sayLong     = both("超过 {} 字，在手机上太长。", "Over {} characters is long on a phone.")

	sayVariable = both("「{}」没有人会替换，客户会原样看到。快捷回复里可以用 {customer} 和 {agent}。", "Nobody fills in “{}”: the customer would read it as it stands. A reply may use {customer} and {agent}.")
	saySecret   = both("「{}」：不能向客户索要密码、验证码或安全码。", "“{}”: customers must never be asked for passwords or codes.")
	saySentLink = both("「{}」不在允许的网址名单中，请确认要发给客户。", "“{}” is not on the list of addresses: make sure that the customer shall have it.")
	saySentRate = both("「{}」没有写年化利率，请补上年化百分比或确认。", "“{}” gives no annual rate: add it, or make sure that it may stand.")
	sayOther    = both("「{}」不在这个会话里，可能是别人的个人信息。发送时会打码。", "“{}” was not in this chat: it may be somebody else's. It will be masked.")
	sayTold     = both("「{}」像是密码或验证码，发送时会打码。", "“{}” looks like a password or a code. It will be masked.")

	sayTwiceHere  = both("「{}」在这个条目里出现了两次。", "“{}” stands twice in this entry.")
	sayTwiceNot   = both("「{}」同时是说法和反例，永远不会被匹配。", "“{}” is a phrasing and a counter-phrasing: it is never matched.")
	sayTwiceOther = both("「{}」也是另一个条目的说法：{entry}。", "“{}” is also a phrasing of another entry: {entry}.")
)

// shownMost bounds the words that a sentence repeats, in runes.
const shownMost = 40

// sayWords puts the words found into a sentence.
func sayWords(s sentence, words string) sentence {
	if r := []rune(words); len(r) > shownMost {
		words = string(r[:shownMost]) + "…"
	}
	words = strings.Join(strings.Fields(words), " ")
	out := make(sentence, len(s))
	for lang, text := range s {
		out[lang] = strings.ReplaceAll(text, "{}", words)
	}
	return out
}
