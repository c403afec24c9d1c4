import assert from "node:assert/strict";
import { test } from "node:test";
import type { Chat, Chats, Event } from "../common/frame";
import { questionBefore, untilMorning } from "../desk/asks";
import { Drafts, empty } from "../desk/drafts";
import { mentionAt } from "../desk/inserts";
import { matching } from "../desk/menu";
import { news } from "../desk/news";
import { filled } from "../desk/office";
import { plain } from "../desk/plain";
import { Room } from "../desk/room";
import { segments } from "../desk/segments";
import { open } from "../desk/suggestions";
import { span } from "../desk/windowed";
import { chance, shelf } from "./fake";

const line = (seq: number, role: Event["from"]["role"], text: string, more: Partial<Event> = {}): Event =>
  ({ type: "event", session: "s1", seq, prev: seq - 1, at: "2026-11-22T10:00:0" + seq + ".000Z", kind: "message", from: { role }, text, ...more });

function room(...lines: Event[]): Room {
  const r = new Room("s1");
  lines.forEach((e) => r.take(e));
  return r;
}

test("of a long list the rows in sight are drawn, and some around them", () => {
  assert.deepEqual(span(40, 64, 0, 900), { from: 0, to: 40 });
  for (const count of [61, 500, 10_000]) {
    const random = chance(count);
    for (let i = 0; i < 200; i++) {
      const height = 40 + Math.floor(random() * 60), view = 200 + Math.floor(random() * 1200), above = Math.floor(random() * count * height) - 300;
      const { from, to } = span(count, height, above, view);
      const first = Math.max(0, Math.floor(above / height)), last = Math.min(count, Math.ceil((above + view) / height));
      assert.ok(from >= 0 && to <= count && from <= Math.max(0, first) && (to >= last || from >= count - (to - from)), `${count} ${height} ${above} ${view}: ${from}–${to}`);
      assert.ok(to - from <= Math.ceil(view / height) + 16);
    }
  }
});

test("an answer becomes what a person would type", () => {
  assert.equal(plain("**银行卡**状态异常：\n\n1. 换一张卡\n2. 见 [帮助](https://a.example/x)\n\n- 一\n- 二"), "银行卡状态异常：\n1. 换一张卡\n2. 见 帮助 https://a.example/x\n• 一\n• 二");
  assert.equal(plain("没有记号"), "没有记号");
});

test("names stand where a reply leaves room for them", () => {
  assert.equal(filled("{customer}您好，我是{agent}。{date}", { customer: "陈先生", agent: "小周" }), "陈先生您好，我是小周。{date}");
  assert.equal(filled("{customer}您好", { customer: "" }), "{customer}您好");
});

test("an @ after a space or at the start begins a name, one inside a word does not", () => {
  assert.deepEqual(mentionAt("请 @小", 4), { typed: "小", from: 2, to: 4 });
  assert.deepEqual(mentionAt("@", 1), { typed: "", from: 0, to: 1 });
  assert.deepEqual(mentionAt("好，@李", 4), { typed: "李", from: 2, to: 4 });
  for (const text of ["a@b", "@小李 看一下", "没有"]) assert.equal(mentionAt(text, text.length), null);
});

test("the hub is asked what the customer said since somebody answered", () => {
  assert.equal(open(room(line(1, "customer", "甲"), line(2, "bot", "答"))), "甲");
  assert.equal(open(room(line(1, "customer", "甲"), line(2, "agent", "您好"))), "");
  assert.equal(open(room(line(1, "agent", "您好"), line(2, "customer", "我的卡"), line(3, "customer", "扣款失败"))), "我的卡 扣款失败");
  assert.equal(open(room(line(1, "customer", "甲"), line(2, "bot", "答"), line(3, "customer", "乙"))), "乙");
  assert.equal(open(room(line(1, "customer", "甲"), line(2, "agent", "记", { kind: "note" }))), "甲", "a note answers nobody");
  assert.equal(questionBefore(room(line(1, "customer", "甲"), line(2, "customer", "乙"), line(3, "agent", "答")), 3), "乙");
});

test("segments are who had the chat, for how long", () => {
  const all = segments([line(1, "customer", "转人工"), line(3, "system", "", { kind: "handed", move: { from: "bot", to: "queued", reason: "customer_request" } }),
    line(7, "system", "", { kind: "handed", move: { from: "queued", to: "assigned", agent: "u1" } }), line(8, "agent", "您好", { from: { role: "agent", id: "u1", name: "小周" } })], Date.parse("2026-11-22T10:00:09.500Z"));
  assert.deepEqual(all.map((s) => [s.state, s.name, s.ms]), [["bot", "", 2000], ["queued", "", 4000], ["assigned", "小周", 2500]]);
});

test("what was typed for the customer and for colleagues is kept apart, for each chat", () => {
  const kept = shelf();
  const drafts = new Drafts(kept);
  drafts.set("s1", { mode: "note", say: "您好", note: "他很急", entry: "e1", revision: 4 });
  drafts.set("s2", { ...empty(), say: "二" });
  assert.deepEqual(new Drafts(kept).get("s1"), { mode: "note", say: "您好", note: "他很急", entry: "e1", revision: 4 });
  drafts.prune(new Set(["s1"]));
  assert.deepEqual(drafts.get("s2"), empty());
  drafts.set("s1", empty());
  assert.deepEqual(kept.keys(), []);
  kept.set("draft.s3", "{not json");
  assert.deepEqual(drafts.get("s3"), empty());
});

test("news of lists: a chat of mine that is offered again was moved, one passed to me is given", () => {
  const chat = (session: string, more: Partial<Chat> = {}): Chat => ({ session, customer: "c", state: "queued", lang: "zh-CN", seq: 1, fence: 1, since: "", heard: "1", ...more });
  const lists = (queue: Chat[], mine: Chat[]): Chats => ({ type: "chats", waiting: queue.length, queue, mine });
  const told = (before: Chats, now: Chats, own: string[] = []): string[] => news(before, now, (s) => own.includes(s)).map((n) => n.what + " " + n.chat.session);
  assert.deepEqual(told(lists([], [chat("a")]), lists([chat("a")], [])), ["moved a"]);
  assert.deepEqual(told(lists([], [chat("a")]), lists([chat("a")], []), ["a"]), []);
  assert.deepEqual(told(lists([chat("a")], []), lists([chat("a", { accept_by: "t" })], [])), ["offered a"]);
  assert.deepEqual(told(lists([chat("a", { accept_by: "t" })], []), lists([chat("a", { accept_by: "t" })], [])), []);
  assert.deepEqual(told(lists([], []), lists([], [chat("b")])), ["given b"]);
  assert.deepEqual(told(lists([], [chat("b")]), lists([], [])), ["moved b"]);
});

test("tomorrow at nine, over a month's end", () => {
  assert.equal(untilMorning(new Date(2026, 10, 30, 18, 0)), 15 * 60);
  assert.equal(untilMorning(new Date(2026, 10, 22, 8, 59)), 24 * 60 + 1);
});

test("a search holds all words in any order", () => {
  assert.deepEqual(matching(["Close the chat", "Chat with Chen", "Note"], "chat c", (x) => x), ["Close the chat", "Chat with Chen"]);
  assert.deepEqual(matching(["甲 乙"], " 乙 甲", (x) => x), ["甲 乙"]);
});
