import { h, fill } from "../common/dom";

// <wenda-pick> is a list of checkboxes that can all be chosen at once, and says how many are.
export class Pick extends HTMLElement {
  private count = h("span", { class: "soft", role: "status" });

  connectedCallback(): void {
    if (this.querySelector(".pickbar")) return;
    const button = (name: string, on: boolean): HTMLButtonElement =>
      h("button", { type: "button", class: "button small quiet", click: () => this.choose(on) }, this.getAttribute(name));
    this.insertBefore(h("div", { class: "pickbar" }, button("all", true), button("none", false), this.count), this.firstChild);
    this.addEventListener("change", () => this.tell());
    this.tell();
  }

  private boxes(): HTMLInputElement[] { return [...this.querySelectorAll<HTMLInputElement>("input[type=checkbox]")]; }

  private choose(on: boolean): void {
    this.boxes().forEach((box) => { box.checked = on; });
    this.tell();
  }

  private tell(): void {
    fill(this.count, (this.getAttribute("count") || "").replace("#", String(this.boxes().filter((box) => box.checked).length)));
  }
}
