package redislive

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"wenda/sessions"
)

// What a turn leaves behind, a copy and a wake-up for other nodes, is not waited for:
// the turn is committed, and both may be lost. One goroutine sends what has gathered
// in one pipeline, at most once every linger: so each node wakes Redis up fifty times a
// second at most, however many turns there are. People do not notice so short a delay,
// and watchers of this process have none.
//
// All wake-ups of a pipeline are one message on one channel, which every node listens to.
// A message to a channel of each session would cost Redis more than the copy does; a node
// passes over what nobody watches there in less than a microsecond.

const (
	linger   = 20 * time.Millisecond
	newsMost = 4096 // that wait; beyond it they are lost
	newsOnce = 512  // in one pipeline

	newsTopic = "news" // the channel of all wake-ups
)

// news is what a commit left to be told.
type news struct {
	session sessions.Session
	topics  []string
	ours    bool // the copy in Redis is one that this node put there of late
}

// Renew implements sessions.Live.
func (l *Live) Renew(s sessions.Session, topics ...string) {
	s = s.Clone()
	ours := l.near.put(s, time.Now())
	for _, topic := range topics {
		_ = l.local.Signal(context.Background(), topic, s.WakeUp())
	}
	select {
	case l.news <- news{s, topics, ours}:
	default: // who missed it finds out by itself
	}
}

// spread sends news until Close, and then what is left.
func (l *Live) spread() {
	defer l.spreading.Done()
	var sent time.Time
	var all []news // kept from one pipeline to the next: a session is large
	for {
		select {
		case <-l.closed:
			l.send(l.gather(nil), l.try)
			return
		case first := <-l.news:
			if wait := linger - time.Since(sent); wait > 0 {
				select {
				case <-l.closed:
				case <-time.After(wait):
				}
			}
			sent = time.Now()
			all = l.gather(append(all, first))
			l.send(all, l.do)
			clear(all)
			all = all[:0]
		}
	}
}

// gather adds what waits.
func (l *Live) gather(all []news) []news {
	for len(all) < newsOnce {
		select {
		case one := <-l.news:
			all = append(all, one)
		default:
			return all
		}
	}
	return all
}

// send puts the newest copy of each session and publishes the wake-ups of all.
func (l *Live) send(all []news, do func(context.Context, func(context.Context) error) error) {
	all = newest(all)
	if len(all) == 0 {
		return
	}
	texts, before := make([]string, len(all)), make([]*redis.StatusCmd, len(all))
	_ = do(context.Background(), func(ctx context.Context) error {
		_, err := l.client.Pipelined(ctx, func(p redis.Pipeliner) (err error) {
			for i, one := range all {
				if texts[i], err = encodeCopy(one.session); err != nil {
					return err
				}
				before[i] = p.SetArgs(ctx, copyKey(one.session.ID), texts[i], redis.SetArgs{TTL: copyTime, Get: !one.ours})
			}
			p.Publish(ctx, channelOf(newsTopic), encodeNews(l.node, all))
			return nil
		})
		return err
	})
	for i, one := range all {
		if before[i] != nil && !one.ours { // it was sent; its own error counts, not another's
			l.mend(one.session, texts[i], before[i])
		}
	}
}

// newest leaves out what a later commit of the same session has made old. The seq of a
// session goes up only, so the highest is the newest, whoever was first in the queue.
func newest(all []news) []news {
	at := map[string]int{}
	kept := all[:0]
	for _, one := range all {
		i, seen := at[one.session.ID]
		if !seen {
			at[one.session.ID] = len(kept)
			kept = append(kept, one)
			continue
		}
		kept[i].ours = kept[i].ours && one.ours
		topics := kept[i].topics
		if len(one.topics) > len(topics) {
			topics = one.topics
		}
		if one.session.Seq >= kept[i].session.Seq {
			kept[i].session = one.session
		}
		kept[i].topics = topics
	}
	return kept
}

// mend looks at what a copy replaced that is not known to be one of ours. If that was
// newer, or no copy at all, the two are weighed by the script: whoever replaces a newer
// copy puts it back, so in the end the newest is there.
func (l *Live) mend(s sessions.Session, text string, before *redis.StatusCmd) {
	held, err := before.Result()
	key, seq := copyKey(s.ID), s.Seq
	switch number, _, _ := strings.Cut(held, "\n"); {
	case redis.HasErrorPrefix(err, "WRONGTYPE"):
	case err != nil:
		return
	default:
		was, err := strconv.ParseInt(number, 10, 64)
		if err != nil || was <= s.Seq {
			return
		}
		seq, text = was, held
	}
	_ = l.do(context.Background(), func(ctx context.Context) error {
		return putScript.Run(ctx, l.client, []string{key}, seq, text, copyTime.Milliseconds()).Err()
	})
}
