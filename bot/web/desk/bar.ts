import type { DeskWelcome } from "../common/frame";
import type { LinkState } from "../common/link";
import { add, fill, h } from "../common/dom";
import type { DeskWords } from "./words";

export interface BarActs {
  available(on: boolean): void;
  alerts(): void;
  commands(): void;
  help(): void;
}

// Bar holds what concerns the agent rather than a chat: taking new chats or not,
// the connection, alerts, commands, help.
export class Bar {
  readonly node: HTMLElement;
  private readonly state = h("span", { class: "link-state", role: "status" });
  private readonly news = h("span", { class: "unseen", role: "status" });
  private readonly away = h("div", { class: "away", role: "alert", hidden: true });
  private readonly duty: HTMLButtonElement;

  constructor(private readonly say: DeskWords, private readonly acts: BarActs) {
    this.duty = h("button", { type: "button", class: "switch", role: "switch", "aria-checked": "false", "aria-label": say.say("available.label"), disabled: true,
      click: () => this.setDuty(this.duty.getAttribute("aria-checked") !== "true") });
    this.drawDuty(false);
    const tab = (key: "alerts" | "commands" | "help", title: string, click: () => void): HTMLElement => h("button", { type: "button", class: "tab", title, click }, say.say(key));
    this.node = h("div", { class: "bar" },
      h("div", { class: "row" }, this.duty, this.state), this.away,
      h("div", { class: "row" }, tab("alerts", "", acts.alerts), tab("commands", "Ctrl/⌘ K", acts.commands), tab("help", "Alt+/", acts.help)),
      this.news);
  }

  link(state: LinkState): void {
    this.duty.disabled = state !== "online";
    this.state.className = "link-state " + state;
    fill(this.state, state === "idle" ? "" : this.say.say(`link.${state}` as "link.online"));
  }

  welcomed(me: DeskWelcome): void {
    this.drawDuty(me.available);
    if (me.available) this.away.hidden = true;
  }

  // switched by the server: why is said until the agent comes back.
  switched(on: boolean, reason: string): void {
    this.drawDuty(on);
    this.away.hidden = on || !reason;
    if (this.away.hidden) return;
    fill(this.away, h("p", {}, this.say.code("away", reason)));
    add(this.away, h("button", { type: "button", class: "small", click: () => this.setDuty(true) }, this.say.say("away.back")));
  }

  // tell is for screen readers; everybody else hears the sound and sees the list.
  tell(text: string): void { fill(this.news, text); }

  // setDuty is the agent's own word.
  setDuty(on: boolean): void {
    this.drawDuty(on);
    this.away.hidden = true;
    this.acts.available(on);
  }

  private drawDuty(on: boolean): void {
    this.duty.setAttribute("aria-checked", String(on));
    fill(this.duty, h("i", { "aria-hidden": "true" }), this.say.say(on ? "available" : "unavailable"));
  }
}
