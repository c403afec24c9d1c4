import type { BoardAgent, Chat } from "../common/frame";
import { fill, h, set } from "../common/dom";
import { keyed } from "../desk/keyed";
import type { Shift } from "../desk/shift";
import type { DeskWords } from "../desk/words";
import { drawChats } from "./waits";

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
    drawChats(chats, a.chats, false, this.shift, say, this.look);
    set(chats, "hidden", a.chats.length === 0);
  }
}
