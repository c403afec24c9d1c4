// Package stage is a throw-away world for Wenda to be tried in: real servers, real
// processes, and between them proxies that can be made to misbehave.
//
//	s, err := stage.Open(ctx, stage.Options{Nodes: 3, SQL: "postgres", Redis: "single"})
//	defer s.Close()
//	s.Addresses()        // where customers and agents go, through a proxy each
//	s.Agents(ctx, 20)    // accounts
//	s.Store(ctx)         // the truth, for whoever judges
//	s.Nodes()[1].Kill()  // and so on: package fault does it by a plan
//
//	client ──▶ Link.Client ──▶ wenda serve ┬─▶ Link.SQL   ──▶ PostgreSQL
//	                            (one Node) └─▶ Link.Redis ──▶ Redis
//
// Every node has links of its own, so that one node can lose its database while the
// others keep theirs. With SQLite there is one node. Redis Sentinel and Cluster tell
// nodes where to go by themselves; there, nodes have no Redis link.
//
// Nodes believe X-Forwarded-For from 127.0.0.0/8 (trusted_proxies): clients that send
// different addresses are different visitors to the limits per address. Chats do not
// fall silent for an hour, and the matcher may take a second, so that a busy machine
// changes no answer.
//
// Everything is in a temporary folder or in Options.Dir, where the logs stay, and
// dies with this process, however it ends.
package stage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"wenda/internal/sabotage"
	"wenda/internal/sqldb"
	"wenda/internal/testbed"
	"wenda/sessions"
	"wenda/sessions/sqlstore"
)

// Options say what world to make. Zero values: one node on SQLite without Redis.
type Options struct {
	Nodes  int    // gateways; with SQLite only 1
	SQL    string // "sqlite" (default), "postgres"
	Redis  string // "none" (default), "single", "sentinel", "cluster"
	Mutant string // name of a mutant of internal/sabotage that all nodes are; "" for none

	// Sabotage builds the nodes so that Node.DieAt works. A Mutant does, too.
	Sabotage bool

	// Race builds the nodes with the race detector: slower by an order of magnitude.
	Race bool

	// Direct leaves out all links: for measuring, because the proxies take their part
	// of the processors.
	Direct bool

	// Disk is the size in bytes of a file system of its own for SQLite, so that it
	// can be filled; 0 for none. Only root can make one: see ErrNoDisk.
	Disk int64

	Flags []string     // more flags for wenda serve
	Seed  uint64       // of the run, for the log
	Dir   string       // where logs and data stay; "" for a folder that is removed
	Log   *slog.Logger // nil for none
}

// ErrNoDisk says that no file system of its own could be made for SQLite.
var ErrNoDisk = errors.New("a small file system could not be mounted (it takes root on Linux)")

// Stage is the world. Its methods may be called by many goroutines.
type Stage struct {
	o     Options
	log   *slog.Logger
	dir   string
	bin   string
	nodes []*Node
	wires *wires
	host  *host

	postgres *testbed.PostgresServer
	redis    []*testbed.RedisServer // single: one; sentinel: the masters and replicas
	sentinel *testbed.Sentinel
	redisURL string
	disk     string // mounted folder; "" if there is none

	mu     sync.Mutex
	agents []Agent
}

// Open builds Wenda, starts the servers and then the nodes, and returns when all
// nodes are ready.
func Open(ctx context.Context, o Options) (_ *Stage, err error) {
	if o.SQL == "" {
		o.SQL = "sqlite"
	}
	if o.Redis == "" {
		o.Redis = "none"
	}
	o.Nodes = max(o.Nodes, 1)
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	s := &Stage{o: o, log: o.Log}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if s.bin, err = build(ctx, o.Sabotage || o.Mutant != "", o.Race); err != nil {
		return nil, err
	}
	if s.dir = o.Dir; s.dir == "" {
		s.dir, err = testbed.Folder("wenda-stage-")
	} else {
		err = os.MkdirAll(s.dir, 0o755)
	}
	if err == nil {
		err = s.raise(ctx)
	}
	if err != nil {
		return nil, err
	}
	o.Log.Info("the stage is set", "nodes", o.Nodes, "sql", o.SQL, "redis", o.Redis, "mutant", o.Mutant, "dir", s.dir, "seed", o.Seed)
	return s, nil
}

func (o Options) check() error {
	switch {
	case !slices.Contains([]string{"sqlite", "postgres"}, o.SQL):
		return fmt.Errorf("stage: no such SQL: %q", o.SQL)
	case !slices.Contains([]string{"none", "single", "sentinel", "cluster"}, o.Redis):
		return fmt.Errorf("stage: no such Redis: %q", o.Redis)
	case o.Mutant != "" && !slices.Contains(sabotage.Mutants, o.Mutant):
		return fmt.Errorf("stage: no such mutant: %q", o.Mutant)
	case o.Nodes > 1 && (o.SQL == "sqlite" || o.Redis == "none"):
		return fmt.Errorf("stage: several nodes need postgres and a redis, not %s and %s", o.SQL, o.Redis)
	case o.Disk > 0 && o.SQL != "sqlite":
		return errors.New("stage: only SQLite has a disk of its own")
	}
	return nil
}

// raise starts everything, the servers first.
func (s *Stage) raise(ctx context.Context) (err error) {
	s.host = &host{dir: s.dir}
	s.wires = newWires()
	if err := s.host.ask(s.servers); err != nil {
		return err
	}
	if s.o.Disk > 0 {
		if err := s.mount(); err != nil {
			return err
		}
	}
	for i := range s.o.Nodes {
		n, err := s.node(i)
		if err != nil {
			return err
		}
		s.nodes = append(s.nodes, n)
	}
	// The first makes the schema, the key and the index; the others share them.
	if err := s.nodes[0].Start(ctx); err != nil {
		return err
	}
	var group sync.WaitGroup
	faults := make([]error, len(s.nodes))
	for i, n := range s.nodes[1:] {
		if err := os.CopyFS(filepath.Join(n.dir, "index"), os.DirFS(filepath.Join(s.nodes[0].dir, "index"))); err != nil {
			return err
		}
		group.Go(func() { faults[i] = n.Start(ctx) })
	}
	group.Wait()
	return errors.Join(faults...)
}

// servers starts PostgreSQL and Redis.
func (s *Stage) servers() {
	if s.o.SQL == "postgres" {
		s.postgres = testbed.StartPostgres(s.host)
	}
	switch s.o.Redis {
	case "single":
		s.redis = []*testbed.RedisServer{testbed.StartRedis(s.host)}
		s.redisURL = s.redis[0].URL
	case "sentinel":
		s.sentinel = testbed.StartSentinel(s.host, 2, 3)
		s.redis, s.redisURL = s.sentinel.Servers, s.sentinel.URL
	case "cluster":
		s.redisURL = testbed.RedisCluster(s.host)
	}
}

// node prepares the i-th node: its folder, links and arguments.
func (s *Stage) node(i int) (_ *Node, err error) {
	port, err := testbed.FreePort()
	if err != nil {
		return nil, err
	}
	n := &Node{Number: i, stage: s, dir: filepath.Join(s.dir, fmt.Sprint("node-", i)), addr: fmt.Sprint("127.0.0.1:", port)}
	if s.disk != "" {
		n.dir = filepath.Join(s.disk, "data")
	}
	if err := os.MkdirAll(n.dir, 0o700); err != nil {
		return nil, err
	}
	n.Address = "http://" + n.addr
	if !s.o.Direct {
		if n.Client, err = s.wires.link(fmt.Sprint("clients-", i), n.addr); err != nil {
			return nil, err
		}
		n.Address = "http://" + n.Client.Addr
	}
	n.flags = []string{"serve", "--data-dir", n.dir, "--addr", n.addr, "--private-addr", "", "--trusted-proxies", "127.0.0.0/8",
		"--key-file", filepath.Join(s.dir, "wenda.key"), "--log-format", "json",
		"--bot-match-budget", "1s", "--bot-idle-hint", "1h", "--bot-idle-close", "2h", "--limits-drain", "2s"}
	if s.postgres != nil {
		there := s.postgres.URL
		if n.SQL, there, err = s.between(fmt.Sprint("sql-", i), there); err != nil {
			return nil, err
		}
		n.flags = append(n.flags, "--database-url", there)
	}
	if there := s.redisURL; there != "" {
		if s.o.Redis == "single" {
			if n.Redis, there, err = s.between(fmt.Sprint("redis-", i), there); err != nil {
				return nil, err
			}
		}
		n.flags = append(n.flags, "--redis-url", there)
	}
	n.flags = append(n.flags, s.o.Flags...)
	return n, nil
}

// between puts a link before a server, if links are wanted, and returns the URL to
// reach it by.
func (s *Stage) between(name, server string) (*Link, string, error) {
	if s.o.Direct {
		return nil, server, nil
	}
	u, err := url.Parse(server)
	if err != nil {
		return nil, "", err
	}
	link, err := s.wires.link(name, u.Host)
	if err != nil {
		return nil, "", err
	}
	u.Host = link.Addr
	return link, u.String(), nil
}

// Addresses are the base URLs, "http://127.0.0.1:PORT", by which clients reach the nodes.
func (s *Stage) Addresses() []string {
	all := make([]string, len(s.nodes))
	for i, n := range s.nodes {
		all[i] = n.Address
	}
	return all
}

// Nodes are the gateways.
func (s *Stage) Nodes() []*Node { return s.nodes }

// Options are what the stage was opened with.
func (s *Stage) Options() Options { return s.o }

// Dir is where logs and data are.
func (s *Stage) Dir() string { return s.dir }

// Postgres is the PostgreSQL server, nil with SQLite.
func (s *Stage) Postgres() *testbed.PostgresServer { return s.postgres }

// Redis are the Redis servers that can be got at: one, or with Sentinel the master
// and its replicas, whoever is which by now.
func (s *Stage) Redis() []*testbed.RedisServer { return s.redis }

// Sentinel is the Sentinel set-up, nil if there is none.
func (s *Stage) Sentinel() *testbed.Sentinel { return s.sentinel }

// SQLite is the path of the database file, "" with PostgreSQL.
func (s *Stage) SQLite() string {
	if s.postgres != nil {
		return ""
	}
	return filepath.Join(s.nodes[0].dir, sqldb.File)
}

// Disk is the folder of the small file system that holds SQLite, "" if there is none.
func (s *Stage) Disk() string { return s.disk }

// Store opens the truth, past all links. Call the returned function when done with it.
func (s *Stage) Store(ctx context.Context) (sessions.Store, func(), error) {
	db, err := s.database(ctx)
	if err != nil {
		return nil, nil, err
	}
	return sqlstore.New(db), func() { _ = db.Close() }, nil
}

func (s *Stage) database(ctx context.Context) (*sqldb.DB, error) {
	o := sqldb.Options{Dir: s.nodes[0].dir, Log: s.log}
	if s.postgres != nil {
		o = sqldb.Options{URL: s.postgres.URL, Readers: 8, Log: s.log}
	}
	return sqldb.Open(ctx, o)
}

// Close ends everything. The logs stay if Options.Dir was given.
func (s *Stage) Close() error {
	var faults []error
	for _, n := range s.nodes {
		n.Kill()
	}
	if s.wires != nil {
		s.wires.close()
	}
	if s.host != nil {
		s.host.end()
	}
	if s.disk != "" {
		faults = append(faults, unmount(s.disk))
	}
	if s.o.Dir == "" && s.dir != "" {
		faults = append(faults, os.RemoveAll(s.dir))
	}
	return errors.Join(faults...)
}

// Logs returns the last lines of all nodes' logs that hold word, for reports.
func (s *Stage) Logs(word string, last int) []string {
	var found []string
	for _, n := range s.nodes {
		raw, _ := os.ReadFile(n.logFile())
		for line := range strings.Lines(string(raw)) {
			if strings.Contains(line, word) {
				found = append(found, fmt.Sprintf("node %d: %s", n.Number, strings.TrimSpace(line)))
			}
		}
	}
	return found[max(0, len(found)-last):]
}
