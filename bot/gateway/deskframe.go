package gateway

import "wenda/sessions"

// The frames of the agent's socket. See frame.go for what frames are.

// ---- agent → server; the login cookie says who it is ----

// DeskHello opens the desk. A page that only shows the board says so: it makes nobody
// present until they take a chat over, and gets no lists.
//
//	{"type":"hello","v":1,"lang":"zh-CN"}
type DeskHello struct {
	Type  string `json:"type"`
	V     int    `json:"v"`
	Lang  string `json:"lang,omitempty"`
	Board bool   `json:"board,omitempty"`
}

// Available says whether the agent takes new chats. The server says so when it has
// set the switch itself, with the reason.
//
//	{"type":"available","on":true}
//	{"type":"available","on":false,"reason":"unaccepted"}
type Available struct {
	Type   string `json:"type"`
	On     bool   `json:"on"`
	Reason string `json:"reason,omitempty"` // server → client only: unaccepted, silent
}

// Watch sends a chat's transcript from After on and keeps sending what comes.
// An agent may watch what they own, what is offered to them, what waits in their
// skills, and where a colleague mentioned them; a supervisor every open chat.
//
//	{"type":"watch","session":"0192…","after":0}
type Watch struct {
	Type    string `json:"type"`
	Session string `json:"session"`
	After   int64  `json:"after"`
}

// Unwatch ends a Watch.
type Unwatch struct {
	Type    string `json:"type"`
	Session string `json:"session"`
}

// BoardOn has the board sent, whole, whenever it changes; at most each second. For
// supervisors.
//
//	{"type":"board","on":true}
type BoardOn struct {
	Type string `json:"type"`
	On   bool   `json:"on"`
}

// Seen says that the agent knows of the notes in a chat that name them, up to Seq. It is
// sent where DeskWelcome.Hears it.
//
//	{"type":"seen","session":"0192…","seq":9}
type Seen struct {
	Type    string `json:"type"`
	Session string `json:"session"`
	Seq     int64  `json:"seq"`
}

// Claim takes a chat, or the next one if Session is empty. To claim a chat that is
// offered is to accept it. Answered by ack with the session, or by error taken,
// offered, full, empty. Sent again with the same cid it is the same claim: after a lost
// answer the ack names the same session.
//
//	{"type":"claim","cid":"…","session":"0192…"}
type Claim struct {
	Type    string `json:"type"`
	CID     string `json:"cid"`
	Session string `json:"session,omitempty"`
}

// Act is what somebody does in a chat. Fence is the newest the page knows; an older one
// is refused with not_owner (of a takeover or reassign: taken). What an agent does in a
// chat they own:
//
//	say       Text to the customer; Entry and Revision if it came from the hub, even if it was edited since;
//	          Override, a reason, if it was refused with needs_reason and is sent all the same
//	note      Text for staff; Mentions are user ids of colleagues, with a space between
//	return    to the bot; Text is an optional note, Wrap how it ended
//	close     Text is an optional note, Wrap how it ended: needed if the company has a list (needs_wrap)
//	transfer  to the colleague Agent, or to the queue Skill (left out: the general one), with a note
//	escalate  to the next tier, with a note
//	snooze    puts the chat aside for Minutes, 1 to 10,080, or until the customer speaks; 0 or none wakes it
//	reveal    shows the sealed contact details of event About; Text is the reason
//
// In a chat that is offered to them: refuse, with an optional note. What a supervisor
// does in any open chat:
//
//	whisper   Text for who owns it: unowned if nobody does
//	join      begins to speak to the customer beside the owner, with say
//	part      ceases to
//	takeover  makes the chat their own
//	reassign  to the colleague Agent or the queue Skill, with an optional note
//
//	{"type":"say","session":"0192…","fence":2,"cid":"…","text":"您好，我来帮您看一下。"}
type Act struct {
	Type     string `json:"type"`
	Session  string `json:"session"`
	Fence    int64  `json:"fence"`
	CID      string `json:"cid"`
	Text     string `json:"text,omitempty"`
	About    int64  `json:"about,omitempty"`
	Entry    string `json:"entry,omitempty"`
	Revision int    `json:"revision,omitempty"`
	Override string `json:"override,omitempty"`
	Mentions string `json:"mentions,omitempty"`
	Wrap     string `json:"wrap,omitempty"`
	Agent    string `json:"agent,omitempty"`
	Skill    string `json:"skill,omitempty"`
	Minutes  int    `json:"minutes,omitempty"`
}

// ---- server → agent ----

// DeskWelcome answers the desk's hello.
//
//	{"type":"welcome","v":1,"id":"u1","name":"小周","capacity":5,"available":true,"hears":["seen"]}
type DeskWelcome struct {
	Type      string   `json:"type"`
	V         int      `json:"v"`
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Capacity  int      `json:"capacity"`
	Available bool     `json:"available"`
	Hears     []string `json:"hears,omitempty"` // frames that came after the first of this version: a page sends no others
}

// heard are those frames. Nodes of before refuse them, and nodes are upgraded one by one.
var heard = []string{"seen"}

// Chats is the agent's two lists, sent whole whenever one changed.
type Chats struct {
	Type    string `json:"type"`
	Waiting int    `json:"waiting"` // in all the agent's queues, and offered to them
	Queue   []Chat `json:"queue"`   // what is offered to them, then the first 50 that they may take, next first
	Mine    []Chat `json:"mine"`    // oldest first
}

// Chat is one line of a list.
type Chat struct {
	Session  string         `json:"session"`
	Customer string         `json:"customer"` // name, or a short form of the id
	State    sessions.State `json:"state"`
	Skill    string         `json:"skill,omitempty"`
	Lang     string         `json:"lang"`
	Seq      int64          `json:"seq"` // newest event; the page knows what it has read
	Fence    int64          `json:"fence"`
	Since    string         `json:"since"`               // waiting since
	Heard    string         `json:"heard"`               // customer's newest message
	Left     bool           `json:"left,omitempty"`      // a message left while nobody was on duty
	Preview  string         `json:"preview,omitempty"`   // beginning of the customer's newest message, masked
	Reason   string         `json:"reason,omitempty"`    // of the newest handoff to people, a code
	Priority int            `json:"priority,omitempty"`  // higher is served first
	AcceptBy string         `json:"accept_by,omitempty"` // offered to the reader until then
	Offered  bool           `json:"offered,omitempty"`   // held out to somebody: who is not that cannot take it now
	From     string         `json:"from,omitempty"`      // name of the colleague who passed it on
	Await    string         `json:"await,omitempty"`     // since when the customer waits for a word of the agent
	Snoozed  string         `json:"snoozed,omitempty"`   // put aside until then
	Joined   string         `json:"joined,omitempty"`    // name of the supervisor who speaks beside the agent
	Promised string         `json:"promised,omitempty"`  // by when an answer was promised to who left a message
	Answered bool           `json:"answered,omitempty"`  // a person has spoken to the customer since the handoff
	Danger   string         `json:"danger,omitempty"`    // what the customer said to people that leaders must hear of: harm, threat, fraud
}

// Board is the floor as it stands, sent whole, at most each second, and only when it
// has changed.
type Board struct {
	Type   string       `json:"type"`
	Queues []BoardQueue `json:"queues"` // where chats come in first, then tier by tier
	Agents []BoardAgent `json:"agents"` // by name
	At     string       `json:"at"`
}

// BoardQueue is one queue on the board. Offered, Abandoned and Service are about the
// chats that came into the queue in the last hour.
type BoardQueue struct {
	Skill     string `json:"skill"`
	Name      string `json:"name"`
	Waiting   int    `json:"waiting"`
	Left      int    `json:"left"`             // of those, customers who left a message for later
	Oldest    string `json:"oldest,omitempty"` // since when, of the others, the one waits who waits longest
	There     int    `json:"there"`            // agents who are there and take chats
	Free      int    `json:"free"`             // of those, with room for another
	Service   int    `json:"service"`          // of 100 chats, in how many a person's first word came within 60 s; -1 if there were none
	Offered   int    `json:"offered"`          // how many came
	Abandoned int    `json:"abandoned"`        // how many left before a person spoke
	Chats     []Chat `json:"chats"`            // the first 20 who wait, next first
}

// BoardAgent is one agent on the board.
type BoardAgent struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	Takes    bool   `json:"takes"`    // their switch
	There    bool   `json:"there"`    // at a desk
	Load     int    `json:"load"`     // chats they own
	Capacity int    `json:"capacity"` // chats at once
	Chats    []Chat `json:"chats"`    // oldest first
}

// Mention says that a colleague named the reader in a note; they may read that chat now.
//
//	{"type":"mention","session":"0192…","customer":"陈先生","seq":9,"at":"2026-11-22T09:30:00.000Z","from":{"role":"agent","id":"u2","name":"小李"},"text":"@小周 帮我看一下"}
type Mention struct {
	Type     string           `json:"type"`
	Session  string           `json:"session"`
	Customer string           `json:"customer,omitempty"` // as in Chat
	Seq      int64            `json:"seq"`
	At       string           `json:"at"`
	From     sessions.Speaker `json:"from"`
	Text     string           `json:"text"`
}

// Mentions are the notes of the last 7 days that name the reader who has not looked
// since, of each chat the newest: the newest 50, newest first. Sent whole to a desk and to a
// board when it opens, if there are any, and whenever they change. To watch the chat is to look, and so
// is seen.
//
//	{"type":"mentions","unread":[{"type":"mention","session":"0192…","customer":"陈先生","seq":9,"at":"2026-11-22T09:30:00.000Z","from":{"role":"agent","id":"u2","name":"小李"},"text":"@小周 帮我看一下"}]}
type Mentions struct {
	Type   string    `json:"type"`
	Unread []Mention `json:"unread"`
}

// Contact answers reveal.
//
//	{"type":"contact","session":"0192…","about":9,"text":"138…","cid":"…"}
type Contact struct {
	Type    string `json:"type"`
	CID     string `json:"cid"`
	Session string `json:"session"`
	About   int64  `json:"about"`
	Text    string `json:"text"`
}
