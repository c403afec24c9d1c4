import type { BoardQueue, Chat } from "../common/frame";
import { fill, h, set } from "../common/dom";
import { keyed } from "../desk/keyed";
import { drawRow } from "../desk/row";
import type { Shift } from "../desk/shift";
import type { DeskWords } from "../desk/words";

// Waits are the customers who stand in the queues, next first; a chat opens at a click, to
// be read.
export class Waits {
  readonly node: HTMLElement;
  private readonly list = h("ul", { class: "agents" });

  constructor(private readonly say: DeskWords, private readonly shift: Shift, private readonly look: (chat: Chat) => void) {
    this.node = h("section", { class: "waits", "aria-labelledby": "waits", hidden: true }, h("h2", { id: "waits" }, say.say("board.waits")), this.list);
  }

  draw(queues: readonly BoardQueue[]): void {
    const busy = queues.filter((q) => q.chats.length > 0);
    this.node.hidden = busy.length === 0;
    keyed(this.list, busy, (q) => q.skill || "general", () => this.card(), (card, q) => this.update(card, q));
  }

  private card(): HTMLElement {
    return h("li", { class: "person card" }, h("h3", {}), h("ul", { class: "chats" }), h("p", { class: "soft" }));
  }

  private update(card: HTMLElement, q: BoardQueue): void {
    const { say } = this;
    const [head, chats, more] = Array.from(card.children) as HTMLElement[];
    fill(head, h("bdi", {}, q.name || q.skill), h("span", { class: "number" }, String(q.waiting)));
    drawChats(chats, q.chats, true, this.shift, say, this.look);
    const hidden = q.waiting - q.chats.length;
    set(more, "hidden", hidden <= 0);
    fill(more, say.say("board.more", { n: hidden }));
  }
}

type Row = HTMLElement & { chat?: Chat };

// drawChats makes a list those chats, each of which opens at a click; waits as for drawRow.
export function drawChats(list: HTMLElement, chats: Chat[], waits: boolean, shift: Shift, say: DeskWords, look: (chat: Chat) => void): void {
  const make = (): HTMLElement => {
    const row: Row = h("li", { class: "chat" }, h("button", { type: "button", class: "open", click: () => { if (row.chat) look(row.chat); } }));
    return row;
  };
  keyed(list, chats, (c) => c.session, make, (row, c) => {
    (row as Row).chat = c;
    drawRow(row, c, waits, shift, say);
  });
}
