import { openShelf } from "../common/shelf";
import { nextOf } from "./list";

const shelf = openShelf("wenda:editor:");
const OFF = "keys-off";

// onKeys lets the pages be used without a mouse: ? shows the list of keys, j and k go
// through entries, and what has a data-key is pressed with it. Never while something is
// typed; single letters can be switched off, for those who speak to their computer.
export function onKeys(): void {
  const help = document.querySelector<HTMLDetailsElement>("details.keys");
  if (help) switchOff(help);
  document.addEventListener("keydown", (e) => {
    if (e.isComposing || e.defaultPrevented) return;
    if ((e.ctrlKey || e.metaKey) && !e.altKey && e.key.toLowerCase() === "s") press(e, document.querySelector<HTMLElement>("[data-save]"));
    else if (e.altKey && e.code === "KeyT") focus(e, document.querySelector<HTMLElement>("#said"));
    else if (!e.ctrlKey && !e.metaKey && !e.altKey && !typing(e.target)) single(e, help);
  });
}

function switchOff(help: HTMLDetailsElement): void {
  const label = help.querySelector<HTMLElement>(".keys-off");
  const box = help.querySelector<HTMLInputElement>(".keys-off input");
  if (!label || !box) return;
  label.hidden = false;
  box.checked = shelf.get(OFF) === "yes";
  box.addEventListener("change", () => { shelf.set(OFF, box.checked ? "yes" : "no"); });
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName));
}

function single(e: KeyboardEvent, help: HTMLDetailsElement | null): void {
  if (e.key === "?" && help) {
    help.open = !help.open;
    focus(e, help.querySelector("summary"));
    if (help.open) help.scrollIntoView({ block: "nearest" });
    return;
  }
  if (shelf.get(OFF) === "yes") return;
  if (e.key === "j") walk(e, 1);
  else if (e.key === "k") walk(e, -1);
  else if (/^[a-z/]$/.test(e.key)) press(e, document.querySelector<HTMLElement>('[data-key="' + e.key + '"]'));
}

function walk(e: KeyboardEvent, by: number): void {
  const links = Array.from(document.querySelectorAll<HTMLElement>(".entries a"));
  const to = nextOf(links.indexOf(document.activeElement as HTMLElement), by, links.length);
  if (to >= 0) focus(e, links[to]);
}

function focus(e: Event, at: HTMLElement | null): void {
  if (!at) return;
  e.preventDefault();
  at.focus();
}

function press(e: Event, what: HTMLElement | null): void {
  if (!what) return;
  e.preventDefault();
  what.focus();
  if (!(what instanceof HTMLInputElement)) what.click();
}
