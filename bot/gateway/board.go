package gateway

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"wenda/bot/desk/queue"
	"wenda/bot/desk/roster"
	"wenda/sessions"
)

// boardOn begins or ends sending the board.
func (a *agent) boardOn(on bool) *fault {
	if !a.me().ReadsAll {
		return refuse(CodeForbidden)
	}
	a.mu.Lock()
	a.boards = on
	a.mu.Unlock()
	a.floor.forget()
	a.s.g.board.touch()
	return nil
}

func (a *agent) watchesBoard() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.boards && a.who.ReadsAll
}

// tellBoard sends the board to who watches it and has another.
func (g *Gateway) tellBoard(ctx context.Context) error {
	if !g.board.due(time.Now(), g.Limits.BoardWithin, g.Limits.ListsEvery) {
		return nil
	}
	// Only now: who opens one from here on has it looked at again.
	watching := slices.DeleteFunc(g.logins.agents(), func(a *agent) bool { return !a.watchesBoard() })
	if len(watching) == 0 {
		return nil
	}
	b, err := g.look(time.Now()).board(ctx)
	if err != nil {
		g.board.touch()
		return err
	}
	for _, a := range watching {
		a.sendBoard(b.in(a.lang))
	}
	return nil
}

// sendBoard sends the board if it differs from what the page has.
func (a *agent) sendBoard(b Board) {
	data, err := json.Marshal(b)
	if err != nil {
		a.s.g.Log.Error("the board could not be written as JSON", "err", err)
		return
	}
	b.At = timeText(time.Now())
	stamped, _ := json.Marshal(b) // as it just was
	a.floor.send(a, data, stamped, a.s.g.board.touch)
}

// floor is a Board whose names are in no language yet.
type floor struct {
	Board
	queues []queue.Queue // of Board.Queues, in the same order
}

// in is the board in a language.
func (f floor) in(lang string) Board {
	b := f.Board
	b.Queues = slices.Clone(b.Queues)
	for i := range b.Queues {
		b.Queues[i].Name = f.queues[i].Name(lang)
	}
	return b
}

func (l *look) board(ctx context.Context) (floor, error) {
	f := floor{Board: Board{Type: "board", Queues: []BoardQueue{}, Agents: []BoardAgent{}}}
	agents, err := l.g.Roster.Floor(ctx)
	if err != nil {
		return f, err
	}
	lines, err := l.g.Store.Lines(ctx)
	if err != nil {
		return f, err
	}
	if l.g.Queues != nil {
		f.queues = l.g.Queues()
	}
	f.queues = floorOrder(f.queues, lines)
	hours, now := l.g.tally.hours(l.now), bySkill(lines)
	for _, q := range f.queues {
		line, err := l.boardQueue(ctx, q, now[q.ID], agents, hours[q.ID])
		if err != nil {
			return f, err
		}
		f.Queues = append(f.Queues, line)
	}
	f.Agents, err = l.boardAgents(ctx, agents)
	return f, err
}

func bySkill(lines []sessions.Line) map[string]sessions.Line {
	by := make(map[string]sessions.Line, len(lines))
	for _, l := range lines {
		by[l.Skill] = l
	}
	return by
}

// boardWaits is how many of those who wait in a queue a board shows.
const boardWaits = 20

func (l *look) boardQueue(ctx context.Context, q queue.Queue, now sessions.Line, agents []roster.Agent, last hour) (BoardQueue, error) {
	duty := roster.DutyOf(q, agents)
	line := BoardQueue{
		Skill: q.ID, Waiting: now.Waiting, Left: now.Left, Oldest: someTime(now.Oldest), There: duty.There,
		Service: last.service(), Offered: last.offered, Abandoned: last.abandoned, Chats: []Chat{},
	}
	for _, a := range agents {
		if a.Ready(q.ID) && a.Free(q) > 0 {
			line.Free++
		}
	}
	if now.Waiting == 0 {
		return line, nil
	}
	w, err := l.queue(ctx, q.ID)
	if err == nil {
		line.Chats, err = l.lines(ctx, "", w.first[:min(len(w.first), boardWaits)])
	}
	return line, err
}

// boardAgents are those who are there, would take chats, or have some.
func (l *look) boardAgents(ctx context.Context, agents []roster.Agent) ([]BoardAgent, error) {
	lines := []BoardAgent{}
	for _, a := range agents {
		load := 0
		for _, n := range a.Owned {
			load += n
		}
		if !a.There && load == 0 {
			continue
		}
		line := BoardAgent{ID: a.ID, Name: l.name(ctx, a.ID), Takes: a.Takes, There: a.There, Load: load, Capacity: a.Capacity, Chats: []Chat{}}
		if load > 0 {
			owned, err := l.ownedBy(ctx, a.ID)
			if err == nil {
				line.Chats, err = l.lines(ctx, "", owned)
			}
			if err != nil {
				return nil, err
			}
		}
		lines = append(lines, line)
	}
	slices.SortFunc(lines, func(a, b BoardAgent) int { return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID)) })
	return lines, nil
}
