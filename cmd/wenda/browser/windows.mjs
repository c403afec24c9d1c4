// Browser windows that notice what must never happen in one: an error on the console, a
// violation of the content policy, a dialog, a request to another host.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const PATIENCE = 120_000; // milliseconds for one condition; the machine may be busy
const LOOK_EVERY = 50;

export async function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
      "--disable-sync", "--lang=zh-CN"],
  });
}

// openWindow opens a window with its own cookies and storage, as on another computer.
// Its pages are watched: faults is what was wrong so far, heard what came over websockets.
export async function openWindow(browser, server, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 }, locale: "zh-CN", timezoneId: "Asia/Shanghai", reducedMotion: "reduce", ...options,
  });
  context.setDefaultTimeout(PATIENCE);
  const faults = [], heard = [];
  context.on("page", (page) => watch(page, server.base, faults, heard));
  await context.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (e) => console.error(`content policy: ${e.violatedDirective} ${e.blockedURI}`));
  });
  return { context, faults, heard, page: await context.newPage() };
}

function watch(page, base, faults, heard) {
  const host = new URL(base).host;
  const foreign = (address) => {
    const { protocol, host: asked } = new URL(address);
    if (!["data:", "blob:", "about:"].includes(protocol) && asked !== host) faults.push(`asked another host: ${address}`);
  };
  page.on("request", (r) => foreign(r.url()));
  page.on("websocket", (w) => {
    foreign(w.url());
    w.on("framereceived", (frame) => heard.push(String(frame.payload)));
  });
  page.on("pageerror", (e) => faults.push(`uncaught: ${e.stack || e.message}`));
  page.on("dialog", (d) => {
    faults.push(`a dialog: ${d.message()}`);
    d.dismiss().catch(() => {});
  });
  page.on("console", (m) => {
    if (m.type() !== "error" && m.type() !== "warning") return;
    const where = m.location().url;
    if (/responded with a status of 4\d\d/.test(m.text()) && where === page.url()) return; // the page itself: a test asked for it
    if (/responded with a status of 404/.test(m.text()) && where.includes("/desk/packet/")) return; // the chat left while it was asked about
    faults.push(`console: ${m.text()} (${where})`);
  });
}

// lostConnection tells what a browser says while the server is away from real faults.
export const lostConnection = (fault) => /^console: (WebSocket connection to .* failed|Failed to load resource: net::ERR_)/.test(fault);

// until waits for a condition and returns what made it true.
export async function until(what, look) {
  const end = Date.now() + PATIENCE;
  let last;
  for (;;) {
    try {
      last = await look();
      if (last) return last;
    } catch (e) {
      last = e;
    }
    if (Date.now() > end) throw new Error(`waited in vain for: ${what}${last ? ` (${last})` : ""}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY));
  }
}

// same waits until two things that are looked at are equal, and returns them.
export async function same(what, look, expected) {
  let seen;
  await until(what, async () => {
    seen = await Promise.all([look(), typeof expected === "function" ? expected() : expected]);
    return JSON.stringify(seen[0]) === JSON.stringify(seen[1]);
  }).catch((e) => assert.deepEqual(seen && seen[0], seen && seen[1], e.message));
  return seen[0];
}

// typesUntil types into a field until somebody sees that it is typed into: the sign of that
// is gone after some seconds.
export async function typesUntil(field, text, sign) {
  await until("that somebody types is seen", async () => {
    await field.fill(text.slice(0, -1));
    await field.fill(text);
    return sign.first().isVisible();
  });
}

// picture writes what a page looks like into the folder WENDA_PICTURES, if it is set.
export async function picture(page, name) {
  const folder = process.env.WENDA_PICTURES;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
