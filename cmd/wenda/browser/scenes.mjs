// A story in scenes: each goes on where the one before ended, and leaves pictures of all
// windows behind if it fails. A file tells one story, on a server and in a browser of its own.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Server } from "./server.mjs";
import { openBrowser, openWindow, picture } from "./windows.mjs";

export const LIMIT = { timeout: 600_000 }; // milliseconds

export let server, browser; // of the file, from the first scene on
let title = "";
const windows = []; // that are open

// stage opens the story of a file: its server with these flags, its browser, and what else
// is to be there before the first scene.
export function stage(name, flags = [], opened = async () => {}) {
  title = name;
  before(async () => {
    [server, browser] = await Promise.all([Server.start(flags), openBrowser()]);
    await opened();
  }, LIMIT);
  after(async () => {
    await browser?.close();
    await server?.stop();
  });
}

// newWindow opens a window that the story has from now on: as on another computer.
export async function newWindow(options) {
  const window = await openWindow(browser, server, options);
  windows.push(window);
  return window;
}

// closed forgets a window that somebody has closed.
export function closed(window) { windows.splice(windows.indexOf(window), 1); }

// scene plays one. No window may have had an error when it ends, but for those that are
// allowed.
let broken = "";
export function scene(name, play, allowed = () => false) {
  test(name, LIMIT, async () => {
    assert.equal(broken, "", "an earlier scene failed");
    try {
      await play();
      for (const w of windows) assert.deepEqual(w.faults.splice(0).filter((fault) => !allowed(fault)), []);
    } catch (e) {
      broken = name;
      const pages = windows.flatMap((w) => w.context.pages());
      await Promise.all(pages.map((p, i) => picture(p, `failed-${title}-${i}`).catch(() => {})));
      e.message += `\nwindows: ${JSON.stringify(windows.flatMap((w) => w.faults))}\nserver: ${server.log}`;
      throw e;
    }
  });
}
