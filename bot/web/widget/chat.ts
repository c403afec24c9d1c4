import type { Clock } from "../common/clock";
import {
  CHOOSE_HUMAN, CLOSE_TOO_BIG, VERSION, newCID, type Ack, type ErrorFrame, type Event, type Frame, type Part, type Ping, type Send, type StateFrame,
  type Typing, type Welcome,
} from "../common/frame";
import type { Ears, Link } from "../common/link";
import { Log } from "../common/log";
import { Outbox, type Item } from "../common/outbox";
import type { Shelf } from "../common/shelf";
import type { Lang } from "../common/text";
import { Kept } from "./kept";
import { Keystrokes } from "./keystrokes";
import type { View } from "./view";
import { placeless, type Where } from "./where";

const SYNC_AGAIN = 5000; // milliseconds

const codes = (reasons: string[]): { reasons?: string } => (reasons.length ? { reasons: reasons.join(" ") } : {});

// Chat is the customer's side of one conversation, without its looks: it says hello,
// keeps the token, puts lines in order, resends what was not acked, and tells a View.
export class Chat {
  state: StateFrame = { type: "state", session: "", state: "bot" };
  readonly box: Outbox;
  private readonly log = new Log();
  private readonly link: Link;
  private readonly past = new Set<string>();
  private readonly kept: Kept;
  private token: string;
  private head = 0; // what is at or below it is history
  private forgot = false; // the token was refused on this connection
  private readonly keys: Keystrokes;
  private preview = false;
  private places = false; // this server takes where a message was written
  private told = ""; // where the customer was with their last message in this session
  private syncedAt = 0;
  private askedHead = 0;
  private readTo = 0;
  private unread = 0;
  private spoke = false; // the customer, in this session
  private owed = false; // the bot has not answered the newest line yet
  private aside = false; // the bot's next line only says that something was hidden

  constructor(
    shelf: Shelf,
    private readonly clock: Clock,
    private readonly lang: Lang,
    private readonly view: View,
    connect: (ears: Ears) => Link,
    token = "",
    private readonly where: () => Where = () => ({}),
  ) {
    this.kept = new Kept(shelf);
    this.token = token || this.kept.chat().token;
    this.link = connect({
      opened: () => this.hello(),
      heard: (frame) => this.hear(frame),
      lost: (code) => this.lost(code),
      state: (state) => view.link(state),
    });
    this.keys = new Keystrokes(clock, (frame) => this.link.send(frame));
    this.box = new Outbox(shelf, clock, (frame) => this.link.send(this.places ? frame : placeless(frame)), (item) => view.outgoing(item));
  }

  // known reports whether there is an earlier chat to go on with.
  known(): boolean { return this.token !== ""; }

  start(): void { this.link.start(); }

  // identify goes on as the customer that the host app signed token for.
  identify(token: string): void {
    this.token = token;
    if (this.link.state() !== "idle") this.link.again();
  }

  say(text: string): void {
    this.keys.said();
    this.box.add({ type: "send", cid: newCID(), text, ...this.moved() }, text);
  }

  choose(choice: string, label: string): void { this.box.add({ type: "send", cid: newCID(), choice, ...this.moved() }, label); }

  // askHuman asks once, however often the button is pressed.
  askHuman(label: string): void {
    const waiting = this.box.all().some((i) => i.state !== "failed" && (i.frame as Send).choice === CHOOSE_HUMAN);
    if (!waiting) this.choose(CHOOSE_HUMAN, label);
  }

  // vote says whether a reply was useful; said again with reasons, that counts.
  vote(about: number, value: number, reasons: string[] = []): void {
    this.box.add({ type: "vote", cid: newCID(), about, value, ...codes(reasons) });
  }

  // rate gives a part of the chat 1 to 5; likewise.
  rate(part: Part, value: number, reasons: string[] = []): void {
    this.box.add({ type: "rate", cid: newCID(), value, part, ...codes(reasons) });
  }

  end(): void { this.box.add({ type: "end", cid: newCID() }); }

  // retry sends what failed once more; under a new cid where the old one is spoilt.
  retry(item: Item): void {
    const spoilt = item.code === "cid_conflict";
    this.box.retry(item.frame.cid, spoilt ? { ...item.frame, cid: newCID() } : undefined);
  }

  // typed tells a waiting or answering person that the customer is writing; bots do not care.
  typed(text: string): void {
    const { state } = this.state;
    if (state !== "bot" && state !== "closed") this.keys.typed(text, this.preview && state === "assigned");
  }

  // seen says that everything shown so far was looked at.
  seen(): void {
    this.readTo = this.log.cursor;
    this.kept.read(this.log.session, this.readTo);
    if (this.unread) this.view.unread(this.unread = 0);
  }

  // otherTab is called when another tab changed the shelf: both shall show one chat.
  otherTab(): void {
    const kept = this.kept.chat();
    if (!kept.token || kept.session === this.log.session || this.link.state() !== "online") return;
    if (this.spoke && this.state.state !== "closed") return; // ours goes on
    this.token = kept.token;
    this.link.again();
  }

  // moved is where the customer is, if that is another place than when they spoke last.
  private moved(): Where {
    const where = this.where();
    const told = JSON.stringify(where);
    if (told === this.told) return {};
    this.told = told;
    return where;
  }

  private hello(): void {
    this.forgot = false;
    this.sayHello();
  }

  private sayHello(): void {
    const { session, cursor } = this.log;
    this.link.send({ type: "hello", v: VERSION, lang: this.lang, after: cursor, ...(this.token && { token: this.token }), ...(session && { session }) });
  }

  private lost(code: number): void {
    this.box.shut();
    const sent = this.box.all().find((i) => i.state === "sent");
    if (code === CLOSE_TOO_BIG && sent) this.box.refused(sent.frame.cid, "too_long", "");
  }

  private hear(frame: Frame): void {
    switch (frame.type) {
      case "welcome": return this.welcomed(frame as Welcome);
      case "ack": return this.acked(frame as Ack);
      case "event": return this.event(frame as Event);
      case "state": return this.changed(frame as StateFrame);
      case "typing": return this.typing(frame as Typing);
      case "ping": return this.pinged(frame as Ping);
      case "error": return this.wrong(frame as ErrorFrame);
    }
  }

  private welcomed(w: Welcome): void {
    this.token = w.token;
    this.kept.take(w.token, w.session);
    this.follow(w.session);
    this.head = this.log.cursor === 0 ? w.head : this.log.cursor; // what was missed while away is news
    this.syncedAt = 0;
    this.places = !!w.places;
    this.view.preview(this.preview = !!w.preview);
    this.changed({ type: "state", session: w.session, state: w.state });
    this.link.welcomed();
    this.box.open();
  }

  // follow turns to another session; the one before is never gone back to.
  private follow(session: string): void {
    if (session === this.log.session) return;
    if (this.log.session) this.past.add(this.log.session);
    this.log.start(session);
    this.told = "";
    this.head = 0;
    this.spoke = false;
    this.owe(false);
    this.readTo = this.kept.readTo(session);
    this.view.unread(this.unread = 0);
    this.view.started(false);
  }

  private acked(ack: Ack): void { this.box.acked(ack.cid, ack.seq); }

  private event(e: Event): void {
    if (this.past.has(e.session)) return;
    if (e.session !== this.log.session) this.follow(e.session);
    const how = this.log.take(e);
    if (how === "gap") this.sync();
    if (how !== "next") return;
    if (e.cid) this.box.drop(e.cid);
    this.view.line(e, e.seq > this.head);
    if (e.cid) this.view.sent(e.cid);
    this.count(e);
    this.answered(e);
  }

  // answered keeps whether the bot owes an answer: it may wait a moment for what else
  // the customer has to say.
  private answered(e: Event): void {
    if (!e.text) return;
    if (e.from.role === "customer" && e.kind === "message") {
      this.aside = !!e.masked && e.masked.length > 0;
      this.owe(this.state.state === "bot" || this.state.state === "closed"); // which is taken up again
    } else if (e.from.role === "bot" && e.kind === "message" && this.aside) {
      this.aside = false;
      this.owe(this.owed);
    } else if (e.kind === "message" || e.kind === "handed") this.owe(false);
  }

  private owe(on: boolean): void { this.view.thinking(this.owed = on); }

  // count keeps the number on the launcher. A greeting to somebody who said nothing yet does not count.
  private count(e: Event): void {
    if (e.from.role === "customer") {
      this.spoke = this.spoke || e.kind === "message";
      return;
    }
    if (e.text && e.kind !== "survey" && e.seq > this.readTo && (this.spoke || e.from.role === "agent")) this.view.unread(++this.unread);
  }

  private sync(): void {
    const now = this.clock.now();
    if (now - this.syncedAt < SYNC_AGAIN) return;
    this.syncedAt = now;
    this.link.send({ type: "sync", after: this.log.cursor });
  }

  private pinged(ping: Ping): void {
    if (!ping.head || ping.head <= this.log.cursor || ping.head === this.askedHead) return;
    this.askedHead = ping.head; // the head may be a line that we never get: ask once
    this.sync();
  }

  private changed(s: StateFrame): void {
    if (this.past.has(s.session)) return;
    if (s.session !== this.log.session) this.follow(s.session);
    this.state = s;
    this.view.state(s);
    if (s.state !== "bot") this.owe(false);
  }

  private typing(t: Typing): void {
    if (t.from && t.from.role !== "customer") this.view.typing(t.from);
  }

  private wrong(e: ErrorFrame): void {
    if (e.cid) return this.refused(e);
    switch (e.code) {
      case "version":
        this.link.stop("stopped");
        return this.view.reload(e.text);
      case "bad_token": return this.forget();
      case "cursor_ahead": return this.startOver();
      case "rate": return; // typing too often
      case "busy":
      case "internal":
        if (this.link.state() !== "online") this.link.failed(); // hello was refused: come back later
        else this.view.notice(e.text);
        return;
      default: this.view.notice(e.text);
    }
  }

  // refused: a closed session means that a new one waits for us; ask for it, once.
  private refused(e: ErrorFrame): void {
    const item = this.box.find(e.cid || "");
    if (item && e.code === "closed" && item.frame.type === "send" && item.code !== "closed") {
      item.code = "closed";
      this.link.again();
      return;
    }
    this.box.refused(e.cid || "", e.code, e.text, e.retry_after_ms);
  }

  private forget(): void {
    this.token = "";
    this.kept.forget();
    if (this.forgot) {
      this.link.failed();
      return;
    }
    this.forgot = true;
    this.sayHello();
  }

  private startOver(): void {
    this.log.start(this.log.session);
    this.view.started(true);
    if (this.link.state() === "online") this.link.send({ type: "sync", after: 0 });
    else this.sayHello();
  }
}
