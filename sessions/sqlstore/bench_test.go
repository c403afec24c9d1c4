package sqlstore

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"wenda/sessions"
)

// BenchmarkCommit commits turns of two events (a question and its answer), each
// sender in a session of its own, each turn acknowledged before the next.
func BenchmarkCommit(b *testing.B) {
	engines := []struct {
		name string
		open func(testing.TB) *Store
	}{{"sqlite", openSQLite}, {"postgres", openPostgres}}
	for _, engine := range engines {
		for _, senders := range []int{1, 16, 256} {
			b.Run(fmt.Sprintf("%s/senders=%d", engine.name, senders), func(b *testing.B) { benchCommit(b, engine.open(b), senders) })
		}
	}
}

func benchCommit(b *testing.B, store *Store, senders int) {
	heads := make([]sessions.Session, senders)
	for i := range heads {
		s, err := store.Open(b.Context(), sessions.Customer{ID: fmt.Sprint("c", i)}, "widget", "zh-CN")
		if err != nil {
			b.Fatal(err)
		}
		heads[i] = s
	}
	var turns, busy atomic.Int64
	b.ReportAllocs()
	b.ResetTimer()
	var group sync.WaitGroup
	for i := range senders {
		group.Go(func() {
			by := sessions.Actor{Role: sessions.RoleCustomer, ID: fmt.Sprint("c", i), Device: "phone"}
			for s := heads[i]; ; {
				n := turns.Add(1)
				if n > int64(b.N) {
					return
				}
				done, err := store.Commit(b.Context(), by, s, question(by, n), answer(n))
				for errors.Is(err, sessions.ErrBusy) { // more senders than there is work for: they come again
					busy.Add(1)
					time.Sleep(time.Duration(10+rand.N(40)) * time.Millisecond)
					done, err = store.Commit(b.Context(), by, s, question(by, n), answer(n))
				}
				if err != nil {
					b.Error(err)
					return
				}
				s = done.Session
			}
		})
	}
	group.Wait()
	b.ReportMetric(float64(busy.Load())/float64(b.N), "busy/op")
	b.ReportMetric(2*float64(b.N)/b.Elapsed().Seconds(), "msg/s")
}

func question(by sessions.Actor, n int64) sessions.Event {
	return sessions.Event{Kind: sessions.Message, From: sessions.Speaker{Role: by.Role, ID: by.ID}, Text: "卡里有钱为什么还款失败", Ref: fmt.Sprintf("turn-%010d", n)}
}

func answer(n int64) sessions.Event {
	return sessions.Event{
		Kind: sessions.Message, From: sessions.Speaker{Role: sessions.RoleBot}, Text: strings.Repeat("请确认银行卡状态。", 10), Ref: fmt.Sprintf("re-turn-%010d", n),
		Decision: &sessions.Decision{Action: "answer", Reason: "matched", Entry: "repay-failed", Confidence: 0.97, Candidates: []sessions.Candidate{
			{Entry: "repay-failed", Question: "还款失败怎么办", Confidence: 0.97}, {Entry: "repay-how", Question: "怎么还款", Confidence: 0.12},
		}},
	}
}
