import assert from "node:assert/strict";
import { test } from "node:test";
import { Aloud } from "../common/aloud";
import { placeText, waitText } from "../widget/queue";
import { words } from "../widget/words";
import { Time } from "./fake";

test("a place in the queue in words", () => {
  const zh = words("zh-CN");
  assert.equal(placeText(zh), zh.say("queue.waiting"));
  assert.equal(placeText(zh, 1), zh.say("queue.next"));
  assert.equal(placeText(zh, 3), zh.say("queue.ahead", { n: 2 }));
  assert.equal(placeText(zh, 51), zh.say("queue.many"));
});

test("a wait in words, nothing where nobody knows", () => {
  const en = words("en");
  const minutes = (n: number): string => waitText(en, n * 60000);
  assert.equal(waitText(en), "");
  assert.equal(waitText(en, 0), "");
  assert.equal(minutes(1), en.say("queue.soon"));
  assert.equal(minutes(3), "about 3 minutes");
  assert.equal(minutes(60), "about 60 minutes");
  assert.equal(minutes(90), en.say("queue.long"));
});

test("what changes often is read aloud now and then, what matters always", () => {
  const time = new Time();
  const aloud = new Aloud(time, 60000);
  assert.equal(aloud.may(false), true, "the first");
  time.pass(2000);
  assert.equal(aloud.may(false), false);
  assert.equal(aloud.may(true), true, "next in line");
  time.pass(59000);
  assert.equal(aloud.may(false), false);
  time.pass(1000);
  assert.equal(aloud.may(false), true);
});
