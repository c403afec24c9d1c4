// Package index finds candidates: the few entries of a release, out of thousands,
// that are worth a closer look. It is the one door for bleve.
//
//	shelf, err := index.OpenShelf(dir, seg)          // a folder of generations
//	gen, err := shelf.Generation(ctx, release)       // kept and sound, or built
//	found, err := gen.Candidates(ctx, seg.Cut("怎么还款"), 50)
//	gen.Drop()
//
// An index is derived data: whatever happens to it, it is built again from the
// release. A generation is the index of one release, on disk and immutable:
//
//	gen-12-3f9a…/              release 12, content hash 3f9a…
//	    manifest.json          release, content hash, format, SHA-256 of every file
//	    bleve/…                one segment, one document a phrasing
//
// It is built in a folder that ends in .tmp, closed, given its manifest, flushed to
// disk and renamed, so that a kill at any instant leaves it whole or absent. It is
// opened read-only, and only if its manifest agrees with the release, with this
// program's format (dictionary, normaliser, mapping) and with every byte on disk:
// bleve itself opens damaged segments without complaint and may panic later.
// Reading runs with faults turned into errors: whoever gets ErrDamaged hands the
// generation to Discard and asks for a new one.
//
// Generations are held and dropped like references: one that is replaced stays
// open until its last reader has left. The last two are kept on disk.
//
// A search reads postings from the bitmaps of bleve's segment (lists.go), each list once, and adds the
// scores up itself: the weights of the tokens shared, over the root of the number of
// tokens. bleve's own search scores every phrasing that holds any token, which costs
// twenty times as much at 10,000 phrasings and forty times at 98,000. Scores order candidates and mean
// nothing else. What an input method mixed up is searched for by its sound (heard.go).
package index

import (
	"errors"

	"wenda/internal/gentle"
	"wenda/knowledge"
	"wenda/knowledge/segment"
)

// ErrDamaged is returned when a generation cannot be read: its search panicked,
// faulted or failed. Discard it and ask the shelf for another.
var ErrDamaged = errors.New("index: generation damaged")

// Candidate is a phrasing that resembles an utterance.
type Candidate struct {
	Phrasing
	Place int     // in Phrasings of the release
	Score float64 // above 0; comparable within one search only
}

// Phrasing is one way to say what an entry is about.
type Phrasing struct {
	Entry string // Entry.ID
	Lang  knowledge.Lang
	Text  string
}

// Phrasings returns what is indexed of a release: the standard question and the
// similar ones of each entry in each language, sorted by entry, language and place
// in the entry. What nobody asks for (the bot's own sentences, agents' replies), phrasings
// without a letter or digit, and repetitions within an entry and language are left out.
func Phrasings(r *knowledge.Release) []Phrasing {
	var out []Phrasing
	for _, e := range r.Entries() {
		if !e.Matchable() {
			continue
		}
		gentle.Aside()
		for _, lang := range []knowledge.Lang{knowledge.English, knowledge.Chinese} {
			seen := map[string]bool{"": true}
			text := e.Texts[lang]
			for _, p := range append([]string{text.Question}, text.Similar...) {
				if key := segment.Key(p); !seen[key] {
					seen[key] = true
					out = append(out, Phrasing{e.ID, lang, p})
				}
			}
		}
	}
	return out
}
