package bench

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"wenda/bot"
	"wenda/knowledge"
	"wenda/knowledge/sample"
)

// distinct is how many questions are wanted: more than a matcher remembers results of
// (4,096), so that, asked in turn, each is matched anew.
const distinct = 5000

// asker says what is asked next. It is safe for concurrent use.
type asker func() string

// inTurn asks one after the other, and each again only after all others.
func inTurn(questions []string) asker {
	var n atomic.Int64
	return func() string { return questions[int(n.Add(1)-1)%len(questions)] }
}

// anyOf asks the same few again and again, as many customers do.
func anyOf(questions []string) asker {
	return func() string { return questions[rand.IntN(len(questions))] }
}

// waitsForMore is less than the bot waits after a greeting, and more than a match takes.
const waitsForMore = 500 * time.Millisecond

// popular is how many questions most customers ask.
const popular = 400

// confident returns questions of the built-in base that the product answers at once:
// it asks each, and keeps those whose answer may be voted on, so that no load ends in
// a choice or with a person. What brings a person at once is left out, and so are greetings:
// the bot waits for what follows.
func (b *bench) confident(ctx context.Context) ([]string, error) {
	entries, err := sample.Entries()
	if err != nil {
		return nil, err
	}
	var all []string
	for _, e := range entries {
		if text, ok := e.Texts[knowledge.Chinese]; ok && e.Matchable() && !strings.HasPrefix(e.ID, knowledge.CourtesyPrefix) {
			all = append(append(all, text.Question), text.Similar...)
		}
	}
	all = slices.DeleteFunc(all, func(question string) bool { return bot.WantsPerson(question) != "" || bot.Vulnerable(question) })
	var good []string
	l, err := dial(ctx, b.wenda, &wendas)
	if err != nil {
		return nil, err
	}
	l.keep = true
	defer func() { hangUp([]*line{l}) }()
	rand.New(rand.NewPCG(1, 2)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	for i := 0; i < len(all) && len(good) < distinct && ctx.Err() == nil; i++ {
		began := time.Now()
		o, _ := l.talk(all[i])
		if o == answered && time.Since(began) < waitsForMore && bytes.Contains(l.last, []byte(`"votable":true`)) {
			good = append(good, all[i])
			continue
		}
		_ = l.conn.Close() // what follows is about the choice or the person
		if l, err = dial(ctx, b.wenda, &wendas); err != nil {
			return nil, err
		}
		l.keep = true
	}
	if len(good) < distinct {
		return nil, errors.New("the product answers too few questions of its own base: nothing to measure")
	}
	b.say("%d of its own questions", len(good))
	return good, ctx.Err()
}
