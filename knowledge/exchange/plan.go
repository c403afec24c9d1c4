package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"wenda/knowledge"
	"wenda/knowledge/base"
	"wenda/knowledge/segment"
)

// Mode says what an import does with entries that are there already.
type Mode string

// The modes.
const (
	Append  Mode = "append"  // only new entries; one that is there is refused
	Update  Mode = "update"  // new ones, and of others the fields and languages that the file has
	Replace Mode = "replace" // new ones, and others become as in the file; what it lacks is listed to retire
)

// Does says what would become of a row.
type Does string

// What may become of a row.
const (
	New     Does = "new"
	Changed Does = "changed"
	Same    Does = "same" // nothing to do
	Refused Does = "refused"
)

// Now is the base that a file is compared with: base.Store.
type Now interface {
	// Heads returns every entry with its newest revision, sorted by id.
	Heads(ctx context.Context) ([]base.Head, error)
}

// Plan is what an import would do: a dry run. It is as of the base that it was made
// with; Apply refuses if somebody changed an entry of it meanwhile. It does not change.
type Plan struct {
	Mode   Mode     `json:"mode"`
	Counts Counts   `json:"counts"`
	Rows   []Row    `json:"rows"`             // one an entry, in the order of the file
	Retire []string `json:"retire,omitempty"` // Replace: ids that the file lacks, sorted. They are proposed, never retired

	file   *File
	drafts []draft
}

// Counts are the numbers of Plan.Rows by what they do.
type Counts struct {
	New     int `json:"new"`
	Changed int `json:"changed"`
	Same    int `json:"same"`
	Refused int `json:"refused"`
	Twins   int `json:"twins"` // rows with twins
	Retire  int `json:"retire"`
}

// Row is what would become of one entry.
type Row struct {
	Line     int      `json:"line"`            // of its first row in the file, from 1
	Lines    []int    `json:"lines,omitempty"` // of all its rows, if there are several
	Entry    string   `json:"entry,omitempty"` // id; made from the question if the file has none
	Question string   `json:"question"`
	Does     Does     `json:"does"`
	Changes  []Change `json:"changes,omitempty"` // of Changed
	Flaws    []Flaw   `json:"flaws,omitempty"`   // of Refused; never none
	Twins    []Twin   `json:"twins,omitempty"`   // of New and Changed: a warning
}

// Twin is another entry with the same question.
type Twin struct {
	Lang  knowledge.Lang `json:"lang"`
	Entry string         `json:"entry"`
	Line  int            `json:"line,omitempty"` // where it stands in the file; 0: only in the base
}

// draft is a content that would be saved.
type draft struct {
	id      string
	version int64 // of the head that it was compared with; 0: none
	content base.Content
}

// NewPlan compares a file with the base and says, row by row, what an import would
// do. It changes nothing. Errors are the context's or those of now.
//
// A row without an id means the entry whose standard question it has, else a new one.
func NewPlan(ctx context.Context, f *File, now Now, mode Mode, progress ...Progress) (*Plan, error) {
	heads, err := now.Heads(ctx)
	if err != nil {
		return nil, err
	}
	c := comparison{Plan: Plan{Mode: mode, file: f}, heads: map[string]base.Head{}, asked: map[string][]string{}, lines: map[string]int{}}
	for _, h := range heads {
		c.heads[h.ID] = h
		if !h.Newest.State.Gone() {
			c.ask(h.ID, h.Newest.Content)
		}
	}
	for i, it := range f.items {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		c.row(it)
		tell(progress, i+1, len(f.items))
	}
	c.warn()
	if mode == Replace {
		c.retire(heads)
	}
	c.count()
	return &c.Plan, nil
}

// comparison is a plan in the making.
type comparison struct {
	Plan
	heads map[string]base.Head
	asked map[string][]string // ids of the base by question
	lines map[string]int      // of entries that the file has
}

// asking is a question as it is compared.
func asking(lang knowledge.Lang, question string) string {
	return string(lang) + " " + segment.Key(question)
}

func (c *comparison) ask(id string, content base.Content) {
	for lang, t := range content.Texts {
		key := asking(lang, t.Question)
		c.asked[key] = append(c.asked[key], id)
	}
}

// row plans one entry of the file.
func (c *comparison) row(it item) {
	r := Row{Entry: it.id, Question: clipped(it.content.Question())}
	for _, i := range it.records {
		rec := c.file.records[i]
		r.Lines, r.Flaws = append(r.Lines, rec.line), append(r.Flaws, rec.flaws...)
	}
	if r.Line = r.Lines[0]; len(r.Lines) == 1 {
		r.Lines = nil
	}
	if r.Entry == "" && len(r.Flaws) == 0 {
		c.name(&r, it.content)
	}
	if line, twice := c.lines[r.Entry]; twice && r.Entry != "" {
		r.Flaws = append(r.Flaws, Flaw{"", Twice, fmt.Sprint(line)})
	}
	head, there := c.heads[r.Entry]
	if there && c.Mode == Append {
		r.Flaws = append(r.Flaws, Flaw{idKey, Exists, r.Entry})
	}
	content := it.content
	if there && !it.whole && c.Mode != Replace {
		content = amended(head.Newest.Content, it)
	}
	if len(r.Flaws) == 0 {
		for _, reason := range content.Check() {
			r.Flaws = append(r.Flaws, Flaw{"", BadContent, reason})
		}
	}
	d := draft{r.Entry, head.Version, content}
	switch {
	case len(r.Flaws) > 0:
		r.Does = Refused
	case !there:
		r.Does = New
	case !head.Newest.State.Gone() && content.Equal(head.Newest.Content):
		r.Does = Same
	default:
		r.Does, r.Changes = Changed, changes(head.Newest.Content, content)
	}
	if r.Does == Changed && head.Newest.State.Gone() {
		r.Changes = append(r.Changes, Change{Field: "state", Before: string(head.Newest.State), After: string(base.Draft)})
	}
	c.Rows, c.drafts = append(c.Rows, r), append(c.drafts, d)
	if r.Entry != "" {
		c.lines[r.Entry] = r.Line
	}
}

// name finds the id of a row that has none.
func (c *comparison) name(r *Row, content base.Content) {
	for _, lang := range langs {
		t, has := content.Texts[lang]
		if !has {
			continue
		}
		key := asking(lang, t.Question)
		switch ids := c.asked[key]; len(ids) {
		case 0:
			sum := sha256.Sum256([]byte(key))
			r.Entry = "q-" + hex.EncodeToString(sum[:6])
		case 1:
			r.Entry = ids[0]
		default:
			r.Flaws = append(r.Flaws, Flaw{"", Ambiguous, ids[0] + ", " + ids[1]})
		}
	}
}

// amended is the old content with what the file says, and nothing else changed.
func amended(old base.Content, it item) base.Content {
	out := old.Canonical()
	for _, c := range it.said {
		if !c.text {
			_ = c.set(&out, nil, c.get(&it.content, nil)) // it came from get
		}
	}
	for lang, says := range it.content.Texts {
		t := out.Texts[lang]
		for _, c := range it.said {
			if c.text {
				_ = c.set(&out, &t, c.get(&it.content, &says))
			}
		}
		out.Texts[lang] = t
	}
	return out.Canonical()
}

// warn notes entries that would have the same question as others.
func (c *comparison) warn() {
	for i, d := range c.drafts {
		if c.Rows[i].Does != Refused {
			c.forget(d.id)
			c.ask(d.id, d.content)
		}
	}
	for i, d := range c.drafts {
		r := &c.Rows[i]
		if r.Does != New && r.Does != Changed {
			continue
		}
		for _, lang := range langs {
			if t, has := d.content.Texts[lang]; has {
				for _, id := range c.asked[asking(lang, t.Question)] {
					if id != d.id {
						r.Twins = append(r.Twins, Twin{lang, id, c.lines[id]})
					}
				}
			}
		}
	}
}

// forget takes away what an entry asked before the file changed it.
func (c *comparison) forget(id string) {
	for lang, t := range c.heads[id].Newest.Content.Texts {
		key := asking(lang, t.Question)
		c.asked[key] = slices.DeleteFunc(c.asked[key], func(other string) bool { return other == id })
	}
}

// retire lists what the file lacks: not what is gone already, nor what the bot needs.
func (c *comparison) retire(heads []base.Head) {
	for _, h := range heads {
		_, has := c.lines[h.ID]
		if !has && !h.Newest.State.Gone() && !(knowledge.Entry{ID: h.ID}).System() {
			c.Retire = append(c.Retire, h.ID)
		}
	}
}

func (c *comparison) count() {
	n := map[Does]int{}
	for _, r := range c.Rows {
		n[r.Does]++
		if len(r.Twins) > 0 {
			c.Counts.Twins++
		}
	}
	c.Counts.New, c.Counts.Changed, c.Counts.Same, c.Counts.Refused = n[New], n[Changed], n[Same], n[Refused]
	c.Counts.Retire = len(c.Retire)
}

// clipped is the start of a question, for lists.
func clipped(question string) string { return segment.Clip(question, base.MaxQuestion) }
