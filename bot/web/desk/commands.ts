import { h } from "../common/dom";
import { matching, Menu, type Option } from "./menu";
import { Panel } from "./panel";
import type { DeskWords } from "./words";

const MOST = 40; // lines shown at once

export interface Command extends Option { run(): void }

// Commands is the bar of Ctrl/⌘ K: everything one may do now, one's chats by name, and
// what may be inserted, found by typing.
export class Commands {
  readonly panel: Panel;
  private readonly field: HTMLInputElement;
  private readonly menu: Menu;
  private all: Command[] = [];

  constructor(say: DeskWords, private readonly now: () => Command[]) {
    this.field = h("input", { type: "text", class: "command-field", role: "combobox", "aria-expanded": "true", "aria-autocomplete": "list",
      "aria-label": say.say("commands"), placeholder: say.say("commands.hint"), autocomplete: "off", spellcheck: "false",
      input: () => this.find(), keydown: (e: KeyboardEvent) => { if (e.key !== "Escape") this.menu.key(e); } }); // Escape closes the bar, not its list
    this.menu = new Menu("commands", say.say("commands"), this.field, (o) => this.run(o));
    this.panel = new Panel("commands", say.say("commands"), this.field, this.menu.node);
  }

  toggle(): void {
    if (this.panel.open) {
      this.panel.hide();
      return;
    }
    this.all = this.now();
    this.field.value = "";
    this.panel.show(this.field);
    this.find();
  }

  // add brings what had to be fetched first.
  add(more: Command[]): void {
    this.all = this.all.concat(more);
    if (this.panel.open) this.find();
  }

  private find(): void {
    this.menu.show(matching(this.all, this.field.value, (c) => [c.label, c.detail, c.group].join(" ")).slice(0, MOST));
  }

  private run(o: Option): void {
    this.panel.hide();
    (o as Command).run();
  }
}
