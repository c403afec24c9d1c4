import type { Chat } from "../common/frame";
import { fill, h, set } from "../common/dom";
import { clockTime } from "../common/text";
import type { Shift } from "./shift";
import { ago, secondsUntil, type DeskWords } from "./words";

const LONG = 60000; // milliseconds a customer waits for a word until it is said loudly

// chatRow is a line of a list that opens its chat.
export function chatRow(shift: Shift): HTMLElement {
  const row: HTMLElement = h("li", { class: "chat" }, h("button", { type: "button", class: "open", click: () => shift.open(row.dataset.key || "") }));
  return row;
}

// drawRow draws it anew if anything it shows has changed.
export function drawRow(row: HTMLElement, chat: Chat, waits: boolean, shift: Shift, say: DeskWords): void {
  const current = !!shift.current && shift.current.session === chat.session;
  const fresh = !waits && !current && shift.unread(chat);
  const called = shift.mentions.has(chat.session);
  const time = timeOf(chat, waits, say);
  const shown = JSON.stringify([chat, current, fresh, called, time]);
  if (row.dataset.shown === shown) return;
  row.dataset.shown = shown;
  row.className = "chat" + (row.classList.contains("offer") ? " offer" : "") + (current ? " current" : "") + (fresh ? " fresh" : "") + (chat.snoozed ? " asleep" : "");
  const open = row.firstElementChild as HTMLElement;
  set(open, "aria-current", current ? "true" : null);
  const marks = marksOf(chat, called, say);
  fill(open,
    h("span", { class: "top" }, h("bdi", { class: "name" }, chat.customer), fresh && h("span", { class: "dot" }, h("span", { class: "unseen" }, say.say("unread"))),
      h("time", { datetime: time.at, class: time.late ? "late" : null }, time.text)),
    h("span", { class: "preview" }, ...marks, h("bdi", {}, chat.preview || "…")));
}

interface Told { at: string; text: string; late: boolean }

// timeOf is what matters about time: how long there is to accept, how long a customer
// waits for a word, since when they wait or were heard.
function timeOf(chat: Chat, waits: boolean, say: DeskWords): Told {
  if (chat.accept_by) return { at: chat.accept_by, text: say.say("offer.left", { n: secondsUntil(chat.accept_by) }), late: secondsUntil(chat.accept_by) <= 10 };
  if (chat.await && !waits) return { at: chat.await, text: say.say("awaits", { time: ago(chat.await, say) }), late: Date.now() - Date.parse(chat.await) > LONG };
  const at = waits ? chat.since : chat.heard;
  return { at, text: ago(at, say), late: false };
}

const ALARMING = ["complaint", "risk", "vulnerable_customer"];

function marksOf(chat: Chat, called: boolean, say: DeskWords): HTMLElement[] {
  const mark = (text: string, kind = ""): HTMLElement => h("span", { class: "mark" + kind }, h("bdi", {}, text));
  const marks: HTMLElement[] = [];
  if (chat.danger) marks.push(mark(say.code("danger", chat.danger), " hot"));
  if (called) marks.push(mark(say.say("mentioned"), " hot"));
  if (chat.reason && ALARMING.includes(chat.reason)) marks.push(mark(say.code("flag", chat.reason), " hot"));
  if (chat.promised) marks.push(mark(say.say("promised", { time: clockTime(chat.promised, Date.now()) }), " left"));
  if (chat.left) marks.push(mark(say.say("left"), " left"));
  if (chat.snoozed) marks.push(mark(say.say("snoozed", { time: clockTime(chat.snoozed, Date.now()) })));
  if (chat.from) marks.push(mark(say.say("from", { name: chat.from })));
  if (chat.joined) marks.push(mark(say.say("with", { name: chat.joined })));
  if (chat.offered && !chat.accept_by) marks.push(mark(say.say("offered.other")));
  if (chat.lang === "en") marks.push(mark(say.say("lang.en")));
  if (chat.skill) marks.push(mark(say.code("skill", chat.skill)));
  return marks;
}
