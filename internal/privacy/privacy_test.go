package privacy

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// cases: what a customer writes, and what is kept. An empty want means that nothing is masked.
var cases = []struct{ say, want, kinds string }{
	// phones
	{"我的手机号是13800138000", "我的手机号是138****8000", "phone"},
	{"13800138000", "138****8000", "phone"},
	{"138 0013 8000", "138****8000", "phone"},
	{"138-0013-8000", "138****8000", "phone"},
	{"138.0013.8000", "138****8000", "phone"},
	{"138_0013_8000", "138****8000", "phone"},
	{"138—0013—8000", "138****8000", "phone"},
	{"138 - 0013 - 8000", "138****8000", "phone"},
	{"138 0013-8000", "138****8000", "phone"},
	{"1380 0138 000", "138****8000", "phone"},
	{"138 00138 000", "138****8000", "phone"},
	{"13 80 01 38 00 0", "138****8000", "phone"},
	{"1 3 8 0 0 1 3 8 0 0 0", "138****8000", "phone"},
	{"1-3-8-0-0-1-3-8-0-0-0", "138****8000", "phone"},
	{"电话１３８００１３８０００。", "电话138****8000。", "phone"},
	{"１３８　００１３　８０００", "138****8000", "phone"},
	{"１３８－００１３－８０００", "138****8000", "phone"},
	{"+8613800138000", "+86138****8000", "phone"},
	{"+86 138 0013 8000", "+86 138****8000", "phone"},
	{"+86-13800138000", "+86-138****8000", "phone"},
	{"(+86)13800138000", "(+86)138****8000", "phone"},
	{"0086 1380 0138 000", "0086 138****8000", "phone"},
	{"86 1 3 8 0 0 1 3 8 0 0 0", "86 138****8000", "phone"},
	{"013800138000", "0138****8000", "phone"},
	{"一三八零零一三八零零零", "138****8000", "phone"},
	{"幺三八 零零幺三 八零零零", "138****8000", "phone"},
	{"138零零13八000", "138****8000", "phone"},
	{"这是我唯一13800138000", "这是我唯一138****8000", "phone"},
	{"138\u200b0013\u200b8000", "138****8000", "phone"},
	{"1\ufe0f\u20e33\ufe0f\u20e38\ufe0f\u20e30\ufe0f\u20e30\ufe0f\u20e31\ufe0f\u20e33\ufe0f\u20e38\ufe0f\u20e30\ufe0f\u20e30\ufe0f\u20e30\ufe0f\u20e3!", "138****8000!", "phone"},
	{"①③⑧⓪⓪①③⑧⓪⓪⓪", "138****8000", "phone"},
	{"tel13800138000谢谢", "tel138****8000谢谢", "phone"},
	{"13800138000转8001", "138****8000转8001", "phone"},
	{"13800138000,13900139000", "138****8000,139****9000", "phone phone"},
	{"138 0013 8000 139 0013 9000", "138****8000 139****9000", "phone phone"},
	{"2026-11-21 138 0013 8000", "2026-11-21 138****8000", "phone"},
	{"20261121 13800138000", "20261121 138****8000", "phone"},
	{"1. 138 0013 8000", "1. 138****8000", "phone"},
	{"尾号 8000 1 3 8 0 0 1 3 8 0 0 0", "尾号 8000 138****8000", "phone"},

	// identity numbers
	{"身份证110101199003070011", "身份证110*************11", "id_card"},
	{"11010119900307002X", "110*************2X", "id_card"},
	{"11010119900307002x，谢谢", "110*************2X，谢谢", "id_card"},
	{"１１０１０１１９９００３０７００２Ｘ", "110*************2X", "id_card"},
	{"110101 19900307 0011", "110*************11", "id_card"},
	{"110101-19900307-0011", "110*************11", "id_card"},
	{"110 101 1990 0307 0011", "110*************11", "id_card"},
	{"110101 1990-03-07 0011", "110*************11", "id_card"},
	{"1 1 0 1 0 1 1 9 9 0 0 3 0 7 0 0 2 X", "110*************2X", "id_card"},
	{"一一零一零一一九九零零三零七零零一一", "110*************11", "id_card"},
	{"身份证：110101199003070011，手机13800138000", "身份证：110*************11，手机138****8000", "id_card phone"},

	// bank cards
	{"卡号6222020200001234562", "卡号622202******4562", "bank_card"},
	{"6222 0202 0000 1234 562", "622202******4562", "bank_card"},
	{"6222-0202-0000-1234-562", "622202******4562", "bank_card"},
	{"6222 0202 0000 1234562", "622202******4562", "bank_card"},
	{"622202 0200001234562", "622202******4562", "bank_card"},
	{"4111 1111 1111 1111", "411111******1111", "bank_card"},
	{"4111111111111111", "411111******1111", "bank_card"},
	{"3782 822463 10005", "378282******0005", "bank_card"},
	{"2223 0031 2200 3222", "222300******3222", "bank_card"},
	{"9558 8002 0000 1234 562", "955880******4562", "bank_card"},
	{"4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "411111******1111", "bank_card"},
	{"４１１１　１１１１　１１１１　１１１１", "411111******1111", "bank_card"},
	{"4111 1111 1111 1111 6222 0202 0000 1234 562", "411111******1111 622202******4562", "bank_card bank_card"},
	{"手机13800138000卡4111111111111111", "手机138****8000卡411111******1111", "phone bank_card"},

	// e-mail
	{"邮箱zhangsan@example.com", "邮箱zha***@example.com", "email"},
	{"a@b.cn", "a***@b.cn", "email"},
	{"abc @ qq . com", "a***@qq.com", "email"},
	{"ａｂｃｄ＠ｑｑ．ｃｏｍ", "ab***@qq.com", "email"},
	{"abcd(at)qq[dot]com", "ab***@qq.com", "email"},
	{"13800138000@139.com", "138***@139.com", "email"},
	{"请发到...li.si+x@mail.example.co.uk.谢谢", "请发到...li.***@mail.example.co.uk.谢谢", "email"},
	{"abc@qq.com13800138000", "a***@qq.com138****8000", "email phone"},
	{"abc@qq.com. Thanks", "a***@qq.com. Thanks", "email"},

	// codes, passwords, CVV
	{"验证码是 123456", "验证码是 ******", "secret"},
	{"验证码：１２３４５６", "验证码：******", "secret"},
	{"验证码123456,5分钟内有效", "验证码******,5分钟内有效", "secret"},
	{"您的验证码为8421，请勿告诉他人", "您的验证码为******，请勿告诉他人", "secret"},
	{"验证码 1 2 3 4 5 6", "验证码 ******", "secret"},
	{"验证码 123-456", "验证码 ******", "secret"},
	{"验证码一二三四五六", "验证码******", "secret"},
	{"验证码收到了，是123456", "验证码收到了，是******", "secret"},
	{"123456这是验证码", "******这是验证码", "secret"},
	{"123456是我的短信验证码", "******是我的短信验证码", "secret"},
	{"123456（登录验证码）", "******（登录验证码）", "secret"},
	{"123 456 是验证码", "****** 是验证码", "secret"},
	{"密码 abc123", "密码 ******", "secret"},
	{"密码是Hunter!", "密码是******!", "secret"},
	{"支付密码：246810", "支付密码：******", "secret"},
	{"密码改成Qwer@2026了", "密码改成******了", "secret"},
	{"abc123 is my password", "****** is my password", "secret"},
	{"密码是“Hunter”", "密码是“******”", "secret"},
	{"my password is hunter", "my password is ******", "secret"},
	{"cvv 123", "cvv ******", "secret"},
	{"CVV2:1234", "CVV2:******", "secret"},
	{"安全码是 123", "安全码是 ******", "secret"},
	{"code is 123456", "code is ******", "secret"},
	{"Your verification code: 123 456.", "Your verification code: ******.", "secret"},
	{"验证码 A1B2C3", "验证码 ******", "secret"},
	{"OTP 482913", "OTP ******", "secret"},
	{"验证码123456，手机13800138000", "验证码******，手机138****8000", "secret phone"},
	{"密码 1234 13800 138 000", "密码 ****** 138****8000", "secret phone"},
	{"验证码 13800138000", "验证码 138****8000", "phone"},

	// left alone
	{"", "", ""},
	{"怎么提前还款", "", ""},
	{"20261121", "", ""},
	{"2026-11-21 14:30:00", "", ""},
	{"2026年11月21日", "", ""},
	{"50000.00", "", ""},
	{"借了50,000.00元，分12期", "", ""},
	{"1,500,000、3000", "", ""},
	{"14-day", "", ""},
	{"可以分3、6、9、12、18、24期吗", "", ""},
	{"1 3 6 12 24 36 60", "", ""},
	{"15 30 60 90 180", "", ""},
	{"订单号202611211430001234", "", ""},
	{"贷款编号JK20261121000123", "", ""},
	{"流水号4111111111111112", "", ""},
	{"6222 0202 0000 1234 563", "", ""},
	{"110101199003070012", "", ""},
	{"110101 19900307 0012", "", ""},
	{"110101199013070011", "", ""},
	{"990101199003070015", "", ""},
	{"1763712000123", "", ""},
	{"12800138000", "", ""},
	{"138001380001", "", ""},
	{"1380013800", "", ""},
	{"192.168.100.10", "", ""},
	{"客服电话95533或400-800-8888", "", ""},
	{"010-12345678", "", ""},
	{"尾号8000的卡", "", ""},
	{"138****8000", "", ""},
	{"622202******4562和110*************2X，zha***@example.com", "", ""},
	{"年利率7.2%到24%", "", ""},
	{"验证码收不到，我的手机尾号8000", "", ""},
	{"验证码60秒后重发", "", ""},
	{"验证码有效期5分钟", "", ""},
	{"密码输错5次被锁24小时", "", ""},
	{"忘记密码怎么办", "", ""},
	{"密码2026年改过", "", ""},
	{"密码: https://example.com/reset", "", ""},
	{"my password is wrong", "", ""},
	{"password reset", "", ""},
	{"I forgot my password, \"please\" help", "", ""},
	{"error code: 50012", "", ""},
	{"promo code is 202611", "", ""},
	{"barcode 123456", "", ""},
	{"shopping 123456", "", ""},
	{"还了5000密码忘了", "", ""},
	{"@example.com", "", ""},
	{"a@b", "", ""},
	{"******", "", ""},
	{"验证码 ******", "", ""},
	{"0000000000000000", "", ""},
}

func TestMask(t *testing.T) {
	for _, c := range cases {
		want := c.want
		if c.kinds == "" {
			want = c.say
		}
		got, found := Mask(c.say)
		var kinds []string
		for _, f := range found {
			kinds = append(kinds, string(f.Kind))
		}
		if got != want || strings.Join(kinds, " ") != c.kinds {
			t.Errorf("Mask(%q) = %q %v, want %q [%s]", c.say, got, kinds, want, c.kinds)
		}
		if err := lawful(c.say); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d cases", len(cases))
}

// lawful checks what holds for every text.
func lawful(text string) error {
	masked, found := Mask(text)
	if utf8.ValidString(text) && !utf8.ValidString(masked) {
		return fmt.Errorf("Mask(%q) = %q: not UTF-8", text, masked)
	}
	var b strings.Builder
	at := 0
	for _, f := range found {
		if f.Start < at || f.End <= f.Start || f.End > len(text) {
			return fmt.Errorf("Mask(%q): finding %d–%d after %d", text, f.Start, f.End, at)
		}
		b.WriteString(text[at:f.Start] + f.Masked)
		at = f.End
	}
	if rest := b.String() + text[at:]; rest != masked {
		return fmt.Errorf("Mask(%q) = %q, but its findings say %q", text, masked, rest)
	}
	if again, more := Mask(masked); again != masked || len(more) > 0 {
		return fmt.Errorf("Mask(%q) = %q, and masking that gives %q", text, masked, again)
	}
	return nil
}

func TestContact(t *testing.T) {
	for _, c := range []struct{ say, want string }{
		{"我姓王，电话 138 0013 8000", "13800138000"},
		{"+86 １３８００１３８０００", "13800138000"},
		{"邮箱 Zhang.San @ Example . com", "Zhang.San@Example.com"},
		{"13800138000 或 abc@qq.com，再说一遍 138-0013-8000", "13800138000 abc@qq.com"},
		{"明天下午打给我", ""},
		{"卡号4111111111111111", ""},
	} {
		got, ok := Contact(c.say)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("Contact(%q) = %q, %v, want %q", c.say, got, ok, c.want)
		}
	}
}

func TestKinds(t *testing.T) {
	_, found := Mask("13800138000 4111111111111111 13900139000")
	if got := Kinds(found); !equal(got, "bank_card", "phone") {
		t.Errorf("Kinds = %v", got)
	}
	if got := Kinds(nil); got != nil {
		t.Errorf("Kinds(nil) = %v", got)
	}
}

// BenchmarkMask shows by its MB/s that the work does not grow with the square of
// the text: the 2k and the 32k line of a pair are alike.
func BenchmarkMask(b *testing.B) {
	for _, c := range []struct{ name, text string }{
		{"question", "卡里有钱为什么还款失败，昨天还了5000元"},
		{"phone", "我的电话是 138 0013 8000，请明天下午回电"},
		{"hostile-2k", strings.Repeat("1 ", 1000)},
		{"hostile-32k", strings.Repeat("1 ", 16000)},
		{"pwd-2k", strings.Repeat("pwd=", 500)},
		{"pwd-32k", strings.Repeat("pwd=", 8000)},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(len(c.text)))
			b.ReportAllocs()
			for b.Loop() {
				Mask(c.text)
			}
		})
	}
}

func FuzzMask(f *testing.F) {
	for _, c := range cases {
		f.Add(c.say)
	}
	f.Add("1300 0000 138x@q.cn 密码pwd=pin:1-2-3\xff12x 一2三X")
	f.Fuzz(func(t *testing.T, text string) {
		if err := lawful(text); err != nil {
			t.Fatal(err)
		}
		Contact(text)
	})
}
