import type { Chat } from "../common/frame";
import { add, fill, h, set } from "../common/dom";
import { keyed } from "./keyed";
import type { Shift } from "./shift";
import { ago, type DeskWords } from "./words";

// Lists are who waits and who is being served.
export class Lists {
  readonly node: HTMLElement;
  private readonly waitingCount = h("span", { class: "number" });
  private readonly mineCount = h("span", { class: "number" });
  private readonly waiting = h("ul", { class: "chats" });
  private readonly mine = h("ul", { class: "chats" });
  private readonly waitingNote = h("p", { class: "empty" });
  private readonly mineNote = h("p", { class: "empty" });
  private readonly next: HTMLButtonElement;

  constructor(private readonly say: DeskWords, private readonly shift: Shift) {
    this.next = h("button", { type: "button", class: "primary wide", title: "Alt+N", click: () => shift.claim() }, say.say("claim.next"));
    this.node = h("div", { class: "lists" },
      h("section", { "aria-labelledby": "mine" }, h("h2", { id: "mine" }, say.say("mine"), this.mineCount), this.mine, this.mineNote),
      h("section", { "aria-labelledby": "waiting" }, h("h2", { id: "waiting" }, say.say("waiting"), this.waitingCount), this.next, this.waiting, this.waitingNote));
  }

  draw(): void {
    const { shift, say } = this;
    const { queue, mine, waiting } = shift.chats;
    keyed(this.waiting, queue, (c) => c.session, () => this.row(true), (row, c) => this.update(row, c, true));
    keyed(this.mine, mine, (c) => c.session, () => this.row(false), (row, c) => this.update(row, c, false));
    fill(this.waitingCount, String(waiting));
    fill(this.mineCount, shift.me ? say.say("capacity", { n: mine.length, max: shift.me.capacity }) : "");
    fill(this.waitingNote, queue.length === 0 ? say.say("waiting.none") : waiting > queue.length ? say.say("waiting.more", { n: waiting }) : "");
    fill(this.mineNote, mine.length === 0 ? say.say("mine.none") : "");
    this.next.disabled = queue.length === 0 || !shift.online();
  }

  // step opens the next or previous of my chats.
  step(by: 1 | -1): void {
    const { mine } = this.shift.chats;
    if (mine.length === 0) return;
    const at = mine.findIndex((c) => this.shift.current !== null && c.session === this.shift.current.session);
    this.shift.open(mine[at < 0 ? 0 : (at + by + mine.length) % mine.length].session);
  }

  private row(waits: boolean): HTMLElement {
    const row = h("li", { class: "chat" });
    const open = h("button", { type: "button", class: "open", click: () => this.shift.open(row.dataset.key || "") });
    add(row, open);
    if (waits) add(row, h("button", { type: "button", class: "small claim", click: () => this.shift.claim(row.dataset.key) }, this.say.say("claim.this")));
    return row;
  }

  private update(row: HTMLElement, chat: Chat, waits: boolean): void {
    const { say, shift } = this;
    const current = !!shift.current && shift.current.session === chat.session;
    const fresh = !waits && !current && shift.unread(chat);
    const marks = h("span", { class: "marks" },
      chat.left && h("span", { class: "mark left" }, say.say("left")),
      chat.lang === "en" && h("span", { class: "mark" }, say.say("lang.en")),
      chat.skill && h("span", { class: "mark" }, h("bdi", {}, chat.skill)));
    const since = waits ? chat.since : chat.heard;
    row.className = "chat" + (current ? " current" : "") + (fresh ? " fresh" : "");
    const open = row.firstElementChild as HTMLElement;
    set(open, "aria-current", current ? "true" : null);
    fill(open,
      h("span", { class: "top" }, h("bdi", { class: "name" }, chat.customer), fresh && h("span", { class: "dot" }, h("span", { class: "unseen" }, say.say("unread"))),
        h("time", { datetime: since }, ago(since, say))),
      h("span", { class: "preview" }, marks.firstChild && marks, h("bdi", {}, chat.preview || "…")));
  }
}
