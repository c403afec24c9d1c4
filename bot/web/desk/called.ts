import type { Mention } from "../common/frame";
import { fill, h, icon, icons } from "../common/dom";
import { keyed } from "./keyed";
import type { Shift } from "./shift";
import { ago, type DeskWords } from "./words";

// Called is where colleagues named me in a note and I did not look since; said here, for
// most of those chats stand in no list of mine.
export class Called {
  readonly node: HTMLElement;
  private readonly list = h("ul", { class: "chats" });
  private readonly count = h("span", { class: "number" });

  constructor(private readonly say: DeskWords, private readonly shift: Shift) {
    this.node = h("section", { class: "called", "aria-labelledby": "called", hidden: true }, h("h2", { id: "called" }, say.say("mentioned"), this.count), this.list);
  }

  draw(): void {
    const all = [...this.shift.mentions.values()];
    this.node.hidden = all.length === 0;
    fill(this.count, String(all.length));
    keyed(this.list, all, (m) => m.session, () => this.row(), (row, m) => this.update(row, m));
  }

  private row(): HTMLElement {
    const of = (): string => row.dataset.key || "";
    const row: HTMLElement = h("li", { class: "chat" }, h("button", { type: "button", class: "open", click: () => this.shift.open(of()) }),
      h("button", { type: "button", class: "round", click: () => this.shift.dismiss(of()) }, icon(icons.close)));
    return row;
  }

  private update(row: HTMLElement, m: Mention): void {
    const [open, done] = Array.from(row.children) as HTMLElement[];
    const name = m.from.name || this.say.say("agent");
    done.setAttribute("aria-label", this.say.say("mentioned.known", { name }));
    fill(open, h("span", { class: "top" }, h("bdi", { class: "name" }, name), h("time", { datetime: m.at }, ago(m.at, this.say))),
      h("span", { class: "preview" }, m.customer ? h("span", { class: "mark" }, h("bdi", {}, m.customer)) : null, h("bdi", {}, m.text)));
  }
}
