import assert from "node:assert/strict";
import { test } from "node:test";
import type { Board, Chat } from "../common/frame";
import { alarms } from "../board/alarms";
import { slowed } from "../board/queues";
import { news } from "../desk/news";

const chat = (session: string, more: Partial<Chat> = {}): Chat => ({
  session, customer: "客户" + session, state: "assigned", lang: "zh-CN", seq: 4, fence: 2, since: "2026-11-22T10:00:00.000Z", heard: "2026-11-22T10:00:00.000Z", ...more,
});

test("alarms of a board are those of agents' chats, then of those who wait", () => {
  const board: Board = {
    type: "board", at: "2026-11-22T10:00:00.000Z",
    queues: [{ skill: "", name: "一线", waiting: 2, left: 0, there: 1, free: 0, service: -1, offered: 2, abandoned: 0, chats: [chat("q1", { danger: "fraud" }), chat("q2"), chat("q3", { state: "queued", reason: "risk" })] }],
    agents: [{ id: "u1", name: "小周", takes: true, there: true, load: 2, capacity: 5, chats: [chat("a1", { reason: "risk" }), chat("a2", { danger: "harm" })] }],
  };
  assert.deepEqual(alarms(board).map((a) => [a.chat.session, a.agent]), [["a2", "小周"], ["q1", ""], ["q3", ""]]);
});

test("a danger is news once, and before what else the customer said", () => {
  const lists = (...mine: Chat[]) => ({ type: "chats" as const, waiting: 0, queue: [], mine });
  const own = () => false;
  const calm = chat("s1"), danger = chat("s1", { danger: "harm", heard: "2026-11-22T10:01:00.000Z" });
  assert.deepEqual(news(lists(calm), lists(danger), own).map((n) => n.what), ["danger"]);
  assert.deepEqual(news(lists(danger), lists({ ...danger, heard: "2026-11-22T10:02:00.000Z" }), own).map((n) => n.what), ["said"]);
  assert.deepEqual(news(lists(danger), lists({ ...danger, danger: "threat" }), own).map((n) => n.what), ["danger"]);
});

test("a queue that answers too late is news when it begins to, not while it goes on", () => {
  const board = (levels: Record<string, number>): Board => ({
    type: "board", at: "", agents: [],
    queues: Object.entries(levels).map(([skill, service]) => ({ skill, name: skill, waiting: 0, left: 0, there: 1, free: 1, service, offered: 1, abandoned: 0, chats: [] })),
  });
  const told = (before: Record<string, number>, now: Record<string, number>): string[] => slowed(board(before), board(now)).map((q) => q.skill);
  assert.deepEqual(told({ a: 100, b: -1, c: 79, d: 80 }, { a: 79, b: 0, c: 50, d: 80 }), ["a", "b"]);
  assert.deepEqual(told({ a: 79 }, { a: 90 }), []);
  assert.deepEqual(told({ a: 90 }, { a: -1 }), [], "nobody came for an hour");
  assert.deepEqual(told({}, { a: 10 }), ["a"], "a queue that was not there");
});
