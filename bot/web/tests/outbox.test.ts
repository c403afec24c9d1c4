import assert from "node:assert/strict";
import { test } from "node:test";
import type { Resent, Send } from "../common/frame";
import { Outbox } from "../common/outbox";
import { Time, memory, shelf } from "./fake";

function setup(storage = memory()) {
  const time = new Time();
  const sent: string[] = [];
  let up = true;
  const box = new Outbox(shelf(storage), time, (f: Resent) => up && (sent.push(f.cid), true), () => {});
  return { box, time, sent, storage, cut: () => { up = false; }, mend: () => { up = true; } };
}

const send = (cid: string): Send => ({ type: "send", cid, text: "t" + cid });

test("one at a time, in order", () => {
  const { box, sent } = setup();
  box.open();
  ["a", "b", "c"].forEach((c) => box.add(send(c), c));
  assert.deepEqual(sent, ["a"]);
  box.acked("a", 1);
  box.acked("b", 2);
  assert.deepEqual(sent, ["a", "b", "c"]);
  assert.equal(box.all().length, 1);
});

test("what is not acked survives a reload, in order", () => {
  const first = setup();
  ["x", "a", "m"].forEach((c) => first.box.add(send(c), c));
  const second = setup(first.storage);
  assert.deepEqual(second.box.all().map((i) => i.label), ["x", "a", "m"]);
  second.box.open();
  ["x", "a", "m"].forEach((c) => second.box.acked(c, 1));
  assert.deepEqual(second.sent, ["x", "a", "m"]);
  assert.equal(setup(first.storage).box.all().length, 0);
});

test("where nothing can be stored it is sent all the same, and known to be at risk", () => {
  const full = { ...memory(), setItem: () => { throw new Error("quota"); } } as Storage;
  const { box, sent } = setup(full);
  box.open();
  box.add(send("a"), "a");
  box.add(send("b"), "b");
  assert.deepEqual(box.all().map((i) => i.kept), [false, false]);
  box.acked("a", 1);
  assert.deepEqual(sent, ["a", "b"]);
  assert.equal(setup().box.add(send("a"), "a").kept, true);
});

test("two tabs of one browser: what one left behind both may send, the order stays", () => {
  const first = setup();
  ["a", "b"].forEach((c) => first.box.add(send(c), c));
  const second = setup(first.storage);
  first.box.open();
  second.box.open();
  assert.deepEqual([first.sent, second.sent], [["a"], ["a"]], "the same cid: one line on the server");
  second.box.acked("a", 1);
  second.box.acked("b", 2);
  first.box.acked("a", 1);
  assert.deepEqual(first.sent, ["a", "b"]);
  first.box.acked("b", 2);
  assert.equal(setup(first.storage).box.all().length, 0);
});

test("what is not to be kept is gone after a reload", () => {
  const first = setup();
  first.box.add(send("a"), "a", false);
  assert.equal(setup(first.storage).box.all().length, 0);
});

test("an old message is not sent without being asked", () => {
  const first = setup();
  first.box.add(send("a"), "a");
  const second = { time: new Time(), sent: [] as string[] };
  second.time.pass(25 * 3600 * 1000);
  const box = new Outbox(shelf(first.storage), second.time, (f: Resent) => (second.sent.push(f.cid), true), () => {});
  box.open();
  assert.equal(box.all()[0].code, "stale");
  assert.deepEqual(second.sent, []);
  box.retry("a");
  assert.deepEqual(second.sent, ["a"]);
});

test("sent again after a break and when no ack comes", () => {
  const { box, time, sent } = setup();
  box.open();
  box.add(send("a"));
  box.shut();
  box.open();
  assert.deepEqual(sent, ["a", "a"]);
  time.pass(12000);
  assert.deepEqual(sent, ["a", "a", "a"]);
  box.acked("a", 1);
  time.pass(60000);
  assert.equal(sent.length, 3);
});

test("a frame that is never answered fails at last, and lets the next one through", () => {
  const { box, time, sent } = setup();
  box.open();
  box.add(send("a"));
  box.add(send("b"));
  time.pass(12000 * 6);
  assert.equal(box.find("a")!.state, "failed");
  assert.deepEqual(sent, ["a", "a", "a", "a", "a", "a", "b"]);
});

test("too fast: waits as long as told, also for what is added meanwhile and over a break", () => {
  const { box, time, sent } = setup();
  box.open();
  box.add(send("a"));
  box.refused("a", "rate", "慢一点", 3000);
  box.add(send("b"));
  assert.deepEqual(sent, ["a"]);
  assert.equal(box.find("a")!.error, "慢一点");
  box.shut();
  box.open();
  time.pass(2999);
  assert.deepEqual(sent, ["a"]);
  time.pass(1);
  assert.deepEqual(sent, ["a", "a"]);
  box.acked("a", 1);
  assert.deepEqual(sent, ["a", "a", "b"]);
});

test("refused for good: fails, others go on, and can be sent again behind them", () => {
  const { box, sent, storage } = setup();
  box.open();
  box.add(send("a"));
  box.add(send("b"));
  box.refused("a", "too_long", "太长");
  assert.deepEqual(sent, ["a", "b"]);
  assert.equal(box.find("a")!.state, "failed");
  assert.equal(setup(storage).box.all().length, 1, "a failed message is not resent by a reload");
  box.retry("a", { ...send("a2") });
  assert.deepEqual(box.all().map((i) => i.frame.cid), ["b", "a2"]);
  box.acked("b", 1);
  assert.deepEqual(sent, ["a", "b", "a2"]);
});

test("a socket that takes nothing loses nothing", () => {
  const { box, sent, cut, mend } = setup();
  cut();
  box.open();
  box.add(send("a"));
  assert.deepEqual(sent, []);
  mend();
  box.shut();
  box.open();
  assert.deepEqual(sent, ["a"]);
});

test("what lies on the shelf and is no item is thrown away", () => {
  const storage = memory();
  storage.setItem("test:out.a", "{");
  storage.setItem("test:out.b", '{"frame":{"type":"send","cid":"other"},"at":1}');
  storage.setItem("test:out.c", "null");
  assert.equal(setup(storage).box.all().length, 0);
  assert.equal(storage.length, 0);
});
