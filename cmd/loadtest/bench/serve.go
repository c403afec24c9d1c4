package bench

import (
	"context"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/redis/go-redis/v9"
	"github.com/spf13/cobra"

	"wenda/internal/sqldb"
	"wenda/knowledge/match"
	"wenda/knowledge/sample"
	"wenda/knowledge/segment"
	"wenda/sessions"
	"wenda/sessions/sqlstore"
)

// answerer makes the answer to a message; line is of one connection.
type answerer func(line *servedLine, message []byte) []byte

// servedLine is what a server of ours knows of one connection.
type servedLine struct {
	session string
	seq     int64
}

var writeBuffers sync.Pool

// serveLines is the least a websocket server can do: one goroutine a connection, begun
// afresh after the upgrade, small buffers, write buffers lent for one message.
func serveLines(addr string, begin func() (*servedLine, error), answer answerer) error {
	up := websocket.Upgrader{
		ReadBufferSize: 512, WriteBufferSize: 1024, WriteBufferPool: &writeBuffers,
		CheckOrigin: func(*http.Request) bool { return true },
	}
	return http.ListenAndServe(addr, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		go func() {
			defer conn.Close()
			line, err := begin()
			for err == nil {
				var data []byte
				if _, data, err = conn.ReadMessage(); err == nil {
					err = conn.WriteMessage(websocket.TextMessage, answer(line, data))
				}
			}
		}()
	}))
}

func echoCommand() *cobra.Command {
	var addr string
	c := &cobra.Command{Use: "serve-echo", Hidden: true, Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error {
		return serveLines(addr, func() (*servedLine, error) { return nil, nil }, func(_ *servedLine, message []byte) []byte { return message })
	}}
	c.Flags().StringVar(&addr, "addr", "", "address to listen on")
	return c
}

// floor does what an answer cannot do without.
type floor struct {
	db      *sqldb.DB
	store   *sqlstore.Store
	redis   *redis.Client // nil: no round trip
	matcher *match.Matcher
	lines   atomic.Int64
}

func floorCommand() *cobra.Command {
	var addr, dir, redisAddr string
	var matching bool
	c := &cobra.Command{Use: "serve-floor", Hidden: true, Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error {
		f, err := openFloor(c.Context(), dir, redisAddr, matching)
		if err != nil {
			return err
		}
		return serveLines(addr, f.begin, f.answer)
	}}
	c.Flags().StringVar(&addr, "addr", "", "address to listen on")
	c.Flags().StringVar(&dir, "dir", "", "folder for database and index")
	c.Flags().StringVar(&redisAddr, "redis", "", "host:port of Redis, empty for none")
	c.Flags().BoolVar(&matching, "match", true, "search, too")
	return c
}

func openFloor(ctx context.Context, dir, redisAddr string, matching bool) (*floor, error) {
	db, err := sqldb.Open(ctx, sqldb.Options{Dir: dir})
	if err != nil {
		return nil, err
	}
	if err := db.Migrate(ctx); err != nil {
		return nil, err
	}
	f := &floor{db: db, store: sqlstore.New(db)}
	if redisAddr != "" {
		f.redis = redis.NewClient(&redis.Options{Addr: redisAddr, PoolSize: 100})
	}
	if !matching {
		return f, nil
	}
	release, err := sample.Release(1)
	if err != nil {
		return nil, err
	}
	words, err := segment.New()
	if err != nil {
		return nil, err
	}
	learnt, err := match.ReadLearnt(sample.Learnt)
	if err != nil {
		return nil, err
	}
	// A floor refuses nobody: who waits for a search waits.
	f.matcher, err = match.Open(ctx, filepath.Join(dir, "index"), words, release, match.Options{Budget: time.Minute, Queue: 1 << 16, Learnt: learnt})
	return f, err
}

func (f *floor) begin() (*servedLine, error) {
	who := "floor-" + strconv.FormatInt(f.lines.Add(1), 10)
	s, err := f.store.Open(context.Background(), sessions.Customer{ID: who}, "widget", "zh-CN")
	return &servedLine{session: s.ID}, err
}

// copyOf stands for a session's hot copy, of its usual size.
var copyOf = strings.Repeat("0123456789abcdef", 64)

func (f *floor) answer(line *servedLine, message []byte) []byte {
	ctx, text := context.Background(), string(message)
	reply := "-"
	if f.matcher != nil {
		found, err := f.matcher.Match(ctx, text, 5)
		if err != nil || len(found.Matches) == 0 {
			return []byte("failed")
		}
		reply = found.Matches[0].Answer.Text
	}
	if f.redis != nil && f.redis.Set(ctx, "floor:"+line.session, copyOf, time.Hour).Err() != nil {
		return []byte("failed")
	}
	if f.commit(ctx, line, text, reply) != nil {
		return []byte("failed")
	}
	return []byte(reply)
}

const insertTwo = `INSERT INTO event (session, first, scope, seq, at, kind, role, speaker, name, audience, text, lang, ref, detail, sealed) VALUES
	($1, $2, $1, $2, $4, 'message', 'customer', '', '', 'all', $5, 'zh-CN', $7, '', NULL),
	($1, $2, $1, $3, $4, 'message', 'bot', '', '', 'all', $6, 'zh-CN', '', '', NULL)`

func (f *floor) commit(ctx context.Context, line *servedLine, text, reply string) error {
	seq, now := line.seq+1, time.Now().UnixMilli()
	err := f.db.Write(ctx, func(tx sqldb.Tx) error {
		if _, err := tx.Exec(`UPDATE session SET seq = $2, changed_at = $3, heard_at = $3, change = `+f.db.Dialect().Stamp+` WHERE id = $1`,
			line.session, seq+1, now); err != nil {
			return err
		}
		_, err := tx.Exec(insertTwo, line.session, seq, seq+1, now, text, reply, strconv.FormatInt(seq, 10))
		return err
	})
	if err == nil {
		line.seq += 2
	}
	return err
}
