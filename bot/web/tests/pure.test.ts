import assert from "node:assert/strict";
import { test } from "node:test";
import { backoff } from "../common/backoff";
import { newCID } from "../common/frame";
import { Log } from "../common/log";
import { openShelf } from "../common/shelf";
import { Words, clockTime, langOf, minutesSince, percent, runes } from "../common/text";
import { memory } from "./fake";

test("backoff grows from half a second to fifteen, and never leaves that range", () => {
  for (let n = 0; n < 40; n++) {
    for (const r of [0, 0.25, 0.5, 0.999]) {
      const ms = backoff(n, r);
      assert.ok(ms >= 500 && ms <= 15000, `try ${n} at ${r}: ${ms}`);
    }
  }
  assert.equal(backoff(0, 0.999) <= 1000, true);
  assert.equal(backoff(10, 0.999) > 14000, true);
  assert.notEqual(backoff(3, 0.1), backoff(3, 0.9));
});

test("a log takes each line once, in order, and sees gaps but no hidden lines", () => {
  const log = new Log();
  log.start("s");
  const take = (seq: number, prev: number, session = "s"): string => log.take({ session, seq, prev });
  assert.equal(take(1, 0), "next");
  assert.equal(take(1, 0), "seen");
  assert.equal(take(4, 1), "next", "2 and 3 are hidden from this reader");
  assert.equal(take(7, 6), "gap");
  assert.equal(log.cursor, 4);
  assert.equal(take(6, 4), "next");
  assert.equal(take(7, 6), "next");
  assert.equal(take(8, 7, "t"), "other");
});

test("a cid is 22 of the letters the server allows, and uses all of them", () => {
  const seen = new Set<string>();
  for (let i = 0; i < 200; i++) {
    const cid = newCID();
    assert.match(cid, /^[A-Za-z0-9_-]{22}$/);
    seen.add(cid);
  }
  assert.equal(seen.size, 200);
  assert.equal(newCID((b) => b.fill(255)), "-".repeat(22));
});

test("a shelf works without storage and with a full one", () => {
  const refusing = openShelf("a:", () => { throw new Error("SecurityError"); });
  refusing.set("k", "v");
  assert.equal(refusing.get("k"), "v");
  assert.deepEqual(refusing.keys(), ["k"]);
  refusing.remove("k");
  assert.equal(refusing.get("k"), null);

  const storage = memory();
  const full = { ...storage, setItem: () => { throw new Error("QuotaExceededError"); }, length: 0 };
  const shelf = openShelf("a:", () => full);
  shelf.set("k", "v");
  assert.equal(shelf.get("k"), "v");

  const one = openShelf("a:", () => storage);
  const other = openShelf("b:", () => storage);
  one.set("k", "1");
  other.set("k", "2");
  assert.equal(one.get("k"), "1");
  assert.deepEqual(other.keys(), ["k"]);
});

test("words put values in without reading them as placeholders", () => {
  const w = new Words("en", { hi: "Hello {name}, {n} new", "state.bot": "Assistant" });
  assert.equal(w.say("hi", { name: "{n}", n: 3 }), "Hello {n}, 3 new");
  assert.equal(w.say("hi"), "Hello {name}, {n} new");
  assert.equal(w.code("state", "bot"), "Assistant");
  assert.equal(w.code("state", "newer_than_this_page"), "newer_than_this_page");
});

test("runes, times, languages and per cents", () => {
  assert.equal(runes("问答👍🏽a"), 5);
  assert.equal(runes(""), 0);
  const now = new Date(2026, 10, 21, 9, 30).getTime();
  assert.equal(clockTime(new Date(2026, 10, 21, 8, 5).toISOString(), now), "08:05");
  assert.equal(clockTime(new Date(2026, 2, 14, 8, 5).toISOString(), now), "3-14 08:05");
  assert.equal(clockTime("nonsense", now), "");
  assert.equal(minutesSince(new Date(now - 125000).toISOString(), now), 2);
  assert.equal(minutesSince(new Date(now + 125000).toISOString(), now), 0, "clocks differ");
  assert.equal(langOf("en-GB"), "en");
  assert.equal(langOf("eng"), "zh-CN");
  assert.equal(langOf(null), "zh-CN");
  assert.deepEqual([1, 0.9999, 0.5, 0.001, 0].map(percent), ["100%", "99%", "50%", "1%", "0%"]);
});
