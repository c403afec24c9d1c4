import type { Decision, Event } from "../common/frame";
import { add, fill, h } from "../common/dom";
import { clockTime, percent } from "../common/text";
import { earlierCard, identityCard, pageCard } from "./packet";
import type { Earlier, Packet, Queries } from "./queries";
import type { Room } from "./room";
import { moveReason, segments } from "./segments";
import { minutes, type DeskWords } from "./words";

const EXCERPT = 60; // runes
const SETTLE = 300; // milliseconds: a chat that is read from its start changes owners quickly

// Context is what an agent wants to know at a glance: why a person is needed, who it
// is, what the bot tried and how sure it was, what came before.
export class Context {
  readonly node = h("div", { class: "facts" });
  private packet: Packet | null = null;
  private timer = 0;
  private about = ""; // whose packet it is, and as of which handoff

  constructor(private readonly say: DeskWords, private readonly queries: Queries, private readonly look: (earlier: Earlier) => void) {}

  draw(room: Room | null): void {
    if (!room) {
      fill(this.node);
      return;
    }
    this.fetch(room);
    const { packet, say } = this;
    fill(this.node, this.why(room), packet && identityCard(packet, say), packet && pageCard(packet, say), this.tried(room),
      this.owners(room), packet && earlierCard(packet, say, this.look), this.facts(room));
  }

  // fetch asks for what the log does not say: when a chat is opened, and after each
  // handoff for as long as it is mine.
  private fetch(room: Room): void {
    const handed = room.lastHanded();
    const about = room.session + " " + (handed ? handed.seq : 0);
    if (this.about === about || room.events.length === 0) return;
    if (this.about.split(" ")[0] !== room.session) this.packet = null;
    this.about = about;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      const ours = room.state === "queued" || room.state === "assigned"; // else it left while we waited, and may not be asked about
      if (ours && (!this.packet || room.mine)) void this.ask(room, about);
    }, SETTLE);
  }

  private async ask(room: Room, about: string): Promise<void> {
    try {
      const packet = await this.queries.packet(room.session);
      if (this.about !== about) return;
      this.packet = packet;
      this.draw(room);
    } catch { /* the log says most of it */ }
  }

  private why(room: Room): HTMLElement {
    const { say, packet } = this;
    const asked = [...room.events].reverse().find((e) => e.kind === "handed" && e.move && e.move.from === "bot" && e.move.to === "queued");
    const reason = asked && asked.move && asked.move.reason;
    const card = h("section", { class: "card" }, h("h3", {}, say.say("why")),
      h("p", { class: reason ? "reason" : "empty" }, reason ? moveReason(asked.move!, say) : say.say("why.none")));
    if (asked) add(card, h("p", { class: "soft" }, clockTime(asked.at, Date.now())));
    if (packet && packet.waited_ms) add(card, h("p", { class: "soft" }, say.say("waited", { time: minutes(packet.waited_ms, say) })));
    if (room.chat && room.chat.promised) add(card, h("p", { class: "soft" }, say.say("promised", { time: clockTime(room.chat.promised, Date.now()) })));
    return card;
  }

  private tried(room: Room): HTMLElement {
    const { say } = this;
    const card = h("section", { class: "card" }, h("h3", {}, say.say("tried")));
    const decided = room.events.filter((e) => e.decision && e.from.role !== "agent" && e.decision.action !== "greet").reverse();
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

  // owners are the segments of the chat: who had it, for how long, and why it went on.
  private owners(room: Room): HTMLElement | null {
    const all = segments(room.events);
    if (all.length < 2) return null;
    const { say } = this;
    return h("section", { class: "card" }, h("h3", {}, say.say("segments")), h("ol", { class: "segments" }, ...all.map((s) => h("li", {},
      h("span", {}, s.name ? h("bdi", {}, s.name) : say.code("state", s.state)), h("span", { class: "soft" }, [s.move ? moveReason(s.move, say) : "", minutes(s.ms, say)].filter((x) => x).join(" · "))))));
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
      fact("facts.skill", chat.skill ? say.code("skill", chat.skill) : say.say("skill.general"));
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
