import { h, icon, icons } from "./dom";

const NEAR = 90; // pixels from the end that still count as reading along

// Scroll is a box that stays at its end while one reads along there, and offers a way
// down when something new came while one was reading further up.
export class Scroll {
  readonly node: HTMLElement;
  private readonly jump: HTMLButtonElement;
  private atEnd = true;

  constructor(label: string, ...children: HTMLElement[]) {
    this.jump = h("button", { type: "button", class: "jump", hidden: true, click: () => this.toEnd() }, icon(icons.down), label);
    this.node = h("div", { class: "scroll", tabindex: "0" }, ...children, this.jump);
    this.node.addEventListener("scroll", () => this.look());
    // A banner above or a growing input below must not hide the newest line.
    if (typeof ResizeObserver === "function") new ResizeObserver(() => { if (this.atEnd) this.toEnd(); }).observe(this.node);
  }

  // grown says that something was added; own means that the reader did it.
  grown(own: boolean): void {
    if (own || this.atEnd) this.toEnd();
    else this.jump.hidden = false;
  }

  toEnd(): void {
    this.atEnd = true;
    this.jump.hidden = true;
    this.node.scrollTop = this.node.scrollHeight;
  }

  private look(): void {
    const { node } = this;
    this.atEnd = node.scrollHeight - node.scrollTop - node.clientHeight < NEAR;
    if (this.atEnd) this.jump.hidden = true;
  }
}
