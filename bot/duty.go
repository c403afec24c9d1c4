package bot

import (
	"context"
	"slices"
	"time"

	"wenda/knowledge"
	"wenda/sessions"
)

// Duty is what a queue can do for a customer now.
type Duty struct {
	Skill    string    // the queue's id
	Open     bool      // it is within its hours
	Next     time.Time // when it opens next, in its time zone; zero while it is open, or if nobody knows
	There    int       // agents who serve it and take chats
	Free     int       // of them, who have room for another chat
	Waiting  int       // customers in it
	Full     bool      // no more may wait in it
	Served   bool      // some agent serves it, there or not
	Priority int       // of a chat that enters
	Promised time.Time // by when a message left now will be answered, in the queue's time zone; zero if nobody says
}

// takes reports whether a chat may wait there for an agent. Where somebody may come to
// harm, hours and crowds do not count.
func (d Duty) takes(reason string) bool {
	return d.There > 0 && (reason == ReasonRisk || d.Open && !d.Full)
}

// Skills are the queues that certain chats go to, while somebody serves them; "" is the
// general queue.
type Skills struct {
	Risk       string
	Complaint  string
	English    string
	Categories map[string]string // by category of the entry that was said last
}

// skills are the queues that a chat may go to, the best first: what the reason demands,
// what was asked, the language, who served it before (afresh). The last one is always the general one.
func (p Policy) skills(s sessions.Session, reason string, lang knowledge.Lang) []string {
	var all []string
	add := func(skill string) {
		if skill != p.Skill && skill != "" && !slices.Contains(all, skill) {
			all = append(all, skill)
		}
	}
	switch reason {
	case ReasonRisk:
		add(p.Skills.Risk)
	case ReasonComplaint:
		add(p.Skills.Complaint)
	}
	if lang == knowledge.English {
		add(p.Skills.English)
	}
	add(s.Memory.Skill)
	add(s.Skill)
	return append(all, p.Skill)
}

// afresh is the chat once the bot has answered a question: which queue had it before says
// nothing about what comes now. Until then, also when it is taken up again after an end, a
// person who is wanted is wanted about the same matter, and nobody tells experts' matters
// to the first line again.
func afresh(s sessions.Session) sessions.Session {
	s.Skill = ""
	return s
}

// goes picks the queue for a chat: the first that can take it now, else the first that
// anybody ever serves, else the general one, which stands last.
func goes(reason string, duties []Duty) Duty {
	for _, fits := range []func(Duty) bool{
		func(d Duty) bool { return d.takes(reason) },
		func(d Duty) bool { return d.Served },
	} {
		if i := slices.IndexFunc(duties, fits); i >= 0 {
			return duties[i]
		}
	}
	return duties[len(duties)-1]
}

// complete says where a plan goes that wants a person, and what the customer hears of it.
func (b *Bot) complete(ctx context.Context, sc scene, pl plan) (plan, error) {
	if !pl.handing {
		return pl, nil
	}
	to := Duty{Skill: sc.session.Skill}
	if pl.action != Waiting {
		to = goes(pl.reason, b.duties(ctx, b.Policy.skills(sc.session, pl.reason, sc.lang)))
	}
	ahead, err := b.ahead(ctx, pl.next, to.Skill)
	if err != nil {
		return pl, err
	}
	return b.Policy.hand(sc, pl, to, ahead), nil
}

func (b *Bot) duties(ctx context.Context, skills []string) []Duty {
	all := make([]Duty, len(skills))
	for i, skill := range skills {
		d, err := b.OnDuty(ctx, skill)
		if err != nil {
			d = Duty{Open: true, There: 1, Served: true}
		}
		d.Skill = skill
		all[i] = d
	}
	return all
}

// queueSeen is how many of a queue are looked at; beyond it only the number of all is known.
const queueSeen = 50

// ahead counts who is served before the session in the queue of a skill, or would be if
// it entered now.
func (b *Bot) ahead(ctx context.Context, s sessions.Session, skill string) (int, error) {
	first, total, err := b.Store.Queue(ctx, skill, queueSeen)
	if err != nil {
		return 0, err
	}
	waits := s.State == sessions.Queued && s.Skill == skill
	if s.QueuedAt.IsZero() {
		s.QueuedAt = b.Now()
	}
	for i, q := range first {
		if q.ID == s.ID || !waits && sessions.ByRank(s, q) < 0 {
			return i, nil
		}
	}
	if waits {
		total--
	}
	return max(total, 0), nil
}
