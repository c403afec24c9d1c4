import type { Shelf } from "../common/shelf";
import { add, h } from "../common/dom";
import type { EventName } from "./news";
import { Panel } from "./panel";
import type { Sound } from "./sound";
import type { DeskWords } from "./words";

type Way = "sound" | "notice";
export type Alert = EventName | "service"; // service: too few customers are answered in time

const LOUD: Record<Way, Alert[]> = { sound: ["danger", "offered", "given", "said", "mention", "arrived", "service"], notice: [] };

// Alerts are how people hear of what happens: a sound and a notice of the desktop, each
// for each event. A notice names nobody and quotes nothing: others may see the screen.
export class Alerts {
  readonly panel: Panel;
  readonly silent: HTMLElement; // says that the browser lets no sound be heard yet, and asks for the click that it wants

  constructor(private readonly say: DeskWords, private readonly shelf: Shelf, private readonly sound: Sound, private readonly open: (session: string) => void, private readonly events: readonly Alert[]) {
    const table = h("table", {}, h("thead", {}, h("tr", {}, h("td", {}), h("th", { scope: "col" }, say.say("alerts.sound")), h("th", { scope: "col" }, say.say("alerts.notice")))));
    const body = h("tbody", {});
    events.forEach((what) => add(body, h("tr", {}, h("th", { scope: "row" }, say.code("alert", what)), h("td", {}, this.box(what, "sound")), h("td", {}, this.box(what, "notice")))));
    add(table, body);
    const close = h("button", { type: "button", class: "plain-button", click: () => this.panel.hide() }, say.say("help.close"));
    this.silent = h("button", { type: "button", class: "small silent", click: () => this.sound.ring() }, say.say("alerts.silent"));
    this.sound.changed = () => this.hush();
    this.hush();
    this.panel = new Panel("alerts", say.say("alerts"), h("h2", {}, say.say("alerts")), h("p", { class: "soft" }, say.say("alerts.hint")), table, this.blocked, close);
  }

  private readonly blocked = h("p", { class: "soft", role: "status" });

  // tell tells of an event; session is the chat it is about, "" for none.
  tell(what: Alert, session: string): void {
    if (this.wanted(what, "sound")) this.sound.ring();
    if (!this.wanted(what, "notice") || !document.hidden || !granted()) return;
    const notice = new Notification(this.say.code("alert", what), { tag: "wenda-" + (session || what), lang: this.say.lang });
    notice.onclick = () => {
      window.focus();
      notice.close();
      if (session) this.open(session);
    };
  }

  // hush shows or hides that nothing can be heard, though something shall be.
  private hush(): void { this.silent.hidden = this.sound.allowed() || !this.events.some((what) => this.wanted(what, "sound")); }

  private wanted(what: Alert, way: Way): boolean {
    const kept = this.shelf.get("alert." + way + "." + what);
    return kept === null ? LOUD[way].includes(what) : kept === "on";
  }

  private box(what: Alert, way: Way): HTMLElement {
    const label = this.say.code("alert", what) + " · " + this.say.say(way === "sound" ? "alerts.sound" : "alerts.notice");
    const box: HTMLInputElement = h("input", { type: "checkbox", name: way + "." + what, "aria-label": label, checked: this.wanted(what, way), change: () => {
      this.shelf.set("alert." + way + "." + what, box.checked ? "on" : "off");
      this.hush();
      if (box.checked && way === "sound") this.sound.ring();
      if (box.checked && way === "notice") void this.permit(box);
    } });
    return box;
  }

  // permit asks the browser, which wants a click for it.
  private async permit(box: HTMLInputElement): Promise<void> {
    const answer = typeof Notification === "undefined" ? "denied" : granted() ? "granted" : await Notification.requestPermission();
    this.blocked.textContent = answer === "granted" ? "" : this.say.say("alerts.blocked");
    if (answer !== "granted") {
      box.checked = false;
      this.shelf.set("alert." + box.name, "off");
    }
  }
}

function granted(): boolean { return typeof Notification !== "undefined" && Notification.permission === "granted"; }
