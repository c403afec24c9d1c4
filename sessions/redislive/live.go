// Package redislive is the hot side of sessions on Redis, shared by all nodes.
//
// # URLs
//
//	redis://host:6379                          one server
//	redis://user:password@host:6379/2          with a login, in database 2
//	rediss://host:6379                         with TLS, the certificate checked
//	redis://host1:6379,host2:6379,host3:6379   Redis Cluster, some of its nodes
//	redis://host:6379?cluster=true             Redis Cluster behind one address
//	redis://host1,host2,host3?master=NAME      the master that Sentinels at these
//	                                           addresses (port 26379) watch as NAME;
//	                                           sentinel_user=, sentinel_password=
//
// Letters of a password that mean something in a URL are percent-encoded. Needs Redis
// 6.2 or later.
//
// # When Redis is away
//
// Every command ends within 200 ms. After a few that found nobody, further ones fail
// at once, and one a second is let through to see whether Redis is back. Signals still
// reach the watchers of this process. Topics watched meanwhile are subscribed to, and
// those watched before are again, as soon as there is a connection.
//
// # What may happen twice
//
// Nothing is tried a second time here. Only Redis Cluster's client repeats, on the node it
// learns of, what found its connection lost. Twice the same copy, announcement, leave or
// drop is as good as once; a wake-up told twice makes followers look twice; an older copy
// put back late costs one conflict (sessions.Update). Taking a token twice would do harm,
// so that command is not repeated.
//
// # What is in Redis
//
//	wenda:session:{ID}    a hot copy: its seq, a line feed, the session as JSON; 24 h
//	wenda:present:{GROUP} a sorted set of members by when their announcement ends
//	wenda:rate:{HASH}     when a bucket will be full, in microseconds since 1970
//	wenda:TOPIC           a channel: the sending node, a space, the signal as JSON
//	wenda:news            a channel: the sending node, a space, wake-ups as a JSON list
//
// Each script and command touches one key, so all of it runs on Redis Cluster. What
// is read is checked; what makes no sense counts as absent and is overwritten.
package redislive

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/redis/go-redis/v9"

	"wenda/sessions"
	"wenda/sessions/memlive"
)

const (
	copyTime = 24 * time.Hour // a copy nobody renewed is dropped after this
	nameMax  = 256            // bytes of a member's name; longer ones are none of ours
)

var (
	errClosed = errors.New("redislive: closed")
	errAway   = errors.New("redislive: not reachable, trying again within a second")
)

// Live is a sessions.Live on Redis. Make it with Open.
type Live struct {
	timing
	client  redis.UniversalClient
	node    string // random, so that this node knows its own signals
	breaker breaker
	local   *memlive.Live // the watchers of this process
	*subscriber

	near      near
	news      chan news
	spreading sync.WaitGroup // the goroutine that sends news

	once   sync.Once
	closed chan struct{}
}

var _ sessions.Live = (*Live)(nil)

// Open returns a Live on the Redis at a URL. It is an error if the URL is malformed
// or the server answers and refuses us (a wrong password); it is none if no server is
// reachable, which may change: Ping tells.
func Open(ctx context.Context, url string) (*Live, error) { return open(ctx, url, standard) }

// timing is how patient a Live is. Only tests have another than standard.
type timing struct {
	command time.Duration // bounds every command, waiting for a connection included
	quiet   time.Duration // then a silent connection for topics is tried; twice, and it is given up
}

// A hot side that takes longer than standard.command is slower than the truth.
var standard = timing{command: 200 * time.Millisecond, quiet: 3 * time.Second}

func open(ctx context.Context, url string, timing timing) (*Live, error) {
	o, err := parse(url, timing.command)
	if err != nil {
		return nil, err
	}
	silence()
	l := &Live{
		timing: timing, client: redis.NewUniversalClient(o), node: rand.Text(), local: memlive.New(),
		news: make(chan news, newsMost), closed: make(chan struct{}),
	}
	l.subscriber = newSubscriber(l.client, timing.quiet, l.receive, l.begun)
	l.subscribe(newsTopic, 0)
	l.spreading.Add(1)
	go l.spread()
	if err := l.Ping(ctx); refused(err) {
		l.Close()
		return nil, fmt.Errorf("redislive: %w", err)
	}
	return l, nil
}

// refused reports whether the server answered that it will not have us.
func refused(err error) bool {
	for _, prefix := range []string{"NOAUTH", "WRONGPASS", "NOPERM", "AUTH", "invalid password", "DB index"} {
		if redis.HasErrorPrefix(err, prefix) {
			return true
		}
	}
	return false
}

// do runs a command within its time, unless Redis is known to be away.
func (l *Live) do(ctx context.Context, command func(context.Context) error) error {
	select {
	case <-l.closed:
		return errClosed
	default:
	}
	if !l.breaker.lets(time.Now()) {
		return errAway
	}
	return l.try(ctx, command)
}

func (l *Live) try(ctx context.Context, command func(context.Context) error) error {
	soon, cancel := context.WithTimeout(ctx, l.command)
	defer cancel()
	err := command(soon)
	if ctx.Err() == nil { // else it was the caller who gave up
		l.breaker.note(answered(err), time.Now())
	}
	if err != nil && !errors.Is(err, redis.Nil) {
		return fmt.Errorf("redislive: %w", err)
	}
	return nil
}

// answered reports whether the server answered, be it with an error.
func answered(err error) bool {
	var reply redis.Error
	return err == nil || errors.As(err, &reply)
}

// Get implements sessions.Live.
func (l *Live) Get(ctx context.Context, id string) (sessions.Session, bool, error) {
	if l.hears(newsTopic) {
		if s, ok := l.near.get(id); ok {
			return s, true, nil
		}
	}
	return l.held(ctx, id)
}

// held is the copy in Redis.
func (l *Live) held(ctx context.Context, id string) (s sessions.Session, ok bool, err error) {
	err = l.do(ctx, func(ctx context.Context) error {
		text, err := l.client.GetRange(ctx, copyKey(id), 0, copyMax).Result() // bounded, whatever is there
		if redis.HasErrorPrefix(err, "WRONGTYPE") {
			return nil
		}
		if s, ok = decodeCopy(id, text); !ok && text != "" {
			_ = l.client.Unlink(ctx, copyKey(id)).Err() // it might claim a seq that keeps copies out
		}
		return err
	})
	return s, ok && err == nil, err
}

// Put implements sessions.Live.
func (l *Live) Put(ctx context.Context, s sessions.Session) error {
	text, err := encodeCopy(s)
	if err != nil {
		return err
	}
	l.near.drop(s.ID, s.Seq)
	return l.do(ctx, func(ctx context.Context) error {
		return putScript.Run(ctx, l.client, []string{copyKey(s.ID)}, s.Seq, text, copyTime.Milliseconds()).Err()
	})
}

// Drop implements sessions.Live.
func (l *Live) Drop(ctx context.Context, id string) error {
	l.near.drop(id, math.MaxInt64)
	return l.do(ctx, func(ctx context.Context) error { return l.client.Unlink(ctx, copyKey(id)).Err() })
}

func copyKey(id string) string { return "wenda:session:{" + id + "}" }

// Announce implements sessions.Live.
func (l *Live) Announce(ctx context.Context, group, member string, ttl time.Duration) error {
	if ttl < time.Millisecond {
		return l.Leave(ctx, group, member)
	}
	return l.do(ctx, func(ctx context.Context) error {
		return announceScript.Run(ctx, l.client, []string{presentKey(group)}, member, ttl.Milliseconds()).Err()
	})
}

// Leave implements sessions.Live.
func (l *Live) Leave(ctx context.Context, group, member string) error {
	return l.do(ctx, func(ctx context.Context) error {
		err := l.client.ZRem(ctx, presentKey(group), member).Err()
		if redis.HasErrorPrefix(err, "WRONGTYPE") {
			return nil
		}
		return err
	})
}

// Present implements sessions.Live.
func (l *Live) Present(ctx context.Context, group string) (members []string, err error) {
	err = l.do(ctx, func(ctx context.Context) (err error) {
		members, err = presentScript.Run(ctx, l.client, []string{presentKey(group)}).StringSlice()
		return err
	})
	if err != nil {
		return nil, err
	}
	members = slices.DeleteFunc(members, func(m string) bool { return len(m) > nameMax || !utf8.ValidString(m) })
	slices.Sort(members)
	return members, nil
}

func presentKey(group string) string { return "wenda:present:{" + group + "}" }

// Allow implements sessions.Live.
func (l *Live) Allow(ctx context.Context, key string, perSecond float64, burst int) (ok bool, wait time.Duration, err error) {
	if !sessions.ValidRate(perSecond, burst) {
		return false, 0, fmt.Errorf("%w: a rate of %v a second, burst %d", sessions.ErrInvalid, perSecond, burst)
	}
	each := strconv.FormatFloat(1e6/perSecond, 'f', -1, 64)
	var micros int64
	err = l.do(ctx, func(ctx context.Context) (err error) {
		micros, err = l.take(ctx, rateKey(key), each, burst)
		return err
	})
	if err != nil {
		return false, 0, err
	}
	return micros <= 0, time.Duration(max(0, micros)) * time.Microsecond, nil
}

// take runs rateScript at most once: unlike the other commands it does harm twice.
func (l *Live) take(ctx context.Context, key, each string, burst int) (micros int64, err error) {
	for _, how := range [][2]string{{"evalsha", rateScript.Hash()}, {"eval", rateSource}} {
		cmd := unrepeated{redis.NewCmd(ctx, how[0], how[1], 1, key, each, burst)}
		_ = l.client.Process(ctx, cmd)
		if micros, err = cmd.Int64(); !redis.HasErrorPrefix(err, "NOSCRIPT") {
			return micros, err
		}
	}
	return micros, err
}

// unrepeated is a command that Redis Cluster's client does not send again after a
// lost connection, which MaxRetries does not forbid it.
type unrepeated struct{ *redis.Cmd }

func (unrepeated) NoRetry() bool { return true }

// rateKey hashes, because keys of buckets are addresses and customers' ids.
func rateKey(key string) string {
	sum := sha256.Sum256([]byte(key))
	return "wenda:rate:{" + hex.EncodeToString(sum[:16]) + "}"
}

// Signal implements sessions.Live. This process is told even if Redis is not reachable.
func (l *Live) Signal(ctx context.Context, topic string, sig sessions.Signal) error {
	if l.local.Signal(ctx, topic, sig) != nil {
		return errClosed
	}
	return l.do(ctx, func(ctx context.Context) error {
		return l.client.Publish(ctx, channelOf(topic), encodeSignal(l.node, sig)).Err()
	})
}

// receive passes a message on to the watchers of this process.
func (l *Live) receive(topic, message string) {
	if topic == newsTopic {
		l.wake(message)
		return
	}
	node, sig, ok := decodeSignal(message)
	if ok && node != l.node { // else they were told when it was sent
		l.near.drop(sig.Session, sig.Seq)
		_ = l.local.Signal(context.Background(), topic, sig)
	}
}

// begun forgets the near copies when wake-ups are heard again: some may have been missed.
func (l *Live) begun(topic string) {
	if topic == newsTopic {
		l.near.clear()
	}
}

// wake wakes the watchers of this process for what other nodes have committed.
func (l *Live) wake(message string) {
	if strings.HasPrefix(message, l.node) {
		return // they were told when it was sent
	}
	_, told, _ := decodeNews(message)
	for _, one := range told {
		if one.Seq < 0 {
			continue
		}
		l.near.drop(one.Session, one.Seq)
		for _, topic := range one.Topics {
			_ = l.local.Signal(context.Background(), topic, sessions.Signal{Session: one.Session, Seq: one.Seq})
		}
	}
}

// Watch implements sessions.Live. It fails only if Live is closed. If Redis does not
// confirm within 200 ms, the topic is watched as soon as it does.
func (l *Live) Watch(topic string, f func(sessions.Signal)) (stop func(), err error) {
	unwatch, err := l.local.Watch(topic, f)
	if err != nil {
		return nil, errClosed
	}
	w := &watching{unwatch: unwatch, unsubscribe: l.subscribe(topic, l.command)}
	return w.end, nil
}

// watching is what ends a Watch. There is one for each socket, so it is small.
type watching struct {
	unwatch, unsubscribe func()
	once                 sync.Once
}

func (w *watching) end() {
	w.unwatch() // harmless a second time
	w.once.Do(w.unsubscribe)
}

// Ping implements sessions.Live. It always asks the server, and if that answers ends the wait for it.
func (l *Live) Ping(ctx context.Context) error {
	select {
	case <-l.closed:
		return errClosed
	default:
	}
	return l.try(ctx, func(ctx context.Context) error { return l.client.Ping(ctx).Err() })
}

// Close implements sessions.Live.
func (l *Live) Close() (err error) {
	l.once.Do(func() {
		close(l.closed)
		l.spreading.Wait()
		l.subscriber.close()
		err = errors.Join(l.local.Close(), l.client.Close())
	})
	return err
}

// silence keeps the library from writing to standard error what is returned as errors anyway.
var silence = sync.OnceFunc(func() { redis.SetLogger(quiet{}) })

type quiet struct{}

func (quiet) Printf(ctx context.Context, format string, args ...any) {
	slog.DebugContext(ctx, "redis: "+fmt.Sprintf(format, args...))
}
