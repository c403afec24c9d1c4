import { MAX_RUNES } from "./frame";
import { h } from "./dom";
import { runes } from "./text";

const COUNT_FROM = MAX_RUNES - 200;

export interface Writer {
  left(n: number): string; // what to say of n runes that are left
  over(n: number): string; // … of n runes too many
  send(text: string): void;
  changed(text: string, sendable: boolean): void;
}

// Writing is a text field that grows, counts and sends. Enter sends, Shift+Enter makes
// a new line, and an Enter that ends a word of an input method does neither.
export class Writing {
  readonly input: HTMLTextAreaElement;
  readonly count: HTMLElement;

  constructor(attrs: Record<string, string>, private readonly lines: number, private readonly writer: Writer) {
    this.input = h("textarea", { rows: "1", autocomplete: "off", ...attrs });
    this.count = h("p", { class: "count", role: "status" });
    this.input.addEventListener("keydown", (e) => this.key(e));
    this.input.addEventListener("input", () => this.fit());
  }

  get text(): string { return this.input.value; }

  set text(text: string) {
    this.input.value = text;
    this.fit();
  }

  submit(): void {
    const text = this.text.trim();
    if (!text || runes(text) > MAX_RUNES) return;
    this.text = "";
    this.writer.send(text);
    this.input.focus();
  }

  // fit makes the height, the count and the button true again.
  fit(): void {
    const { input } = this;
    input.style.height = "auto";
    const line = parseFloat(getComputedStyle(input).lineHeight) || 24;
    if (input.scrollHeight) input.style.height = Math.min(input.scrollHeight, Math.round(line * this.lines)) + "px";
    const n = runes(this.text.trim());
    const over = n > MAX_RUNES;
    input.setAttribute("aria-invalid", String(over));
    this.count.className = over ? "count over" : "count";
    this.count.textContent = over ? this.writer.over(n - MAX_RUNES) : n >= COUNT_FROM ? this.writer.left(MAX_RUNES - n) : "";
    this.writer.changed(this.text, n > 0 && !over);
  }

  private key(e: KeyboardEvent): void {
    if (e.key !== "Enter" || e.shiftKey || e.isComposing || e.keyCode === 229) return; // 229: older webviews while composing
    e.preventDefault();
    this.submit();
  }
}
