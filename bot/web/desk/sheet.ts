import { add, clear, h } from "../common/dom";
import { MAX_RUNES } from "../common/frame";
import type { DeskWords } from "./words";

export interface Question {
  title: string;
  field?: string; // label of a text that goes with it
  needed?: boolean; // … and must not be empty
  yes: string;
  done(text: string): void;
}

// Sheet asks before something is done that cannot be undone. It stands above the
// composer, not over the page: the transcript stays readable while one thinks.
export class Sheet {
  readonly node = h("div", { class: "sheet", hidden: true });
  private back: HTMLElement | null = null;

  constructor(private readonly say: DeskWords) {}

  ask(q: Question): void {
    this.back = document.activeElement instanceof HTMLElement ? document.activeElement : null;
    const field = q.field ? h("input", { type: "text", id: "sheet-field", maxlength: MAX_RUNES, required: q.needed, autocomplete: "off" }) : null;
    const yes = h("button", { type: "submit", class: "primary" }, q.yes);
    const form = h("form", { "aria-label": q.title, submit: (e: Event) => {
      e.preventDefault();
      const text = field ? field.value.trim() : "";
      if (q.needed && !text) return;
      this.hide();
      q.done(text);
    } }, h("p", { class: "ask" }, q.title),
      field && h("label", { for: "sheet-field" }, q.field, field),
      h("div", { class: "row" }, yes, h("button", { type: "button", class: "plain-button", click: () => this.hide() }, this.say.say("cancel"))));
    clear(this.node);
    add(this.node, form);
    this.node.hidden = false;
    (field || yes).focus();
  }

  // hide reports whether there was something to hide.
  hide(): boolean {
    if (this.node.hidden) return false;
    this.node.hidden = true;
    clear(this.node);
    if (this.back && this.back.isConnected) this.back.focus();
    return true;
  }
}
