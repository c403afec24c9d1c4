import type { Event } from "../common/frame";
import type { Item } from "../common/outbox";
import { add, fill, h, icon, icons } from "../common/dom";
import { Writing } from "../common/writing";
import { saidOf, type Asks } from "../desk/asks";
import type { Room } from "../desk/room";
import type { Sheet } from "../desk/sheet";
import type { Shift } from "../desk/shift";
import { Transcript } from "../desk/transcript";
import type { DeskWords } from "../desk/words";

const LINES = 5;

type Way = "whisper" | "say";

// Watching is one chat that a supervisor reads: a word to its agent that the customer
// never gets, and the ways to step in.
export class Watching {
  readonly node: HTMLElement;
  private readonly heading = h("h2", { class: "room-title" });
  private readonly transcript: Transcript;
  private readonly writing: Writing;
  private readonly ways: Record<Way, HTMLButtonElement>;
  private readonly join: HTMLButtonElement;
  private readonly buttons: HTMLButtonElement[];
  private readonly form: HTMLElement;
  private readonly words: HTMLElement[]; // where to write
  private readonly alone: HTMLElement; // says that nobody would hear it
  private way: Way = "whisper";
  private joined = false; // as last shown
  private back: Element | null = null;

  constructor(private readonly say: DeskWords, private readonly shift: Shift, private readonly asks: Asks, sheet: Sheet, close: () => void) {
    this.transcript = new Transcript(say, { me: () => (shift.me ? shift.me.id : ""), reveal: () => {} }, {
      retry: (item) => shift.retry(item), override: (item) => asks.override(item.error, (override) => shift.retry(item, { override })),
      edit: (item) => this.edit(item), drop: (item) => this.forget(item),
    });
    const send = h("button", { type: "submit", class: "primary" }, icon(icons.send), say.say("send"));
    this.writing = new Writing({ id: "write" }, LINES, {
      left: (n) => say.say("count.left", { n }), over: (n) => say.say("count.over", { n }),
      send: (text) => shift.act(this.way, { text }),
      changed: (_, sendable) => { send.disabled = !sendable; },
    });
    const button = (key: "board.join" | "board.takeover" | "board.reassign", click: () => void): HTMLButtonElement => h("button", { type: "button", class: "plain-button", click }, say.say(key));
    this.join = button("board.join", () => this.joins());
    this.buttons = [this.join, button("board.takeover", () => this.takesOver()), button("board.reassign", () => void asks.transfer("", "reassign"))];
    this.ways = { whisper: this.wayButton("whisper"), say: this.wayButton("say") };
    this.words = [this.writing.input, h("div", { class: "row end" }, this.writing.count, send)];
    this.alone = h("p", { class: "soft" }, say.say("board.nobody"));
    this.form = h("form", { class: "writing", novalidate: true, submit: (e: globalThis.Event) => {
      e.preventDefault();
      this.writing.submit();
    } }, h("div", { class: "row tools" }, this.ways.whisper, this.ways.say, h("span", { class: "gap" }), ...this.buttons),
      this.alone, ...this.words);
    this.node = h("section", { class: "watching", "aria-label": say.say("board.chat"), hidden: true },
      h("div", { class: "room-head" }, h("button", { type: "button", class: "round", "aria-label": say.say("board.close"), click: close }, icon(icons.close)), this.heading),
      this.transcript.node, sheet.node, h("div", { class: "composer" }, this.form));
    this.turn("whisper");
  }

  online(on: boolean): void { this.buttons.forEach((b) => { b.disabled = !on; }); }

  show(room: Room | null): void {
    if (room && this.node.hidden) this.back = document.activeElement;
    this.node.hidden = room === null;
    if (room) {
      this.transcript.show(room, this.shift.box.all());
      this.joined = false;
      this.turn("whisper");
      this.owner(room);
      this.writing.text = "";
    } else if (this.back instanceof HTMLElement && this.back.isConnected) this.back.focus();
  }

  line(room: Room, e: Event): void { this.transcript.line(room, e); }

  outgoing(item: Item): void { if (this.shift.current) this.transcript.outgoing(this.shift.current, item); }

  sent(cid: string): void { this.transcript.sent(cid); }

  typing(): void { this.transcript.typing(); }

  owner(room: Room): void {
    const { say } = this;
    fill(this.heading, h("bdi", {}, room.title()), h("span", { class: "state " + room.state }, say.code("state", room.state)));
    if (room.chat && room.chat.reason) add(this.heading, h("span", { class: "state" }, say.code("reason", room.chat.reason)));
    if (room.chat && room.chat.danger) add(this.heading, h("span", { class: "state danger" }, say.code("danger", room.chat.danger)));
    fill(this.join, say.say(room.joined ? "board.part" : "board.join"));
    this.ways.say.hidden = !room.joined;
    const nobody = room.state !== "assigned"; // beside whom, and who would hear it?
    [this.join, this.ways.whisper, ...this.words].forEach((e) => { e.hidden = nobody; });
    this.alone.hidden = !nobody;
    if (this.joined !== room.joined) this.turn(room.joined ? "say" : "whisper");
    this.joined = room.joined;
    this.form.hidden = room.state === "closed";
  }

  private wayButton(way: Way): HTMLButtonElement {
    return h("button", { type: "button", class: "tab", "aria-pressed": "false", click: () => {
      this.turn(way);
      this.writing.input.focus();
    } }, this.say.say(way === "say" ? "board.say" : "whisper"));
  }

  private turn(way: Way): void {
    this.way = way;
    for (const w of ["whisper", "say"] as const) this.ways[w].setAttribute("aria-pressed", String(w === way));
    this.form.classList.toggle("noting", way === "whisper");
    const hint = this.say.say(way === "say" ? "reply.hint" : "whisper.hint");
    this.writing.input.placeholder = hint;
    this.writing.input.setAttribute("aria-label", hint);
  }

  private joins(): void {
    const room = this.shift.current;
    if (room) this.shift.act(room.joined ? "part" : "join");
  }

  private takesOver(): void { this.asks.takeover(); }

  private edit(item: Item): void {
    this.forget(item);
    this.turn(item.frame.type as Way);
    this.writing.text = saidOf(item).text;
    this.writing.input.focus();
  }

  private forget(item: Item): void {
    this.shift.box.drop(item.frame.cid);
    this.transcript.sent(item.frame.cid);
  }
}
