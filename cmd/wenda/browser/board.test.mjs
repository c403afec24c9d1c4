// The floor as a supervisor sees it, and how they step in: watch, whisper, join, take over;
// and who must be told: of a danger, of a note that names them.
import assert from "node:assert/strict";
import { Agent, logIn, setUp } from "./agent.mjs";
import { Customer } from "./customer.mjs";
import { inspect, sizes, wide } from "./inspect.mjs";
import { hurryNobody } from "./patience.mjs";
import { browser, closed, newWindow, scene, server, stage } from "./scenes.mjs";
import { shared } from "./server.mjs";
import { Supervisor } from "./supervisor.mjs";
import { openWindow, until } from "./windows.mjs";

const password = "晴天 竹篮 打水 七分";
const zhou = { login: "zhou", name: "周主管", password };
const li = { login: "li", name: "小李", password };
const chen = { login: "chen", name: "小陈", password };

let supervisor, agent, customer;
let lead, work, home; // the windows of supervisor, agent, customer

stage("board", shared("BOARD"));

// atWork logs an agent in at a desk of their own.
async function atWork(who) {
  const window = await newWindow();
  await window.page.goto(server.url("/desk"));
  await logIn(window.page, who);
  await window.page.waitForURL("**/desk");
  return [window, new Agent(window.page)];
}

scene("three logins: the board shows who waits, who is there, and with what", async () => {
  lead = await newWindow();
  await setUp(lead.page, server.setup, zhou, "team");
  await hurryNobody(lead.page, server, "general");
  for (const who of [li, chen]) server.run(["user", "create", "--login", who.login, "--name", who.name], who.password);
  supervisor = new Supervisor(lead.page, server);
  await supervisor.open();
  [work, agent] = await atWork(li);
  await agent.onDuty(true);
  await supervisor.person(li.name).getByText(supervisor.say("person.takes")).waitFor();

  home = await newWindow();
  customer = new Customer(home.page);
  await customer.page.goto(server.url("/chat"));
  await customer.tell("转人工");
  await supervisor.queue("一线客服").getByRole("cell", { name: "1", exact: true }).first().waitFor();
  await supervisor.lookAt("转人工");
  await supervisor.reads("转人工");
  await supervisor.watching.getByText(supervisor.say("board.nobody")).waitFor();
  for (const key of ["board.join", "whisper", "send"]) assert.equal(await supervisor.button(key).count(), 0, `nobody has the chat: ${key}`);
  assert.ok(!(await supervisor.input.isVisible()), "nobody would hear it");
  await agent.look("转人工");
  await agent.claim();
  await agent.tell("您好，请问有什么可以帮您？"); // soon enough: nothing is looked at closely meanwhile
  await supervisor.close();
  await supervisor.person(li.name).getByText("1 / 5").waitFor();
  await supervisor.queue("一线客服").getByText("100%").waitFor();
  for (const lang of ["zh-CN", "en"]) {
    const window = await openWindow(browser, server, { locale: lang === "en" ? "en-GB" : "zh-CN", storageState: await lead.context.storageState() });
    await window.page.goto(server.url(`/board?lang=${lang}`));
    await window.page.locator(".person").first().waitFor();
    await new Supervisor(window.page, server, lang).silent.waitFor(); // nobody has touched this page
    await inspect(`board-${lang}`, window.page, window.faults, sizes(lang));
    await window.context.close();
  }
});

scene("who waits is shown, and may give up", async () => {
  const window = await newWindow();
  const other = new Customer(window.page);
  await other.page.goto(server.url("/chat"));
  await other.tell("我要人工");
  await supervisor.lookAt("我要人工");
  await supervisor.reads("我要人工");
  await inspect("board-waiting", lead.page, lead.faults);
  await lead.page.setViewportSize(wide);
  await supervisor.close();
  await other.button("queue.leave").click();
  await until("nobody waits", async () => (await supervisor.waits.getByRole("button").filter({ hasText: "我要人工" }).count()) === 0);
  await window.context.close();
  closed(window);
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

scene("a danger that the customer speaks of to the agent is told to both, and not to the customer", async () => {
  await supervisor.close();
  const kind = agent.say("danger.harm");
  await customer.tell("我真的不想活了");
  await supervisor.alarm(kind).waitFor();
  await agent.log.locator(".alarm").getByText(kind).waitFor();
  await agent.mine.filter({ hasText: kind }).waitFor();
  await customer.tell("不想活了");
  const heard = agent.log.locator(".bubble").filter({ hasText: "不想活了" });
  await until("both lines are read", async () => (await heard.count()) === 2);
  assert.equal(await agent.log.locator(".alarm").count(), 1, "said once");
  await inspect("board-alarm", lead.page, lead.faults);
  await lead.page.setViewportSize(wide);
  await inspect("desk-alarm", work.page, work.faults);
  await work.page.setViewportSize(wide);
  await supervisor.alarm(kind).getByRole("button", { name: supervisor.say("look") }).click();
  await supervisor.reads("不想活了");
  await until("the alarm has been seen", async () => (await supervisor.alarm(kind).count()) === 0);
  await supervisor.person(li.name).getByText(kind).waitFor(); // its line stays marked
  assert.ok(!home.heard.some((frame) => frame.includes("alarmed") || frame.includes("harm")), "the customer was told");
});

scene("who was named in a note while away is told when they come, until they look", async () => {
  await agent.names(chen.name, "这位客户请帮忙看看");
  await agent.reads("这位客户请帮忙看看");
  const [there, colleague] = await atWork(chen);
  await colleague.called.filter({ hasText: "这位客户请帮忙看看" }).waitFor();
  await inspect("desk-called", there.page, there.faults);
  await there.page.setViewportSize(wide);
  await there.page.reload();
  await colleague.called.filter({ hasText: li.name }).getByRole("button").first().click();
  await colleague.reads("这位客户请帮忙看看");
  await until("it was read", async () => (await colleague.called.count()) === 0);
  await there.page.reload();
  await colleague.button("claim.next").waitFor();
  await until("the lists are there", () => colleague.duty.isEnabled());
  assert.equal(await colleague.called.count(), 0, "told again");

  await agent.names(chen.name, "再看一眼");
  await colleague.called.filter({ hasText: "再看一眼" }).getByRole("button", { name: colleague.say("mentioned.known", { name: li.name }) }).click();
  await until("dismissed", async () => (await colleague.called.count()) === 0);
});

scene("which sounds the board makes is the supervisor's to say", async () => {
  await supervisor.bells.click();
  await until("the browser lets it be heard", async () => (await supervisor.silent.count()) === 0);
  await inspect("board-alerts", lead.page, lead.faults);
  await lead.page.setViewportSize(wide);
  for (const event of ["danger", "service", "mention"]) assert.ok(await supervisor.bell(event).isChecked(), event);
  await supervisor.bell("mention").uncheck();
  await lead.page.reload();
  await supervisor.bells.click();
  await supervisor.bell("danger").waitFor();
  assert.ok(!(await supervisor.bell("mention").isChecked()), "forgotten");
  await supervisor.bell("mention").check();
  await lead.page.keyboard.press("Escape");
  await supervisor.bell("mention").waitFor({ state: "hidden" });
});

scene("a supervisor whom a note names is told on the board, until they look", async () => {
  await agent.names(zhou.name, "请主管看看");
  await supervisor.badge.click();
  await supervisor.called.filter({ hasText: "请主管看看" }).filter({ hasText: li.name }).waitFor();
  await inspect("board-called", lead.page, lead.faults);
  await lead.page.setViewportSize(wide);
  await supervisor.called.getByRole("button").first().click();
  await supervisor.reads("请主管看看");
  await until("it was read", async () => (await supervisor.badge.count()) === 0);
  await supervisor.close();
  await agent.names(zhou.name, "还有一句");
  await supervisor.badge.click();
  await supervisor.called.filter({ hasText: "还有一句" }).getByRole("button", { name: supervisor.say("mentioned.known", { name: li.name }) }).click();
  await until("dismissed", async () => (await supervisor.badge.count()) === 0);
  await supervisor.watch(li.name, "不想活了");
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
