import { keyed } from "./keyed";
import { set } from "../common/dom";

const FEW = 60; // as many rows are drawn all
const ROW = 64; // pixels, while no row can be measured
const SPARE = 8; // rows drawn above and below what can be seen

export interface Rows<T> {
  key(item: T): string;
  make(): HTMLElement;
  update(row: HTMLElement, item: T): void;
}

// span says which of count rows of one height are drawn, when the first above pixels
// are out of sight and view pixels can be seen.
export function span(count: number, height: number, above: number, view: number): { from: number; to: number } {
  if (count <= FEW || height <= 0) return { from: 0, to: count };
  const seen = Math.ceil(view / height) + 2 * SPARE;
  const from = Math.min(Math.max(0, Math.floor(above / height) - SPARE), Math.max(0, count - seen));
  return { from, to: Math.min(count, from + seen) };
}

// Windowed is a list of rows of one height. Of a long one only those near the sight
// are there, so that 500 chats cost no more than 40.
export class Windowed<T> {
  private items: readonly T[] = [];
  private scroller: HTMLElement | null = null;
  private frame = 0;

  constructor(readonly node: HTMLElement, private readonly rows: Rows<T>) {}

  // within says what scrolls.
  within(scroller: HTMLElement): void {
    this.scroller = scroller;
    scroller.addEventListener("scroll", () => this.moved());
  }

  draw(items: readonly T[]): void {
    this.items = items;
    const guessed = !this.node.firstElementChild && items.length > FEW; // there is no row to measure yet
    this.render();
    if (guessed) this.render();
  }

  private render(): void {
    const { items } = this;
    const { from, to } = this.seen();
    const height = from > 0 || to < items.length ? this.height() : 0;
    this.node.style.paddingTop = height ? from * height + "px" : "";
    this.node.style.paddingBottom = height ? (items.length - to) * height + "px" : "";
    const { rows } = this;
    keyed(this.node, items.slice(from, to), (i) => rows.key(i), () => rows.make(), (row, i) => rows.update(row, i));
    Array.from(this.node.children).forEach((row, i) => {
      set(row, "aria-setsize", height ? items.length : null);
      set(row, "aria-posinset", height ? from + i + 1 : null);
    });
  }

  // reveal scrolls until the row of an item can be seen.
  reveal(at: number): void {
    const height = this.height();
    if (!this.scroller) return;
    const top = this.node.getBoundingClientRect().top - this.scroller.getBoundingClientRect().top + at * height;
    if (top < 0) this.scroller.scrollTop += top;
    else if (top + height > this.scroller.clientHeight) this.scroller.scrollTop += top + height - this.scroller.clientHeight;
  }

  private seen(): { from: number; to: number } {
    const { scroller, items } = this;
    if (!scroller || items.length <= FEW) return { from: 0, to: items.length };
    const above = scroller.getBoundingClientRect().top - this.node.getBoundingClientRect().top;
    return span(items.length, this.height(), above, scroller.clientHeight || 900);
  }

  private height(): number {
    const row = this.node.firstElementChild as HTMLElement | null;
    return (row && row.offsetHeight) || ROW;
  }

  private moved(): void {
    if (this.frame || this.items.length <= FEW) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.render();
    });
  }
}
