import type { DeskWelcome } from "../common/frame";
import type { LinkState } from "../common/link";
import { fill, h } from "../common/dom";
import type { Sound } from "./sound";
import type { DeskWords } from "./words";

export interface BarActs {
  available(on: boolean): void;
  help(): void;
}

// Bar holds what concerns the agent rather than a chat: taking new chats or not,
// the connection, sound, help.
export class Bar {
  readonly node: HTMLElement;
  private readonly state = h("span", { class: "link-state", role: "status" });
  private readonly news = h("span", { class: "unseen", role: "status" });
  private readonly duty: HTMLButtonElement;

  constructor(private readonly say: DeskWords, sound: Sound, private readonly acts: BarActs) {
    this.duty = h("button", { type: "button", class: "switch", role: "switch", "aria-checked": "false", "aria-label": say.say("available.label"), disabled: true,
      click: () => this.setDuty(this.duty.getAttribute("aria-checked") !== "true") });
    this.drawDuty(false);
    const bell = h("button", { type: "button", class: "tab", "aria-pressed": String(sound.on()), click: () => {
      sound.set(!sound.on());
      bell.setAttribute("aria-pressed", String(sound.on()));
    } }, say.say("sound"));
    this.node = h("div", { class: "bar" },
      h("div", { class: "row" }, this.duty, this.state),
      h("div", { class: "row" }, bell, h("button", { type: "button", class: "tab", title: "Alt+/", click: () => acts.help() }, say.say("help"))),
      this.news);
  }

  link(state: LinkState): void {
    this.duty.disabled = state !== "online";
    this.state.className = "link-state " + state;
    fill(this.state, state === "idle" ? "" : this.say.say(`link.${state}` as "link.online"));
  }

  welcomed(me: DeskWelcome): void { this.drawDuty(me.available); }

  // tell is for screen readers; everybody else hears the sound and sees the list.
  tell(text: string): void { fill(this.news, text); }

  private setDuty(on: boolean): void {
    this.drawDuty(on);
    this.acts.available(on);
  }

  private drawDuty(on: boolean): void {
    this.duty.setAttribute("aria-checked", String(on));
    fill(this.duty, h("i", { "aria-hidden": "true" }), this.say.say(on ? "available" : "unavailable"));
  }
}
