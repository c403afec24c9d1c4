// The floor as a supervisor sees it, and how they step in: watch, whisper, join, take over.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { Agent, logIn, setUp } from "./agent.mjs";
import { Customer } from "./customer.mjs";
import { inspect, sizes, wide } from "./inspect.mjs";
import { story } from "./scenes.mjs";
import { Server, shared } from "./server.mjs";
import { Supervisor } from "./supervisor.mjs";
import { openBrowser, openWindow, until } from "./windows.mjs";

const LIMIT = { timeout: 300_000 }; // milliseconds
const password = "晴天 竹篮 打水 七分";
const zhou = { login: "zhou", name: "周主管", password };
const li = { login: "li", name: "小李", password };

let server, browser, supervisor, agent, customer;
let lead, work, home; // the windows of supervisor, agent, customer
const windows = [];
const scene = story("board", windows, () => server);

before(async () => {
  [server, browser] = await Promise.all([Server.start(shared("BOARD")), openBrowser()]);
}, LIMIT);

after(async () => {
  await browser?.close();
  await server?.stop();
});

async function newWindow(options) {
  const window = await openWindow(browser, server, options);
  windows.push(window);
  return window;
}

scene("three logins: the board shows who waits, who is there, and with what", async () => {
  lead = await newWindow();
  await setUp(lead.page, server.setup, zhou, "team");
  server.run(["user", "create", "--login", li.login, "--name", li.name], li.password);
  supervisor = new Supervisor(lead.page, server);
  await supervisor.open();
  work = await newWindow();
  await work.page.goto(server.url("/desk"));
  await logIn(work.page, li);
  await work.page.waitForURL("**/desk");
  agent = new Agent(work.page);
  await agent.onDuty(true);
  await supervisor.person(li.name).getByText(supervisor.say("person.takes")).waitFor();

  home = await newWindow();
  customer = new Customer(home.page);
  await customer.page.goto(server.url("/chat"));
  await customer.tell("转人工");
  await supervisor.queue("一线客服").getByRole("cell", { name: "1", exact: true }).first().waitFor();
  await agent.look("转人工");
  await agent.claim();
  await agent.tell("您好，请问有什么可以帮您？");
  await supervisor.person(li.name).getByText("1 / 5").waitFor();
  await supervisor.queue("一线客服").getByText("100%").waitFor();
  for (const lang of ["zh-CN", "en"]) {
    const window = await openWindow(browser, server, { locale: lang === "en" ? "en-GB" : "zh-CN", storageState: await lead.context.storageState() });
    await window.page.goto(server.url(`/board?lang=${lang}`));
    await window.page.locator(".person").first().waitFor();
    await inspect(`board-${lang}`, window.page, window.faults, sizes(lang));
    await window.context.close();
  }
});

scene("a supervisor watches and whispers; the customer never has it", async () => {
  await supervisor.watch(li.name, "转人工");
  await supervisor.reads("您好，请问有什么可以帮您？");
  await supervisor.tell("先核对他的卡号尾号");
  await agent.reads("先核对他的卡号尾号");
  await supervisor.reads("先核对他的卡号尾号");
  assert.equal(await supervisor.button("board.say").count(), 0, "who has not joined cannot speak to the customer");
  await inspect("board-watching", lead.page, lead.faults);
  await lead.page.setViewportSize(wide);
});

scene("joins, and both speak", async () => {
  await until("who looks at the board is at no desk", async () => (await supervisor.person(zhou.name).count()) === 0); // they were, at set-up
  await supervisor.button("board.join").click();
  await supervisor.button("board.part").waitFor();
  await supervisor.tell("我是主管，也在这里");
  await customer.reads("我是主管，也在这里");
  await agent.tell("我们一起看");
  await customer.reads("我们一起看");
  await agent.mine.filter({ hasText: agent.say("with", { name: zhou.name }) }).waitFor();
  await supervisor.button("board.part").click();
  await supervisor.button("board.join").waitFor();
});

scene("takes the chat over: one owner, and the agent's page says so", async () => {
  await agent.write("我正想说");
  await supervisor.button("board.takeover").click();
  await supervisor.watching.getByRole("form", { name: supervisor.say("takeover.title") }).getByRole("button", { name: supervisor.say("board.takeover") }).click();
  await lead.page.waitForURL(/\/desk#/);
  const chief = new Agent(lead.page);
  await chief.reads("我们一起看");
  await chief.tell("接下来由我为您处理");
  await customer.reads("接下来由我为您处理");
  await agent.desk.getByText(agent.say("not.mine"), { exact: true }).waitFor();
  await until("the agent's list is empty", async () => (await agent.mine.count()) === 0);
  assert.equal(await agent.input.count(), 0);
  assert.ok(!home.heard.some((frame) => frame.includes("先核对他的卡号尾号")), "the whisper reached the customer");
});
