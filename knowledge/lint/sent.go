package lint

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"wenda/internal/privacy"
	"wenda/knowledge"
)

// Sent returns what it finds in a text that an agent is about to send to a customer, from
// its beginning; nil if nothing. What a person says is judged by what harms: forbidden words
// as compliance graded them, asking for a secret blocks, and a link that is not on the
// list, a rate without an annual figure and personal data that is not the customer's own
// warn. inChat reports whether a masked form stands in the chat already; nil: none does.
func Sent(text string, lang knowledge.Lang, rules Rules, inChat func(masked string) bool) []Finding {
	k := &check{rules: rules, lang: lang}
	f := field{name: "text", text: text, spoken: true, answer: true}
	k.forbidden(f)
	k.secrets(f)
	k.strangers(f, inChat)
	k.milder(f, k.links, saySentLink)
	k.milder(f, k.rates, saySentRate)
	k.found = tidied(k.found)
	return k.found
}

// milder has a rule look at a field, and lets what it finds be sent after a second thought.
func (k *check) milder(f field, look func(field), say sentence) {
	from := len(k.found)
	look(f)
	for i := from; i < len(k.found); i++ {
		if found := &k.found[i]; found.Severity == Block {
			found.Severity, found.Say = Warn, sayWords(say, found.Text)
		}
	}
}

// strangers looks for personal data that is not in the chat. A secret has no masked form
// that could be told from others.
func (k *check) strangers(f field, inChat func(masked string) bool) {
	_, found := privacy.Mask(f.text)
	at, runes := 0, 0
	for _, p := range found {
		runes += utf8.RuneCountInString(f.text[at:p.Start])
		at = p.Start
		say := sayOther
		switch {
		case p.Kind == privacy.Secret:
			say = sayTold
		case p.Kind == privacy.Email && k.rules.Links.mails(f.text[p.Start:p.End]):
			continue
		case inChat != nil && inChat(p.Masked):
			continue
		}
		k.noteIn(f, Personal, Warn, p.Masked, runes, sayWords(say, p.Masked))
	}
}

// How customers are asked for what they must never tell, in folded Chinese: no spaces; "|"
// is a comma or a stop.
const (
	secretWord = `(?:密码|口令|验证码|校验码|动态码|短信码|安全码|cvv2?|cvn2?|pin码)`
	please     = `(?:请|麻烦|劳驾|需要|需|方便|可以|能|帮忙|把)(?:您|你)?(?:先|再|将|把|现在|尽快|直接|在这里|在这|这边|这里){0,2}`
	toUs       = `(?:我们|我|咱们|客服|这边|这里)`
	aBit       = `(?:一下|下)?`
	yours      = `(?:(?:您|你)的?)?[^|]{0,6}`
)

var (
	secretAsked = regexp.MustCompile(
		please + `(?:提供|报|念|回复|透露|出示|说出)(?:一下|下|给|` + toUs + `)*` + yours + secretWord + // 请提供您的密码
			`|` + please + `(?:告诉|告知)` + aBit + `(?:(?:您|你)的)?(?:短信|手机|登录|支付|交易)?` + secretWord + // 请告知验证码
			`|(?:告诉|告知|发送|转发|发|报|念|说|给)` + aBit + `给?` + toUs + aBit + yours + secretWord + // 发我一下验证码
			`|` + secretWord + `(?:请|您|你|麻烦|也|都|再|先|可以|能|截图|现在|直接|一起|号|数字){0,3}(?:告诉|告知|发送|转发|发|报|念|提供|回复|说)(?:一下|下|给|到|过来|来)*` + toUs + // 验证码告诉我
			`|` + secretWord + `(?:给|发|报|念|告诉|说)(?:我|过来|一下|下)` + // 验证码报一下
			`|(?:您|你|收到)的?[^|]{0,8}` + secretWord + `(?:是多少|是什么|是啥|多少)`) // 收到的验证码是多少

	// secretDenied stands in the same thought: a warning, or a question about a fraud.
	secretDenied = regexp.MustCompile(`不|勿|别|无需|没有|有人|谁|对方|骗|他人|任何|陌生|是否|拒绝|警惕|谨防|冒充`)
	// secretElse says that it is about the password, not for it: inside what was found, or behind it.
	secretElse  = regexp.MustCompile(`重置|修改|找回|忘|设置|帮`)
	secretAfter = regexp.MustCompile(`^(?:错|不对|忘|的?提示|的?问题|收不到|没收到|页面|输|失败|重置|修改|找回|设置|登录|锁|时候|位)`)

	secretAskedEN = regexp.MustCompile(`\b(?:tell|send|give|share|provide|text|forward|reply with)(?: (?:me|us|here)(?: [a-z0-9'-]+){0,4}?|(?: [a-z0-9'-]+){0,2}? your(?: [a-z0-9'-]+){0,3}?) ` + secretWordEN +
		`|\bwhat(?:'s|’s| is| was) (?:your|the)(?: [a-z0-9'-]+){0,3}? ` + secretWordEN)
	secretDeniedEN = regexp.MustCompile(`\b(?:not|never|don['’]t|nobody|no one|won['’]t|someone|somebody|anyone|if|scam|beware)\b|\b(?:we|i|system|it)(?:['’]ll| will| can| may)? (?:text|send|forward|share|provide|give)`)
	secretAfterEN  = regexp.MustCompile(`^ (?:reset|change|settings|page|link|field|rules|length|error)`)
)

const secretWordEN = `(?:passwords?|passcodes?|pin|cvv2?|otp|one-time (?:code|password)s?|verification codes?|security codes?)\b`

// secrets looks for a customer being asked for a password or a code.
func (k *check) secrets(f field) {
	original, chinese, english := []rune(f.text), speltOf(fold(f.text)), plain(f.text)
	for _, m := range secretAsked.FindAllStringIndex(chinese.text, -1) {
		found, thought := chinese.text[m[0]:m[1]], thoughtOf(chinese.text, m, "|")
		if !secretDenied.MatchString(thought) && !secretElse.MatchString(found) && !secretAfter.MatchString(chinese.text[m[1]:]) {
			k.secret(f, original, chinese, m)
		}
	}
	for _, m := range secretAskedEN.FindAllStringIndex(english.text, -1) {
		thought := thoughtOf(english.text, m, ".!?;\n")
		if !secretDeniedEN.MatchString(thought) && !secretAfterEN.MatchString(english.text[m[1]:]) {
			k.secret(f, original, english, m)
		}
	}
}

// thoughtOf is what was found, with what stands before it in the same sentence.
func thoughtOf(text string, m []int, stops string) string {
	return text[strings.LastIndexAny(text[:m[0]], stops)+1 : m[1]]
}

func (k *check) secret(f field, original []rune, s spelt, m []int) {
	text, at := s.cut(original, m[0], m[1])
	k.noteIn(f, Secret, Block, text, at, sayWords(saySecret, text))
}

// variables looks for placeholders in a reply of agents that the desk does not know.
func (k *check) variables(f field) {
	if !(knowledge.Entry{ID: k.id}).Canned() {
		return
	}
	for _, m := range variable.FindAllStringIndex(f.text, -1) {
		if name := f.text[m[0]:m[1]]; !slices.Contains(knowledge.CannedVariables, name) {
			k.noteIn(f, Variable, Block, name, utf8.RuneCountInString(f.text[:m[0]]), sayWords(sayVariable, name))
		}
	}
}

// variable is what looks like a placeholder, in either script's braces.
var variable = regexp.MustCompile(`[{｛][^{}｛｝\n]{0,40}[}｝]`)
