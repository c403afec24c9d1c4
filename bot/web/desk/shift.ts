import type { Clock } from "../common/clock";
import {
  CLOSE_LOGGED_OUT, VERSION, newCID, type Ack, type Act, type Available, type Board, type Chat, type Chats, type Claim, type Contact, type DeskWelcome, type ErrorFrame, type Event,
  type Frame, type Mention, type Mentions, type Ping, type Seen, type StateFrame, type Typing,
} from "../common/frame";
import type { Ears, Link } from "../common/link";
import { Outbox, type Item } from "../common/outbox";
import type { Shelf } from "../common/shelf";
import type { Lang } from "../common/text";
import { NOW, given, written, writes } from "./doing";
import type { Room } from "./room";
import { Rooms } from "./rooms";
import type { View } from "./view";

const TYPING_EVERY = 3000; // milliseconds
// For how long a claim is worth sending again after a break, in milliseconds: later
// the agent has looked elsewhere, and what it took is in their list.
const CLAIM_FOR = 60000;

// Shift is an agent's work without its looks: the lists, the rooms that were looked
// into, and the outbox of what was said in them.
export class Shift {
  me: DeskWelcome | null = null;
  current: Room | null = null;
  readonly box: Outbox;
  private readonly link: Link;
  private readonly rooms: Rooms;
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
    this.rooms = new Rooms(shelf, clock);
  }

  // chats are the lists as the server sent them last.
  get chats(): Chats { return this.rooms.chats; }

  // mentions are the notes, by chat, in which a colleague asked for me and I did not look since.
  get mentions(): Map<string, Mention> { return this.rooms.mentions; }

  // dismiss says that I know of such a note; to a node of before this one cannot.
  dismiss(session: string): void {
    const m = this.mentions.get(session);
    if (!m || !this.online() || (this.hears("seen") && !this.link.send({ type: "seen", session, seq: m.seq } as Seen))) return;
    this.mentions.delete(session);
    this.view.lists();
  }

  start(): void { this.link.start(); }

  online(): boolean { return this.link.state() === "online"; }

  // hears reports whether this node takes a frame that came later than others.
  private hears(type: Frame["type"]): boolean { return !!this.me && (this.me.hears || []).includes(type); }

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
    this.current = session ? this.rooms.get(session) : null;
    if (this.current) this.watch(this.current);
    if (this.current) this.current.named = (this.mentions.get(session) || {}).customer || this.current.named;
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
    const { fence } = this.rooms.get(session);
    this.typedAt = 0; // what is typed next is the next message
    this.box.add({ type, session, fence, cid: newCID(), ...given(more) }, more.text || "", writes(type));
  }

  // retry says it again, for the owner of now; more is what it needs besides.
  retry(item: Item, more: Partial<Act> = {}): void {
    const act = item.frame as Act;
    this.view.sent(act.cid); // it goes on under another id
    this.box.retry(act.cid, { ...act, ...more, cid: newCID(), fence: this.rooms.get(act.session).fence });
  }

  typed(): void {
    const now = this.clock.now();
    if (!this.current || !this.current.mine || now - this.typedAt < TYPING_EVERY) return;
    this.typedAt = now;
    this.link.send({ type: "typing", session: this.current.session } as Typing);
  }

  unread(chat: Chat): boolean { return !this.floor && this.rooms.unread(chat); }

  // seen says that the current room was looked at, as far as it is here.
  seen(): void {
    if (this.current && !document.hidden) this.dismiss(this.current.session);
    if (this.current && !document.hidden && this.rooms.read(this.current, this.listedSessions())) this.view.lists();
  }

  // listedSessions are the chats in the lists, and the one that is open.
  listedSessions(): Set<string> {
    const all = this.rooms.listed();
    return this.current ? all.add(this.current.session) : all;
  }

  // about is how a chat of the board is known: it stands in none of the lists.
  about(chat: Chat): void { this.rooms.get(chat.session).listed(chat, false); }

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
      case "mentions": return this.called((frame as Mentions).unread);
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
    const found = this.rooms.take(chats, (room, chat, mine) => this.relist(room, chat, mine));
    this.view.lists();
    found.forEach((n) => this.view.news(n));
  }

  // relist says to a room what the lists know of it.
  private relist(room: Room, chat: Chat, mine: boolean): void {
    const offered = !!room.chat && room.chat.accept_by, snoozed = !!room.chat && room.chat.snoozed;
    room.listed(chat, mine);
    if (room === this.current && (room.cut || !room.mine && room.state !== chat.state)) this.watch(room); // it left our sight and came back
    if (room === this.current && (offered !== chat.accept_by || snoozed !== chat.snoozed)) this.view.owner(room);
  }

  private event(e: Event): void {
    const room = this.rooms.find(e.session);
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
    const room = this.rooms.find(s.session);
    if (!room) return;
    room.owned(s);
    if (room === this.current) this.view.owner(room);
  }

  private acked(ack: Ack): void {
    const item = this.box.acked(ack.cid, ack.seq);
    const act = item && (item.frame as Act | Claim);
    const session = ack.session || (act && act.session);
    if (!act || !session) return;
    const room = this.rooms.get(session);
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
    this.rooms.moved(room.session);
    room.owned({ type: "state", session: room.session, state: to, mine: to === "assigned" });
    if (act.type === "claim") this.open(room.session);
  }

  private contact(c: Contact): void {
    this.box.acked(c.cid, 0);
    const room = this.rooms.get(c.session);
    room.contacts.set(c.about, c.text);
    if (room === this.current) this.view.contact(room, c.about, c.text);
  }

  private typing(t: Typing): void {
    if (t.from && t.from.role === "customer" && this.current && t.session === this.current.session) this.view.typing(this.current, t.from, t.text || "");
  }

  private switched(a: Available): void {
    if (this.me) this.me.available = a.on;
    this.view.available(a.on, a.reason || "");
  }

  private mentioned(m: Mention): void {
    this.called([m, ...[...this.mentions.values()].filter((old) => old.session !== m.session)]);
    const room = this.rooms.get(m.session);
    this.view.news({ what: "mention", chat: room.chat || { session: m.session, customer: m.customer || room.title() } as Chat });
  }

  // called: these are the notes that name me and that I have not seen.
  private called(unread: Mention[]): void {
    this.rooms.mentions = new Map(unread.map((m) => [m.session, m]));
    this.seen();
    this.view.lists();
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
    if (!e.cid && room && e.session === room.session) this.cut(room, e.retry_after_ms || 0);
    if (e.cid) this.box.refused(e.cid, e.code, e.text, e.retry_after_ms);
    if (item && item.state === "failed" && !written(item)) this.box.drop(item.frame.cid);
    if (e.code === "not_owner" && item) this.disown((item.frame as Act).session);
    this.view.refused(e, item);
  }

  private disown(session: string): void {
    const room = this.rooms.find(session);
    if (!room) return;
    room.mine = false;
    if (room === this.current) {
      this.view.owner(room);
      this.watch(room);
    }
  }

  // cut: nothing more comes of the room until it is watched again, when the lists have it
  // or the server has time.
  private cut(room: Room, retry: number): void {
    room.cut = true;
    if (retry) this.clock.after(retry, () => { if (room.cut && room === this.current) this.watch(room); });
  }

  private startOver(room: Room): void {
    this.rooms.forget(room.session);
    this.current = this.rooms.get(room.session);
    this.watch(this.current);
    this.view.opened(this.current);
  }

  private watch(room: Room): void {
    room.cut = false;
    this.link.send({ type: "watch", session: room.session, after: room.log.cursor });
  }
}
