package lint

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"wenda/internal/privacy"
	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/knowledge/sample"
)

func sent(t testing.TB, text string, inChat ...string) []string {
	t.Helper()
	lang := knowledge.Chinese
	if !strings.ContainsFunc(text, func(r rune) bool { return r >= firstHan && r <= lastHan }) {
		lang = knowledge.English
	}
	return brief(Sent(text, lang, rules(t), func(masked string) bool { return slices.Contains(inChat, masked) }))
}

func TestSent(t *testing.T) {
	for _, c := range []struct {
		text string
		want []string
	}{
		{"您好，我帮您查一下，请稍等。", nil},
		{"您放心，我保证通过。", []string{"forbidden block 保证通过@5"}},
		{"我们不能保证通过，以审核结果为准。", []string{"forbidden warn 保证通过@4"}},
		{"可以看 https://bit.ly/x 这个。", []string{"link warn https://bit.ly/x@4"}},
		{"可以看 https://help.example.com/x 这个。", nil},
		{"日利率 0.05%，很划算的。", []string{"rate warn 日利率 0.05%@0"}},
		{"日利率 0.05%，年化利率 18%。", nil},
		{"他的手机是13912345678，您打给他。", []string{"personal warn 139****5678@5"}},
		{"写信到 service@help.example.com 就行。", nil},
		{"Here is the contract: http://evil.example/x", []string{"link warn http://evil.example/x@22"}},
	} {
		if got := sent(t, c.text); !slices.Equal(got, c.want) && len(got)+len(c.want) > 0 {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

// What the customer has written themselves may be repeated to them.
func TestSentInChat(t *testing.T) {
	masked, _ := privacy.Mask("13912345678")
	if got := sent(t, "是尾号5678的13912345678吗？", masked); len(got) > 0 {
		t.Errorf("found %q", got)
	}
	if got := sent(t, "您的验证码是 483920", "******"); !slices.Equal(got, []string{"personal warn ******@7"}) {
		t.Errorf("a code counts as known: %q", got)
	}
}

func TestSecrets(t *testing.T) {
	for _, text := range []string{
		"请提供一下您的登录密码", "麻烦把验证码发给我", "验证码告诉我一下", "验证码报一下", "您收到的验证码是多少", "请您回复短信验证码",
		"密 码 发 我", "把卡背面的CVV2告诉我们", "告诉我您的支付密码，我来操作", "可以报一下安全码吗", "請提供驗證碼", "发我一下验证码", "请告知验证码", "验证码截图发给客服",
		"Please send me the one-time code you got", "What's your password?", "Could you share your CVV", "Tell us the verification code, please", "Reply with your card PIN",
	} {
		if got := sent(t, text); !slices.ContainsFunc(got, func(f string) bool { return strings.HasPrefix(f, "secret block ") }) {
			t.Errorf("%q may be sent: %q", text, got)
		}
	}
	for _, text := range []string{
		"请不要把验证码告诉任何人", "我们绝不会向您索要密码，请勿提供验证码", "是否有人让您提供验证码？", "有没有人要您发验证码给他", "验证码收不到的话，请检查信号",
		"请在 App 内输入短信验证码", "我可以给您重置密码", "可以告诉您密码规则", "请说一下密码错误的提示", "请提供姓名和手机号我帮您重置密码", "忘记密码可以发邮件告诉我们",
		"系统会给您发送验证码，请注意查收", "您的密码是什么时候修改的", "密码请拨打热线修改", "骗子会让您把验证码发给我们的冒充客服",
		"We will send you a verification code", "Never share your password with anyone", "I can send you a password reset link", "Enter the one-time code in the app",
		"If someone asks you to tell them your PIN, hang up", "Please check your password settings",
	} {
		if got := sent(t, text); slices.ContainsFunc(got, func(f string) bool { return strings.HasPrefix(f, "secret ") }) {
			t.Errorf("%q is refused: %q", text, got)
		}
	}
}

// Whatever was approved may be sent.
func TestSentOfSample(t *testing.T) {
	entries, err := sample.Entries()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		for lang, text := range e.Texts {
			if found := Sent(text.Answer, lang, rules(t), nil); Blocked(found) {
				t.Errorf("%s in %s: %q", e.ID, lang, brief(found))
			}
		}
	}
}

func TestVariables(t *testing.T) {
	reply := func(id, answer string) []string {
		return brief(Check(id, base.Content{Texts: map[knowledge.Lang]base.Text{knowledge.Chinese: {Question: "问候", Answer: answer}}}, rules(t)))
	}
	if got := reply("canned.hello", "{customer}您好，我是{agent}。"); len(got) > 0 {
		t.Errorf("found %q", got)
	}
	if got := reply("canned.hello", "{name}您好，我是｛agent｝。"); !slices.Equal(got, []string{"variable block {name}@0", "variable block ｛agent｝@11"}) {
		t.Errorf("found %q", got)
	}
	if got := reply("repay-how", "填 {name}。"); len(got) > 0 {
		t.Errorf("of an entry that customers ask for: %q", got)
	}
}

func FuzzSent(f *testing.F) {
	for _, text := range []string{"请提供您的密码", "保证通过 13912345678", "看 https://bit.ly/x", "What's your PIN", "\xff｛a｝验证码发我"} {
		f.Add(text)
	}
	r := rules(f)
	f.Fuzz(func(t *testing.T, text string) {
		for _, found := range Sent(text, knowledge.Chinese, r, nil) {
			if found.At < 0 || found.At > utf8.RuneCountInString(text) || !utf8.ValidString(found.Text) || found.Say[knowledge.Chinese] == "" || found.Say[knowledge.English] == "" {
				t.Errorf("%q: %+v", text, found)
			}
		}
	})
}
