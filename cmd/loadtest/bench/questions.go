package bench

import (
	"bytes"
	"context"
	"errors"

	"wenda/knowledge"
	"wenda/knowledge/sample"
)

// questionsTried is how many of the base's own phrasings are tried, spread over it.
const questionsTried = 400

// confident returns questions of the built-in base that the product answers at once:
// it asks each, and keeps those whose answer may be voted on, so that no load ends in
// a choice or with a person.
func (b *bench) confident(ctx context.Context) ([]string, error) {
	entries, err := sample.Entries()
	if err != nil {
		return nil, err
	}
	var all []string
	for _, e := range entries {
		if text, ok := e.Texts[knowledge.Chinese]; ok && !e.System() {
			all = append(append(all, text.Question), text.Similar...)
		}
	}
	var good []string
	l, err := dial(ctx, b.wenda, &wendas)
	if err != nil {
		return nil, err
	}
	l.keep = true
	defer func() { hangUp([]*line{l}) }()
	for i := 0; i < len(all) && ctx.Err() == nil; i += max(1, len(all)/questionsTried) {
		o, _ := l.talk(all[i])
		if o == answered && bytes.Contains(l.last, []byte(`"votable":true`)) {
			good = append(good, all[i])
			continue
		}
		_ = l.conn.Close() // what follows is about the choice or the person
		if l, err = dial(ctx, b.wenda, &wendas); err != nil {
			return nil, err
		}
		l.keep = true
	}
	if len(good) < questionsTried/4 {
		return nil, errors.New("the product answers hardly any question of its own base: nothing to measure")
	}
	b.say("%d of its own questions", len(good))
	return good, ctx.Err()
}
