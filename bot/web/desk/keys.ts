import { add, h } from "../common/dom";
import { Panel } from "./panel";
import type { DeskKey, DeskWords } from "./words";

// Shortcut is a key with Alt held down, by its place: Alt makes other letters on some keyboards.
export interface Shortcut { code: string; keys: string; says: DeskKey; act: Act }
export type Act = "next" | "down" | "up" | "reply" | "note" | "accept" | "transfer" | "escalate" | "snooze" | "return" | "close" | "alerts" | "help";

export const shortcuts: Shortcut[] = [
  { code: "KeyN", keys: "Alt+N", says: "keys.next", act: "next" },
  { code: "KeyA", keys: "Alt+A", says: "keys.accept", act: "accept" },
  { code: "KeyJ", keys: "Alt+J", says: "keys.down", act: "down" },
  { code: "KeyK", keys: "Alt+K", says: "keys.up", act: "up" },
  { code: "KeyL", keys: "Alt+L", says: "keys.reply", act: "reply" },
  { code: "KeyP", keys: "Alt+P", says: "keys.note", act: "note" },
  { code: "KeyT", keys: "Alt+T", says: "transfer", act: "transfer" },
  { code: "KeyU", keys: "Alt+U", says: "escalate", act: "escalate" },
  { code: "KeyZ", keys: "Alt+Z", says: "snooze", act: "snooze" },
  { code: "KeyB", keys: "Alt+B", says: "return", act: "return" },
  { code: "KeyW", keys: "Alt+W", says: "close", act: "close" },
  { code: "Slash", keys: "Alt+/", says: "keys.help", act: "help" },
];

export const keysOf = (act: Act): string => (shortcuts.find((s) => s.act === act) || { keys: "" }).keys;

export interface Keys {
  acts: Record<Act, () => void>;
  insert(n: number): void; // suggestion number n, from 1
  commands(): void;
  escape(): void;
}

// onKeys listens to the shortcuts; never while an input method composes.
export function onKeys(keys: Keys): void {
  document.addEventListener("keydown", (e) => {
    if (e.isComposing || e.keyCode === 229) return;
    if (e.key === "Escape") return keys.escape();
    const run = meant(keys, e);
    if (!run) return;
    e.preventDefault();
    run();
  });
}

function meant(keys: Keys, e: KeyboardEvent): (() => void) | undefined {
  if (e.code === "KeyK" && (e.ctrlKey || e.metaKey) && !e.altKey && !e.shiftKey) return () => keys.commands();
  if (!e.altKey || e.ctrlKey || e.metaKey || e.shiftKey) return undefined;
  const digit = /^Digit([1-5])$/.exec(e.code);
  if (digit) return () => keys.insert(Number(digit[1]));
  const found = shortcuts.find((s) => s.code === e.code);
  return found && keys.acts[found.act];
}

// helpPanel is the sheet that lists the shortcuts.
export function helpPanel(say: DeskWords): Panel {
  const list = h("dl", {});
  const row = (keys: string, key: DeskKey): void => add(list, h("dt", {}, h("kbd", {}, keys)), h("dd", {}, say.say(key)));
  row("Ctrl/⌘ K", "keys.commands");
  shortcuts.forEach((s) => row(s.keys, s.says));
  row("Alt+1 … 5", "keys.insert");
  row("/", "keys.slash");
  row("@", "keys.at");
  row("Enter", "keys.send");
  row("Shift+Enter", "keys.line");
  const panel: Panel = new Panel("help", say.say("help"), h("h2", {}, say.say("help")), list,
    h("button", { type: "button", class: "plain-button", click: () => panel.hide() }, say.say("help.close")));
  return panel;
}
