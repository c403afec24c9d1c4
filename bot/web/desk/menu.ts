import { add, clear, h, set } from "../common/dom";

export interface Option {
  id: string;
  label: string;
  detail?: string; // a second line
  aside?: string; // at the end of the first: keys, a confidence
  group?: string; // said once above the first of each
}

// Menu is a list one walks through with the arrows while the cursor stays in a text
// field: what may be inserted there, or done.
export class Menu {
  readonly node: HTMLElement;
  private options: readonly Option[] = [];
  private at = 0;

  constructor(private readonly id: string, label: string, private readonly field: HTMLElement, private readonly chosen: (o: Option) => void) {
    // The cursor stays where it is: a press of the mouse takes no focus, nor does one on the scroll bar.
    this.node = h("div", { class: "menu", id, role: "listbox", "aria-label": label, tabindex: "0", hidden: true, mousedown: (e: Event) => e.preventDefault() });
    set(field, "aria-controls", id);
  }

  get open(): boolean { return !this.node.hidden; }

  show(options: readonly Option[], at = 0): void {
    this.options = options;
    clear(this.node);
    let group = "";
    options.forEach((o, i) => {
      if (o.group && o.group !== group) add(this.node, h("div", { class: "group", role: "presentation" }, group = o.group));
      add(this.node, this.draw(o, i));
    });
    this.node.hidden = options.length === 0;
    this.mark(Math.min(at, options.length - 1));
  }

  hide(): boolean {
    const was = this.open;
    this.node.hidden = true;
    set(this.field, "aria-activedescendant", null);
    return was;
  }

  // key reports whether the menu took it. Keys of an input method are never the menu's.
  key(e: KeyboardEvent): boolean {
    if (!this.open || e.isComposing || e.keyCode === 229) return false;
    const n = this.options.length;
    if (e.key === "ArrowDown") this.mark((this.at + 1) % n);
    else if (e.key === "ArrowUp") this.mark((this.at + n - 1) % n);
    else if ((e.key === "Enter" && !e.shiftKey) || e.key === "Tab") this.choose(this.at);
    else if (e.key === "Escape") this.hide();
    else return false;
    e.preventDefault();
    e.stopPropagation();
    return true;
  }

  private draw(o: Option, i: number): HTMLElement {
    return h("div", { class: "pick-line", role: "option", id: this.id + "-" + i, "aria-selected": "false", click: () => this.choose(i) },
      h("span", { class: "first" }, h("bdi", { class: "label" }, o.label), o.aside && h("span", { class: "aside-key" }, o.aside)),
      o.detail && h("bdi", { class: "detail" }, o.detail));
  }

  private choose(i: number): void {
    const o = this.options[i];
    this.hide();
    if (o) this.chosen(o);
  }

  private mark(i: number): void {
    this.at = i;
    this.node.querySelectorAll('[role="option"]').forEach((row, n) => {
      set(row, "aria-selected", String(n === i));
      if (n === i) row.scrollIntoView({ block: "nearest" });
    });
    set(this.field, "aria-activedescendant", this.open && i >= 0 ? this.id + "-" + i : null);
  }
}

// matching are the options whose words hold all words of what was typed.
export function matching<T>(all: readonly T[], typed: string, words: (o: T) => string): T[] {
  const parts = typed.toLowerCase().split(/\s+/).filter((p) => p);
  return all.filter((o) => {
    const text = words(o).toLowerCase();
    return parts.every((p) => text.includes(p));
  });
}
