import type { Clock } from "../common/clock";
import {
  CLOSE_LOGGED_OUT, VERSION, newCID, type Ack, type Act, type Chat, type Chats, type Contact, type DeskWelcome, type ErrorFrame, type Event, type Frame, type Ping,
  type Speaker, type StateFrame, type Typing,
} from "../common/frame";
import type { Ears, Link, LinkState } from "../common/link";
import { Outbox, type Item } from "../common/outbox";
import type { Shelf } from "../common/shelf";
import type { Lang } from "../common/text";
import { Room } from "./room";

const TYPING_EVERY = 3000; // milliseconds
// For how long a claim is worth sending again after a break, in milliseconds: later
// the agent has looked elsewhere, and what it took is in their list.
const CLAIM_FOR = 60000;

// View is what shows a Shift.
export interface View {
  link(state: LinkState): void;
  welcomed(me: DeskWelcome): void;
  lists(): void; // waiting and mine changed, or what is unread in them
  arrived(chat: Chat): void; // somebody new is waiting
  opened(room: Room | null): void;
  line(room: Room, event: Event): void;
  outgoing(item: Item): void;
  sent(cid: string): void;
  owner(room: Room): void; // who owns the room changed
  typing(room: Room, from: Speaker): void;
  contact(room: Room, about: number, text: string): void;
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
  private readonly link: Link;
  private readonly rooms = new Map<string, Room>();
  private readonly read: Record<string, number>;
  private known: Set<string> | null = null; // who waited at the last look
  private typedAt = 0;

  constructor(private readonly shelf: Shelf, private readonly clock: Clock, private readonly lang: Lang, private readonly view: View,
    connect: (ears: Ears) => Link) {
    this.link = connect({
      opened: () => { this.link.send({ type: "hello", v: VERSION, lang: this.lang }); },
      heard: (frame) => this.hear(frame),
      lost: (code) => this.lost(code),
      state: (state) => view.link(state),
    });
    this.box = new Outbox(shelf, clock, (frame) => this.link.send(frame), (item) => view.outgoing(item));
    this.read = readMarks(shelf);
  }

  start(): void { this.link.start(); }

  online(): boolean { return this.link.state() === "online"; }

  // available says whether the agent takes new chats. The server keeps it, for all their windows.
  available(on: boolean): void {
    this.link.send({ type: "available", on });
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
    this.view.opened(this.current);
    this.seen();
  }

  // act does something in the current room; what people wrote is kept until acked.
  act(type: Act["type"], text = "", about = 0): void {
    const room = this.current;
    if (!room) return;
    this.typedAt = 0; // what is typed next is the next message
    this.box.add({ type, session: room.session, fence: room.fence, cid: newCID(), ...(text && { text }), ...(about && { about }) },
      text, type === "say" || type === "note");
  }

  // retry says it again, for the owner of now.
  retry(item: Item): void {
    const act = item.frame as Act;
    this.box.retry(act.cid, { ...act, cid: newCID(), fence: this.room(act.session).fence });
  }

  typed(): void {
    const now = this.clock.now();
    if (!this.current || !this.current.mine || now - this.typedAt < TYPING_EVERY) return;
    this.typedAt = now;
    this.link.send({ type: "typing", session: this.current.session } as Typing);
  }

  unread(chat: Chat): boolean { return chat.seq > (this.read[chat.session] || 0); }

  // seen says that the current room was looked at, as far as it is here.
  seen(): void {
    const room = this.current;
    if (!room || document.hidden || (this.read[room.session] || 0) >= room.log.cursor) return;
    this.read[room.session] = room.log.cursor;
    this.keepMarks();
    this.view.lists();
  }

  private hear(frame: Frame): void {
    switch (frame.type) {
      case "welcome": return this.welcomed(frame as DeskWelcome);
      case "chats": return this.listed(frame as Chats);
      case "event": return this.event(frame as Event);
      case "state": return this.owned(frame as StateFrame);
      case "ack": return this.acked(frame as Ack);
      case "contact": return this.contact(frame as Contact);
      case "typing": return this.typing(frame as Typing);
      case "ping": return this.pinged(frame as Ping);
      case "error": return this.wrong(frame as ErrorFrame);
    }
  }

  private welcomed(me: DeskWelcome): void {
    this.me = me;
    this.view.welcomed(this.me);
    if (this.current) this.watch(this.current);
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
    this.chats = { ...chats, queue: chats.queue || [], mine: chats.mine || [] };
    for (const chat of [...this.chats.queue, ...this.chats.mine]) {
      const room = this.rooms.get(chat.session);
      if (room) room.listed(chat, this.chats.mine.includes(chat));
    }
    const now = new Set(this.chats.queue.map((c) => c.session));
    const before = this.known;
    this.known = now;
    this.view.lists();
    if (before) this.chats.queue.filter((c) => !before.has(c.session)).slice(0, 1).forEach((c) => this.view.arrived(c));
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
    const type = item ? item.frame.type : "";
    const session = ack.session || (item && (item.frame as Act).session);
    if (!session) return;
    const room = this.room(session);
    room.fence = Math.max(room.fence, ack.fence || 0);
    if (type === "claim") {
      room.owned({ type: "state", session, state: "assigned", mine: true });
      this.open(session);
    }
    if (type === "return" || type === "close") room.owned({ type: "state", session, state: type === "close" ? "closed" : "bot", mine: false });
    if (room === this.current) this.view.owner(room);
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

  private keepMarks(): void {
    const listed = new Set([...this.chats.queue, ...this.chats.mine].map((c) => c.session));
    for (const session of Object.keys(this.read)) {
      if (!listed.has(session) && (!this.current || this.current.session !== session)) delete this.read[session];
    }
    this.shelf.set("read", JSON.stringify(this.read));
  }
}

// written tells what people wrote, and may send again, from what they did.
export function written(item: Item): boolean { return item.frame.type === "say" || item.frame.type === "note"; }

function readMarks(shelf: Shelf): Record<string, number> {
  try {
    const marks: unknown = JSON.parse(shelf.get("read") || "{}");
    return marks && typeof marks === "object" ? (marks as Record<string, number>) : {};
  } catch {
    return {};
  }
}
