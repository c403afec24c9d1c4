package fault

import (
	"context"
	"fmt"
	"time"

	"wenda/cmd/loadtest/stage"
)

// Of a node.
const (
	Kill   Kind = "kill"   // kill -9, and started again
	DieAt  Kind = "die-at" // kill -9 at a named point on the way of a message
	Freeze Kind = "freeze" // SIGSTOP, and let go on
	Roll   Kind = "roll"   // SIGTERM, as an upgrade does, and started again
)

// Of the links between a node and its clients, its database or its Redis.
const (
	ClientLatency Kind = "client-latency" // late by a second or so, unevenly
	ClientSlicer  Kind = "client-slicer"  // in pieces of a few bytes
	ClientReset   Kind = "client-reset"   // connections are reset
	ClientCut     Kind = "client-cut"     // connections break, new ones are refused
	ClientSilence Kind = "client-silence" // nothing comes through, nothing breaks
	ClientLimit   Kind = "client-limit"   // connections break after some bytes
	ClientSlow    Kind = "client-slow"    // clients read a kilobyte a second
	SQLLatency    Kind = "sql-latency"
	SQLSlicer     Kind = "sql-slicer"
	SQLReset      Kind = "sql-reset"
	SQLCut        Kind = "sql-cut"
	SQLSilence    Kind = "sql-silence"
	SQLLimit      Kind = "sql-limit"
	RedisLatency  Kind = "redis-latency"
	RedisSlicer   Kind = "redis-slicer"
	RedisReset    Kind = "redis-reset"
	RedisCut      Kind = "redis-cut"
	RedisSilence  Kind = "redis-silence"
	RedisLimit    Kind = "redis-limit"
)

// Of Redis itself.
const (
	RedisFlush    Kind = "redis-flush"     // FLUSHALL every 3 s
	RedisKill     Kind = "redis-kill"      // killed, and started again empty
	RedisFreeze   Kind = "redis-freeze"    // takes connections and does not answer
	RedisFull     Kind = "redis-full"      // maxmemory 1mb, noeviction
	RedisReadOnly Kind = "redis-read-only" // a replica of nobody
	RedisOld      Kind = "redis-old"       // hot copies become what they were some time ago
	Failover      Kind = "failover"        // Sentinel's, to a replica that was stalled before
)

// Of the database itself.
const (
	PostgresFast      Kind = "postgres-fast"      // restart
	PostgresImmediate Kind = "postgres-immediate" // restart with recovery, as after a crash
	PostgresTerminate Kind = "postgres-terminate" // all connections are ended
	SQLiteLock        Kind = "sqlite-lock"        // another process holds the write lock
	DiskFull          Kind = "disk-full"          // of the small file system of SQLite
)

// kind is how a Kind is done.
type kind struct {
	of          string // subject
	least, most time.Duration
	fits        func(*stage.Stage) bool
	begin       func(context.Context, *stage.Stage, Step) (end, error)
}

// end makes the stage whole again. A nil end says that nothing was begun.
type end func(context.Context) error

// Subjects: what faults come one after another about.
const (
	ofNode  = "node"
	ofRedis = "redis"
	ofSQL   = "sql"
)

// subject is what the step is about. A link is its node's: a node that starts while
// its database is cut off would not be ready in time.
func (k kind) subject(s Step) string {
	if k.of == ofNode {
		return fmt.Sprint(k.of, s.Target)
	}
	return k.of
}

const ms, second = time.Millisecond, time.Second

var kinds = map[Kind]kind{
	Kill:   {ofNode, 0, 2 * second, always, kill},
	DieAt:  {ofNode, 0, 2 * second, sabotaged, dieAt},
	Freeze: {ofNode, second, 10 * second, always, freeze},
	Roll:   {ofNode, 0, second, always, roll},

	ClientLatency: onLink(clients, "latency", stage.Downstream, 2*second, 5*second, latency(1000)),
	ClientSlicer:  onLink(clients, "slicer", stage.Downstream, 2*second, 5*second, pieces),
	ClientReset:   onLink(clients, "reset_peer", stage.Downstream, 0, second, atOnce),
	ClientCut:     {ofNode, 0, 3 * second, has(clients), cut(clients)},
	ClientSilence: onLink(clients, "timeout", stage.Upstream, second, 5*second, atOnce),
	ClientLimit:   onLink(clients, "limit_data", stage.Downstream, second, 3*second, some),
	ClientSlow:    onLink(clients, "bandwidth", stage.Downstream, 5*second, 12*second, slow),

	SQLLatency: onLink(sql, "latency", stage.Downstream, second, 4*second, latency(200)),
	SQLSlicer:  onLink(sql, "slicer", stage.Downstream, second, 4*second, pieces),
	SQLReset:   onLink(sql, "reset_peer", stage.Downstream, 0, second, atOnce),
	SQLCut:     {ofNode, 0, 3 * second, has(sql), cut(sql)},
	SQLSilence: onLink(sql, "timeout", stage.Downstream, second, 4*second, atOnce),
	SQLLimit:   onLink(sql, "limit_data", stage.Downstream, second, 2*second, some),

	RedisLatency: onLink(redis, "latency", stage.Downstream, 2*second, 5*second, latency(500)),
	RedisSlicer:  onLink(redis, "slicer", stage.Downstream, second, 4*second, pieces),
	RedisReset:   onLink(redis, "reset_peer", stage.Downstream, 0, second, atOnce),
	RedisCut:     {ofNode, 0, 6 * second, has(redis), cut(redis)},
	RedisSilence: onLink(redis, "timeout", stage.Downstream, 2*second, 8*second, atOnce),
	RedisLimit:   onLink(redis, "limit_data", stage.Downstream, second, 3*second, some),

	RedisFlush:    {ofRedis, second, 10 * second, anyRedis, redisFlush},
	RedisKill:     {ofRedis, 0, 4 * second, singleRedis, redisKill},
	RedisFreeze:   {ofRedis, second, 6 * second, anyRedis, redisFreeze},
	RedisFull:     {ofRedis, second, 5 * second, singleRedis, redisFull},
	RedisReadOnly: {ofRedis, second, 5 * second, singleRedis, redisReadOnly},
	RedisOld:      {ofRedis, 500 * ms, 3 * second, singleRedis, redisOld},
	Failover:      {ofRedis, 0, second, sentinel, failover},

	PostgresFast:      {ofSQL, 0, second, postgres, restartPostgres(fastShutdown)},
	PostgresImmediate: {ofSQL, 0, second, postgres, restartPostgres(immediateShutdown)},
	PostgresTerminate: {ofSQL, 0, 0, postgres, terminate},
	SQLiteLock:        {ofSQL, second, 8 * second, sqlite, sqliteLock},
	DiskFull:          {ofSQL, second, 4 * second, smallDisk, diskFull},
}

func always(*stage.Stage) bool      { return true }
func sabotaged(s *stage.Stage) bool { return s.Options().Sabotage || s.Options().Mutant != "" }
func anyRedis(s *stage.Stage) bool  { return len(s.Redis()) > 0 }
func singleRedis(s *stage.Stage) bool {
	return s.Options().Redis == "single"
}
func sentinel(s *stage.Stage) bool  { return s.Sentinel() != nil }
func postgres(s *stage.Stage) bool  { return s.Postgres() != nil }
func sqlite(s *stage.Stage) bool    { return s.Postgres() == nil }
func smallDisk(s *stage.Stage) bool { return s.Disk() != "" }
