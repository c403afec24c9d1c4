import type { Act, Event } from "../common/frame";
import type { Item } from "../common/outbox";
import { add, clear, fill, h, icon, icons } from "../common/dom";
import { Scroll } from "../common/scroll";
import { clockTime } from "../common/text";
import { written } from "./doing";
import { drawLine, drawSealed, drawVote, type LineActs } from "./line";
import type { Room } from "./room";
import { moveReason } from "./segments";
import type { DeskWords } from "./words";

const TYPING_FOR = 5000; // milliseconds
const SETTLE = 700;
const DRAFT_SHOWN = 160; // runes, the last, of what the customer is writing

export interface Second {
  retry(item: Item): void;
  override(item: Item): void; // say why it is sent all the same
  edit(item: Item): void;
  drop(item: Item): void;
}

// Transcript is everything said in a room, cut where the owner changed. What was
// said before this agent took it is set back.
export class Transcript {
  readonly node: HTMLElement;
  private readonly log: HTMLElement;
  private readonly pending = h("div", { class: "pending" });
  private readonly typingRow = h("p", { class: "typing", hidden: true });
  private readonly scroll: Scroll;
  private segment: HTMLElement | null = null;
  private typingTimer = 0;
  private settleTimer = 0;

  constructor(private readonly say: DeskWords, private readonly acts: LineActs, private readonly second: Second) {
    this.log = h("div", { class: "log", role: "log", "aria-label": say.say("transcript"), "aria-live": "off" });
    this.scroll = new Scroll(say.say("jump"), this.log, this.pending, this.typingRow);
    this.node = this.scroll.node;
  }

  // show draws a room from its start.
  show(room: Room, items: readonly Item[]): void {
    clear(this.log);
    clear(this.pending);
    this.segment = null;
    this.typingRow.hidden = true;
    this.log.setAttribute("aria-live", "off");
    room.events.forEach((e) => this.draw(room, e));
    items.forEach((i) => this.outgoing(room, i));
    this.settle();
    this.scroll.toEnd();
  }

  line(room: Room, e: Event): void {
    this.draw(room, e);
    if (e.from.role === "customer") this.typingRow.hidden = true;
    this.settle();
    this.scroll.grown(false);
  }

  // outgoing shows what was said or noted in this room and is not in the log yet.
  outgoing(room: Room, item: Item): void {
    const act = item.frame as Act;
    if (!written(item) || act.session !== room.session) return;
    const old = this.pending.querySelector('[data-cid="' + act.cid + '"]');
    if (item.state === "acked" && !old) return;
    const node = this.drawOutgoing(item, act);
    if (old) this.pending.replaceChild(node, old);
    else {
      add(this.pending, node);
      this.scroll.toEnd();
    }
  }

  sent(cid: string): void {
    const node = this.pending.querySelector('[data-cid="' + cid + '"]');
    if (node) this.pending.removeChild(node);
  }

  // typing: text is what they have written so far, where that may be seen.
  typing(text = ""): void {
    fill(this.typingRow, this.say.say(text ? "typing.draft" : "typing"), text && h("bdi", { class: "unsent" }, last(text, DRAFT_SHOWN)));
    this.typingRow.hidden = false;
    this.scroll.grown(false);
    clearTimeout(this.typingTimer);
    this.typingTimer = window.setTimeout(() => { this.typingRow.hidden = true; }, TYPING_FOR);
  }

  // resealed draws the contact boxes again: one was opened, or the room changed hands.
  resealed(room: Room): void {
    this.log.querySelectorAll<HTMLElement>("[data-sealed]").forEach((box) => drawSealed(box, room, Number(box.dataset.sealed), this.say, this.acts));
  }

  private draw(room: Room, e: Event): void {
    if (e.kind === "vote") return drawVote(this.log, e, this.say);
    if (e.kind === "handed" || !this.segment) this.cut(e);
    const line = drawLine(room, e, this.say, this.acts);
    if (line) add(this.segment!, line);
  }

  // cut begins a new segment; if I own it, all before it was before me.
  private cut(e: Event): void {
    const mine = !!e.move && e.move.to === "assigned" && e.move.agent === this.acts.me();
    if (mine) Array.from(this.log.children).forEach((s) => this.setBack(s));
    const title = h("h3", { class: "cut" }, h("span", {}, this.cutTitle(e, mine)), h("time", { datetime: e.at }, clockTime(e.at, Date.now())));
    this.segment = h("section", { class: mine ? "segment mine" : "segment" }, title);
    if (e.kind === "handed" && e.text) add(this.segment, h("p", { class: "aside" }, this.say.say("reads", { text: e.text })));
    add(this.log, this.segment);
  }

  private setBack(segment: Element): void {
    if (segment.classList.contains("before")) return;
    segment.classList.add("before");
    const title = segment.querySelector(".cut");
    if (title) add(title, h("span", { class: "mark" }, this.say.say("before")));
  }

  private cutTitle(e: Event, mine: boolean): string {
    const move = e.kind === "handed" ? e.move : undefined;
    if (!move) return this.say.say("segment.opened");
    const what = mine ? this.say.say("segment.me") : this.say.code("segment", move.to === "assigned" ? "agent" : move.to);
    const wrap = move.wrap ? " · " + this.say.code("wrap", move.wrap) : "";
    return (move.reason && move.reason !== "claimed" ? what + " · " + moveReason(move, this.say) : what) + wrap;
  }

  private drawOutgoing(item: Item, act: Act): HTMLElement {
    const { say, second } = this;
    const failed = item.state === "failed";
    const node = h("div", { class: "line " + (act.type === "say" ? "agent" : "note") + (failed ? " failed" : ""), "data-cid": act.cid },
      h("div", { class: "bubble" }, h("bdi", { class: "plain" }, item.label)));
    if (!failed) {
      const acked = item.state === "acked";
      add(node, h("p", { class: "meta" }, item.error, icon(acked ? icons.tick : icons.clock), h("span", { class: "unseen" }, say.say(acked ? "sent" : "sending"))));
      return node;
    }
    const why = item.error || say.say(item.code === "stale" ? "stale" : "failed");
    const asked = item.code === "needs_reason";
    const button = (key: "retry" | "edit" | "drop" | "override", act: (item: Item) => void): HTMLElement =>
      h("button", { type: "button", class: "small", click: () => act(item) }, say.say(key));
    add(node, h("p", { class: "wrong", role: "alert" }, icon(icons.alert), why), h("div", { class: "row" },
      asked && button("override", second.override), item.code === "too_long" || item.code === "blocked" || asked ? null : button("retry", second.retry),
      button("edit", second.edit), button("drop", second.drop)));
    return node;
  }

  // settle: what is drawn at once is not read aloud, what comes later is.
  private settle(): void {
    clearTimeout(this.settleTimer);
    this.settleTimer = window.setTimeout(() => this.log.setAttribute("aria-live", "polite"), SETTLE);
  }
}

function last(text: string, most: number): string {
  const all = Array.from(text);
  return all.length > most ? "…" + all.slice(-most).join("") : text;
}
