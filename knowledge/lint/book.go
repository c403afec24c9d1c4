package lint

import (
	"context"
	"sync"
	"time"

	"wenda/knowledge/base"
)

// Book reads a company's rules from the sheets of its base, anew when somebody changed
// one. It is safe for concurrent use; make it with NewBook.
type Book struct {
	sheets *base.Store

	mu               sync.Mutex
	forbidden, links int64 // versions of what was read
	rules            Rules
}

// NewBook makes a Book.
func NewBook(sheets *base.Store) *Book { return &Book{sheets: sheets} }

// Rules are what answers are held against now: the company's dictionary, or the shipped
// one while it has none, and the hosts it allows.
func (b *Book) Rules(ctx context.Context) (Rules, error) {
	words, err := b.dictionary(ctx)
	if err != nil {
		return Rules{}, err
	}
	links, err := b.sheets.Sheet(ctx, base.Links)
	if err != nil {
		return Rules{}, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rules.Forbidden == nil || b.forbidden != words.Version || b.links != links.Version {
		if err := b.read(words, links); err != nil {
			return Rules{}, err
		}
	}
	rules := b.rules
	rules.Now = time.Now()
	return rules, nil
}

// dictionary is its sheet, with the shipped text if nobody has written one.
func (b *Book) dictionary(ctx context.Context) (base.Sheet, error) {
	sheet, err := b.sheets.Sheet(ctx, base.Forbidden)
	if err == nil && sheet.Version == 0 {
		sheet.Text = Shipped
	}
	return sheet, err
}

func (b *Book) read(words, links base.Sheet) error {
	dictionary, err := ReadForbidden(words.Text)
	if err != nil {
		return err
	}
	hosts, err := ReadLinks(links.Text)
	if err != nil {
		return err
	}
	b.forbidden, b.links = words.Version, links.Version
	b.rules = Rules{Forbidden: dictionary, Links: hosts}
	return nil
}
