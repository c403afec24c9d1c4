import type { Event, Speaker } from "../common/frame";
import { render } from "../common/markdown";
import { add, h, icon, icons } from "../common/dom";
import { clockTime } from "../common/text";
import type { WidgetWords } from "./words";

// Acts are what a customer can do about a line.
export interface Acts {
  choose(choice: string, label: string): void;
  vote(about: number, value: number): void;
}

// drawn is one line on the page, with what may change about it later.
export interface Drawn {
  node: HTMLElement;
  choices: HTMLButtonElement[];
  votes: { up: HTMLButtonElement; down: HTMLButtonElement; thanks: HTMLElement } | null;
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
      showVote(drawn, value, say);
      acts.vote(e.seq, value);
    },
  }, icon(icons.up), say.say(key));
  drawn.votes = { up: button(1, "vote.up"), down: button(-1, "vote.down"), thanks };
  add(drawn.node, h("div", { class: "votes", role: "group", "aria-label": say.say("vote") }, drawn.votes.up, drawn.votes.down, thanks));
}

// showVote marks what was voted: 1, -1, or 0 to take the mark back.
export function showVote(drawn: Drawn, value: number, say: WidgetWords): void {
  if (!drawn.votes) return;
  const { up, down, thanks } = drawn.votes;
  up.setAttribute("aria-pressed", String(value > 0));
  down.setAttribute("aria-pressed", String(value < 0));
  thanks.textContent = value ? say.say("vote.thanks") : "";
}
