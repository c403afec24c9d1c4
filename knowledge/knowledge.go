// Package knowledge is what the bot knows.
//
// The nouns are few. An Entry is one thing a customer may want to know, with the
// many ways customers say it (Phrasings) and the one approved Answer in each
// language. A Release is an immutable set of entries that is in force from one
// publish to the next. A Matcher reads an utterance and says which entries may be
// meant, each with a calibrated probability.
//
// Entries whose id begins with "system." are the bot's own small sentences
// (welcome, "did you mean", queue, apology). They are approved like every other
// entry, are never matched, and are looked up by id. Those whose id begins with "canned."
// are what agents say again and again: approved too, never matched, and said by people only.
//
// Below this package stand its parts, each a folder:
//
//	segment   normalises text and cuts it into words (the one door for gse)
//	index     finds candidate entries (the one door for bleve)
//	corpus    how customers say it: texts of ours, and the encoder taught with them
//	semantic  compares what texts mean: encoder and classifier
//	match     ranks candidates and says how sure it is: the Matcher the product runs
//	artefact  keeps what was learnt from a release, made once for all nodes
//	base      entries as editors write them, who approved what, and the releases: the truth, in SQL
//	exchange  reads and writes bases as files
//	lint      checks what editors wrote, before a second person reads it
//	gate      holds a release against labelled utterances, before it goes live
//	health    finds conflicts, duplicates and what went stale in a release
//	inbox     what customers asked and did not get, and what editors did about it
//	eval      measures any Matcher on labelled utterances
//	sample    the consumer-finance base that Wenda is shipped with
//
// Nothing here knows of sessions, sockets or people.
package knowledge

import (
	"context"
	"errors"
	"strings"
)

// What marks the ids of entries that nobody asks for.
const (
	SystemPrefix = "system." // the bot's own sentences
	CannedPrefix = "canned." // agents' replies: their question is a title, their category a skill ("" for all)
)

// CourtesyPrefix marks the ids of entries that answer a greeting, thanks, or a question
// about the bot itself: matched like others, but nothing that anybody wants to know.
const CourtesyPrefix = "chat-"

// CannedVariables are the placeholders of agents' replies; the desk fills them in.
var CannedVariables = []string{"{customer}", "{agent}"}

// Limits on what a matcher looks at. They bound the work one utterance can cost.
const (
	MaxUtteranceRunes = 512 // the rest of a longer utterance is not looked at
	MaxQueryTokens    = 64  // distinct tokens of one query
)

// ErrUnavailable is returned by a Matcher that can give no answer now (no
// generation loaded, all workers busy past the deadline, or its search failed).
// The caller keeps the message and hands the chat to a person.
var ErrUnavailable = errors.New("knowledge: matcher unavailable")

// Lang is a BCP 47 language tag of the two that Wenda speaks.
type Lang string

// The languages of entries, widget and pages.
const (
	Chinese Lang = "zh-CN"
	English Lang = "en"
)

// Other returns the language to fall back to.
func (l Lang) Other() Lang {
	if l == English {
		return Chinese
	}
	return English
}

// ParseLang reads a browser's language tag. Everything that is not English is Chinese.
func ParseLang(tag string) Lang {
	if t := strings.ToLower(tag); t == "en" || strings.HasPrefix(t, "en-") {
		return English
	}
	return Chinese
}

// Entry is one thing a customer may want to know. Entries are values: whoever
// holds a Release must not change the slices and maps inside.
type Entry struct {
	ID       string        // letters, digits, '-', '.', '_', '?'; at most 64 bytes
	Revision int           // 1 and up; goes up with every approved change
	Category string        // as editors group them, may be empty
	Hot      bool          // offered on the welcome card
	Texts    map[Lang]Text // at least one
}

// System reports whether the entry is one of the bot's own sentences.
func (e Entry) System() bool { return strings.HasPrefix(e.ID, SystemPrefix) }

// Canned reports whether the entry is a reply of agents.
func (e Entry) Canned() bool { return strings.HasPrefix(e.ID, CannedPrefix) }

// Matchable reports whether customers may ask for the entry: a matcher finds it, and the
// bot gives its answer.
func (e Entry) Matchable() bool { return !e.System() && !e.Canned() }

// In returns the entry's text in lang, or in the other language if there is none.
func (e Entry) In(lang Lang) (Lang, Text) {
	if t, ok := e.Texts[lang]; ok {
		return lang, t
	}
	return lang.Other(), e.Texts[lang.Other()]
}

// Answer returns what a customer reads of the entry in lang (or the other language).
func (e Entry) Answer(lang Lang) Answer {
	l, t := e.In(lang)
	return Answer{Lang: l, Question: t.Question, Text: t.Answer}
}

// Text is an entry in one language.
type Text struct {
	Question string   // the standard question; also what a choice button shows
	Similar  []string // other ways customers say it
	Not      []string // counter-phrasings: look alike, mean something else
	Answer   string   // Markdown subset: paragraphs, lists, bold, links

	Channels map[string]string // answers for single channels (ivr, sms …) instead of Answer; may be nil
}

// On returns the answer for a channel.
func (t Text) On(channel string) string {
	if answer, ok := t.Channels[channel]; ok {
		return answer
	}
	return t.Answer
}

// Answer is the part of an entry that is shown to a customer.
type Answer struct {
	Lang     Lang   `json:"lang"`
	Question string `json:"question"`
	Text     string `json:"text"`
}

// Matcher says which entries an utterance may mean. Implementations are safe for
// concurrent use, and deterministic: same release, same text, same result.
type Matcher interface {
	// Match returns at most limit matches, at most one an entry, most confident
	// first; none if nothing resembles. It looks at the first MaxUtteranceRunes
	// runes. Errors wrap ErrUnavailable or the context's error.
	Match(ctx context.Context, utterance string, limit int) (Result, error)
}

// Match is one entry that may be meant.
type Match struct {
	Entry      string  // Entry.ID
	Revision   int     // Entry.Revision
	Phrasing   string  // the phrasing that resembles the utterance most
	Answer     Answer  // in the phrasing's language
	Confidence float64 // 0 to 1: P(this entry is what was meant)
}

// Result is what a Matcher found, and how.
type Result struct {
	Release int64  // Release.ID the matches come from
	Variant string // which pipeline ran
	Matches []Match

	// Thresholds are the matcher's own, for this release and pipeline; see Zone.
	Thresholds Thresholds
	Why        Explanation
}

// Explanation says how the first match came to its confidence, for the desk and
// the auditor, never for customers.
type Explanation struct {
	Normal  string             `json:"normal"`            // the utterance as it was compared
	Exact   bool               `json:"exact,omitempty"`   // equal to a phrasing after normalising
	Covered []string           `json:"covered,omitempty"` // terms of the utterance that the phrasing holds
	Missed  []string           `json:"missed,omitempty"`  // terms of the utterance that it lacks
	Vetoed  []string           `json:"vetoed,omitempty"`  // entries that a counter-phrasing removed
	Parts   map[string]float64 `json:"parts,omitempty"`   // parts of the score by name
}
