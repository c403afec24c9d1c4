package gateway

import (
	"strings"
	"testing"
	"unicode/utf8"

	"wenda/internal/privacy"
	"wenda/sessions"
)

func TestPageURL(t *testing.T) {
	for address, want := range map[string]string{
		"https://www.example.com/repay":                                        "https://www.example.com/repay",
		"https://WWW.Example.com:8443/Repay?token=x#top":                       "https://www.example.com:8443/Repay",
		"http://user:secret@example.com/":                                      "http://example.com/",
		"https://example.com":                                                  "https://example.com",
		"https://例子.中国/账单":                                                     "https://例子.中国/账单",
		"https://example.com/%E8%B4%A6%E5%8D%95":                               "https://example.com/账单",
		"https://example.com/u/13800138000/bills":                              "https://example.com/u/…/bills",
		"https://example.com/u/wang@example.com":                               "https://example.com/u/…",
		"https://example.com/orders/2026-11-22-0001":                           "https://example.com/orders/…",
		"https://example.com/o/1%322%334%355%36":                               "https://example.com/o/…",
		"https://example.com/reset/eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9abcdef": "https://example.com/reset/…",
		"https://example.com/a%0Ab%E2%80%AEc":                                  "https://example.com/a bc",
		"ftp://example.com/x":                                                  "",
		"javascript:alert(1)":                                                  "",
		"https:example.com":                                                    "",
		"file:///etc/passwd":                                                   "",
		"//example.com/x":                                                      "",
		"/repay":                                                               "",
		"https://":                                                             "",
		"https://exa\x00mple.com/":                                             "",
		"https://example.com/\u202egnp":                                        "",
		"https://example.com/\n":                                               "",
		"https://[::1":                                                         "",
		"https://example.com/" + strings.Repeat("x", 3000):                     "",
		"https://example.com/" + strings.Repeat("ab/", 100):                    "https://example.com/" + strings.Repeat("ab/", 60) + "…",
	} {
		if got := pageURL(address); got != want {
			t.Errorf("%.80q is kept as %q, want %q", address, got, want)
		}
	}
}

func TestPageTitle(t *testing.T) {
	for title, want := range map[string]string{
		"我的账单 - 示例金融":                    "我的账单 - 示例金融",
		" 还\n款\t页 ":                      "还 款 页",
		"\u202e\u200b\x00":               "",
		"13800138000 的账单":                "138****8000 的账单",
		strings.Repeat("长", 90):          strings.Repeat("长", 80) + "…",
		strings.Repeat("x", 1<<16):       "",
		"<img src=x onerror=alert(1)>账单": "<img src=x onerror=alert(1)>账单", // pages show text as text
	} {
		if got := pageTitle(title); got != want {
			t.Errorf("%.80q is kept as %q, want %q", title, got, want)
		}
	}
}

func FuzzPage(f *testing.F) {
	for _, seed := range [][2]string{{"https://example.com/a", "账单"}, {"http://[::1]:80/13800138000", "138 0013 8000"}, {"https://a/%31%33%38%30%30%31%33%38%30%30%30", "\xff"}, {"https://a/b;c=6222021234567890123", "a@b.cn"}} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, address, title string) {
		if !utf8.ValidString(address) || !utf8.ValidString(title) {
			return // no such frame is read
		}
		p := (&Send{Page: address, Title: title}).page()
		if p == nil {
			return
		}
		if utf8.RuneCountInString(p.URL) > pageRunes+1 || utf8.RuneCountInString(p.Title) > titleRunes+1 {
			t.Errorf("%q, %q: too long", p.URL, p.Title)
		}
		for _, text := range []string{p.URL, p.Title} {
			if !utf8.ValidString(text) || strings.ContainsFunc(text, control) || strings.ContainsAny(text, "\n\t") {
				t.Errorf("%q, %q became %q", address, title, text)
			}
		}
		if p.URL != "" && !strings.HasPrefix(p.URL, "http") {
			t.Errorf("%q is kept as %q", address, p.URL)
		}
		if _, path, _ := strings.Cut(p.URL, "://"); path != "" {
			for _, step := range strings.Split(path, "/")[1:] {
				if _, found := privacy.Mask(step); len(found) > 0 {
					t.Errorf("%q is kept as %q, which holds %v", address, p.URL, found)
				}
			}
		}
	})
}

// Where a customer writes from is kept with what they say; what is wrong with it keeps no
// message from being heard, and the customer's own page is told nothing back.
func TestPagesAreKeptWithWhatIsSaid(t *testing.T) {
	r := newRig(t)
	c := r.customer("a/d/阿明")
	c.event("welcome")
	for i, frame := range []Send{
		{Text: "一", Page: "https://example.com/bills?id=7", Title: "我的账单"},
		{Text: "二"},
		{Text: "三", Page: "javascript:alert(1)", Title: "\u200b\u202e"},
		{Text: "四", Title: "手机银行 还款"},
		{Text: "五", Page: "https://example.com/" + strings.Repeat("x", 5000)},
	} {
		frame.Type, frame.CID = "send", "cid-0000"+string(rune('0'+i))
		c.send(frame)
		c.expect("ack")
		if e := c.event(frame.Text); e["page"] != nil {
			t.Errorf("the customer is told %v", e)
		}
		c.event("re: " + frame.Text)
	}
	log, err := r.store.Transcript(t.Context(), c.session, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]sessions.Page{"一": {Title: "我的账单", URL: "https://example.com/bills"}, "四": {Title: "手机银行 还款"}}
	for _, e := range log {
		if page, known := want[e.Text]; known != (e.Page != nil) || known && *e.Page != page {
			t.Errorf("%s came from %+v", e.Text, e.Page)
		}
	}
}
