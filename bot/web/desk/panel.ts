import { h, set } from "../common/dom";

// Panel is a dialog over the page: what is below rests until it goes, and then has the
// focus again.
export class Panel {
  readonly node: HTMLElement;
  private back: Element | null = null;

  constructor(kind: string, label: string, ...children: (Node | null)[]) {
    this.node = h("section", { class: "panel " + kind, role: "dialog", "aria-modal": "true", "aria-label": label, tabindex: "-1", hidden: true }, ...children);
    document.addEventListener("pointerdown", (e) => { if (this.open && !this.node.contains(e.target as Node)) this.hide(); });
  }

  get open(): boolean { return !this.node.hidden; }

  show(focus: HTMLElement = this.node): void {
    if (!this.open) this.back = document.activeElement;
    this.node.hidden = false;
    this.rest(true);
    focus.focus();
  }

  toggle(): void {
    if (this.open) this.hide();
    else this.show();
  }

  // hide reports whether it was open.
  hide(): boolean {
    if (!this.open) return false;
    this.node.hidden = true;
    this.rest(false);
    if (this.back instanceof HTMLElement && this.back.isConnected) this.back.focus();
    return true;
  }

  private rest(on: boolean): void {
    for (const e of Array.from(this.node.parentElement ? this.node.parentElement.children : [])) {
      if (e !== this.node && !e.classList.contains("panel")) set(e, "inert", on);
    }
  }
}
