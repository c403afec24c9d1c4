import assert from "node:assert/strict";
import { test } from "node:test";
import { deedOf, next } from "../hub/inboxkeys";
import { secondsLeft } from "../hub/left";

test("what is left is told once it can be known, and never less than a second", () => {
  const work = (done: number, of: number, millis: number) => ({ phase: "saving", done, of, millis, over: false });
  assert.equal(secondsLeft(work(0, 100, 5000)), undefined);
  assert.equal(secondsLeft(work(50, 0, 5000)), undefined, "nobody knows how much it is");
  assert.equal(secondsLeft(work(1, 100, 10)), undefined, "too early");
  assert.equal(secondsLeft(work(25, 100, 10_000)), 30);
  assert.equal(secondsLeft(work(100, 100, 10_000)), 1);
});

test("keys do what the inbox says, and nothing else", () => {
  assert.deepEqual(["1", "2", "3", "4", "u"].map(deedOf), ["phrasing", "draft", "outside", "ignore", "undo"]);
  for (const key of ["5", "x", "toString", "__proto__", "Enter"]) assert.equal(deedOf(key), undefined, key);
});

test("j and k go from question to question and stay within the list", () => {
  assert.equal(next("j", -1, 3), 0);
  assert.equal(next("k", -1, 3), 2);
  assert.equal(next("j", 0, 3), 1);
  assert.equal(next("j", 2, 3), 2);
  assert.equal(next("k", 0, 3), 0);
  assert.equal(next("j", -1, 0), undefined);
  assert.equal(next("x", 1, 3), undefined);
});
