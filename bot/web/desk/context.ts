import type { Decision, Event } from "../common/frame";
import { add, fill, h } from "../common/dom";
import { clockTime, percent } from "../common/text";
import type { Room } from "./room";
import type { DeskWords } from "./words";

const EXCERPT = 60; // runes

// Context is what an agent wants to know at a glance: why a person is needed, what the
// bot tried and how sure it was, and the facts of the session.
export class Context {
  readonly node = h("div", { class: "facts" });

  constructor(private readonly say: DeskWords) {}

  draw(room: Room | null): void {
    if (!room) {
      fill(this.node);
      return;
    }
    fill(this.node, this.why(room), this.tried(room), this.facts(room));
  }

  private why(room: Room): HTMLElement {
    const { say } = this;
    const asked = [...room.events].reverse().find((e) => e.kind === "handed" && e.move && e.move.to === "queued");
    const reason = asked && asked.move && asked.move.reason;
    return h("section", { class: "card" }, h("h3", {}, say.say("why")),
      h("p", { class: reason ? "reason" : "empty" }, reason ? say.code("reason", reason) : say.say("why.none")),
      asked && h("p", { class: "soft" }, clockTime(asked.at, Date.now())));
  }

  private tried(room: Room): HTMLElement {
    const { say } = this;
    const card = h("section", { class: "card" }, h("h3", {}, say.say("tried")));
    const decided = room.events.filter((e) => e.decision && e.decision.action !== "greet").reverse();
    if (decided.length === 0) add(card, h("p", { class: "empty" }, say.say("tried.none")));
    decided.forEach((e, i) => add(card, this.decision(room, e, e.decision!, i === 0)));
    return card;
  }

  private decision(room: Room, e: Event, d: Decision, open: boolean): HTMLElement {
    const { say } = this;
    const about = d.answers ? room.find(d.answers) : undefined;
    const body = h("div", { class: "decision" });
    if (about && about.text) add(body, h("p", { class: "soft" }, h("bdi", {}, say.say("tried.said", { text: excerpt(about.text) }))));
    if (d.entry) add(body, h("p", {}, say.say("entry") + " ", h("code", {}, d.entry), d.revision ? " · " + say.say("revision", { n: d.revision }) : ""));
    if (d.candidates && d.candidates.length) add(body, this.candidates(d));
    const run = [d.release ? say.say("release", { n: d.release }) : "", d.variant ? say.say("variant", { name: d.variant }) : ""].filter((x) => x);
    if (run.length) add(body, h("p", { class: "soft" }, run.join(" · ")));
    return h("details", { open }, h("summary", {},
      h("span", { class: "what" }, say.code("action", d.action), d.confidence ? h("b", {}, percent(d.confidence)) : null),
      h("span", { class: "soft" }, say.code("reason", d.reason) + " · " + clockTime(e.at, Date.now()))), body);
  }

  private candidates(d: Decision): HTMLElement {
    const list = h("ol", { class: "candidates", "aria-label": this.say.say("candidates") });
    for (const c of d.candidates || []) {
      // <meter> needs no inline style to be as long as its value.
      add(list, h("li", {}, h("span", { class: "question" }, h("bdi", {}, c.question), c.phrasing && c.phrasing !== c.question ? h("bdi", { class: "soft" }, c.phrasing) : null),
        h("b", {}, percent(c.confidence)), h("meter", { min: 0, max: 1, value: c.confidence, "aria-hidden": "true" })));
    }
    return list;
  }

  private facts(room: Room): HTMLElement {
    const { say } = this;
    const chat = room.chat;
    const list = h("dl", {});
    const fact = (key: "facts.customer" | "facts.state" | "facts.skill" | "facts.lang" | "facts.since" | "facts.heard" | "facts.session", value: Node | string): void => {
      if (value) add(list, h("dt", {}, say.say(key)), h("dd", {}, value));
    };
    fact("facts.customer", h("bdi", {}, room.title()));
    fact("facts.state", say.code("state", room.state));
    if (chat) {
      fact("facts.skill", chat.skill || say.say("skill.general"));
      fact("facts.lang", say.say(chat.lang === "en" ? "lang.name.en" : "lang.zh-CN"));
      fact("facts.since", clockTime(chat.since, Date.now()));
      fact("facts.heard", clockTime(chat.heard, Date.now()));
    }
    fact("facts.session", h("code", {}, room.session));
    return h("section", { class: "card" }, h("h3", {}, say.say("facts")), list);
  }
}

function excerpt(text: string): string {
  const all = Array.from(text);
  return all.length > EXCERPT ? all.slice(0, EXCERPT).join("") + "…" : text;
}
