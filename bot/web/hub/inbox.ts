import { deedOf, next } from "./inboxkeys";

// <wenda-inbox> lets the inbox be worked through by keyboard: j and k go from question to
// question, 1 to 4 do something about the one in focus, u undoes what was done last.
export class Inbox extends HTMLElement {
  private readonly hear = (e: KeyboardEvent): void => this.key(e);

  connectedCallback(): void {
    document.addEventListener("keydown", this.hear);
    const start = this.cards()[Number(this.getAttribute("at") || 0)];
    if (start && this.hasAttribute("at")) start.focus();
  }

  disconnectedCallback(): void { document.removeEventListener("keydown", this.hear); }

  private cards(): HTMLElement[] { return [...this.querySelectorAll<HTMLElement>(".cluster")]; }

  private key(e: KeyboardEvent): void {
    const typing = (e.target as Element).matches("input, textarea, select");
    if (typing || e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
    const cards = this.cards();
    const at = cards.findIndex((card) => card.contains(document.activeElement));
    const to = next(e.key, at, cards.length);
    if (to !== undefined) {
      e.preventDefault();
      cards[to].focus();
      cards[to].scrollIntoView({ block: "nearest" });
      return;
    }
    if (e.key === "?") document.querySelector<HTMLElement>(".keys")?.focus();
    const name = deedOf(e.key);
    if (!name) return;
    const scope: ParentNode = name === "undo" ? document : cards[at];
    const target = scope?.querySelector<HTMLElement>(`[data-key="${name}"]`);
    if (!target) return;
    e.preventDefault();
    if (target.matches("details")) this.unfold(target as HTMLDetailsElement);
    else target.click();
  }

  private unfold(details: HTMLDetailsElement): void {
    details.open = true;
    details.querySelector<HTMLElement>("input:not([type=hidden]), select")?.focus();
  }
}
