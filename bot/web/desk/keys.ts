import { add, h } from "../common/dom";
import type { DeskKey, DeskWords } from "./words";

export interface Keys {
  next(): void;
  down(): void;
  up(): void;
  reply(): void;
  note(): void;
  help(): void;
  escape(): void;
}

const alt: Record<string, keyof Keys> = { KeyN: "next", KeyJ: "down", KeyK: "up", KeyL: "reply", KeyP: "note", Slash: "help" };

// onKeys listens to the few shortcuts. By the place of the key, since Alt makes other
// letters on some keyboards; never while an input method composes.
export function onKeys(keys: Keys): void {
  document.addEventListener("keydown", (e) => {
    if (e.isComposing) return;
    if (e.key === "Escape") return keys.escape();
    const act = e.altKey && !e.ctrlKey && !e.metaKey && !e.shiftKey ? alt[e.code] : undefined;
    if (!act) return;
    e.preventDefault();
    keys[act]();
  });
}

// Help is the sheet that lists the shortcuts.
export class Help {
  readonly node: HTMLElement;
  private back: Element | null = null;

  constructor(say: DeskWords) {
    const list = h("dl", {});
    const row = (keys: string, key: DeskKey): void => add(list, h("dt", {}, h("kbd", {}, keys)), h("dd", {}, say.say(key)));
    row("Alt+N", "keys.next");
    row("Alt+J", "keys.down");
    row("Alt+K", "keys.up");
    row("Alt+L", "keys.reply");
    row("Alt+P", "keys.note");
    row("Alt+/", "keys.help");
    row("Enter", "keys.send");
    row("Shift+Enter", "keys.line");
    this.node = h("section", { class: "help", role: "dialog", "aria-label": say.say("help"), tabindex: "-1", hidden: true },
      h("h2", {}, say.say("help")), list,
      h("button", { type: "button", class: "plain-button", click: () => this.hide() }, say.say("help.close")));
  }

  toggle(): void {
    if (!this.node.hidden) {
      this.hide();
      return;
    }
    this.back = document.activeElement;
    this.node.hidden = false;
    this.node.focus();
  }

  // hide reports whether it was open.
  hide(): boolean {
    if (this.node.hidden) return false;
    this.node.hidden = true;
    if (this.back instanceof HTMLElement) this.back.focus();
    return true;
  }
}
