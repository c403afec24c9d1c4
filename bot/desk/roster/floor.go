package roster

import (
	"context"
	"slices"
	"strings"
	"time"

	"wenda/bot/desk/queue"
	"wenda/sessions"
)

// Agent is somebody with a desk, and what they have on it.
type Agent struct {
	ID       string
	There    bool     // a desk of theirs answers
	Takes    bool     // their switch: they take new chats
	Away     string   // why the switch was turned off in their absence; "" if they set it themselves
	Skills   []string // queues they serve
	Capacity int      // chats at once
	Owned    map[string]int
	Offered  map[string]int // held out to them; both by skill
	Given    time.Time      // when they last got a chat; zero if they never did
}

// Ready reports whether chats of the queue may be given to the agent, places or not.
func (a Agent) Ready(skill string) bool {
	return a.There && a.Takes && slices.Contains(a.Skills, skill)
}

// Load is how many chats the agent has, held out ones with them.
func (a Agent) Load() int { return total(a.Owned) + total(a.Offered) }

func total(by map[string]int) (n int) {
	for _, k := range by {
		n += k
	}
	return n
}

// Free is how many chats of a queue the agent has room for.
func (a Agent) Free(q queue.Queue) int {
	free := a.Capacity - a.Load()
	if q.Capacity > 0 {
		free = min(free, q.Capacity-a.Owned[q.ID]-a.Offered[q.ID])
	}
	return max(free, 0)
}

// Duty is what the people of a queue can do now.
type Duty struct {
	There int // agents who are there and take chats
	Free  int // chats they have room for
}

// DutyOf is what agents can do for a queue.
func DutyOf(q queue.Queue, agents []Agent) (d Duty) {
	for _, a := range agents {
		if a.Ready(q.ID) {
			d.There++
			d.Free += a.Free(q)
		}
	}
	return d
}

// Floor returns everybody who ever was at a desk, by id. It is two statements, however
// many they are.
func (r *Roster) Floor(ctx context.Context) ([]Agent, error) {
	beats, err := r.look(ctx)
	if err != nil {
		return nil, err
	}
	loads, err := r.store.Loads(ctx)
	if err != nil {
		return nil, err
	}
	at, agents, by := r.present(ctx, beats), make([]Agent, len(beats)), make(map[string]int, len(beats))
	for i, b := range beats {
		by[b.Agent] = i
		agents[i] = Agent{
			ID: b.Agent, There: at[b.Agent], Takes: b.Takes, Away: b.Away, Skills: b.Skills, Capacity: b.Capacity, Given: b.Given,
			Owned: map[string]int{}, Offered: map[string]int{},
		}
	}
	for _, l := range loads {
		if i, known := by[l.Agent]; known {
			agents[i].Owned[l.Skill], agents[i].Offered[l.Skill] = l.Owned, l.Offered
		}
	}
	slices.SortFunc(agents, func(a, b Agent) int { return strings.Compare(a.ID, b.ID) })
	return agents, nil
}

// present is who of them is there: seen by this process to be, or, while it has not
// watched for long enough, announced to Live.
func (r *Roster) present(ctx context.Context, beats []sessions.Beat) map[string]bool {
	present, unsure := map[string]bool{}, []string(nil)
	now := r.clock()
	for _, b := range beats {
		switch r.watch.about(now, b.Agent) {
		case there:
			present[b.Agent] = true
		case unknown:
			unsure = append(unsure, b.Agent)
		}
	}
	for _, agent := range r.announced(ctx, unsure) {
		present[agent] = true
	}
	return present
}

// Away turns an agent's switch off in their absence and keeps why, a code. Desks learn of
// it as of any change of presence.
func (r *Roster) Away(ctx context.Context, agent, why string) error {
	if err := r.store.SetAway(ctx, agent, why); err != nil {
		return err
	}
	_ = r.live.Signal(ctx, sessions.DeskTopic, sessions.Signal{})
	return nil
}
