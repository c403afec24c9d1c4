package privacy

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// hiddenSecret stands for every secret, however long.
const hiddenSecret = "******"

// herald is what kind of secret a word announces.
type herald int

const (
	codeWord     herald = iota // 4 to 8 digits, or letters and digits
	passwordWord               // 4 to 16 digits, any mixture, any word after "is" or ":"
	cvvWord                    // 3 to 8 digits
	plainWord                  // "code": 4 to 8 digits after "is" or ":"
)

// keywords announce a secret. A longer one that matches at the same place wins.
var keywords = byFirst(map[herald][]string{
	codeWord: {"验证码", "驗證碼", "校验码", "校驗碼", "动态码", "短信码", "动态密码", "动态口令", "短信密码",
		"短信验证码", "手机验证码", "登录验证码", "支付验证码",
		"verification code", "security code", "one-time code", "one time code", "sms code", "auth code", "authentication code",
		"login code", "passcode", "otp", "pin", "pin code", "pin码"},
	passwordWord: {"密码", "密碼", "口令", "登录密码", "支付密码", "交易密码", "取款密码", "查询密码", "银行卡密码", "password", "passwd", "pwd", "passphrase"},
	cvvWord:      {"cvv", "cvv2", "cvc", "cvc2", "cvn", "cvn2", "安全码", "安全碼", "后三位", "背面三位", "签名栏三位"},
	plainWord:    {"code"},
})

// notSecret are words that make an ordinary thing of the "code" they precede.
var notSecret = []string{"error", "zip", "postal", "post", "promo", "coupon", "status", "country", "area", "referral", "invite", "qr", "bar", "source", "reason"}

// links may stand between the word and the secret; those that are true say
// outright that the secret follows (or, before the word, precedes).
var links = byFirst(map[bool][]string{
	true: {"是", "为", "就是", "这是", "設為", "设为", "设成", "改为", "改成", ":", "=", "is", "was", "(", "[", "【"},
	false: {" ", ",", "，", "的", "了", "我", "你", "您", "给", "收到", "发", "过来", "这", "就", "现在", "刚", "刚才", "叫", "填", "输入", "输", "号",
		"「", "『", "“", "\"", "'", "my", "your", "the", "to", "a", "here", "set", "it", ")", "]", "】", "」", "”"},
})

var (
	// units make a short number before them an amount of something. Money does so for any number.
	units = byFirst(map[bool][]string{
		true:  {"元", "块"},
		false: {"年", "月", "日", "天", "期", "万", "次", "位", "个", "条", "人", "笔", "秒", "分钟", "小时", "%", "号码", "开头"},
	})

	// ordinary are words that say something about a password and are none.
	ordinary = strings.Fields(`wrong incorrect invalid not expired locked blocked forgotten required too the weak correct right changed
		reset lost good stolen always still never being what really only also very missing unknown needed asking working different secure safe
		leaked hidden visible empty disabled enabled must should cannot rejected refused accepted unavailable there here that this same long short`)
)

// maxLinks bounds what may stand between a word and its secret, in characters.
const maxLinks = 16

// entry is a word of a table.
type entry[T any] struct {
	text  string
	runes int
	is    T
}

// byFirst makes a table that is looked up by the first character, longest word first.
func byFirst[T comparable](words map[T][]string) map[rune][]entry[T] {
	table := map[rune][]entry[T]{}
	for is, list := range words {
		for _, w := range list {
			first, _ := utf8.DecodeRuneInString(w)
			table[first] = append(table[first], entry[T]{w, utf8.RuneCountInString(w), is})
		}
	}
	for _, list := range table {
		slices.SortFunc(list, func(a, b entry[T]) int { return b.runes - a.runes })
	}
	return table
}

// lookup returns the longest word of the table at cell i, and the cell after it.
func lookup[T any](s *scan, table map[rune][]entry[T], i int) (end int, is T, ok bool) {
	if i >= len(s.cells) {
		return 0, is, false
	}
	for _, e := range table[lower(s.cells[i].r)] {
		if end := i + e.runes; s.reads(i, e.text) && s.wholeWord(i, end) {
			return end, e.is, true
		}
	}
	return 0, is, false
}

// wholeWord reports whether Latin letters at the edges of [from, to) do not go on outside.
func (s *scan) wholeWord(from, to int) bool {
	if from > 0 && letter(s.cells[from].r) && letter(s.cells[from-1].r) {
		return false
	}
	return to >= len(s.cells) || !letter(s.cells[to-1].r) || !letter(s.cells[to].r)
}
