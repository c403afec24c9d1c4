import { add, clear, h } from "../common/dom";
import { percent } from "../common/text";
import { plain } from "./plain";
import type { Queries, Suggestion } from "./queries";
import type { Room } from "./room";
import type { DeskWords } from "./words";

const WAIT = 400; // milliseconds of quiet before the hub is asked
const LINES = 3; // of a customer's burst are read together
const MOST = 5;
const LEAST = 0.15; // confidence: of weaker ones six in seven would be read for nothing; "/" finds them all

// Suggestions are the hub's answers to what the customer said last, one key away.
export class Suggestions {
  readonly node: HTMLElement;
  private readonly list = h("ol", {});
  private found: Suggestion[] = [];
  private about = ""; // what they are for
  private timer = 0;

  constructor(say: DeskWords, private readonly queries: Queries, private readonly online: () => boolean, private readonly insert: (s: Suggestion) => void) {
    this.node = h("section", { class: "suggestions", "aria-label": say.say("suggestions"), hidden: true }, h("h3", {}, say.say("suggestions")), this.list);
  }

  // follow looks at what is open now: the customer spoke last in my chat, or there is nothing to suggest.
  follow(room: Room | null): void {
    const asked = room && room.mine && this.online() ? open(room) : "";
    const about = room && asked ? room.session + "\n" + asked : "";
    if (about === this.about) return;
    this.about = about;
    clearTimeout(this.timer);
    this.show([]);
    if (room && asked) this.timer = window.setTimeout(() => { void this.ask(room, asked, about); }, WAIT);
  }

  // pick inserts number n, from 1.
  pick(n: number): void {
    const s = this.found[n - 1];
    if (s) this.insert(s);
  }

  private async ask(room: Room, asked: string, about: string): Promise<void> {
    const found = await this.queries.suggest(asked, room.lang(), room.session).catch(() => []);
    if (about === this.about) this.show(found.filter((s) => s.confidence >= LEAST).slice(0, MOST));
  }

  private show(found: Suggestion[]): void {
    this.found = found;
    this.node.hidden = found.length === 0;
    clear(this.list);
    found.forEach((s, i) => add(this.list, h("li", {},
      h("button", { type: "button", class: "suggestion", title: plain(s.answer), click: () => this.insert(s) },
        h("kbd", {}, "Alt+" + (i + 1)), h("bdi", { class: "label" }, s.question), h("span", { class: "sure" }, percent(s.confidence))))));
  }
}

// open is what the customer said since somebody answered, "" if nothing.
export function open(room: Room): string {
  const lines: string[] = [];
  for (let i = room.events.length - 1; i >= 0 && lines.length < LINES; i--) {
    const e = room.events[i];
    if (e.kind !== "message" || e.from.role === "system") continue;
    if (e.from.role === "agent") break;
    if (e.from.role === "customer" && e.text) lines.unshift(e.text);
    else if (lines.length) break;
  }
  return lines.join(" ");
}
