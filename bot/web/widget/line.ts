import type { Event, Part, Speaker } from "../common/frame";
import { render } from "../common/markdown";
import { add, clear, fill, h, icon, icons } from "../common/dom";
import { clockTime } from "../common/text";
import { Chips } from "./chips";
import type { WidgetWords } from "./words";

// Acts are what a customer can do about a line.
export interface Acts {
  choose(choice: string, label: string): void;
  vote(about: number, value: number, reasons?: string[]): void;
  rate(part: Part, value: number, reasons: string[]): void;
}

// Why an answer was no use, as the server knows it (bot.VoteReasons).
const VOTE_REASONS = ["wrong", "unclear", "outdated", "not_my_question"];

// drawn is one line on the page, with what may change about it later.
export interface Drawn {
  node: HTMLElement;
  choices: HTMLButtonElement[];
  votes: { up: HTMLButtonElement; down: HTMLButtonElement; thanks: HTMLElement; why: HTMLElement } | null;
}

// drawLine shows an event. titled says whether to name the speaker again.
export function drawLine(e: Event, say: WidgetWords, acts: Acts, titled: boolean): Drawn {
  const drawn: Drawn = { node: h("div", { class: "line " + side(e.from) }), choices: [], votes: null };
  if (isNotice(e)) {
    drawn.node.className = "notice";
    add(drawn.node, written(e, say));
  } else {
    if (titled && e.from.role !== "customer") add(drawn.node, title(e, say));
    add(drawn.node, bubble(e, say));
    if (e.from.role === "customer") add(drawn.node, delivered(e, say));
  }
  if (e.choices && e.choices.length) drawChoices(drawn, e, say, acts);
  if (e.votable) drawVotes(drawn, e, say, acts);
  return drawn;
}

// isNotice tells what the system says, and changes of owner, from what somebody says.
function isNotice(e: Event): boolean { return e.kind === "handed" || e.from.role === "system"; }

function side(from: Speaker): string { return from.role === "customer" ? "mine" : from.role; }

function title(e: Event, say: WidgetWords): HTMLElement {
  const bot = e.from.role === "bot";
  return h("div", { class: "who" },
    h("span", { class: "name" }, h("bdi", {}, e.from.name || say.say(bot ? "bot" : "agent"))),
    h("span", { class: "tag" }, say.say(bot ? "bot.tag" : "agent")),
    h("time", { datetime: e.at }, clockTime(e.at, Date.now())));
}

function bubble(e: Event, say: WidgetWords): HTMLElement {
  const node = h("div", { class: "bubble", lang: e.lang || null }, written(e, say));
  if (e.masked && e.masked.length) add(node, h("p", { class: "masked" }, icon(icons.lock), say.say("masked")));
  return node;
}

// written: what the bot says was approved and may be formatted; what people write is plain text.
function written(e: Event, say: WidgetWords): Node {
  if (e.from.role === "bot" || e.from.role === "system") return render(document, e.text || "", say.say("newtab"));
  return h("bdi", { class: "plain" }, e.text || "");
}

function delivered(e: Event, say: WidgetWords): HTMLElement {
  return h("div", { class: "meta" },
    h("time", { datetime: e.at }, clockTime(e.at, Date.now())),
    h("span", { class: "done" }, icon(icons.tick), h("span", { class: "unseen" }, say.say("state.sent"))));
}

function drawChoices(drawn: Drawn, e: Event, say: WidgetWords, acts: Acts): void {
  const choices = e.choices || [];
  const group = h("div", { class: choices.length > 3 ? "choices rows" : "choices", role: "group", "aria-label": say.say("choices") });
  for (const c of choices) {
    const button = h("button", { type: "button", class: "choice" }, h("bdi", {}, c.label));
    button.addEventListener("click", () => {
      drawn.choices.forEach((b) => { b.disabled = true; });
      button.classList.add("chosen");
      acts.choose(c.id, c.label);
    });
    drawn.choices.push(button);
    add(group, button);
  }
  add(drawn.node, group);
}

function drawVotes(drawn: Drawn, e: Event, say: WidgetWords, acts: Acts): void {
  const thanks = h("span", { class: "thanks", role: "status" });
  const button = (value: number, key: "vote.up" | "vote.down"): HTMLButtonElement => h("button", {
    type: "button", class: value > 0 ? "voice" : "voice down", "aria-pressed": "false", click: () => {
      showVote(drawn, value, say, []);
      acts.vote(e.seq, value);
      if (value < 0) askWhy(drawn, e.seq, say, acts);
    },
  }, icon(icons.up), say.say(key));
  const why = h("div", { class: "why" });
  drawn.votes = { up: button(1, "vote.up"), down: button(-1, "vote.down"), thanks, why };
  add(drawn.node, h("div", { class: "votes", role: "group", "aria-label": say.say("vote") }, drawn.votes.up, drawn.votes.down, thanks), why);
}

// askWhy: a vote counts without a reason; who gives one votes again with it.
function askWhy(drawn: Drawn, about: number, say: WidgetWords, acts: Acts): void {
  if (!drawn.votes) return;
  fill(drawn.votes.why, new Chips(say.say("vote.why"), VOTE_REASONS, (code) => say.code("why", code), say.say("why.send"), (reasons) => {
    showVote(drawn, -1, say, reasons);
    acts.vote(about, -1, reasons);
  }).node);
}

// showVote marks what was voted: 1, -1, or 0 to take the mark back. A vote that says why is
// not asked why.
export function showVote(drawn: Drawn, value: number, say: WidgetWords, reasons: string[]): void {
  if (!drawn.votes) return;
  const { up, down, thanks, why } = drawn.votes;
  if (value >= 0 || reasons.length) clear(why);
  up.setAttribute("aria-pressed", String(value > 0));
  down.setAttribute("aria-pressed", String(value < 0));
  thanks.textContent = value ? say.say("vote.thanks") : "";
}
