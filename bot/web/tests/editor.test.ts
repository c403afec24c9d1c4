import assert from "node:assert/strict";
import { test } from "node:test";
import { Keeper, type Ears, type Post } from "../editor/keeper";
import { lines, said } from "../editor/lines";
import { nextOf } from "../editor/list";

test("lines are counted without blank ones, and those that say the same are found", () => {
  assert.deepEqual(lines(""), { n: 0, twice: [] });
  assert.deepEqual(lines(" \n\n\t"), { n: 0, twice: [] });
  assert.deepEqual(lines("怎么还款\n\n还不了款"), { n: 2, twice: [] });
  assert.deepEqual(lines("怎么还款\n还不了款\n怎么 还款？\nＡpp 里\napp里"), { n: 5, twice: [[1, 3], [4, 5]] });
  assert.deepEqual(lines("？\n！").twice, [], "lines without words are not the same");
  assert.equal(said([[1, 3], [4, 5, 9]]), "1 = 3, 4 = 5 = 9");
});

test("j and k stay within the list", () => {
  assert.equal(nextOf(-1, 1, 0), -1);
  assert.equal(nextOf(-1, 1, 3), 0);
  assert.equal(nextOf(-1, -1, 3), 2);
  assert.equal(nextOf(2, 1, 3), 2);
  assert.equal(nextOf(0, -1, 3), 0);
  assert.equal(nextOf(1, 1, 3), 2);
});

// hearing is a keeper, what it sent, and what it said.
function hearing(post: Post): { keeper: Keeper; heard: string[] } {
  const heard: string[] = [];
  const ears: Ears = { kept: (at) => heard.push("kept " + at), unkept: () => heard.push("unkept"), out: () => heard.push("out") };
  return { keeper: new Keeper("as it was", post, ears), heard };
}

test("a keeper sends what changed, once", async () => {
  const sent: string[] = [];
  const { keeper, heard } = hearing(async (body) => {
    sent.push(body);
    return { at: "14:05" };
  });
  await keeper.tick("as it was");
  await keeper.tick("a");
  await keeper.tick("a");
  await keeper.tick("ab");
  assert.deepEqual(sent, ["a", "ab"]);
  assert.deepEqual(heard, ["kept 14:05", "kept 14:05"]);
  assert.equal(keeper.dirty("ab"), false);
});

test("a keeper sends one thing at a time, then the newest", async () => {
  const sent: string[] = [];
  let done = (): void => undefined;
  const { keeper } = hearing((body) => {
    sent.push(body);
    return new Promise((resolve) => { done = () => resolve({ at: "" }); });
  });
  const first = keeper.tick("a");
  await keeper.tick("ab");
  assert.deepEqual(sent, ["a"]);
  done();
  await first;
  const second = keeper.tick("abc");
  done();
  await second;
  assert.deepEqual(sent, ["a", "abc"]);
});

test("what could not be sent is sent again; what is refused is not, until it changes", async () => {
  const answers: (() => { at: string } | "out" | "refused")[] = [
    () => { throw new Error("no network"); }, () => "out", () => ({ at: "1" }), () => "refused", () => ({ at: "2" })];
  let calls = 0;
  const { keeper, heard } = hearing(async () => answers[calls++]());
  await keeper.tick("a");
  await keeper.tick("a");
  await keeper.tick("a");
  await keeper.tick("too long");
  await keeper.tick("too long");
  await keeper.tick("shorter");
  assert.deepEqual(heard, ["unkept", "out", "kept 1", "unkept", "kept 2"]);
  assert.equal(calls, 5);
});
