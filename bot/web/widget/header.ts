import type { StateFrame } from "../common/frame";
import type { Shelf } from "../common/shelf";
import { add, fill, h, icon, icons } from "../common/dom";
import type { WidgetWords } from "./words";

export interface HeaderActs {
  human(): void;
  end(): void;
  close(): void;
  large(on: boolean): void;
}

// Header says who answers, and holds the way to a person at all times.
export class Header {
  readonly node: HTMLElement;
  private readonly face = h("span", { class: "face", "aria-hidden": "true" });
  private readonly name = h("h2", { class: "name" });
  private readonly tag = h("p", { class: "tag" });
  private readonly human: HTMLButtonElement;
  private readonly more: HTMLButtonElement;
  private readonly menu: HTMLElement;
  private readonly large: HTMLButtonElement;
  private readonly end: HTMLButtonElement;

  constructor(private readonly say: WidgetWords, private readonly shelf: Shelf, closable: boolean, private readonly acts: HeaderActs) {
    this.human = h("button", { type: "button", class: "human", click: () => acts.human() }, icon(icons.person), h("span", {}, say.say("human")));
    this.more = h("button", { type: "button", class: "round", "aria-label": say.say("more"), "aria-expanded": "false", "aria-controls": "more",
      click: () => this.showMenu(!!this.menu.hidden) }, icon(icons.more));
    this.large = h("button", { type: "button", "aria-pressed": "false", click: () => this.setLarge(this.large.getAttribute("aria-pressed") !== "true") }, say.say("large"));
    this.end = h("button", { type: "button", click: () => {
      this.showMenu(false);
      acts.end();
    } }, say.say("end"));
    this.menu = h("div", { class: "menu", id: "more", hidden: true }, this.large, this.end);
    this.node = h("div", { class: "head" }, this.face, h("div", { class: "title" }, this.name, this.tag), this.human, this.more,
      closable && h("button", { type: "button", class: "round", "aria-label": say.say("close"), click: () => acts.close() }, icon(icons.close)), this.menu);
  }

  // restore reads what was set at an earlier visit.
  restore(): void { this.setLarge(this.shelf.get("large") === "1"); }

  state(s: StateFrame): void {
    const person = s.state === "assigned";
    fill(this.face, icon(person ? icons.person : icons.chat));
    fill(this.name, h("bdi", {}, person ? s.agent || this.say.say("agent") : this.say.say("name")));
    fill(this.tag, this.say.say(person ? "agent" : "bot.label"));
    this.node.classList.toggle("person", person);
    this.human.disabled = person;
    this.human.title = person ? this.say.say("human.here") : "";
    this.end.hidden = s.state === "closed";
  }

  // closeMenu reports whether there was an open menu to close.
  closeMenu(): boolean {
    if (this.menu.hidden) return false;
    this.showMenu(false);
    this.more.focus();
    return true;
  }

  private showMenu(on: boolean): void {
    this.menu.hidden = !on;
    this.more.setAttribute("aria-expanded", String(on));
    if (on) this.large.focus();
  }

  private setLarge(on: boolean): void {
    this.large.setAttribute("aria-pressed", String(on));
    fill(this.large, this.say.say("large"));
    if (on) add(this.large, icon(icons.tick));
    this.shelf.set("large", on ? "1" : "0");
    this.acts.large(on);
  }
}
