import type { Event, Part } from "../common/frame";
import { add, fill, h, icon, icons } from "../common/dom";
import { Chips } from "./chips";
import type { WidgetWords } from "./words";

const BEST = 5;
const GOOD = 4; // from here on one asks what was good

// Why somebody was content or not with a part, as the server knows it (bot.RatingReasons).
const GOOD_REASONS: Record<Part, string[]> = { bot: ["solved", "quick"], agent: ["solved", "quick", "kind"] };
const BAD_REASONS: Record<Part, string[]> = {
  bot: ["not_solved", "wrong", "slow", "hard_to_reach"], agent: ["not_solved", "wrong", "slow", "hard_to_reach", "rude"],
};

// Rating asks for 1 to 5 for a part of the chat, then why. The 1 to 5 is sent at once: who
// gives no reason has rated all the same. Plain buttons: a group of radio buttons would
// send on every arrow key.
export class Rating {
  readonly node: HTMLElement;
  readonly part: Part;
  private readonly body = h("div", { class: "marks" });
  private readonly why = h("div", { class: "why" });
  private value = 0;
  private told = false; // we sent why

  constructor(private readonly say: WidgetWords, survey: Event, private readonly rate: (part: Part, value: number, reasons: string[]) => void) {
    this.part = survey.part || "bot";
    this.node = h("section", { class: "rating", "aria-label": survey.text || null },
      h("p", { class: "ask", lang: survey.lang || null }, survey.text || ""), this.body, this.why);
    this.ask();
  }

  // ask shows the five marks, at first and when the rating was refused.
  ask(): void {
    this.value = 0;
    this.told = false;
    fill(this.why);
    fill(this.body);
    for (let n = 1; n <= BEST; n++) {
      const word = this.word(n);
      add(this.body, h("button", { type: "button", class: "mark", "aria-label": this.say.say("rating.value", { n, word }), title: word, click: () => this.choose(n) },
        icon(icons.star), h("span", { "aria-hidden": "true" }, String(n))));
    }
  }

  // rated shows what was rated here, in another tab or at an earlier visit.
  rated(value: number, reasons: string[]): void {
    if (value === this.value && (reasons.length === 0 || this.told)) return; // ours, and it may still be asked why
    this.thank(value);
    fill(this.why);
  }

  private choose(n: number): void {
    this.thank(n);
    this.rate(this.part, n, []);
    const good = n >= GOOD;
    const chips = new Chips(this.say.say(good ? "why.good" : "why.bad"), (good ? GOOD_REASONS : BAD_REASONS)[this.part],
      (code) => this.say.code("why", code), this.say.say("why.send"), (reasons) => {
        this.told = true;
        fill(this.why, h("p", { class: "thanks", role: "status" }, this.say.say("why.thanks")));
        this.rate(this.part, n, reasons);
      });
    fill(this.why, chips.node);
    chips.focus();
  }

  private thank(n: number): void {
    this.value = n;
    fill(this.body, h("p", { class: "thanks", role: "status" }, this.say.say("rating.thanks", { n, word: this.word(n) })));
  }

  private word(n: number): string { return this.say.code("rating", String(n)); }
}
