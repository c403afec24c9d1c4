import type { Chat } from "../common/frame";
import { add, fill, h, set } from "../common/dom";
import { Called } from "./called";
import { keyed } from "./keyed";
import { keysOf } from "./keys";
import { chatRow, drawRow } from "./row";
import type { Shift } from "./shift";
import { Windowed } from "./windowed";
import type { DeskWords } from "./words";

// Lists are what is offered to me, who is being served, and who waits.
export class Lists {
  readonly node: HTMLElement;
  private readonly offers = h("ul", { class: "chats" });
  private readonly offered: HTMLElement;
  private readonly waitingCount = h("span", { class: "number" });
  private readonly mineCount = h("span", { class: "number" });
  private readonly waiting: Windowed<Chat>;
  private readonly mine: Windowed<Chat>;
  private readonly waitingNote = h("p", { class: "empty" });
  private readonly mineNote = h("p", { class: "empty" });
  private readonly next: HTMLButtonElement;
  private readonly called: Called;

  constructor(private readonly say: DeskWords, private readonly shift: Shift, private readonly refuse: (session: string) => void) {
    this.next = h("button", { type: "button", class: "primary wide", title: keysOf("next"), click: () => shift.claim() }, say.say("claim.next"));
    this.waiting = this.list(true);
    this.mine = this.list(false);
    this.offered = h("section", { class: "offers", "aria-labelledby": "offered", hidden: true }, h("h2", { id: "offered" }, say.say("offers")), this.offers);
    this.called = new Called(say, shift);
    this.node = h("div", { class: "lists" }, this.offered, this.called.node,
      h("section", { "aria-labelledby": "mine" }, h("h2", { id: "mine" }, say.say("mine"), this.mineCount), this.mine.node, this.mineNote),
      h("section", { "aria-labelledby": "waiting" }, h("h2", { id: "waiting" }, say.say("waiting"), this.waitingCount), this.next, this.waiting.node, this.waitingNote));
  }

  // within says what scrolls them.
  within(pane: HTMLElement): void { [this.waiting, this.mine].forEach((l) => l.within(pane)); }

  draw(): void {
    const { shift, say } = this;
    const { mine, waiting } = shift.chats;
    const { offers, queue } = this.parted();
    this.called.draw();
    this.offered.hidden = offers.length === 0;
    keyed(this.offers, offers, (c) => c.session, () => this.offer(), (row, c) => drawRow(row, c, true, shift, say));
    this.waiting.draw(queue);
    this.mine.draw(ordered(mine));
    fill(this.waitingCount, String(waiting));
    fill(this.mineCount, shift.me ? say.say("capacity", { n: mine.length, max: shift.me.capacity }) : "");
    fill(this.waitingNote, queue.length === 0 ? say.say("waiting.none") : waiting > queue.length + offers.length ? say.say("waiting.more", { n: waiting }) : "");
    fill(this.mineNote, mine.length === 0 ? say.say("mine.none") : "");
    this.next.disabled = queue.length === 0 || !shift.online();
  }

  // step opens the next or previous of my chats.
  step(by: 1 | -1): void {
    const mine = ordered(this.shift.chats.mine);
    if (mine.length === 0) return;
    const at = mine.findIndex((c) => this.shift.current !== null && c.session === this.shift.current.session);
    const to = at < 0 ? 0 : (at + by + mine.length) % mine.length;
    this.mine.reveal(to);
    this.shift.open(mine[to].session);
  }

  // accept takes what is offered first, if anything is.
  accept(): void {
    const { offers } = this.parted();
    if (offers.length) this.shift.claim(offers[0].session);
  }

  private parted(): { offers: Chat[]; queue: Chat[] } {
    const { queue } = this.shift.chats;
    return { offers: queue.filter((c) => c.accept_by), queue: queue.filter((c) => !c.accept_by) };
  }

  private list(waits: boolean): Windowed<Chat> {
    const { say, shift } = this;
    return new Windowed<Chat>(h("ul", { class: "chats" }), {
      key: (c) => c.session, make: () => this.row(waits), update: (row, c) => {
        drawRow(row, c, waits, shift, say);
        const take = row.querySelector(".claim");
        if (take) set(take, "disabled", !!c.offered);
      },
    });
  }

  private row(waits: boolean): HTMLElement {
    const row = chatRow(this.shift);
    if (waits) add(row, h("button", { type: "button", class: "small claim", click: () => this.shift.claim(row.dataset.key) }, this.say.say("claim.this")));
    return row;
  }

  private offer(): HTMLElement {
    const row = chatRow(this.shift);
    row.classList.add("offer");
    add(row, h("div", { class: "row offer-acts" }, h("button", { type: "button", class: "primary", title: keysOf("accept"), click: () => this.shift.claim(row.dataset.key) }, this.say.say("accept")),
      h("button", { type: "button", class: "plain-button", click: () => this.refuse(row.dataset.key || "") }, this.say.say("refuse"))));
    return row;
  }
}

// ordered puts aside what was put aside.
function ordered(mine: Chat[]): Chat[] { return [...mine.filter((c) => !c.snoozed), ...mine.filter((c) => c.snoozed)]; }
