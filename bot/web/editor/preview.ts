import { add, fill, h } from "../common/dom";
import { render } from "../common/markdown";
import { dress } from "../widget/dress";

// <wenda-preview for="…"> shows what a text area holds as the chat window does: the same
// Markdown, the same style.
export class Preview extends HTMLElement {
  private bubble: HTMLElement | null = null;

  connectedCallback(): void {
    if (this.bubble) return;
    const source = document.getElementById(this.getAttribute("for") || "") as HTMLTextAreaElement | null;
    if (!source) return;
    const label = this.getAttribute("label") || "";
    this.bubble = h("div", { class: "bubble", lang: this.getAttribute("lang") });
    const root = this.attachShadow({ mode: "open" });
    dress(root, location.href);
    add(root, h("div", { class: "wenda", role: "group", "aria-label": label },
      h("div", { class: "log" }, h("div", { class: "line bot" }, this.bubble))));
    source.addEventListener("input", () => this.draw(source.value));
    this.draw(source.value);
  }

  private draw(text: string): void {
    this.classList.toggle("empty", !text.trim());
    fill(this.bubble!, render(document, text, this.getAttribute("newtab") || ""));
  }
}
