import { fill, h, icon, icons } from "../common/dom";
import type { State } from "../common/frame";
import { Writing } from "../common/writing";
import type { WidgetWords } from "./words";

const LINES = 6;

// Composer is where the customer writes.
export class Composer {
  readonly node: HTMLFormElement;
  readonly input: HTMLTextAreaElement;
  private readonly writing: Writing;
  private readonly care = h("p", { class: "care", id: "care" });

  constructor(private readonly say: WidgetWords, send: (text: string) => void, typed: (text: string) => void) {
    const button = h("button", { type: "submit", class: "send", "aria-label": say.say("send"), disabled: true }, icon(icons.send));
    this.writing = new Writing({ "aria-label": say.say("input"), "aria-describedby": "care", enterkeyhint: "send" }, LINES, {
      left: (n) => say.say("count.left", { n }),
      over: (n) => say.say("count.over", { n }),
      send,
      changed: (text, sendable) => {
        button.disabled = !sendable;
        typed(text);
      },
    });
    this.input = this.writing.input;
    this.node = h("form", { class: "composer", novalidate: true, submit: (e: Event) => {
      e.preventDefault();
      this.writing.submit();
    } }, this.writing.count, h("div", { class: "write" }, this.input, button), this.care);
    this.hint("bot");
    this.preview(false);
  }

  // put writes text into the input unless something is there already.
  put(text: string): void {
    if (text && !this.writing.text.trim()) this.writing.text = text;
    else this.writing.fit();
  }

  // fit makes the size right after the letters have changed theirs.
  fit(): void { this.writing.fit(); }

  // preview says, where it is so, that agents see what is written here before it is sent.
  preview(on: boolean): void {
    fill(this.care, this.say.say("input.care"), on && h("span", { class: "seen" }, this.say.say("input.preview")));
  }

  // hint says what to write: a question, also while one waits, or how to take a closed chat up again.
  hint(state: State): void {
    this.input.placeholder = this.say.say(state === "closed" ? "input.again" : state === "queued" ? "input.queued" : "input.hint");
  }
}
