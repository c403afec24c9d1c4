import type { Shelf } from "../common/shelf";
import { add, h } from "../common/dom";
import { events, type EventName } from "./news";
import { Panel } from "./panel";
import type { Sound } from "./sound";
import type { DeskWords } from "./words";

type Way = "sound" | "notice";

const LOUD: Record<Way, EventName[]> = { sound: ["danger", "offered", "given", "said", "mention", "arrived"], notice: [] };

// Alerts are how an agent hears of what happens: a sound and a notice of the desktop,
// each for each event. A notice names nobody and quotes nothing: others may see the screen.
export class Alerts {
  readonly panel: Panel;

  constructor(private readonly say: DeskWords, private readonly shelf: Shelf, private readonly sound: Sound, private readonly open: (session: string) => void) {
    const table = h("table", {}, h("thead", {}, h("tr", {}, h("td", {}), h("th", { scope: "col" }, say.say("alerts.sound")), h("th", { scope: "col" }, say.say("alerts.notice")))));
    const body = h("tbody", {});
    events.forEach((what) => add(body, h("tr", {}, h("th", { scope: "row" }, say.code("alert", what)), h("td", {}, this.box(what, "sound")), h("td", {}, this.box(what, "notice")))));
    add(table, body);
    const close = h("button", { type: "button", class: "plain-button", click: () => this.panel.hide() }, say.say("help.close"));
    this.panel = new Panel("alerts", say.say("alerts"), h("h2", {}, say.say("alerts")), h("p", { class: "soft" }, say.say("alerts.hint")), table, this.blocked, close);
  }

  private readonly blocked = h("p", { class: "soft", role: "status" });

  tell(what: EventName, session: string): void {
    if (this.wanted(what, "sound")) this.sound.ring();
    if (!this.wanted(what, "notice") || !document.hidden || !granted()) return;
    const notice = new Notification(this.say.code("alert", what), { tag: "wenda-" + session, lang: this.say.lang });
    notice.onclick = () => {
      window.focus();
      notice.close();
      this.open(session);
    };
  }

  private wanted(what: EventName, way: Way): boolean {
    const kept = this.shelf.get("alert." + way + "." + what);
    return kept === null ? LOUD[way].includes(what) : kept === "on";
  }

  private box(what: EventName, way: Way): HTMLElement {
    const label = this.say.code("alert", what) + " · " + this.say.say(way === "sound" ? "alerts.sound" : "alerts.notice");
    const box: HTMLInputElement = h("input", { type: "checkbox", name: way + "." + what, "aria-label": label, checked: this.wanted(what, way), change: () => {
      this.shelf.set("alert." + way + "." + what, box.checked ? "on" : "off");
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
