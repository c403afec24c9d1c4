// Through tunnels, crashes, reloads and second tabs: what was written is said once, in
// order, and the widget tells how it stands.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Customer } from "./customer.mjs";
import { stickingOut, violations } from "./inspect.mjs";
import { LIMIT, browser, server, stage } from "./scenes.mjs";
import { lostConnection, openWindow, picture, same, until } from "./windows.mjs";

const wide = { width: 1440, height: 900 };
const phone = { width: 390, height: 844 };
const lines = ["我在隧道里", "还是没有信号", "快出来了"];

stage("tunnel", ["--bot-gather", "4s"]); // lines that come within four seconds are one question

// look takes pictures of a page in all sizes and colours, and checks that everybody can read it.
async function look(page, name) {
  for (const size of [wide, phone]) {
    await page.setViewportSize(size);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      assert.deepEqual(await violations(page), [], name);
      assert.deepEqual(await stickingOut(page), [], name);
      await picture(page, `${name}-${size.width}-${colorScheme}`);
    }
  }
}

// roadOf is the way of a page's sockets to the server, which can be blocked.
async function roadOf(page) {
  const open = new Set();
  const road = {
    blocked: false,
    async block() {
      road.blocked = true;
      for (const ws of open) await ws.close({ code: 1006 });
      open.clear();
    },
  };
  await page.routeWebSocket("**/ws", (ours) => {
    if (road.blocked) return void ours.close({ code: 1006 });
    ours.connectToServer();
    open.add(ours);
  });
  return road;
}

// saidOnce waits until nothing is on its way, then says that each line stands in the
// conversation once, in order.
async function saidOnce(customer, expected) {
  await customer.delivered();
  await until("all lines are in the conversation", async () => (await customer.transcript()).includes(expected.at(-1)));
  assert.deepEqual((await customer.transcript()).filter((line) => expected.includes(line)), expected);
}

test("in a tunnel: everything is kept over a reload, and said once, in order", LIMIT, async () => {
  const { context, page, faults } = await openWindow(browser, server);
  const road = await roadOf(page);
  const customer = new Customer(page);
  await customer.open(server.url("/?lang=zh-CN"));
  await customer.tell("怎么提高额度");
  await customer.delivered();

  road.blocked = true;
  await context.setOffline(true);
  await road.block();
  await customer.panel.getByText(customer.say("link.offline")).waitFor();
  for (const line of lines) await customer.tell(line);
  await until("all lines are kept", async () => (await customer.outbox()).length === lines.length);
  await look(page, "tunnel");

  await context.setOffline(false); // the page itself comes; its socket does not
  await page.reload();
  await customer.unfold();
  await customer.panel.getByText(customer.say("link.waiting")).waitFor();
  await until("what was kept is shown", async () => (await customer.clock.count()) === lines.length);
  await look(page, "tunnel-reloaded");
  road.blocked = false;
  await page.evaluate(() => window.dispatchEvent(new Event("online"))); // no waiting out the back-off
  await saidOnce(customer, lines);
  await page.reload();
  await customer.unfold();
  await saidOnce(customer, lines);
  assert.deepEqual(faults.filter((f) => !lostConnection(f)), []);
  await context.close();
});

test("two tabs share what is on its way; the server dies with both open", LIMIT, async () => {
  const { context, page, faults } = await openWindow(browser, server);
  const first = new Customer(page);
  await first.open(server.url("/?lang=zh-CN"));
  await first.tell("收不到验证码怎么办");
  await first.delivered();
  const second = new Customer(await context.newPage());
  await second.open(server.url("/?lang=zh-CN"));
  await second.reads("收不到验证码怎么办");

  await server.crash();
  await first.panel.getByText(first.say("link.waiting")).waitFor();
  for (const line of lines) await first.tell(line);
  const third = new Customer(await context.newPage()); // finds them on the shelf
  await third.page.setContent("<p>…</p>");
  await server.start();
  await third.open(server.url("/?lang=zh-CN"));
  for (const tab of [first, second, third]) await saidOnce(tab, lines);
  await same("both tabs show the same", () => first.transcript(), () => second.transcript());
  assert.deepEqual(faults.filter((f) => !lostConnection(f)), []);
  await context.close();
});

test("where the browser keeps nothing it works, and says what a reload would cost", LIMIT, async () => {
  const { context, page, faults } = await openWindow(browser, server);
  await context.addInitScript(() => {
    Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); };
  });
  const road = await roadOf(page);
  const customer = new Customer(page);
  await customer.open(server.url("/?lang=zh-CN"));
  await customer.tell("怎么提高额度");
  await customer.delivered();
  await road.block();
  await customer.panel.getByText(customer.say("link.waiting")).waitFor();
  await customer.tell(lines[0]);
  await customer.panel.getByText(customer.say("link.unsaved")).waitFor();
  await look(page, "unsaved");
  road.blocked = false;
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await saidOnce(customer, lines.slice(0, 1));
  assert.deepEqual(faults.filter((f) => !lostConnection(f)), []);
  await context.close();
});

test("three quick lines: dots while the bot waits, then one answer", LIMIT, async () => {
  const { context, page, faults } = await openWindow(browser, server);
  const road = await roadOf(page);
  const customer = new Customer(page);
  await customer.open(server.url("/?lang=zh-CN"));
  const before = (await customer.transcript()).length;
  await customer.tell("你好");
  const dots = customer.panel.getByRole("status").filter({ hasText: customer.say("typing.bot") });
  await dots.waitFor();
  await picture(page, "thinking");
  await customer.tell("我想问下");
  await customer.delivered();
  await until("answered", async () => (await customer.transcript()).length > before + 2 && (await customer.transcript()).at(-1) !== "我想问下");
  await dots.waitFor({ state: "detached" });
  await road.block(); // so that they come as quickly as they were typed, however slow the typist
  for (const line of ["卡里有钱", "但是", "还款失败"]) await customer.tell(line);
  road.blocked = false;
  await page.evaluate(() => window.dispatchEvent(new Event("online")));
  await customer.log.getByText("银行卡状态异常").waitFor();
  const said = (await customer.transcript()).slice(-4);
  assert.deepEqual(said.slice(0, 3), ["卡里有钱", "但是", "还款失败"], "one answer, after all three");
  assert.deepEqual(faults.filter((f) => !lostConnection(f)), []);
  await context.close();
});
