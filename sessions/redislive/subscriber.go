package redislive

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	channelPrefix = "wenda:"
	chunk         = 500 // channels in one command
	retryTime     = 500 * time.Millisecond
)

func channelOf(topic string) string { return channelPrefix + topic }

// subscriber holds one connection for all topics that this process watches. One
// goroutine listens on it and makes a new one when it is lost, another tells the
// server which topics are wanted.
type subscriber struct {
	client  redis.UniversalClient
	quiet   time.Duration // see timing
	receive func(topic, message string)
	begun   func(topic string) // from now on the server tells of it; what was said before may be missed
	poke    chan struct{}      // capacity 1: something about topics changed
	stop    context.CancelFunc
	ended   sync.WaitGroup

	mu     sync.Mutex
	topics map[string]*topic
	news   map[string]bool // topics about which the server may have to be told
}

// topic is what the process watches, or does no more but the server does not know it yet.
type topic struct {
	watchers  int32
	asked     bool          // the server was told, on the connection there is
	confirmed bool          // the server has said yes on it
	awaited   chan struct{} // closed when it does; nil if nobody waits for that
}

func newSubscriber(client redis.UniversalClient, quiet time.Duration, receive func(topic, message string), begun func(topic string)) *subscriber {
	ctx, stop := context.WithCancel(context.Background())
	s := &subscriber{client: client, quiet: quiet, receive: receive, begun: begun, poke: make(chan struct{}, 1), stop: stop, topics: map[string]*topic{}, news: map[string]bool{}}
	s.ended.Go(func() { s.run(ctx) })
	return s
}

func (s *subscriber) close() {
	s.stop()
	s.ended.Wait()
}

// subscribe wants a topic and waits until the server has confirmed it, for at most
// patience. The function it returns, called once, wants it no more.
func (s *subscriber) subscribe(name string, patience time.Duration) (unsubscribe func()) {
	s.mu.Lock()
	t := s.topics[name]
	if t == nil {
		t = &topic{}
		s.topics[name] = t
	}
	t.watchers++
	if !t.confirmed && t.awaited == nil {
		t.awaited = make(chan struct{})
	}
	confirmed, awaited := t.confirmed, t.awaited
	s.changed(name)
	s.mu.Unlock()
	if !confirmed {
		await(awaited, patience)
	}
	return func() {
		s.mu.Lock()
		t.watchers--
		s.changed(name)
		s.mu.Unlock()
	}
}

func await(what <-chan struct{}, patience time.Duration) {
	enough := time.NewTimer(patience)
	defer enough.Stop()
	select {
	case <-what:
	case <-enough.C:
	}
}

// changed has the server told about a topic. s.mu is held.
func (s *subscriber) changed(name string) {
	s.news[name] = true
	s.look()
}

func (s *subscriber) look() {
	select {
	case s.poke <- struct{}{}:
	default: // it will look anyway
	}
}

// run keeps a connection while something is watched, until ctx ends.
func (s *subscriber) run(ctx context.Context) {
	for ctx.Err() == nil {
		s.connection(ctx)
		select {
		case <-ctx.Done():
		case <-time.After(retryTime/2 + rand.N(retryTime)): // not all nodes at once
		}
	}
}

// connection serves one connection until it is lost.
func (s *subscriber) connection(ctx context.Context) {
	s.forget()
	s.wait(ctx)
	connection := s.client.Subscribe(ctx)
	defer connection.Close()
	here, lost := context.WithCancel(ctx)
	defer lost()
	var asking sync.WaitGroup
	defer asking.Wait()
	defer lost()
	asking.Go(func() {
		defer lost()
		s.ask(here, connection)
	})
	// A read does not end with its context: closing the connection ends it.
	defer context.AfterFunc(here, func() { connection.Close() })()
	s.listen(here, connection)
}

// forget marks all topics as not asked for: on a new connection the server knows none.
func (s *subscriber) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, t := range s.topics {
		t.asked, t.confirmed = false, false // who waits goes on waiting
		s.news[name] = true
	}
}

// wait waits until there is a topic to ask for.
func (s *subscriber) wait(ctx context.Context) {
	for {
		s.mu.Lock()
		any := len(s.topics) > 0
		s.mu.Unlock()
		if any {
			s.look()
			return
		}
		select {
		case <-s.poke:
		case <-ctx.Done():
			return
		}
	}
}

// ask tells the server what is wanted, whenever that changes, until the connection is lost.
func (s *subscriber) ask(ctx context.Context, connection *redis.PubSub) {
	for {
		select {
		case <-s.poke:
		case <-ctx.Done():
			return
		}
		wanted, unwanted := s.difference()
		if s.tell(ctx, connection.Subscribe, wanted) != nil || s.tell(ctx, connection.Unsubscribe, unwanted) != nil {
			return
		}
	}
}

// difference takes down what the server has to be told as told.
func (s *subscriber) difference() (wanted, unwanted []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name := range s.news {
		switch t := s.topics[name]; {
		case t == nil:
		case t.watchers > 0 && !t.asked:
			t.asked = true
			wanted = append(wanted, channelOf(name))
		case t.watchers == 0:
			if t.asked {
				unwanted = append(unwanted, channelOf(name))
			}
			delete(s.topics, name)
		}
	}
	clear(s.news)
	return wanted, unwanted
}

func (s *subscriber) tell(ctx context.Context, command func(context.Context, ...string) error, channels []string) error {
	for len(channels) > 0 {
		n := min(chunk, len(channels))
		soon, cancel := context.WithTimeout(ctx, 2*time.Second) // it may have to connect first
		err := command(soon, channels[:n]...)
		cancel()
		if err != nil {
			return err
		}
		channels = channels[n:]
	}
	return nil
}

// listen passes messages on until the connection is lost: it breaks, or the server
// says nothing for so long though it was asked.
func (s *subscriber) listen(ctx context.Context, connection *redis.PubSub) {
	for asked := false; ; {
		message, err := connection.ReceiveTimeout(ctx, s.quiet)
		var network net.Error
		switch {
		case err == nil:
			asked = false
			s.heard(message)
		case ctx.Err() != nil || !errors.As(err, &network) || !network.Timeout() || asked:
			return
		default:
			if connection.Ping(ctx) != nil {
				return
			}
			asked = true
		}
	}
}

func (s *subscriber) heard(message any) {
	switch m := message.(type) {
	case *redis.Message:
		if name, ok := strings.CutPrefix(m.Channel, channelPrefix); ok {
			s.receive(name, m.Payload)
		}
	case *redis.Subscription:
		if m.Kind == "subscribe" {
			s.confirm(strings.TrimPrefix(m.Channel, channelPrefix))
		}
	}
}

func (s *subscriber) confirm(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.topics[name]
	if t == nil {
		return
	}
	s.begun(name)
	t.confirmed = true
	if t.awaited != nil {
		close(t.awaited)
		t.awaited = nil
	}
}

// hears reports whether the server has confirmed that it tells us of a topic.
func (s *subscriber) hears(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.topics[name]
	return t != nil && t.watchers > 0 && t.asked && t.confirmed
}
