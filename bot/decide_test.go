package bot

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wenda/knowledge"
	"wenda/knowledge/sample"
	"wenda/sessions"
)

// whatever draws an utterance, a choice or nonsense, and what a matcher might make of it.
func whatever(t *rapid.T, r *knowledge.Release, s sessions.Session) scene {
	sc := scene{session: s, release: r, lang: knowledge.Chinese, now: time.UnixMilli(1).UTC(), said: sessions.Event{Kind: sessions.Message}}
	if rapid.IntRange(0, 3).Draw(t, "press") == 0 {
		sc.said.Choice = rapid.SampledFrom([]string{"human", "none", "bot", "message", "repay-failed", "gone", "system.left", "canned.hello"}).Draw(t, "choice")
		return sc
	}
	sc.said.Text = rapid.SampledFrom([]string{"转人工", "agent", "好的", "不用了", "都不是", "1", "还款失败", "退款没到账 138****5678", "？", "你是人工吗", "天气"}).Draw(t, "text")
	sc.failed = rapid.IntRange(0, 9).Draw(t, "failed") == 0
	if rapid.Bool().Draw(t, "contact") {
		sc.contact = "13812345678"
	}
	for range rapid.IntRange(0, 4).Draw(t, "matches") {
		e := rapid.SampledFrom(r.Entries()).Draw(t, "entry")
		if e.Matchable() {
			sc.found.Matches = append(sc.found.Matches, knowledge.Match{Entry: e.ID, Revision: 1, Answer: e.Answer(knowledge.Chinese), Confidence: rapid.Float64Range(0, 1).Draw(t, "p")})
		}
	}
	slices.SortFunc(sc.found.Matches, func(a, b knowledge.Match) int {
		if a.Confidence > b.Confidence {
			return -1
		}
		return 1
	})
	return sc
}

// However a conversation goes, with the bot owning it: every message gets a reply
// of approved text, a wish for a person is never argued with, and after two
// misses in a row a person is offered.
func TestDecideKeepsItsPromises(t *testing.T) {
	release, err := sample.Release(1)
	if err != nil {
		t.Fatal(err)
	}
	p := DefaultPolicy()
	b := &Bot{Parts: Parts{Policy: p, Seal: func(_, contact string) []byte { return []byte("sealed") }}}
	rapid.Check(t, func(t *rapid.T) {
		s := sessions.Session{ID: "s", State: sessions.Bot, Lang: "zh-CN", Customer: sessions.Customer{ID: "c"}}
		misses := 0
		for range rapid.IntRange(1, 12).Draw(t, "turns") {
			sc := whatever(t, release, s)
			pl := p.decide(sc)
			wanted := s.State == sessions.Bot && (sc.said.Choice == "human" || sc.said.Choice == "" && AsksForPerson(sc.said.Text))
			if wanted && !pl.handing {
				t.Fatalf("asked for a person in %+v, got %s", s.Memory, pl.action)
			}
			if pl.handing {
				pl = p.hand(sc, pl, anyDuty(t), rapid.IntRange(0, 3).Draw(t, "ahead"))
				if pl.next.State != sessions.Queued && !slices.Contains(pl.offer, sessions.ChooseMessage) {
					t.Fatalf("a handoff ended in nothing: %+v", pl)
				}
			}
			events := b.compose(sc, pl)
			checkReply(t, release, s, pl, events)
			if pl.action == Rephrase && pl.reason != reasonWithdrawn {
				misses++
			} else {
				misses = 0
			}
			if misses > 1 {
				t.Fatal("asked to rephrase twice in a row")
			}
			s = pl.next
		}
	})
}

// anyDuty draws what a queue may be able to do.
func anyDuty(t *rapid.T) Duty {
	d := Duty{Open: rapid.Bool().Draw(t, "open"), There: rapid.IntRange(0, 2).Draw(t, "there"), Full: rapid.Bool().Draw(t, "full")}
	if rapid.Bool().Draw(t, "next") {
		d.Next, d.Promised = time.UnixMilli(1e9).UTC(), time.UnixMilli(2e9).UTC()
	}
	return d
}

// checkReply: the bot says something whenever it owns the chat, never an empty
// text, and its choices exist.
func checkReply(t *rapid.T, r *knowledge.Release, s sessions.Session, pl plan, events []sessions.Event) {
	last := events[len(events)-1]
	if s.State == sessions.Bot && (last.From.Role != sessions.RoleBot || last.Decision == nil || last.Text == "") {
		t.Fatalf("no reply to %+v: %+v", s.Memory, events)
	}
	for _, e := range events {
		if e.From.Role != sessions.RoleBot {
			continue
		}
		if said, ok := r.Entry(e.Decision.Entry); !ok || said.Canned() {
			t.Fatalf("said something that is no entry for the bot to say: %+v", e)
		}
		for _, c := range e.Choices {
			if c.Label == "" {
				t.Fatalf("a choice without a label: %+v", e.Choices)
			}
		}
	}
	if len(pl.offer) > DefaultPolicy().MaxChoices+1 {
		t.Fatalf("%d choices", len(pl.offer))
	}
}

func TestNoticeIsAnAside(t *testing.T) {
	if Notice != sessions.Aside {
		t.Errorf("a notice (%s) would count as an answer", Notice)
	}
}

// The same scene, the same plan: what was decided can be replayed.
func TestDecideIsAFunction(t *testing.T) {
	release, err := sample.Release(1)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := sessions.Session{State: sessions.Bot, Memory: sessions.Memory{Offered: []string{"repay-failed", "none"}, Asked: rapid.SampledFrom([]string{"", askedHandoff, askedMessage, askedContact}).Draw(t, "asked")}}
		sc := whatever(t, release, s)
		a, b := DefaultPolicy().decide(sc), DefaultPolicy().decide(sc)
		if a.action != b.action || a.say != b.say || !slices.Equal(a.offer, b.offer) || !a.next.Memory.Equal(b.next.Memory) {
			t.Fatalf("%+v and %+v", a, b)
		}
	})
}
