// Writes the pictures of the README: node pictures.mjs
//
// A customer with a phone, and the desk of the agent who took the chat. Both are
// what a browser shows of a freshly started server; nothing is drawn.
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { Agent, setUp } from "./agent.mjs";
import { Customer } from "./customer.mjs";
import { Server } from "./server.mjs";
import { openBrowser, openWindow } from "./windows.mjs";

const folder = join(import.meta.dirname, "..", "..", "..", "bot", "web", "pictures");
const server = await Server.start();
const browser = await openBrowser();

const work = await openWindow(browser, server);
await setUp(work.page, server.setup, { login: "zhou", name: "小周", password: "晴天 竹篮 打水 七分" }, "team");
const agent = new Agent(work.page);
await agent.onDuty(true);

const customer = new Customer((await openWindow(browser, server, { viewport: { width: 390, height: 944 } })).page);
await customer.page.goto(server.url("/chat"));
await customer.tell("我想提前结清");
await customer.button("vote.up").click();
await customer.tell("费用和我算的不一样，转人工");
await customer.panel.getByText(customer.say("queue.next")).waitFor();
await agent.look("转人工");
await agent.claim();
await agent.note("客户算的是上月的费率，已核对账单");
await agent.tell("您好，我是小周。我正在帮您核对，请稍等。");
await customer.reads("请稍等");

const next = new Customer((await openWindow(browser, server)).page);
await next.page.goto(server.url("/chat"));
await next.tell("逾期一天会上征信吗");
await next.delivered();
await next.tell("还是想找人工问问");
await agent.waiting.filter({ hasText: "还是想找人工问问" }).waitFor();
await agent.context.getByText(agent.say("action.answer")).click(); // unfolds what the bot was unsure between

mkdirSync(folder, { recursive: true });
await save(customer, "widget.png");
await save(agent, "desk.png");
await browser.close();
await server.stop();

async function save(person, name) {
  const path = join(folder, name);
  await person.page.screenshot({ path, animations: "disabled", caret: "hide" });
  console.log(`${path}: ${Math.round(statSync(path).size / 1024)} KiB`);
}
