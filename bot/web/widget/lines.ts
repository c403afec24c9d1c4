import type { Event, Part, Speaker } from "../common/frame";
import type { Item } from "../common/outbox";
import { add, clear, fill, h } from "../common/dom";
import { Scroll } from "../common/scroll";
import { drawLine, showVote, type Acts, type Drawn } from "./line";
import { drawOutgoing, type Second } from "./outgoing";
import { Rating } from "./rating";
import type { WidgetWords } from "./words";

const TITLE_AGAIN = 5 * 60 * 1000; // milliseconds after which a speaker is named again
const TYPING_FOR = 5000;
const THINKING_AFTER = 300; // what is answered at once shows no dots
const THINKING_FOR = 30000; // whoever has nothing to say by then is not at it
const SETTLE = 700; // after this the history is drawn and new lines may be read aloud

// Lines is the conversation on the page: what was said, then what is on its way.
export class Lines {
  readonly node: HTMLElement;
  private readonly log: HTMLElement;
  private readonly pending = h("div", { class: "pending", "aria-live": "off" });
  private readonly typingRow = h("div", { role: "status" }); // read aloud when there is a pause
  private readonly after = h("div", { class: "after" });
  private readonly scroll: Scroll;
  private readonly drawn = new Map<number, Drawn>();
  private readonly waiting = new Map<string, HTMLElement>();
  private readonly ratings = new Map<Part, Rating>();
  private last: Event | null = null;
  private typingTimer = 0;
  private thinkingTimer = 0;
  private settleTimer = 0;

  constructor(private readonly say: WidgetWords, private readonly acts: Acts, private readonly second: Second) {
    this.log = h("div", { class: "log", role: "log", "aria-label": say.say("log"), "aria-live": "off" });
    this.scroll = new Scroll(say.say("jump"), this.log, this.pending, this.typingRow, this.after);
    this.node = this.scroll.node;
  }

  // add shows a line at the end. History is not read aloud; what is fresh is.
  add(e: Event, fresh: boolean): void {
    this.aloud(fresh);
    if (e.kind === "vote") {
      const about = this.drawn.get(e.about || 0);
      if (about) showVote(about, e.value || 0, this.say, e.reasons || []);
      return;
    }
    if (e.kind === "survey") return this.survey(e);
    if (e.kind === "rating") return this.rated(e);
    if (!e.text || (e.kind !== "message" && e.kind !== "handed")) return;
    this.spendChoices();
    const line = drawLine(e, this.say, this.acts, this.titled(e));
    this.drawn.set(e.seq, line);
    this.last = e;
    this.stopTyping();
    add(this.log, line.node);
    this.scroll.grown(e.from.role === "customer");
  }

  // outgoing shows something of ours that is not in the log yet.
  outgoing(item: Item): void {
    if (item.frame.type !== "send") return;
    const cid = item.frame.cid;
    const old = this.waiting.get(cid);
    if (item.state === "acked" && !old) return;
    const node = drawOutgoing(item, this.say, this.second);
    this.waiting.set(cid, node);
    if (old) {
      this.pending.replaceChild(node, old);
      return;
    }
    this.spendChoices();
    add(this.pending, node);
    this.toEnd();
  }

  sent(cid: string): void {
    const node = this.waiting.get(cid);
    if (node) this.pending.removeChild(node);
    this.waiting.delete(cid);
  }

  // unvote takes back a vote that was refused.
  unvote(about: number): void {
    const line = this.drawn.get(about);
    if (line) showVote(line, 0, this.say, []);
  }

  // unrate takes back a rating that was refused.
  unrate(part: Part = "bot"): void {
    const rating = this.ratings.get(part);
    if (rating) rating.ask();
  }

  // survey stands in the conversation where it was asked, and scrolls away with it.
  private survey(e: Event): void {
    const rating = new Rating(this.say, e, this.acts.rate);
    this.ratings.set(rating.part, rating);
    this.last = e;
    add(this.log, rating.node);
    this.scroll.grown(false);
  }

  private rated(e: Event): void {
    const rating = this.ratings.get(e.part || "bot");
    if (rating && e.value) rating.rated(e.value, e.reasons || []);
  }

  typing(from: Speaker): void {
    this.dots(this.say.say("typing.agent", { name: from.name || this.say.say("agent") }), TYPING_FOR);
  }

  // thinking shows that the bot is about to answer.
  thinking(on: boolean): void {
    clearTimeout(this.thinkingTimer);
    if (on) this.thinkingTimer = window.setTimeout(() => this.dots(this.say.say("typing.bot"), THINKING_FOR), THINKING_AFTER);
    else this.stopTyping();
  }

  private dots(text: string, ms: number): void {
    if (this.typingRow.textContent !== text) { // say it aloud once
      fill(this.typingRow, h("div", { class: "typing" }, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), text));
      this.scroll.grown(false);
    }
    clearTimeout(this.typingTimer);
    this.typingTimer = window.setTimeout(() => this.stopTyping(), ms);
  }

  // divide draws a line between two sessions; clear starts from nothing.
  divide(): void {
    this.spendChoices();
    if (this.log.firstChild) add(this.log, h("div", { class: "divider" }, h("span", {}, this.say.say("divider"))));
    this.drawn.clear();
    this.ratings.clear();
    this.last = null;
  }

  clear(): void {
    clear(this.log);
    this.drawn.clear();
    this.ratings.clear();
    this.last = null;
  }

  // afterwards shows node below everything, nothing if null.
  afterwards(node: HTMLElement | null): void {
    fill(this.after, node);
    if (node) this.toEnd();
  }

  toEnd(): void { this.scroll.toEnd(); }

  private aloud(fresh: boolean): void {
    clearTimeout(this.settleTimer);
    if (fresh) this.log.setAttribute("aria-live", "polite");
    else {
      this.log.setAttribute("aria-live", "off");
      this.settleTimer = window.setTimeout(() => this.log.setAttribute("aria-live", "polite"), SETTLE);
    }
  }

  private titled(e: Event): boolean {
    const last = this.last;
    return !last || last.kind !== e.kind || last.from.role !== e.from.role || last.from.id !== e.from.id
      || Date.parse(e.at) - Date.parse(last.at) > TITLE_AGAIN;
  }

  // spendChoices: buttons belong to the last reply only.
  private spendChoices(): void {
    this.drawn.forEach((line) => line.choices.forEach((b) => { b.disabled = true; }));
  }

  private stopTyping(): void {
    clearTimeout(this.typingTimer);
    clearTimeout(this.thinkingTimer);
    clear(this.typingRow);
  }
}
