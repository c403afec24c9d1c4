import type { BoardAgent, Chat } from "../common/frame";
import { fill, h, set } from "../common/dom";
import { keyed } from "../desk/keyed";
import { drawRow } from "../desk/row";
import type { Shift } from "../desk/shift";
import type { DeskWords } from "../desk/words";

// Agents are who is there, with their load and their chats; a chat opens at a click.
export class Agents {
  readonly node: HTMLElement;
  private readonly list = h("ul", { class: "agents" });
  private readonly none: HTMLElement;

  constructor(private readonly say: DeskWords, private readonly shift: Shift, private readonly look: (chat: Chat) => void) {
    this.none = h("p", { class: "empty" }, say.say("board.agents.none"));
    this.node = h("section", { class: "people", "aria-labelledby": "agents" }, h("h2", { id: "agents" }, say.say("board.agents")), this.none, this.list);
  }

  draw(agents: readonly BoardAgent[]): void {
    this.none.hidden = agents.length > 0;
    keyed(this.list, [...agents], (a) => a.id, () => this.card(), (card, a) => this.update(card, a));
  }

  private card(): HTMLElement {
    return h("li", { class: "person card" }, h("div", { class: "person-head" }), h("ul", { class: "chats" }));
  }

  private update(card: HTMLElement, a: BoardAgent): void {
    const { say } = this;
    const [head, chats] = Array.from(card.children) as HTMLElement[];
    const state = a.there ? (a.takes ? "takes" : "paused") : "away";
    const shown = JSON.stringify([a.name, state, a.load, a.capacity]);
    if (head.dataset.shown !== shown) {
      head.dataset.shown = shown;
      fill(head, h("h3", {}, h("bdi", {}, a.name)), h("span", { class: "mark " + state }, say.code("person", state)),
        h("span", { class: "load" }, say.say("capacity", { n: a.load, max: a.capacity })),
        h("meter", { min: 0, max: Math.max(1, a.capacity), value: Math.min(a.load, a.capacity), "aria-label": say.say("board.load", { name: a.name }) }));
    }
    const byID = new Map(a.chats.map((c) => [c.session, c]));
    keyed(chats, a.chats, (c) => c.session, () => this.row(), (row, c) => drawRow(row, c, false, this.shift, say));
    chats.querySelectorAll<HTMLElement>("li").forEach((row) => { (row as Row).chat = byID.get(row.dataset.key || ""); });
    set(chats, "hidden", a.chats.length === 0);
  }

  private row(): HTMLElement {
    const row: Row = h("li", { class: "chat" }, h("button", { type: "button", class: "open", click: () => { if (row.chat) this.look(row.chat); } }));
    return row;
  }
}

type Row = HTMLElement & { chat?: Chat };
