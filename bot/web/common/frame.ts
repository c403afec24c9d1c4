// The wire, as bot/gateway/frame.go and deskframe.go say it. A Go test compares the two.

export const VERSION = 1;

export type State = "bot" | "queued" | "assigned" | "closed";
export type Kind = "message" | "note" | "vote" | "survey" | "rating" | "handed" | "revealed" | "joined" | "reminded" | "ended" | "alarmed";
export type Part = "bot" | "agent";
export type Role = "customer" | "bot" | "agent" | "supervisor" | "system";

export interface Speaker { role: Role; id?: string; name?: string }
export interface Choice { id: string; label: string }
export interface Move { from: State; to: State; agent?: string; skill?: string; reason?: string; wrap?: string }
export interface Candidate { entry: string; question: string; phrasing?: string; confidence: number }
export interface Decision {
  action: string; reason: string; release?: number; variant?: string; entry?: string; revision?: number;
  confidence?: number; candidates?: Candidate[]; answers?: number;
}

// ---- customer → server
export interface Hello { type: "hello"; v: number; token?: string; lang?: string; after: number; session?: string }
export interface Send { type: "send"; cid: string; text?: string; choice?: string; page?: string; title?: string }
export interface VoteOn { type: "vote"; cid: string; about: number; value: number; reasons?: string }
export interface Rate { type: "rate"; cid: string; value: number; part?: Part; reasons?: string }
export interface Sync { type: "sync"; after: number }
export interface End { type: "end"; cid: string }
export interface Typing { type: "typing"; session?: string; from?: Speaker; text?: string }
export interface Ping { type: "ping"; head?: number }
export interface Pong { type: "pong" }

// ---- server → customer
export interface Welcome { type: "welcome"; v: number; session: string; token: string; lang: string; head: number; state: State; places?: boolean; preview?: boolean }
export interface Ack { type: "ack"; cid: string; seq: number; session?: string; fence?: number }
export interface Event {
  type: "event"; session: string; seq: number; prev: number; at: string; kind: Kind; from: Speaker; text?: string;
  lang?: string; cid?: string; choice?: string; choices?: Choice[]; votable?: boolean; about?: number; value?: number;
  part?: Part; reasons?: string[]; masked?: string[]; audience?: "all" | "staff"; move?: Move; decision?: Decision;
  sealed?: boolean; mentions?: string[];
}
export interface StateFrame {
  type: "state"; session: string; state: State; position?: number; wait_ms?: number; may_leave?: boolean; agent?: string;
  fence?: number; mine?: boolean; joined?: boolean;
}
export interface ErrorFrame { type: "error"; code: Code; text: string; cid?: string; session?: string; retry_after_ms?: number }
export interface Draining { type: "draining"; after_ms: number }

// ---- agent → server
// board: this page only shows the board. It makes nobody present and gets no lists.
export interface DeskHello { type: "hello"; v: number; lang?: string; board?: boolean }
// reason: the server set it (unaccepted, silent).
export interface Available { type: "available"; on: boolean; reason?: string }
export interface Watch { type: "watch"; session: string; after: number }
export interface Unwatch { type: "unwatch"; session: string }
export interface Seen { type: "seen"; session: string; seq: number }
export interface Claim { type: "claim"; cid: string; session?: string }
// mentions are user ids with a space between; skill left out is the general queue.
export interface Act {
  type: "say" | "note" | "return" | "close" | "transfer" | "escalate" | "snooze" | "reveal" | "refuse"
    | "whisper" | "join" | "part" | "takeover" | "reassign";
  session: string; fence: number; cid: string; text?: string; about?: number;
  entry?: string; revision?: number; override?: string; mentions?: string; wrap?: string;
  agent?: string; skill?: string; minutes?: number;
}
export interface BoardOn { type: "board"; on: boolean }

// ---- server → agent
export interface DeskWelcome { type: "welcome"; v: number; id: string; name: string; capacity: number; available: boolean; hears?: string[] }
export interface Chats { type: "chats"; waiting: number; queue: Chat[]; mine: Chat[] }
export interface Chat {
  session: string; customer: string; state: State; skill?: string; lang: string; seq: number; fence: number;
  since: string; heard: string; left?: boolean; preview?: string; reason?: string; priority?: number;
  accept_by?: string; offered?: boolean; from?: string; await?: string; snoozed?: string; joined?: string;
  promised?: string; answered?: boolean; danger?: string;
}
export interface Board { type: "board"; queues: BoardQueue[]; agents: BoardAgent[]; at: string }
// service: of 100 chats, in how many a person's first word came within 60 s; -1 if there were none.
export interface BoardQueue {
  skill: string; name: string; waiting: number; left: number; oldest?: string; there: number; free: number; service: number;
  offered: number; abandoned: number; chats: Chat[];
}
export interface BoardAgent {
  id: string; name: string; takes: boolean; there: boolean; load: number; capacity: number; chats: Chat[];
}
export interface Mention { type: "mention"; session: string; customer?: string; seq: number; at: string; from: Speaker; text: string }
export interface Mentions { type: "mentions"; unread: Mention[] }
export interface Contact { type: "contact"; cid: string; session: string; about: number; text: string }

export type Code = "bad_frame" | "version" | "hello_first" | "bad_token" | "empty" | "too_long" | "rate" | "busy" | "cid_conflict"
  | "not_found" | "forbidden" | "not_owner" | "taken" | "unowned" | "full" | "closed" | "cursor_ahead"
  | "blocked" | "needs_reason" | "needs_wrap" | "away" | "offered" | "internal";

// Close codes of the websocket.
export const CLOSE_TOO_BIG = 1009;
export const CLOSE_POLICY = 1008;
export const CLOSE_LOGGED_OUT = 4401;

// What a socket carries, either way.
export type Frame = { type: string };
// What is resent until it is acked.
export type Resent = Send | VoteOn | Rate | End | Claim | Act;

export const CHOOSE_HUMAN = "human";
export const CHOOSE_BOT = "bot";

// Longest text of one message, in runes. 2,000 runes of UTF-8 never pass the 8 KiB limit.
export const MAX_RUNES = 2000;

const CID_LENGTH = 22;

// newCID makes an id for a frame that is resent until acked: 22 of 64 letters, 132 random bits.
export function newCID(random: (into: Uint8Array<ArrayBuffer>) => void = (into) => { crypto.getRandomValues(into); }): string {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
  const bytes = new Uint8Array(CID_LENGTH);
  random(bytes);
  let id = "";
  bytes.forEach((b) => { id += letters[b & 63]; });
  return id;
}
