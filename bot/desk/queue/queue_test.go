package queue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"wenda/internal/sqldb"
	"wenda/internal/testbed"
	"wenda/sessions"
	"wenda/sessions/sqlstore"
)

// onBoth runs a test on either engine, each on a database of its own.
func onBoth(t *testing.T, test func(*testing.T, *sqldb.DB)) {
	for name, options := range map[string]func(*testing.T) sqldb.Options{
		"SQLite":     func(t *testing.T) sqldb.Options { return sqldb.Options{Dir: t.TempDir()} },
		"PostgreSQL": func(t *testing.T) sqldb.Options { return sqldb.Options{URL: testbed.Postgres(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			db, err := sqldb.Open(t.Context(), options(t))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = db.Close() })
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			test(t, db)
		})
	}
}

func queuesOf(t *testing.T, s *Store) []Queue {
	t.Helper()
	queues, err := s.All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return queues
}

// Two nodes start at once; later a queue is removed and a node starts again.
func TestSeed(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB) {
		s := NewStore(db)
		var nodes sync.WaitGroup
		for range 4 {
			nodes.Go(func() {
				if err := NewStore(db).Seed(context.Background()); err != nil {
					t.Error(err)
				}
			})
		}
		nodes.Wait()
		want := Delivered()
		for i := range want {
			want[i].Version = 1
		}
		if got := queuesOf(t, s); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("seeded\n%v\nwant\n%v", got, want)
		}
		if err := s.Remove(t.Context(), "chen", "english", 1); err != nil {
			t.Fatal(err)
		}
		if err := s.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Load(t.Context(), "english"); !errors.Is(err, ErrNone) {
			t.Errorf("what was removed is there again: %v", err)
		}
	})
}

func TestSave(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB) {
		s := NewStore(db)
		if err := s.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
		q := Plain("card")
		q.Names = map[string]string{"zh-CN": "卡片", "en": "Cards"}
		q.Escalates, q.Routing, q.Capacity, q.Most, q.Priority, q.Calendar = "expert", Last, 2, 30, 7, "office"
		q.Accept, q.Remind, q.TakeBack = 20*time.Second, 0, 3*time.Minute
		saved, err := s.Save(t.Context(), "chen", q)
		q.Version = 1
		if err != nil || fmt.Sprint(saved) != fmt.Sprint(q) {
			t.Fatalf("saved %v, %v", saved, err)
		}
		if got, err := s.Load(t.Context(), "card"); err != nil || fmt.Sprint(got) != fmt.Sprint(q) {
			t.Errorf("loaded %v, %v", got, err)
		}
		for name, version := range map[string]int64{"as new": 0, "ahead": 2} {
			stale := saved
			stale.Version = version
			if _, err := s.Save(t.Context(), "li", stale); !errors.Is(err, ErrChanged) {
				t.Errorf("%s: %v", name, err)
			}
		}
		won := make(chan string, 8)
		var rivals sync.WaitGroup
		for i := range 8 {
			rivals.Go(func() {
				mine := saved
				mine.Most = 100 + i
				switch _, err := s.Save(context.Background(), fmt.Sprint("u", i), mine); {
				case err == nil:
					won <- fmt.Sprint("u", i)
				case !errors.Is(err, ErrChanged):
					t.Errorf("a rival: %v", err)
				}
			})
		}
		rivals.Wait()
		if got, err := s.Load(t.Context(), "card"); len(won) != 1 || err != nil || got.Version != 2 || fmt.Sprint("u", got.Most-100) != <-won {
			t.Errorf("%d won; it is %v, %v", len(won), got, err)
		}
		var did, detail string
		if err := db.Read(t.Context()).QueryRow(`SELECT did, detail FROM audit WHERE about = 'card' AND who = 'chen'`).Scan(&did, &detail); err != nil ||
			did != "queue.change" || !strings.Contains(detail, "capacity 2") || !strings.Contains(detail, "routing last") {
			t.Errorf("the audit says %s: %s, %v", did, detail, err)
		}
		told, err := s.History(t.Context(), "card", 9)
		if err != nil || len(told) != 2 || told[1].Who != "chen" || told[0].Version != 2 || len(told[0].Fields) != 1 || told[0].Fields[0].Name != "most" {
			t.Errorf("the history is %v, %v", told, err)
		}
	})
}

func TestRemove(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB) {
		s := NewStore(db)
		if err := s.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
		chats := sqlstore.New(db)
		waits, err := chats.Open(t.Context(), sessions.Customer{ID: "wang"}, "widget", "zh-CN")
		if err != nil {
			t.Fatal(err)
		}
		done, err := chats.Commit(t.Context(), sessions.Actor{Role: sessions.RoleSystem}, waits.Queue("loan", time.Now()))
		if err != nil {
			t.Fatal(err)
		}
		for id, want := range map[string]error{"": ErrUsed, "expert": ErrUsed, "loan": ErrUsed, "moon": ErrNone} {
			if err := s.Remove(t.Context(), "chen", id, 1); !errors.Is(err, want) {
				t.Errorf("%q: %v, want %v", id, err, want)
			}
		}
		if err := s.Remove(t.Context(), "chen", "english", 9); !errors.Is(err, ErrChanged) {
			t.Errorf("as of another version: %v", err)
		}
		if _, err := chats.Commit(t.Context(), sessions.Actor{Role: sessions.RoleSystem}, done.Session.Close(time.Now())); err != nil {
			t.Fatal(err)
		}
		if err := s.Remove(t.Context(), "chen", "loan", 1); err != nil {
			t.Errorf("with nobody left in it: %v", err)
		}
	})
}

func TestFaults(t *testing.T) {
	others := map[string]Queue{}
	for _, q := range Delivered() {
		others[q.ID] = q
		if err := q.check(others); err != nil && !slices.Equal(Faults(err), []string{"escalates"}) { // to one that is not there yet
			t.Errorf("a delivered one: %v", err)
		}
	}
	for want, change := range map[string]func(*Queue){
		"":                  func(*Queue) {},
		"id":                func(q *Queue) { q.ID = "Card" },
		"name zh-CN":        func(q *Queue) { q.Names["zh-CN"] = " " },
		"name en":           func(q *Queue) { q.Names["en"] = "a\nb" },
		"escalates":         func(q *Queue) { q.Escalates = "moon" },
		"circle":            func(q *Queue) { q.ID, q.Escalates = "complaint", "expert" },
		"routing":           func(q *Queue) { q.Routing = "chance" },
		"accept":            func(q *Queue) { q.Accept = 0 },
		"remind":            func(q *Queue) { q.Remind = time.Second },
		"takeback":          func(q *Queue) { q.TakeBack = 48 * time.Hour },
		"order":             func(q *Queue) { q.TakeBack = q.Remind },
		"capacity":          func(q *Queue) { q.Capacity = -1 },
		"most":              func(q *Queue) { q.Most = 1 << 30 },
		"priority":          func(q *Queue) { q.Priority = sessions.PriorityMost + 1 },
		"calendar":          func(q *Queue) { q.Calendar = "../x" },
		"capacity,calendar": func(q *Queue) { q.Calendar, q.Capacity = "!", 1<<20 },
	} {
		q := Plain("card")
		q.Names, q.Escalates = map[string]string{"zh-CN": "卡片", "en": "Cards"}, "expert"
		change(&q)
		err := q.check(others)
		if got := strings.Join(Faults(err), ","); got != want || (err == nil) != (want == "") || err != nil && !errors.Is(err, ErrInvalid) {
			t.Errorf("got %q (%v), want %q", got, err, want)
		}
	}
}

func TestBook(t *testing.T) {
	onBoth(t, func(t *testing.T, db *sqldb.DB) {
		s := NewStore(db)
		if err := s.Seed(t.Context()); err != nil {
			t.Fatal(err)
		}
		b := NewBook(nil, nil)
		if q := b.Of("card"); q.Routing != Manual || q.Offers() || q.Name("en") != "card" {
			t.Errorf("an unknown queue is %v", q)
		}
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { b.Follow(ctx, s); close(ended) }()
		for deadline := time.Now().Add(time.Minute); len(b.All()) == 0 && time.Now().Before(deadline); {
			time.Sleep(10 * time.Millisecond)
		}
		cancel()
		<-ended
		if next, ok := b.Next(""); next != "expert" || !ok || b.Of("").Name("zh-CN") != "一线客服" {
			t.Errorf("the general one escalates to %q, %v", next, ok)
		}
		if next, ok := b.Next("complaint"); ok {
			t.Errorf("the top escalates to %q", next)
		}
	})
}

func TestLimited(t *testing.T) {
	small, other := Plain("small"), Plain("other")
	small.Capacity, other.Capacity = 2, 1
	b := NewBook([]Queue{small, other, Plain("")}, nil)
	if a := b.Limited(sessions.Agent{Skills: []string{"", "small"}}); fmt.Sprint(a.Most) != "map[small:2]" {
		t.Errorf("limited to %v", a.Most)
	}
	if a := b.Limited(sessions.Agent{Skills: []string{""}}); a.Most != nil {
		t.Errorf("limited to %v", a.Most)
	}
}
