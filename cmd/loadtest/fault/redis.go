package fault

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	goredis "github.com/redis/go-redis/v9"

	"wenda/cmd/loadtest/stage"
	"wenda/internal/testbed"
)

// flushEvery is how often everything is deleted.
const flushEvery = 3 * time.Second

// redisFlush deletes everything at once and then again and again.
func redisFlush(ctx context.Context, s *stage.Stage, _ Step) (end, error) {
	ctx, cancel := context.WithCancel(ctx)
	var flushing sync.WaitGroup
	flushing.Go(func() {
		for ctx.Err() == nil {
			for _, r := range s.Redis() {
				r.Say("FLUSHALL") // a replica refuses, and gets it from its master
			}
			pause(ctx, flushEvery)
		}
	})
	return func(context.Context) error {
		cancel()
		flushing.Wait()
		return nil
	}, nil
}

func redisKill(_ context.Context, s *stage.Stage, _ Step) (end, error) {
	r := s.Redis()[0]
	r.Kill()
	return func(context.Context) error { return r.Start() }, nil
}

func redisFreeze(_ context.Context, s *stage.Stage, _ Step) (end, error) {
	for _, r := range s.Redis() {
		r.Pause()
	}
	return func(context.Context) error {
		for _, r := range s.Redis() {
			r.Resume()
		}
		return nil
	}, nil
}

func redisFull(_ context.Context, s *stage.Stage, _ Step) (end, error) {
	r := s.Redis()[0]
	return func(context.Context) error { return says(r, "CONFIG SET maxmemory 0", "+OK") },
		errors.Join(says(r, "CONFIG SET maxmemory-policy noeviction", "+OK"), says(r, "CONFIG SET maxmemory 1mb", "+OK"))
}

func redisReadOnly(_ context.Context, s *stage.Stage, _ Step) (end, error) {
	r := s.Redis()[0]
	return func(context.Context) error { return says(r, "REPLICAOF NO ONE", "+OK") }, says(r, "REPLICAOF 127.0.0.1 1", "+OK")
}

// says expects an answer to a command.
func says(r *testbed.RedisServer, command, want string) error {
	if got := r.Say(command); !strings.HasPrefix(got, want) {
		return fmt.Errorf("redis said %q to %s", got, command)
	}
	return nil
}

// copies are the hot copies of sessions: see sessions/redislive.
const copies = "wenda:session:*"

// redisOld remembers all hot copies and writes them back in the end: what a failover
// to a replica that lagged behind does, and a SET that was long on its way.
func redisOld(ctx context.Context, s *stage.Stage, _ Step) (end, error) {
	client := goredis.NewClient(&goredis.Options{Addr: s.Redis()[0].Addr})
	old, err := remember(ctx, client)
	if err != nil {
		return nil, errors.Join(err, client.Close())
	}
	return func(ctx context.Context) error {
		for key, value := range old {
			if err := client.Set(ctx, key, value, time.Hour).Err(); err != nil {
				return errors.Join(err, client.Close())
			}
		}
		return client.Close()
	}, nil
}

func remember(ctx context.Context, client *goredis.Client) (map[string]string, error) {
	old := map[string]string{}
	keys := client.Scan(ctx, 0, copies, 1000).Iterator()
	for keys.Next(ctx) {
		value, err := client.Get(ctx, keys.Val()).Result()
		if err != nil && !errors.Is(err, goredis.Nil) {
			return nil, err
		}
		if err == nil {
			old[keys.Val()] = value
		}
	}
	return old, keys.Err()
}

// stalled is how long replicas hang before their master dies: what it took meanwhile
// they have not got.
const stalled = 400 * time.Millisecond

// failover kills the master behind stalled replicas. Afterwards the killed server is
// back, as a replica.
func failover(ctx context.Context, s *stage.Stage, _ Step) (end, error) {
	master := masterOf(s.Sentinel())
	if master == nil {
		return nil, errors.New("no Redis is the master")
	}
	for _, r := range s.Redis() {
		if r != master {
			r.Pause()
		}
	}
	pause(ctx, stalled)
	master.Kill()
	for _, r := range s.Redis() {
		if r != master {
			r.Resume()
		}
	}
	return func(ctx context.Context) error {
		if err := until(ctx, "Sentinel makes a replica the master", func() bool { return masterOf(s.Sentinel()) != nil }); err != nil {
			return err
		}
		if err := master.Start(); err != nil {
			return err
		}
		return until(ctx, "the server that was killed is a replica", func() bool { return role(master) == "slave" })
	}, nil
}

// masterOf is the server that takes writes, nil if there is none.
func masterOf(s *testbed.Sentinel) *testbed.RedisServer {
	for _, r := range s.Servers {
		if role(r) == "master" {
			return r
		}
	}
	return nil
}

// role of a server: "master", "slave", or "" if it does not answer.
func role(r *testbed.RedisServer) string {
	fields := strings.Fields(r.Say("ROLE")) // *3 $6 master …
	if len(fields) < 3 {
		return ""
	}
	return fields[2]
}

func until(ctx context.Context, what string, right func() bool) error {
	for !right() {
		pause(ctx, 20*time.Millisecond)
		if ctx.Err() != nil {
			return fmt.Errorf("waited in vain: %s", what)
		}
	}
	return nil
}
