import { fill, h } from "../common/dom";
import { Called } from "../desk/called";
import type { Shift } from "../desk/shift";
import type { DeskWords } from "../desk/words";

// Mentioned says quietly that colleagues named me in notes, and opens the list of those
// that I have not seen.
export class Mentioned {
  readonly badge: HTMLButtonElement;
  readonly node = h("div", { class: "mentions", id: "mentions", hidden: true });
  private readonly count = h("span", { class: "number" });
  private readonly called: Called;
  private open = false;

  constructor(say: DeskWords, private readonly shift: Shift) {
    this.called = new Called(say, shift);
    this.badge = h("button", { type: "button", class: "tab", "aria-expanded": "false", "aria-controls": "mentions", hidden: true, click: () => this.turn(!this.open) }, say.say("mentioned"), this.count);
    this.node.appendChild(this.called.node);
  }

  draw(): void {
    const n = this.shift.mentions.size;
    this.badge.hidden = n === 0;
    fill(this.count, String(n));
    this.called.draw();
    this.turn(this.open && n > 0);
  }

  private turn(open: boolean): void {
    this.open = open;
    this.node.hidden = !open;
    this.badge.setAttribute("aria-expanded", String(open));
  }
}
