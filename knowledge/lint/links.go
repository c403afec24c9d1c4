package lint

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Links are the hosts that answers may lead to. The zero value allows none.
type Links struct {
	hosts []string // "help.example.com", "help.example.com:8443"
	under []string // ".example.cn"
}

var hostLine = regexp.MustCompile(`^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}(:\d{1,5})?$`)

// ReadLinks reads the list of hosts: one a line, help.example.com for one host,
// *.example.com for all below example.com (but not itself), with a port if it is not 443.
// Hosts of other scripts stand in their ASCII form (xn--…). Empty lines and those that
// begin with "#" are passed over. The error wraps ErrSheet with all faults.
func ReadLinks(text string) (Links, error) {
	var l Links
	var faults []string
	for i, line := range strings.Split(text, "\n") {
		host := strings.ToLower(strings.TrimSpace(line))
		switch below, is := strings.CutPrefix(host, "*"); {
		case host == "" || strings.HasPrefix(host, "#"):
		case !hostLine.MatchString(host):
			faults = append(faults, fmt.Sprintf("line %d: want a host such as help.example.com or *.example.com", i+1))
		case is:
			l.under = append(l.under, below)
		default:
			l.hosts = append(l.hosts, host)
		}
	}
	return l, sheetError(faults)
}

// Allows reports whether an answer may lead to a host, in lower case, with its port if it
// is not 443.
func (l Links) Allows(host string) bool {
	host = strings.TrimSuffix(host, ":443")
	return slices.Contains(l.hosts, host) || slices.ContainsFunc(l.under, func(suffix string) bool { return strings.HasSuffix(host, suffix) })
}

// mails reports whether an e-mail address is at an allowed host.
func (l Links) mails(address string) bool {
	a := ascii(address).text
	return l.Allows(a[strings.LastIndex(a, "@")+1:])
}

const (
	// domains of the first level that bare addresses are known by. Others are found by www. or
	// a scheme; all of them would make an address of "见app.我的" and "v2.beta".
	topLevel = `com|cn|net|org|top|xyz|cc|vip|io|info|biz|shop|site|club|online|tv|ltd|wang|link|work|fun|pro|ink|live|store|tech|icu|cloud|mobi|hk|tw|us|uk|ru|gov|edu`
	label    = `[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?`
)

var (
	// An address with a scheme, or one that begins with //; the scheme of code; a bare host.
	addressed = regexp.MustCompile(`([a-z][a-z0-9+.-]{0,20}):[/\\]{2}[^\s()<>"'\[\]` + "`" + `\x7f]*`)
	relative  = regexp.MustCompile(`(?:^|[\s(\[<"'\x7f])(//` + label + `\.[^\s()<>"'\x7f]*)`)
	code      = regexp.MustCompile(`\b(?:j\s*a\s*v\s*a|v\s*b)\s*s\s*c\s*r\s*i\s*p\s*t\s*:[^\s()<>\x7f]*|\bdata:[a-z]*[/;,][^\s()<>\x7f]*|\b(?:blob|about|view-source|intent|weixin|alipays?|tel|sms|mailto):[^\s()<>\x7f]+`)
	bare      = regexp.MustCompile(`(?:www\.(?:` + label + `\.)*` + label + `|(?:` + label + `\.)+(?:` + topLevel + `)|(?:\d{1,3}\.){3}\d{1,3}(?::\d|/))(?::\d{1,5})?(?:/[^\s()<>"'\x7f]*)?`)
	// [text](target)
	target = regexp.MustCompile(`\]\(\s*([^()\n]*)\)`)
)

// links looks for addresses that answers must not lead to.
func (k *check) links(f field) {
	w := watcher{check: k, field: f, original: []rune(f.text), ascii: ascii(f.text)}
	w.taken = make([]bool, len(w.ascii.text))
	if strings.Contains(w.ascii.text, ":") {
		w.each(addressed, 0, w.address)
		w.each(code, 0, w.scheme)
	}
	if strings.Contains(w.ascii.text, "//") {
		w.each(relative, 1, w.scheme)
	}
	if dotted(w.ascii.text) {
		w.each(bare, 0, w.host)
	}
	if f.answer && strings.Contains(w.ascii.text, "](") {
		w.each(target, 1, w.target)
	}
}

// dotted reports whether a stop is followed by a letter or digit, as in an address.
func dotted(s string) bool {
	for i := 0; i+1 < len(s); i++ {
		if s[i] == '.' && isWord(s[i+1]) {
			return true
		}
	}
	return false
}

// watcher looks for addresses in one field. What an earlier pattern took, a later one
// does not look at.
type watcher struct {
	*check
	field    field
	original []rune
	ascii    spelt
	taken    []bool
}

func (w *watcher) each(is *regexp.Regexp, group int, look func(from, to int)) {
	for _, m := range is.FindAllStringSubmatchIndex(w.ascii.text, -1) {
		from, to := m[2*group], m[2*group+1]
		if from < to && !slices.Contains(w.taken[from:to], true) {
			look(from, to)
		}
	}
}

func (w *watcher) found(from, to int, say sentence) {
	for i := from; i < to; i++ {
		w.taken[i] = true
	}
	text, at := w.ascii.cut(w.original, from, to)
	w.noteIn(w.field, Link, Block, text, at, sayWords(say, text))
}

// pass takes what may stay.
func (w *watcher) pass(from, to int) {
	for i := from; i < to; i++ {
		w.taken[i] = true
	}
}

// address looks at scheme://….
func (w *watcher) address(from, to int) {
	to = from + len(strings.TrimRight(w.ascii.text[from:to], ".,;:!?*"))
	address := w.ascii.text[from:to]
	rest, https := strings.CutPrefix(address, "https://")
	host := rest
	if i := strings.IndexAny(rest, `/\?#`); i >= 0 {
		host = rest[:i]
	}
	switch {
	case !https:
		w.found(from, to, sayLinkScheme)
	case strings.Contains(host, "@"):
		w.found(from, to, sayLinkUser)
	case !w.rules.Links.Allows(host) || w.joined(from+len("https://")+len(host)):
		w.found(from, to, sayLinkHost)
	default:
		w.pass(from, to)
	}
}

// joined reports whether a letter of another script follows the host: it would be a part
// of it, аs in https://help.example.comа.cn. Chinese text is how a sentence goes on.
func (w *watcher) joined(i int) bool {
	if i >= len(w.ascii.text) || w.ascii.text[i] != other {
		return false
	}
	r := w.original[w.ascii.start[i]]
	return latin(r) || r == '@' || strings.HasPrefix(w.ascii.text[i+1:], ".")
}

func (w *watcher) scheme(from, to int) { w.found(from, to, sayLinkScheme) }

// host looks at an address without a scheme. The host of an e-mail address is none.
func (w *watcher) host(from, to int) {
	text := w.ascii.text
	if from > 0 && strings.ContainsRune("@.-_/", rune(text[from-1])) || from > 0 && isWord(text[from-1]) {
		return
	}
	end := from
	for end < to && text[end] != '/' {
		end++
	}
	if end < len(text) && end == to && (isWord(text[end]) || text[end] == '@' || text[end] == '-') {
		return
	}
	if !w.rules.Links.Allows(text[from:end]) {
		w.found(from, to, sayLinkHost)
	}
}

func isWord(b byte) bool { return b >= 'a' && b <= 'z' || b >= '0' && b <= '9' }

// target looks at what a Markdown link leads to, when it is no address seen before.
func (w *watcher) target(from, to int) {
	if strings.Trim(w.ascii.text[from:to], " \x7f") != "" {
		w.found(from, to, sayLinkScheme)
	}
}
