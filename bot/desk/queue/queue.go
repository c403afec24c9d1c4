// Package queue says what agents serve: the queues, how chats find somebody in them, and
// where they go when that is not enough.
//
// A queue's id is the skill of the agents who serve it; "" is the general one. Queues
// escalate: what the front line cannot solve goes to the experts, from there to customer
// care, from there to complaints. Which queues there are is the company's to say (/queues).
// Store keeps them, with a version that two supervisors cannot both follow; Book is what a
// process goes by, never more than ReadEvery behind.
//
//	"" 一线客服 ──▶ expert 专家岗 ──▶ care 用户关怀 ──▶ complaint 升级投诉
//	english ─────────▲
//	loan 贷后 ────────▲
//
// An agent's skill for which there is no queue is served like a queue of its own, with
// what Plain says.
package queue

import (
	"cmp"
	"maps"
	"time"
)

// Routing says how a chat finds somebody.
type Routing string

const (
	Manual Routing = "manual" // agents choose from the list; nobody is offered anything
	Idle   Routing = "idle"   // offered to whom was given nothing for longest
	Load   Routing = "load"   // offered to whom has most of their places free
	Last   Routing = "last"   // offered to who served this customer last, else as Load
)

// Routings are all of them, in the order in which pages list them.
var Routings = []Routing{Manual, Idle, Load, Last}

// Queue is how one queue is served.
type Queue struct {
	ID        string            // the skill: at most 32 of a-z 0-9 - ; "" is the general one
	Names     map[string]string // by language, "zh-CN" and "en"
	Escalates string            // id of the next tier; "" for none
	Routing   Routing

	Accept   time.Duration // a chat is held out to one agent for so long, whole seconds
	Remind   time.Duration // an agent who lets a customer wait is told after this; 0: never
	TakeBack time.Duration // … and loses the chat after this; 0: never

	Capacity int    // most chats of this queue that one agent holds; 0: as many as the agent may
	Most     int    // most who may wait; 0: no limit
	Priority int    // of a chat that enters: see sessions.Session.Rank
	Calendar string // when it is open: id of a calendar; "" for always

	Version int64 // 1 and up; what a change is based on
}

// Plain is a queue about which nobody said anything.
func Plain(id string) Queue {
	return Queue{ID: id, Routing: Manual, Accept: 30 * time.Second, Remind: time.Minute, TakeBack: 2 * time.Minute}
}

// Name is what people call the queue.
func (q Queue) Name(lang string) string {
	return cmp.Or(q.Names[lang], q.Names["zh-CN"], q.Names["en"], q.ID)
}

// Offers reports whether chats of the queue are offered to agents.
func (q Queue) Offers() bool { return q.Routing != Manual && q.Routing != "" }

// Clone returns a copy that shares nothing with q.
func (q Queue) Clone() Queue {
	q.Names = maps.Clone(q.Names)
	return q
}

// Delivered are the queues that a company begins with.
func Delivered() []Queue {
	made := func(id, zh, en, next string, priority int) Queue {
		q := Plain(id)
		q.Names, q.Escalates, q.Priority = map[string]string{"zh-CN": zh, "en": en}, next, priority
		return q
	}
	return []Queue{
		made("", "一线客服", "Front line", "expert", 0),
		made("care", "用户关怀", "Customer care", "complaint", 15),
		made("complaint", "升级投诉", "Complaints", "", 30),
		made("english", "英语客服", "English", "expert", 0),
		made("expert", "专家岗", "Experts", "care", 5),
		made("loan", "贷后", "After the loan", "expert", 0),
	}
}
