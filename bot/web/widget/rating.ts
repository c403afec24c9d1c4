import { add, fill, h, icon, icons } from "../common/dom";
import type { WidgetWords } from "./words";

const BEST = 5;

// Rating asks for 1 to 5 when a chat is over. Plain buttons: a group of radio
// buttons would send on every arrow key.
export class Rating {
  readonly node: HTMLElement;
  private readonly body = h("div", { class: "marks" });

  constructor(private readonly say: WidgetWords, private readonly rate: (value: number) => void, again: () => void) {
    this.node = h("section", { class: "rating", "aria-label": say.say("rating.ask") },
      h("p", { class: "over" }, say.say("closed")),
      h("p", { class: "ask" }, say.say("rating.ask")),
      this.body,
      h("button", { type: "button", class: "link", click: again }, say.say("again")));
    this.ask();
  }

  // ask shows the five marks.
  ask(): void {
    fill(this.body);
    for (let n = 1; n <= BEST; n++) {
      const word = this.word(n);
      add(this.body, h("button", { type: "button", class: "mark", "aria-label": this.say.say("rating.value", { n, word }), title: word, click: () => {
        this.thank(n);
        this.rate(n);
      } }, icon(icons.star), h("span", { "aria-hidden": "true" }, String(n))));
    }
  }

  thank(n: number): void {
    fill(this.body, h("p", { class: "thanks", role: "status" }, this.say.say("rating.thanks", { n, word: this.word(n) })));
  }

  private word(n: number): string { return this.say.code("rating", String(n)); }
}
