package bot

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"wenda/knowledge"
	"wenda/sessions"
)

func TestSkills(t *testing.T) {
	p := DefaultPolicy()
	for name, c := range map[string]struct {
		reason string
		lang   knowledge.Lang
		s      sessions.Session
		want   []string
	}{
		"nothing special":       {ReasonRequest, knowledge.Chinese, sessions.Session{}, []string{""}},
		"English":               {ReasonRequest, knowledge.English, sessions.Session{}, []string{"english", ""}},
		"a complaint":           {ReasonComplaint, knowledge.Chinese, sessions.Session{}, []string{"complaint", ""}},
		"an English complaint":  {ReasonComplaint, knowledge.English, sessions.Session{}, []string{"complaint", "english", ""}},
		"danger":                {ReasonRisk, knowledge.Chinese, sessions.Session{}, []string{"care", ""}},
		"asked about a loan":    {ReasonRequest, knowledge.Chinese, sessions.Session{Memory: sessions.Memory{Skill: "loan"}}, []string{"loan", ""}},
		"served before":         {ReasonRequest, knowledge.Chinese, sessions.Session{Skill: "expert"}, []string{"expert", ""}},
		"complains once more":   {ReasonComplaint, knowledge.Chinese, sessions.Session{Skill: "complaint"}, []string{"complaint", ""}},
		"all of it":             {ReasonRisk, knowledge.English, sessions.Session{Skill: "expert", Memory: sessions.Memory{Skill: "loan"}}, []string{"care", "english", "loan", "expert", ""}},
		"a system out of order": {ReasonFault, knowledge.Chinese, sessions.Session{}, []string{""}},
	} {
		if got := p.skills(c.s, c.reason, c.lang); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestGoes(t *testing.T) {
	there := func(d Duty) Duty { d.Open, d.There, d.Served = true, 1, true; return d }
	special, general := Duty{Skill: "complaint"}, Duty{Skill: ""}
	closed := Duty{Skill: "complaint", There: 1, Served: true}
	full := there(special)
	full.Full = true
	for name, c := range map[string]struct {
		reason   string
		from, to Duty // the special queue, and which it goes to
		general  Duty
	}{
		"somebody is there":            {ReasonComplaint, there(special), there(special), there(general)},
		"nobody is, but in general":    {ReasonComplaint, special, there(general), there(general)},
		"full":                         {ReasonComplaint, full, there(general), there(general)},
		"closed":                       {ReasonComplaint, closed, there(general), there(general)},
		"closed, and general too":      {ReasonComplaint, closed, closed, general},
		"nobody ever serves it":        {ReasonComplaint, special, general, general},
		"closed does not count":        {ReasonRisk, closed, closed, there(general)},
		"full does not count":          {ReasonRisk, full, full, there(general)},
		"danger goes where anybody is": {ReasonRisk, special, there(general), there(general)},
	} {
		if got := goes(c.reason, []Duty{c.from, c.general}); !reflect.DeepEqual(got, c.to) {
			t.Errorf("%s: to %+v, want %+v", name, got, c.to)
		}
	}
}

// Wherever a handoff goes: where somebody is there it waits for them, else a message is
// offered; never in nothing, and never to a queue that nobody serves while another is served.
func TestGoesWhereSomebodyIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		duties := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Duty {
			d := anyDuty(t)
			d.Served = d.There > 0 || rapid.Bool().Draw(t, "served")
			return d
		}), 1, 5).Draw(t, "duties")
		reason := rapid.SampledFrom(Reasons).Draw(t, "reason")
		to := goes(reason, duties)
		if slices.ContainsFunc(duties, func(d Duty) bool { return d.takes(reason) }) && !to.takes(reason) {
			t.Fatalf("it goes to %+v, though another takes it", to)
		}
		if slices.ContainsFunc(duties, func(d Duty) bool { return d.Served }) && !to.Served {
			t.Fatalf("it goes to %+v, which nobody serves", to)
		}
	})
}

func TestHand(t *testing.T) {
	p, now := DefaultPolicy(), time.Date(2026, 11, 25, 12, 30, 0, 0, time.UTC)
	promised := now.Add(15 * time.Hour).In(defaultZone)
	sc := func(s sessions.Session) scene {
		s.State = sessions.Bot
		return scene{session: s, lang: knowledge.Chinese, now: now}
	}
	there := Duty{Skill: "loan", Open: true, There: 1, Priority: 7}
	away := Duty{Skill: "loan", Next: promised.Add(-time.Hour), Promised: promised}
	for name, c := range map[string]struct {
		pl       plan
		to       Duty
		action   Action
		say      string
		state    sessions.State
		priority int
		promised time.Time
	}{
		"asked":                     {wantPerson(sc(sessions.Session{}), ReasonRequest), there, Handoff, sayQueuedNext, sessions.Queued, 7, time.Time{}},
		"a complaint":               {wantPerson(sc(sessions.Session{}), ReasonComplaint), there, Handoff, sayQueuedNext, sessions.Queued, 30, time.Time{}},
		"danger":                    {endangered(sc(sessions.Session{}), dangerHarm), there, Handoff, sayQueuedNext, sessions.Queued, sessions.PriorityMost, time.Time{}},
		"danger, and nobody":        {endangered(sc(sessions.Session{}), dangerHarm), away, TakeMessage, sayUrgentLeft, sessions.Queued, sessions.PriorityMost, promised},
		"after hours":               {wantPerson(sc(sessions.Session{}), ReasonRequest), away, AfterHours, sayAfterHours, sessions.Bot, 0, time.Time{}},
		"nobody knows when":         {wantPerson(sc(sessions.Session{}), ReasonRequest), Duty{}, Nobody, sayNobody, sessions.Bot, 0, time.Time{}},
		"nobody there":              {wantPerson(sc(sessions.Session{}), ReasonRequest), Duty{Open: true}, Nobody, sayNobody, sessions.Bot, 0, time.Time{}},
		"full":                      {wantPerson(sc(sessions.Session{}), ReasonRequest), Duty{Open: true, There: 1, Full: true}, Full, sayFull, sessions.Bot, 0, time.Time{}},
		"left":                      {p.message(sc(sessions.Session{}), askedContact), away, TakeMessage, sayLeft, sessions.Queued, leftPriority, promised},
		"left, nobody says when":    {p.message(sc(sessions.Session{}), askedContact), Duty{}, TakeMessage, sayLeft, sessions.Queued, leftPriority, now.Add(24 * time.Hour)},
		"left by who needs help":    {p.message(sc(sessions.Session{Priority: 60}), askedContact), away, TakeMessage, sayLeft, sessions.Queued, 60, promised},
		"left where somebody is":    {p.message(sc(sessions.Session{}), askedContact), there, TakeMessage, sayLeft, sessions.Queued, leftPriority, now.Add(24 * time.Hour)},
		"the bot is out of order":   {wantPerson(sc(sessions.Session{}), ReasonFault), there, Handoff, sayFailed, sessions.Queued, 7, time.Time{}},
		"needs help, has no person": {wantPerson(sc(sessions.Session{}), ReasonVulnerable), away, AfterHours, sayAfterHours, sessions.Bot, 60, time.Time{}},
	} {
		pl := p.hand(sc(sessions.Session{}), c.pl, c.to, 0)
		if pl.action != c.action || pl.say != c.say || pl.next.State != c.state || pl.next.Priority != c.priority || !pl.next.Desk.Promised.Equal(c.promised) {
			t.Errorf("%s: %s says %s, then %s with %d, promised %s", name, pl.action, pl.say, pl.next.State, pl.next.Priority, pl.next.Desk.Promised)
		}
		if pl.next.State == sessions.Queued && pl.next.Skill != c.to.Skill {
			t.Errorf("%s: waits in %q", name, pl.next.Skill)
		}
	}
}

func TestMoment(t *testing.T) {
	now := time.Date(2026, 11, 25, 20, 30, 0, 0, defaultZone)
	for _, c := range []struct {
		at          time.Time
		chinese, en string
	}{
		{time.Date(2026, 11, 25, 23, 5, 0, 0, defaultZone), "今天 23:05", "23:05 today"},
		{time.Date(2026, 11, 26, 9, 0, 0, 0, defaultZone), "明天 9:00", "9:00 tomorrow"},
		{time.Date(2026, 11, 27, 9, 0, 0, 0, defaultZone), "后天 9:00", "9:00 on Friday, 27 November"},
		{time.Date(2026, 11, 30, 13, 0, 0, 0, defaultZone), "周一（11月30日）13:00", "13:00 on Monday, 30 November"},
		{time.Date(2026, 12, 8, 9, 0, 0, 0, defaultZone), "12月8日 9:00", "9:00 on Tuesday, 8 December"},
		{time.Date(2027, 1, 4, 9, 0, 0, 0, defaultZone), "2027年1月4日 9:00", "9:00 on Monday, 4 January 2027"},
		{time.Date(2026, 11, 24, 9, 0, 0, 0, defaultZone), "11月24日 9:00", "9:00 on Tuesday, 24 November"}, // overdue
	} {
		if got := moment(c.at, now.UTC(), knowledge.Chinese); got != c.chinese {
			t.Errorf("%s: %s, want %s", c.at, got, c.chinese)
		}
		if got := moment(c.at, now.UTC(), knowledge.English); got != c.en {
			t.Errorf("%s: %s, want %s", c.at, got, c.en)
		}
	}
}
