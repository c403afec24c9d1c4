// The story of a customer who waits for a person, goes on asking meanwhile, is asked how it
// was, and comes back after the end.
import assert from "node:assert/strict";
import { Agent, setUp } from "./agent.mjs";
import { Customer } from "./customer.mjs";
import { inspect, sizes } from "./inspect.mjs";
import { closed, newWindow, scene, server, stage } from "./scenes.mjs";
import { until } from "./windows.mjs";

const zhou = { login: "zhou", name: "小周", password: "晴天 竹篮 打水 七分" };
const aboutBot = "智能客服的回答解决您的问题了吗？";
const aboutAgent = "您对这次人工客服的服务满意吗？";

stage("waiting");

let customer, agent, home;

const chat = () => customer.page.evaluate(() => JSON.parse(localStorage[Object.keys(localStorage).find((key) => key.endsWith(":chat"))]).session);

// rates gives a part 1 to 5 and says why.
async function rates(question, n, why, look = "") {
  const card = customer.asked(question);
  const mark = { n, word: customer.say("rating." + n) };
  await card.getByRole("button", { name: customer.say("rating.value", mark) }).click();
  await card.getByText(customer.say("rating.thanks", mark)).waitFor();
  await card.getByRole("button", { name: customer.say("why." + why) }).click();
  if (look) await inspect(look, home.page, home.faults, sizes("zh-CN"));
  await card.getByRole("button", { name: customer.say("why.send") }).click();
  await card.getByText(customer.say("why.thanks")).waitFor();
  await customer.delivered();
}

// rated says that a card is not asked again after a reload.
async function rated(question, n) {
  const card = customer.asked(question);
  await card.getByText(customer.say("rating.thanks", { n, word: customer.say("rating." + n) })).waitFor();
  assert.equal(await card.getByRole("button").count(), 0);
}

scene("why an answer was no use", async () => {
  const desk = await newWindow();
  await setUp(desk.page, server.setup, zhou);
  await desk.page.goto(server.url("/desk"));
  agent = new Agent(desk.page);
  await agent.onDuty(true);
  home = await newWindow();
  customer = new Customer(home.page);
  await customer.page.goto(server.url("/chat"));
  await customer.tell("卡里有钱为什么还款失败");
  await customer.button("vote.down").click();
  await customer.button("why.unclear").click();
  await inspect("widget-vote", home.page, home.faults, sizes("zh-CN"));
  await customer.button("why.send").click();
  await customer.delivered();
  await until("it has been said why", async () => (await customer.button("why.send").count()) === 0);
  assert.equal(await customer.button("vote.down").getAttribute("aria-pressed"), "true");
});

scene("who waits knows where they stand and about how long it takes", async () => {
  await customer.askHuman();
  await customer.panel.getByText(customer.say("queue.next")).waitFor();
  await customer.panel.getByText(customer.say("queue.soon")).waitFor();
  await customer.asked(aboutBot).waitFor();
  await inspect("widget-waiting", home.page, home.faults, sizes("zh-CN"));
});

scene("who waits may go on asking, and keeps the place", async () => {
  await customer.button("queue.ask").click();
  await until("one may write", () => customer.input.evaluate((input) => input.getRootNode().activeElement === input));
  assert.equal(await customer.input.getAttribute("placeholder"), customer.say("input.queued"));
  await customer.tell("逾期会上征信吗");
  await customer.log.getByRole("button", { name: customer.say("vote.up") }).nth(1).waitFor();
  await customer.panel.getByText(customer.say("queue.next")).waitFor();
  await customer.tell("我说的是上个月那笔");
  await customer.reads("已记下，客服接入后会看到");
});

scene("the bot's part is rated while one waits, and a reload asks nothing twice", async () => {
  await rates(aboutBot, 2, "slow", "widget-why");
  await customer.page.reload();
  await rated(aboutBot, 2);
  await customer.panel.getByText(customer.say("queue.next")).waitFor();
});

scene("who does not want to wait leaves the queue", async () => {
  await customer.button("queue.leave").click();
  await customer.reads("已为您退出排队");
  await until("nobody waits any more", async () => (await customer.button("queue.leave").count()) === 0);
});

scene("the agent's part is rated after it", async () => {
  await customer.askHuman();
  await agent.look(customer.say("human"));
  await agent.claim();
  await agent.tell("都办好了，再见");
  await customer.reads("都办好了，再见");
  await customer.panel.getByRole("button", { name: customer.say("more") }).click();
  await customer.button("end").click();
  await customer.button("end.yes").click();
  await rates(aboutAgent, 5, "kind");
  await inspect("widget-closed", home.page, home.faults, sizes("zh-CN"));
});

scene("who comes back goes on in the same chat", async () => {
  const before = await chat();
  await customer.page.reload();
  await rated(aboutAgent, 5);
  await customer.button("again").click();
  await customer.tell("怎么提高额度");
  await customer.log.getByRole("button", { name: customer.say("vote.up") }).nth(2).waitFor();
  assert.equal(await chat(), before);
  await until("the chat is open", async () => (await customer.button("again").count()) === 0);
  await customer.askHuman();
  await customer.panel.getByText(customer.say("queue.next")).waitFor();
  assert.equal(await customer.log.getByRole("region").count(), 2, "nobody is asked twice");
});
