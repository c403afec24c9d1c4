import type { Clock } from "../common/clock";
import {
  CLOSE_LOGGED_OUT, VERSION, newCID, type Ack, type Act, type Available, type Board, type Chat, type Chats, type Claim, type Contact, type DeskWelcome, type ErrorFrame, type Event,
  type Frame, type Mention, type Ping, type Speaker, type State, type StateFrame, type Typing,
} from "../common/frame";
import type { Ears, Link, LinkState } from "../common/link";
import { Outbox, type Item } from "../common/outbox";
import type { Shelf } from "../common/shelf";
import type { Lang } from "../common/text";
import { Marks } from "./marks";
import { news, type News } from "./news";
import { Room } from "./room";

const TYPING_EVERY = 3000; // milliseconds
// For how long a claim is worth sending again after a break, in milliseconds: later
// the agent has looked elsewhere, and what it took is in their list.
const CLAIM_FOR = 60000;

// For how long the lists may be older than what this page did, in milliseconds.
const OWN_FOR = 5000;

// What an act makes of a chat.
const NOW: Record<string, State | undefined> = {
  claim: "assigned", takeover: "assigned", return: "bot", close: "closed", transfer: "queued", escalate: "queued", reassign: "queued",
};

// View is what shows a Shift.
export interface View {
  link(state: LinkState): void;
  welcomed(me: DeskWelcome): void;
  available(on: boolean, reason: string): void; // the server switched it
  lists(): void; // waiting and mine changed, or what is unread in them
  news(what: News): void;
  board(board: Board): void;
  opened(room: Room | null): void;
  line(room: Room, event: Event): void;
  outgoing(item: Item): void;
  sent(cid: string): void;
  owner(room: Room): void; // who owns the room changed
  typing(room: Room, from: Speaker): void;
  contact(room: Room, about: number, text: string): void;
  done(act: Act | Claim): void; // something that is no text was done
  refused(error: ErrorFrame, item: Item | undefined): void;
  loggedOut(): void;
}

// Shift is an agent's work without its looks: the lists, the rooms that were looked
// into, and the outbox of what was said in them.
export class Shift {
  me: DeskWelcome | null = null;
  chats: Chats = { type: "chats", waiting: 0, queue: [], mine: [] };
  current: Room | null = null;
  readonly box: Outbox;
  readonly mentions = new Set<string>(); // chats in which a colleague asked for me and I did not look since
  private readonly link: Link;
  private readonly rooms = new Map<string, Room>();
  private readonly marks: Marks;
  private readonly own = new Map<string, number>(); // chats that this page took or gave away, and when: no news for a moment
  private known = false; // the lists came once
  private typedAt = 0;

  // floor: it is the board that is looked at, and nobody is at this desk.
  constructor(shelf: Shelf, private readonly clock: Clock, private readonly lang: Lang, private readonly view: View, connect: (ears: Ears) => Link, private readonly floor = false) {
    this.link = connect({
      opened: () => { this.link.send({ type: "hello", v: VERSION, lang: this.lang, ...(this.floor && { board: true }) }); },
      heard: (frame) => this.hear(frame),
      lost: (code) => this.lost(code),
      state: (state) => view.link(state),
    });
    this.box = new Outbox(shelf, clock, (frame) => this.link.send(frame), (item) => view.outgoing(item));
    this.marks = new Marks(shelf);
  }

  start(): void { this.link.start(); }

  online(): boolean { return this.link.state() === "online"; }

  // available says whether the agent takes new chats. The server keeps it, for all their windows.
  available(on: boolean): void {
    if (this.link.send({ type: "available", on }) && this.me) this.me.available = on;
  }

  // claim takes a chat, or the next one. Sent again with the same cid it is the same
  // claim: a lost answer takes no second chat.
  claim(session = ""): void {
    this.box.add({ type: "claim", cid: newCID(), ...(session && { session }) }, "", false);
  }

  // open looks into a chat; "" looks at none.
  open(session: string): void {
    if (this.current && this.current.session === session) {
      this.watch(this.current); // it may have left our sight and come back
      return;
    }
    if (this.current) this.link.send({ type: "unwatch", session: this.current.session });
    this.current = session ? this.room(session) : null;
    if (this.current) this.watch(this.current);
    this.mentions.delete(session);
    this.view.opened(this.current);
    this.seen();
  }

  // act does something in the current room; what people wrote is kept until acked.
  act(type: Act["type"], more: Partial<Act> = {}): void {
    if (this.current) this.actIn(this.current.session, type, more);
  }

  // actIn does it in any chat.
  actIn(session: string, type: Act["type"], more: Partial<Act> = {}): void {
    const { fence } = this.room(session);
    this.typedAt = 0; // what is typed next is the next message
    this.box.add({ type, session, fence, cid: newCID(), ...given(more) }, more.text || "", writes(type));
  }

  // retry says it again, for the owner of now; more is what it needs besides.
  retry(item: Item, more: Partial<Act> = {}): void {
    const act = item.frame as Act;
    this.view.sent(act.cid); // it goes on under another id
    this.box.retry(act.cid, { ...act, ...more, cid: newCID(), fence: this.room(act.session).fence });
  }

  typed(): void {
    const now = this.clock.now();
    if (!this.current || !this.current.mine || now - this.typedAt < TYPING_EVERY) return;
    this.typedAt = now;
    this.link.send({ type: "typing", session: this.current.session } as Typing);
  }

  unread(chat: Chat): boolean { return !this.floor && chat.seq > this.marks.of(chat.session); }

  // seen says that the current room was looked at, as far as it is here.
  seen(): void {
    const room = this.current;
    if (!room || document.hidden || this.marks.of(room.session) >= room.log.cursor) return;
    this.marks.set(room.session, room.log.cursor);
    this.marks.keep(this.listedSessions());
    this.view.lists();
  }

  // listedSessions are the chats in the lists, and the one that is open.
  listedSessions(): Set<string> {
    return new Set([...this.chats.queue, ...this.chats.mine].map((c) => c.session).concat(this.current ? this.current.session : []));
  }

  // about is how a chat of the board is known: it stands in none of the lists.
  about(chat: Chat): void { this.room(chat.session).listed(chat, false); }

  private hear(frame: Frame): void {
    switch (frame.type) {
      case "welcome": return this.welcomed(frame as DeskWelcome);
      case "chats": return this.listed(frame as Chats);
      case "event": return this.event(frame as Event);
      case "state": return this.owned(frame as StateFrame);
      case "ack": return this.acked(frame as Ack);
      case "contact": return this.contact(frame as Contact);
      case "typing": return this.typing(frame as Typing);
      case "available": return this.switched(frame as Available);
      case "mention": return this.mentioned(frame as Mention);
      case "board": return this.view.board(frame as Board);
      case "ping": return this.pinged(frame as Ping);
      case "error": return this.wrong(frame as ErrorFrame);
    }
  }

  private welcomed(me: DeskWelcome): void {
    this.me = me;
    this.view.welcomed(this.me);
    if (this.current) this.watch(this.current);
    if (this.floor) this.link.send({ type: "board", on: true });
    this.link.welcomed();
    const old = this.clock.now() - CLAIM_FOR;
    this.box.all().filter((i) => i.frame.type === "claim" && i.at < old).forEach((i) => this.box.drop(i.frame.cid));
    this.box.open();
  }

  private lost(code: number): void {
    if (code === CLOSE_LOGGED_OUT) this.view.loggedOut();
    this.box.shut();
  }

  private listed(chats: Chats): void {
    const before = this.chats;
    this.chats = { ...chats, queue: chats.queue || [], mine: chats.mine || [] };
    for (const [list, mine] of [[this.chats.queue, false], [this.chats.mine, true]] as const) {
      for (const chat of list) this.relist(chat, mine);
    }
    const since = this.clock.now() - OWN_FOR;
    this.own.forEach((at, s) => { if (at < since) this.own.delete(s); });
    const found = this.known ? news(before, this.chats, (s) => this.own.has(s)) : [];
    this.known = true;
    this.view.lists();
    found.forEach((n) => this.view.news(n));
  }

  // relist says to an open room what the lists know of it.
  private relist(chat: Chat, mine: boolean): void {
    const room = this.rooms.get(chat.session);
    if (!room) return;
    const offered = !!room.chat && room.chat.accept_by, snoozed = !!room.chat && room.chat.snoozed;
    room.listed(chat, mine);
    if (room === this.current && !room.mine && room.state !== chat.state) this.watch(room); // it left our sight and came back
    if (room === this.current && (offered !== chat.accept_by || snoozed !== chat.snoozed)) this.view.owner(room);
  }

  private event(e: Event): void {
    const room = this.rooms.get(e.session);
    if (!room) return;
    const how = room.take(e);
    if (how === "gap") this.watch(room);
    if (how !== "next") return;
    if (e.cid) this.box.drop(e.cid);
    if (room !== this.current) return;
    this.view.line(room, e);
    if (e.cid) this.view.sent(e.cid);
    this.seen();
  }

  private owned(s: StateFrame): void {
    const room = this.rooms.get(s.session);
    if (!room) return;
    room.owned(s);
    if (room === this.current) this.view.owner(room);
  }

  private acked(ack: Ack): void {
    const item = this.box.acked(ack.cid, ack.seq);
    const act = item && (item.frame as Act | Claim);
    const session = ack.session || (act && act.session);
    if (!act || !session) return;
    const room = this.room(session);
    room.fence = Math.max(room.fence, ack.fence || 0);
    this.moved(room, act);
    if (room === this.current) this.view.owner(room);
    if (!writes(act.type)) this.view.done(act);
  }

  // moved: the room's owner is another by something this page did.
  private moved(room: Room, act: Act | Claim): void {
    const to = NOW[act.type];
    if (act.type === "join" || act.type === "part") room.joined = act.type === "join";
    if (!to) return;
    this.own.set(room.session, this.clock.now());
    room.owned({ type: "state", session: room.session, state: to, mine: to === "assigned" });
    if (act.type === "claim") this.open(room.session);
  }

  private contact(c: Contact): void {
    this.box.acked(c.cid, 0);
    const room = this.room(c.session);
    room.contacts.set(c.about, c.text);
    if (room === this.current) this.view.contact(room, c.about, c.text);
  }

  private typing(t: Typing): void {
    if (t.from && t.from.role === "customer" && this.current && t.session === this.current.session) this.view.typing(this.current, t.from);
  }

  private switched(a: Available): void {
    if (this.me) this.me.available = a.on;
    this.view.available(a.on, a.reason || "");
  }

  private mentioned(m: Mention): void {
    if (!this.current || this.current.session !== m.session || document.hidden) this.mentions.add(m.session);
    const room = this.room(m.session);
    this.view.lists();
    this.view.news({ what: "mention", chat: room.chat || { session: m.session, customer: room.title() } as Chat });
  }

  // pinged: the head is the watched room's.
  private pinged(ping: Ping): void {
    if (this.current && ping.head && ping.head > this.current.log.cursor) this.watch(this.current);
  }

  private wrong(e: ErrorFrame): void {
    if (e.code === "version") this.link.stop("stopped");
    if (e.code === "rate" && !e.cid) return; // typing too often
    if (!e.cid && !this.online()) this.link.failed();
    const item = e.cid ? this.box.find(e.cid) : undefined;
    const room = this.current;
    if (e.code === "cursor_ahead" && room) return this.startOver(room);
    if (e.cid) this.box.refused(e.cid, e.code, e.text, e.retry_after_ms);
    if (item && item.state === "failed" && !written(item)) this.box.drop(item.frame.cid);
    if (e.code === "not_owner" && item) this.disown((item.frame as Act).session);
    this.view.refused(e, item);
  }

  private disown(session: string): void {
    const room = this.rooms.get(session);
    if (!room) return;
    room.mine = false;
    if (room === this.current) {
      this.view.owner(room);
      this.watch(room);
    }
  }

  private startOver(room: Room): void {
    this.rooms.delete(room.session);
    this.current = this.room(room.session);
    this.watch(this.current);
    this.view.opened(this.current);
  }

  private watch(room: Room): void { this.link.send({ type: "watch", session: room.session, after: room.log.cursor }); }

  private room(session: string): Room {
    let room = this.rooms.get(session);
    if (!room) {
      room = new Room(session);
      const chat = [...this.chats.queue, ...this.chats.mine].find((c) => c.session === session);
      if (chat) room.listed(chat, this.chats.mine.includes(chat));
      this.rooms.set(session, room);
    }
    return room;
  }
}

function writes(type: string): boolean { return type === "say" || type === "note" || type === "whisper"; }

// written tells what people wrote, and may send again, from what they did.
export function written(item: Item): boolean { return writes(item.frame.type); }

// given are the answers that hold something.
function given(more: Partial<Act>): Partial<Act> {
  return Object.fromEntries(Object.entries(more).filter(([, value]) => value)) as Partial<Act>;
}
