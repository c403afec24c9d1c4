import type { Event } from "../common/frame";
import { render } from "../common/markdown";
import { add, h, icon, icons } from "../common/dom";
import { clockTime, percent } from "../common/text";
import type { Room } from "./room";
import type { DeskWords } from "./words";

export interface LineActs {
  me(): string; // the agent's id
  reveal(about: number): void;
  teach?(e: Event): void; // make an entry of what I said
}

// drawLine shows one event to staff; null for what is shown elsewhere.
export function drawLine(room: Room, e: Event, say: DeskWords, acts: LineActs): HTMLElement | null {
  switch (e.kind) {
    case "message":
    case "note": return said(room, e, say, acts);
    case "survey": return aside(say.say(e.part === "agent" ? "survey.agent" : "survey.bot"), e);
    case "rating": return aside(rating(e, say), e);
    case "revealed": return aside(say.say("revealed", { name: speaker(e, say, acts), text: e.text || "" }), e);
    case "joined": return aside(say.say(e.value === -1 ? "joined.left" : "joined", { name: speaker(e, say, acts) }) + (e.text ? " " + say.say("reads", { text: e.text }) : ""), e);
    case "alarmed": return alarm(e, say);
    case "reminded": return aside(say.say("reminded"), e);
    case "ended": return aside(say.say("ended.again"), e);
    default: return null;
  }
}

function rating(e: Event, say: DeskWords): string {
  const why = (e.reasons || []).map((r) => say.code("rated", r));
  return say.say(e.part === "bot" ? "rated.bot" : "rated", { n: e.value || 0 }) + (why.length ? " · " + say.list(why) : "");
}

export function speaker(e: Event, say: DeskWords, acts: LineActs): string {
  if (e.from.role !== "customer" && e.from.id && e.from.id === acts.me()) return say.say("me");
  return (e.from.role !== "bot" && e.from.name) || say.say(e.from.role);
}

export function aside(text: string, e: { at: string }): HTMLElement {
  return h("p", { class: "aside" }, text, " ", h("time", { datetime: e.at }, clockTime(e.at, Date.now())));
}

// alarm: what the customer just said tells of a danger.
function alarm(e: Event, say: DeskWords): HTMLElement {
  const line = aside(say.list((e.reasons || []).map((kind) => say.code("danger", kind))), e);
  line.classList.add("alarm");
  line.insertBefore(icon(icons.alert), line.firstChild);
  return line;
}

function said(room: Room, e: Event, say: DeskWords, acts: LineActs): HTMLElement {
  const note = e.kind === "note";
  const node = h("div", { class: "line " + (note ? "note" : e.from.role), "data-seq": e.seq });
  add(node, h("div", { class: "who" },
    h("bdi", { class: "name" }, speaker(e, say, acts)),
    note && h("span", { class: "mark" }, say.say(e.from.role === "supervisor" ? "whisper" : "note") + " · " + say.say("staff")),
    e.choice && h("span", { class: "mark" }, say.say("chosen")),
    h("time", { datetime: e.at }, clockTime(e.at, Date.now()))));
  const bot = e.from.role === "bot" || e.from.role === "system";
  add(node, h("div", { class: "bubble", lang: e.lang || null }, bot ? render(document, e.text || "", "") : h("bdi", { class: "plain" }, e.text || "")));
  const choices = e.choices || [];
  if (choices.length) add(node, h("ul", { class: "offered" }, ...choices.map((c) => h("li", {}, h("bdi", {}, c.label)))));
  add(node, facts(e, say), e.sealed && sealed(room, e, say, acts), teachable(e, acts) && h("p", { class: "teach" },
    h("button", { type: "button", class: "as-link", click: () => acts.teach!(e) }, say.say("draft"))));
  return node;
}

// teachable: I answered in my own words, which may be worth an entry.
function teachable(e: Event, acts: LineActs): boolean {
  return !!acts.teach && e.kind === "message" && e.from.role === "agent" && e.from.id === acts.me() && !(e.decision && e.decision.entry);
}

// facts are the chips below a line: which entry, how sure, what was hidden.
function facts(e: Event, say: DeskWords): HTMLElement | null {
  const d = e.decision;
  const chips = h("div", { class: "chips" });
  if (d && d.entry) add(chips, h("span", { class: "chip" }, h("code", {}, d.entry + (d.revision ? " r" + d.revision : ""))));
  if (d && d.confidence) add(chips, h("span", { class: "chip sure" }, say.say("confidence") + " " + percent(d.confidence)));
  if (e.masked && e.masked.length) {
    add(chips, h("span", { class: "chip hidden" }, icon(icons.lock), say.say("masked", { kinds: say.list(e.masked.map((k) => say.code("kind", k))) })));
  }
  return chips.firstChild ? chips : null;
}

// sealed: contact details that the customer left on purpose; shown for a reason, which is recorded.
function sealed(room: Room, e: Event, say: DeskWords, acts: LineActs): HTMLElement {
  const box = h("div", { class: "sealed", "data-sealed": e.seq });
  drawSealed(box, room, e.seq, say, acts);
  return box;
}

export function drawSealed(box: HTMLElement, room: Room, about: number, say: DeskWords, acts: LineActs): void {
  box.textContent = "";
  const text = room.contacts.get(about);
  add(box, icon(icons.lock), text ? h("bdi", {}, say.say("contact", { text })) : h("span", {}, say.say("sealed")));
  if (!text && room.mine) add(box, h("button", { type: "button", class: "small", click: () => acts.reveal(about) }, say.say("reveal")));
}

// drawVote marks the reply that was voted on.
export function drawVote(log: HTMLElement, e: Event, say: DeskWords): void {
  const line = log.querySelector('[data-seq="' + Number(e.about) + '"]');
  if (!line) return;
  const old = line.querySelector(".voted");
  if (old) line.removeChild(old);
  const why = (e.reasons || []).map((r) => say.code("rated", r));
  const text = say.say(e.value === 1 ? "vote.up" : "vote.down") + (why.length ? " · " + say.list(why) : "");
  add(line, h("p", { class: e.value === 1 ? "voted up" : "voted down" }, icon(icons.up), text));
}
