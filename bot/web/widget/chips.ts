import { add, h } from "../common/dom";

// Chips lets somebody pick several of a few short reasons and send them.
export class Chips {
  readonly node: HTMLElement;
  private readonly picked = new Set<string>();
  private readonly buttons: HTMLButtonElement[];

  constructor(question: string, codes: string[], word: (code: string) => string, send: string, done: (codes: string[]) => void) {
    const submit = h("button", { type: "button", class: "quiet", disabled: true, click: () => done(codes.filter((c) => this.picked.has(c))) }, send);
    this.buttons = codes.map((code) => {
      const chip = h("button", { type: "button", class: "chip", "aria-pressed": "false", click: () => {
        if (!this.picked.delete(code)) this.picked.add(code);
        chip.setAttribute("aria-pressed", String(this.picked.has(code)));
        submit.disabled = this.picked.size === 0;
      } }, word(code));
      return chip;
    });
    this.node = h("div", { class: "chips", role: "group", "aria-label": question }, h("p", { class: "asked" }, question));
    add(this.node, ...this.buttons, h("div", { class: "sent" }, submit));
  }

  focus(): void { this.buttons[0].focus({ preventScroll: true }); }
}
