package gateway

import (
	"strings"

	"wenda/knowledge"
	"wenda/sessions"
)

// Bounds of what an act may carry besides its text.
const (
	maxMentions = 20
	maxMinutes  = 7 * 24 * 60
	maxName     = 64 // bytes of a code or an id
	maxNames    = 20 // of codes in one text
)

// needsText are the acts that are nothing without a text.
var needsText = map[string]bool{
	"say": true, "note": true, "transfer": true, "escalate": true, "reveal": true, "whisper": true,
}

func (f *Act) about() (kind, cid, session string) { return f.Type, f.CID, f.Session }

func (f *Act) check(l Limits) Code {
	if !sessions.ValidRef(f.CID) || !validSession(f.Session) || f.Fence < 1 || !f.lawful() {
		return CodeBadFrame
	}
	f.Override = tidy(f.Override)
	if code := l.fits(f.Override); code != "" && code != CodeEmpty {
		return code
	}
	f.Text = tidy(f.Text)
	code := l.fits(f.Text)
	if code == CodeEmpty && !needsText[f.Type] {
		f.Text = ""
		return ""
	}
	return code
}

// lawful reports whether what the act carries besides its texts can be meant.
func (f *Act) lawful() bool {
	return (f.Type == "reveal") == (f.About > 0) &&
		(f.Entry == "" || knowledge.ValidID(f.Entry)) && f.Revision >= 0 && (f.Entry != "" || f.Revision == 0) &&
		f.Minutes >= 0 && f.Minutes <= maxMinutes &&
		names(f.Mentions, maxMentions) && (f.Wrap == "" || name(f.Wrap)) &&
		(f.Agent == "" || name(f.Agent) && f.Skill == "") && len(f.Skill) <= maxName
}

// names reports whether text is a list of at most so many codes or ids with one space between.
func names(text string, most int) bool {
	if text == "" {
		return true
	}
	all := strings.Split(text, " ")
	for _, one := range all {
		if !name(one) {
			return false
		}
	}
	return len(all) <= most
}

// name reports whether text looks like a code or an id of ours.
func name(text string) bool { return len(text) <= maxName && validSession(text) }
