import { add, fill, h, icon, icons } from "../common/dom";
import { clockTime } from "../common/text";
import type { Queries, Earlier } from "./queries";
import { Room } from "./room";
import { Transcript } from "./transcript";
import type { DeskWords } from "./words";

// History is an earlier chat of the same customer, to be read and nothing else. It lies
// over the open one until it is put away.
export class History {
  readonly node: HTMLElement;
  private readonly heading = h("h2", { class: "room-title", tabindex: "-1" });
  private readonly transcript: Transcript;
  private back: Element | null = null;

  constructor(private readonly say: DeskWords, private readonly queries: Queries, me: () => string, private readonly failed: () => void) {
    this.transcript = new Transcript(say, { me, reveal: () => {} }, { retry: () => {}, override: () => {}, edit: () => {}, drop: () => {} });
    const close = h("button", { type: "button", class: "round", "aria-label": say.say("earlier.close"), click: () => this.hide() }, icon(icons.back));
    this.node = h("section", { class: "history", "aria-label": say.say("earlier"), hidden: true }, h("div", { class: "room-head" }, close, this.heading), this.transcript.node);
  }

  async show(e: Earlier): Promise<void> {
    this.back = document.activeElement;
    try {
      const events = await this.queries.history(e.session);
      const room = new Room(e.session);
      events.forEach((line) => room.events.push(line));
      fill(this.heading, clockTime(e.opened, Date.now()));
      add(this.heading, h("span", { class: "state" }, this.say.say("earlier.readonly")));
      this.node.hidden = false;
      this.transcript.show(room, []);
      this.heading.focus();
    } catch {
      this.failed();
    }
  }

  hide(): boolean {
    if (this.node.hidden) return false;
    this.node.hidden = true;
    if (this.back instanceof HTMLElement && this.back.isConnected) this.back.focus();
    return true;
  }
}
