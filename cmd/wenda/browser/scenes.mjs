// A story in scenes: each goes on where the one before ended, and leaves pictures of all
// windows behind if it fails.
import assert from "node:assert/strict";
import { test } from "node:test";
import { picture } from "./windows.mjs";

const LIMIT = { timeout: 300_000 }; // milliseconds

// story returns scene(name, play). windows are all that are open; server() is what it
// runs on. No window may have had an error when a scene ends.
export function story(title, windows, server) {
  let broken = "";
  return (name, play) => test(name, LIMIT, async () => {
    assert.equal(broken, "", "an earlier scene failed");
    try {
      await play();
      for (const w of windows) assert.deepEqual(w.faults.splice(0), []);
    } catch (e) {
      broken = name;
      const pages = windows.flatMap((w) => w.context.pages());
      await Promise.all(pages.map((p, i) => picture(p, `failed-${title}-${i}`).catch(() => {})));
      e.message += `\nwindows: ${JSON.stringify(windows.flatMap((w) => w.faults))}\nserver: ${server().log}`;
      throw e;
    }
  });
}
