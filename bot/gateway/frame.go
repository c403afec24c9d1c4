package gateway

import (
	"wenda/sessions"
)

// Version of the protocol. A hello with another version is refused with
// CodeVersion, so that an old page says "reload" instead of misreading frames.
const Version = 1

// A frame is one websocket text message: a JSON object whose "type" says what it
// is. Keys are exact; unknown or repeated keys, wrong types and trailing bytes are
// refused (CodeBadFrame). Times are RFC 3339 in UTC with milliseconds.
//
// The customer's socket is /ws, the agent's is /desk/ws. On both the client speaks
// first: hello.

// ---- customer → server ----

// Hello opens a conversation or goes on with it.
//
//	{"type":"hello","v":1,"token":"eyJ…","lang":"zh-CN","after":17}
type Hello struct {
	Type  string `json:"type"`
	V     int    `json:"v"`
	Token string `json:"token,omitempty"` // from an earlier welcome, or signed by the host app; absent: an anonymous customer is made
	Lang  string `json:"lang,omitempty"`  // of the page: "zh-CN" or "en"
	After int64  `json:"after"`           // newest seq this client has of the session it knows; 0: everything
	// Session is the one After belongs to. If another is open now, the whole of that one is sent.
	Session string `json:"session,omitempty"`
}

// Send says something, or picks a choice of the bot's last reply.
//
//	{"type":"send","cid":"01J9ZK6W4M8R","text":"卡里有钱为什么还款失败"}
//	{"type":"send","cid":"01J9ZK7A2B3C","choice":"repay-failed"}
//
// Page and Title say where the customer is, if that is another place than with the
// message before. They are kept as far as they are fit to be (page.go); nothing that is
// wrong with them keeps a message from being heard.
type Send struct {
	Type   string `json:"type"`
	CID    string `json:"cid"`            // the client's own id: 8 to 64 of A-Z a-z 0-9 _ -; resent until acked
	Text   string `json:"text,omitempty"` // 1 to 2,000 runes and at most 8 KiB, unless Choice is set
	Choice string `json:"choice,omitempty"`
	Page   string `json:"page,omitempty"`  // address of the page, http or https
	Title  string `json:"title,omitempty"` // of the page, or what the host calls the place
}

// VoteOn says 有用 (1) or 没用 (-1) about one reply. Said again, with reasons or without,
// the newest counts.
//
//	{"type":"vote","cid":"…","about":4,"value":1}
//	{"type":"vote","cid":"…","about":4,"value":-1,"reasons":"unclear"}
type VoteOn struct {
	Type    string `json:"type"`
	CID     string `json:"cid"`
	About   int64  `json:"about"`
	Value   int    `json:"value"`
	Reasons string `json:"reasons,omitempty"` // why 没用: codes, with a space between
}

// Rate gives a part of the chat 1 to 5, or the whole if Part is left out, also after it
// was closed. Said again, with reasons or without, the newest counts.
//
//	{"type":"rate","cid":"…","value":5,"part":"agent","reasons":"solved kind"}
type Rate struct {
	Type    string `json:"type"`
	CID     string `json:"cid"`
	Value   int    `json:"value"`
	Part    string `json:"part,omitempty"`    // bot or agent, as the survey said
	Reasons string `json:"reasons,omitempty"` // codes, with a space between
}

// Sync asks for everything after a seq once more (the client saw a gap).
//
//	{"type":"sync","after":12}
type Sync struct {
	Type  string `json:"type"`
	After int64  `json:"after"`
}

// End closes the customer's own chat. One that is closed already stays so.
//
//	{"type":"end","cid":"…"}
type End struct {
	Type string `json:"type"`
	CID  string `json:"cid"`
}

// Typing says that somebody is typing. Lossy, never stored; shown for 5 s.
// Session is set on the agent's socket. Where the company has its agents see what is
// being written (welcome says so), a customer's has Text, and so has that of the agent who
// owns the chat: masked, and cut (draft.go).
//
//	{"type":"typing"}
//	{"type":"typing","text":"我想问一下上个月的"}
type Typing struct {
	Type    string            `json:"type"`
	Session string            `json:"session,omitempty"`
	From    *sessions.Speaker `json:"from,omitempty"` // server → client only
	Text    string            `json:"text,omitempty"` // what is not sent yet; never from an agent
}

// Ping asks for a Pong; both sides may. The server's to a customer carries the newest
// seq it has sent on this connection, so that a client that lost one notices (it then
// sends sync). What the customer may not see does not count: nobody asks for it in vain.
//
//	{"type":"ping","head":21}
type Ping struct {
	Type string `json:"type"`
	Head int64  `json:"head,omitempty"`
}

// Pong answers a Ping.
type Pong struct {
	Type string `json:"type"`
}

// ---- server → customer ----

// Welcome answers a customer's hello. Events follow, from After (or the start).
//
//	{"type":"welcome","v":1,"session":"0192…","token":"eyJ…","lang":"zh-CN","head":3,"state":"bot"}
type Welcome struct {
	Type    string         `json:"type"`
	V       int            `json:"v"`
	Session string         `json:"session"`
	Token   string         `json:"token"` // keep it: it is the way back to this chat
	Lang    string         `json:"lang"`
	Head    int64          `json:"head"`
	State   sessions.State `json:"state"`
	Places  bool           `json:"places,omitempty"`  // send may say where it was written: nodes of before this was do not take it
	Preview bool           `json:"preview,omitempty"` // agents see what is typed before it is sent; the page says so
}

// Ack says that a frame with a cid is committed: it is kept whatever dies.
// Session and Fence are set on the agent's socket.
//
//	{"type":"ack","cid":"01J9ZK6W4M8R","seq":4}
type Ack struct {
	Type    string `json:"type"`
	CID     string `json:"cid"`
	Seq     int64  `json:"seq"` // of the event it became; 0 if it became none
	Session string `json:"session,omitempty"`
	Fence   int64  `json:"fence,omitempty"` // after this commit
}

// Event is one line of the transcript as its reader may see it. Prev is the seq of
// the line before it that this reader may see: a client that has not got Prev has
// a gap and sends sync; a hidden line is no gap.
//
//	{"type":"event","session":"0192…","seq":4,"prev":3,"at":"2026-11-21T08:15:00.120Z","kind":"message",
//	 "from":{"role":"bot","name":"智能客服"},"text":"还款失败常见的原因…","votable":true}
type Event struct {
	Type    string            `json:"type"`
	Session string            `json:"session"`
	Seq     int64             `json:"seq"`
	Prev    int64             `json:"prev"`
	At      string            `json:"at"`
	Kind    sessions.Kind     `json:"kind"`
	From    sessions.Speaker  `json:"from"`
	Text    string            `json:"text,omitempty"`
	Lang    string            `json:"lang,omitempty"`
	CID     string            `json:"cid,omitempty"` // on lines this reader's side sent
	Choice  string            `json:"choice,omitempty"`
	Choices []sessions.Choice `json:"choices,omitempty"`
	Votable bool              `json:"votable,omitempty"`
	About   int64             `json:"about,omitempty"`
	Value   int               `json:"value,omitempty"`
	Masked  []string          `json:"masked,omitempty"`  // kinds of personal data masked in Text
	Part    string            `json:"part,omitempty"`    // survey, rating: bot or agent
	Reasons []string          `json:"reasons,omitempty"` // rating: codes

	// For staff only:
	Audience sessions.Audience  `json:"audience,omitempty"`
	Move     *sessions.Move     `json:"move,omitempty"`
	Decision *sessions.Decision `json:"decision,omitempty"`
	Sealed   bool               `json:"sealed,omitempty"`   // contact details were left: reveal shows them
	Mentions []string           `json:"mentions,omitempty"` // note: user ids of colleagues who are to see it
}

// State says who owns the chat now. To a customer it is sent at every change and
// while the place in the queue changes. WaitMS is in the steps of wait.Step.
//
//	{"type":"state","session":"0192…","state":"queued","position":3,"wait_ms":180000,"may_leave":true}
//	{"type":"state","session":"0192…","state":"assigned","agent":"小周"}
type State struct {
	Type     string         `json:"type"`
	Session  string         `json:"session"`
	State    sessions.State `json:"state"`
	Position int            `json:"position,omitempty"`  // 1 is next; 0 when not queued; 51 stands for "50+"
	WaitMS   int64          `json:"wait_ms,omitempty"`   // honest estimate of the wait, for a customer who waits; left out where it is unknown
	MayLeave bool           `json:"may_leave,omitempty"` // a customer who waits may go on with the bot: choice "bot"
	Agent    string         `json:"agent,omitempty"`     // the agent's name for customers
	Fence    int64          `json:"fence,omitempty"`     // for staff only
	Mine     bool           `json:"mine,omitempty"`      // for staff only: this agent owns it
	Joined   bool           `json:"joined,omitempty"`    // for staff only: this supervisor speaks beside the owner
}

// Error says what was wrong, with a kind sentence in the reader's language. The
// connection stays open unless the server closes it.
//
//	{"type":"error","code":"too_long","text":"消息太长了，请分几次发送。","cid":"…"}
type Error struct {
	Type    string `json:"type"`
	Code    Code   `json:"code"`
	Text    string `json:"text"`
	CID     string `json:"cid,omitempty"`
	Session string `json:"session,omitempty"`
	RetryMS int64  `json:"retry_after_ms,omitempty"` // when trying again makes sense
}

// Draining says that this server stops: connect again after AfterMS, spread by the
// server so that not everybody comes at once.
//
//	{"type":"draining","after_ms":1840}
type Draining struct {
	Type    string `json:"type"`
	AfterMS int64  `json:"after_ms"`
}

// Code is a stable name for what went wrong. The text beside it may change, the
// code does not.
type Code string

const (
	CodeBadFrame    Code = "bad_frame"    // not a frame of this protocol
	CodeVersion     Code = "version"      // reload the page
	CodeHelloFirst  Code = "hello_first"  // hello missing or repeated
	CodeBadToken    Code = "bad_token"    // drop the token and say hello without
	CodeEmpty       Code = "empty"        // nothing to say, or nobody waiting
	CodeTooLong     Code = "too_long"     // text over the limit
	CodeRate        Code = "rate"         // too fast; retry_after_ms
	CodeBusy        Code = "busy"         // not accepted, try again; retry_after_ms
	CodeCIDConflict Code = "cid_conflict" // this cid was used for another text
	CodeNotFound    Code = "not_found"    // no such thing, or not yours: the two look alike
	CodeForbidden   Code = "forbidden"    // this role may not do that
	CodeNotOwner    Code = "not_owner"    // the chat is not yours any more
	CodeTaken       Code = "taken"        // somebody else took it
	CodeUnowned     Code = "unowned"      // no person has the chat: nobody would hear a whisper
	CodeFull        Code = "full"         // no room for another chat
	CodeClosed      Code = "closed"       // the chat is closed
	CodeCursor      Code = "cursor_ahead" // after is beyond the head: forget what you have
	CodeBlocked     Code = "blocked"      // what an agent says breaks a rule: the text beside it says which
	CodeNeedsReason Code = "needs_reason" // the same, but it may be sent with override
	CodeNeedsWrap   Code = "needs_wrap"   // say how the chat ended: a code of the company's list
	CodeAway        Code = "away"         // that colleague takes no chats
	CodeOffered     Code = "offered"      // held out to somebody else
	CodeInternal    Code = "internal"     // our fault; it is logged
)

// Close codes of the websocket. 4000–4999 are the application's.
const (
	CloseRestart   = 1012 // server restarts: come back
	CloseTooBig    = 1009 // frame over the limit
	ClosePolicy    = 1008 // too many errors or pings: come back later
	CloseProtocol  = 4400 // hello missing, late or repeated
	CloseLoggedOut = 4401 // log in again
	CloseSlow      = 4008 // reader too slow: come back, nothing is lost
)
