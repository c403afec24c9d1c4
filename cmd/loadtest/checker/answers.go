package checker

import (
	"slices"

	"wenda/sessions"
)

// unasked are what the bot says of itself; it answers nobody.
func unasked(action string) bool {
	return action == "greet" || action == "hint" || action == "close" || action == sessions.Aside
}

// answers: while the bot owns a chat each message of its customer is answered once,
// with words or by handing the chat over. A reply answers the message that its
// decision names and all that came since. What is said in the queue and to an agent
// needs no reply of the bot; if the agent gives the chat back and said nothing after
// it, it does. Nothing is owed any more when a chat was closed by somebody else.
func (c *inquiry) answers() {
	for _, s := range c.truth {
		c.dialogue(c.session[s.Head.ID])
	}
}

// dialogue is what is owed to the customer in one session.
type dialogue struct {
	open     []asked        // messages that nobody has answered
	answered map[int64]bool // by the bot
}

// asked is a message, and whether it is the bot who owes an answer.
type asked struct {
	seq   int64
	toBot bool
}

func (c *inquiry) dialogue(l *life) {
	d := &dialogue{answered: map[int64]bool{}}
	for i, e := range l.Events {
		switch {
		case e.Role == sessions.RoleCustomer && e.Kind == sessions.Message:
			d.open = append(d.open, asked{e.Seq, l.before[i].state == sessions.Bot})
		case e.Role == sessions.RoleBot && e.Decided && !unasked(e.Action):
			c.reply(l, e, d)
		case e.Role == sessions.RoleAgent && e.Kind == sessions.Message:
			d.open = nil
		}
		if l.before[i].state != sessions.Bot && l.after[i].state == sessions.Bot {
			for n := range d.open {
				d.open[n].toBot = true // it came back unanswered
			}
		}
		if e.Role == sessions.RoleBot && l.before[i].state == sessions.Bot && l.after[i].state == sessions.Closed {
			c.owed(l, d, "the bot closed the chat over it")
		}
		if l.before[i].state != sessions.Closed && l.after[i].state == sessions.Closed {
			d.open = nil // taken up again, it begins anew
		}
	}
	if l.last().state != sessions.Bot {
		return
	}
	c.owed(l, d, "the bot owns the chat and never answered it")
	if l.Head.Pending != 0 && len(d.open) == 0 {
		c.broken(Head, l.Head.ID, l.Head.Pending, "", "pending, and answered")
	}
}

func (c *inquiry) owed(l *life, d *dialogue, why string) {
	for _, a := range d.open {
		c.broken(Unanswered, l.Head.ID, a.seq, l.at(a.seq).Ref, "%s", why)
	}
}

// reply takes off what the bot's line answers.
func (c *inquiry) reply(l *life, e Event, d *dialogue) {
	if e.Answers < 1 || e.Answers >= e.Seq || l.at(e.Answers).Role != sessions.RoleCustomer {
		c.broken(NoQuestion, l.Head.ID, e.Seq, e.Ref, "the bot's %s answers seq %d, which no customer said", e.Action, e.Answers)
		return
	}
	if d.answered[e.Answers] {
		c.broken(Answered2, l.Head.ID, e.Answers, l.at(e.Answers).Ref, "again by seq %d (%s)", e.Seq, e.Action)
	}
	d.answered[e.Answers] = true
	for _, a := range d.open {
		if a.seq >= e.Answers {
			d.answered[a.seq] = true
		}
	}
	d.open = slices.DeleteFunc(d.open, func(a asked) bool { return a.seq >= e.Answers || !a.toBot })
}
