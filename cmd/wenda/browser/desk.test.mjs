// The story of a customer and the people behind the desk: a handoff with everything, help
// from the hub, a colleague, a tier up, back to the bot; and nobody waits for who is not there.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { Agent, logIn, setUp } from "./agent.mjs";
import { Customer } from "./customer.mjs";
import { hurryNobody } from "./patience.mjs";
import { inspect, phone, sizes, wide } from "./inspect.mjs";
import { closed, newWindow, scene, server, stage } from "./scenes.mjs";
import { shared } from "./server.mjs";
import { typesUntil, until } from "./windows.mjs";
import { words } from "./words.mjs";

const password = "晴天 竹篮 打水 七分";
const zhou = { login: "zhou", name: "周主管", password };
const li = { login: "li", name: "小李", password };
const wang = { login: "wang", name: "小王", password };
const zhao = { login: "zhao", name: "小赵", password };
const secret = "what the host app and wenda both know, 32 bytes and more";
// Who comes back after an end begins a new chat, so that there are earlier ones to read.
const settings = ["--bot-reopen", "0s", "--desk-typing-preview", "--identity-secret", secret];

stage("desk", [...shared("DESK"), ...settings]);

let first, expert, customer;
let home, lead; // the customer's window, the supervisor's

// atDesk logs somebody in on a computer of their own.
async function atDesk(who, lang = "zh-CN") {
  const window = await newWindow();
  await window.page.goto(server.url("/desk"));
  await logIn(window.page, who);
  await window.page.waitForURL("**/desk");
  const agent = new Agent(window.page, lang);
  agent.window = window;
  return agent;
}

// comes is a new customer who says something and asks for a person.
async function comes(says) {
  const window = await newWindow();
  const c = new Customer(window.page);
  c.window = window;
  await c.page.goto(server.url("/chat"));
  await c.tell(says);
  await c.delivered();
  await c.tell("转人工");
  await c.panel.getByText(c.say("queue.next")).first().waitFor();
  return c;
}

// signed is the token of a host app for its customer, with these claims besides.
function signed(claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const text = `${part({ alg: "HS256" })}.${part({ aud: "wenda", exp: Math.floor(Date.now() / 1000) + 300, ...claims })}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}

// never says that a text reached no window of the customer.
function never(c, ...texts) {
  for (const text of texts) assert.ok(!c.window.heard.some((frame) => frame.includes(text)), `the customer got ${text}`);
}

scene("a handoff brings what the bot tried, how sure it was, and who had the chat", async () => {
  lead = await newWindow();
  await setUp(lead.page, server.setup, zhou, "team");
  await hurryNobody(lead.page, server, "general", "expert");
  const user = (who, ...more) => server.run(["user", "create", "--login", who.login, "--name", who.name, ...more], who.password);
  user(li);
  user(wang, "--skill", "expert");
  user(zhao);
  first = await atDesk(li);
  await first.onDuty(true);
  customer = await comes("卡里有钱为什么还款失败");
  await first.look("转人工");
  await first.context.getByText(first.say("reason.customer_request")).first().waitFor();
  await first.context.getByRole("group").filter({ hasText: first.say("action.answer") }).getByText(/^\d+%$/).first().waitFor();
  await first.context.getByText(first.say("identity.unverified")).waitFor();
  await first.context.getByText(first.say("segments"), { exact: true }).waitFor();
  await first.claim();
  await customer.reads(`客服${li.name}为您服务`);
  await first.mine.filter({ hasText: "转人工" }).waitFor();
});

scene("the hub's answer goes out with one key, and with its entry", async () => {
  await customer.tell("怎么提高额度");
  await first.suggestions.first().waitFor();
  await inspect("desk-suggested", first.page, first.window.faults, [wide, phone]);
  await first.page.setViewportSize(wide);
  await first.input.focus();
  await first.key("Alt+1");
  await until("the answer is in the field", async () => (await first.input.inputValue()).length > 20);
  await first.desk.locator(".source").getByText(/limit-raise r\d+/).waitFor();
  await first.input.press("End");
  await first.input.pressSequentially(" 还有疑问吗？");
  await first.key("Enter");
  await customer.reads("还有疑问吗？");
  await first.log.locator(".line.agent .chip").getByText(/limit-raise r\d+/).waitFor();
  await until("what was answered needs no answer", async () => (await first.suggestions.count()) === 0);

  await first.input.fill("/");
  await first.menu.waitFor();
  await inspect("desk-slash", first.page, first.window.faults, [wide, phone]);
  await first.page.setViewportSize(wide);
  await first.input.focus();
  await first.input.press("End");
  await first.input.pressSequentially("还款失败");
  await first.menu.getByText(first.say("inserts.hub")).waitFor();
  await first.key("Escape");
  await until("the menu is gone", async () => (await first.menu.count()) === 0);
  await first.input.fill("");
  await first.key("Control+k");
  await first.desk.getByRole("combobox", { name: first.say("commands") }).waitFor();
  await inspect("desk-commands", first.page, first.window.faults, [wide, phone]);
  await first.page.setViewportSize(wide);
  await first.key("Escape");
});

scene("a promise does not go out; a foreign link goes out with a reason, which is kept", async () => {
  await first.tell("您放心，保证通过");
  await first.sheet("blocked.title").waitFor();
  await inspect("desk-blocked", first.page, first.window.faults, [phone]);
  await first.page.setViewportSize(wide);
  await first.answers("blocked.title", "blocked.yes");
  await until("it can be put right", async () => (await first.input.inputValue()) === "您放心，保证通过");
  await first.tell("您放心，结果以审核为准");
  await customer.reads("结果以审核为准");
  await first.tell("请看 https://elsewhere.example/help");
  await first.answers("override.title", "override.yes", { why: "客户自己发来的链接" });
  await customer.reads("elsewhere.example");
  await first.reads("客户自己发来的链接");
  never(customer, "保证通过", "客户自己发来的链接");
});

scene("to a colleague with a note, who declines: it comes back; then a tier up", async () => {
  expert = await atDesk(wang);
  await expert.onDuty(true);
  const pick = await until("the colleague takes chats", async () => {
    await first.key("Escape");
    await first.key("Alt+T");
    const option = first.sheet("transfer.title").locator("option").filter({ hasText: wang.name });
    return option.evaluate((o) => !o.disabled && o.label); // isEnabled would look at the whole select
  });
  const to = first.sheet("transfer.title").locator("select");
  assert.equal(await to.inputValue(), "", "nobody is picked beforehand");
  assert.equal(await to.locator("option").filter({ hasText: li.name }).count(), 0, "to oneself");
  assert.equal(await to.locator("option").filter({ hasText: first.say("transfer.same", { name: "一线客服" }) }).count(), 1);
  await inspect("desk-transfer", first.page, first.window.faults, [wide, phone]);
  await first.page.setViewportSize(wide);
  await first.answers("transfer.title", "transfer.yes", { to: pick, text: "请看合同条款" });
  const offer = expert.offers.filter({ hasText: li.name });
  await offer.getByRole("button").first().click();
  await expert.reads("请看合同条款");
  await inspect("desk-offered", expert.page, expert.window.faults, [wide, phone]);
  await expert.page.setViewportSize(wide);
  await offer.getByRole("button", { name: expert.say("refuse"), exact: true }).click();
  await expert.answers("refuse.title", "refuse", { text: "不是合同的问题" });
  await first.mine.filter({ hasText: "怎么提高额度" }).waitFor();
  await first.reads("不是合同的问题");

  await first.mine.first().getByRole("button").first().click();
  await first.key("Alt+U");
  await first.answers("escalate.title", "escalate.yes", { text: "额度异常，请专家看" });
  await expert.look("怎么提高额度");
  await expert.reads("额度异常，请专家看");
  await expert.claim();
  await customer.reads(`客服${wang.name}为您服务`);
  never(customer, "请看合同条款", "不是合同的问题", "额度异常，请专家看", "专家岗");
});

scene("a colleague who is named in a note hears of it and may read along", async () => {
  await expert.write("@小", "note");
  await expert.desk.getByRole("listbox", { name: expert.say("inserts") }).getByText(li.name).waitFor();
  await expert.key("Enter");
  await expert.input.pressSequentially("当时怎么答的？");
  await expert.key("Enter");
  await first.toast.getByRole("button", { name: first.say("look") }).click();
  await first.reads("当时怎么答的？");
  never(customer, "当时怎么答的");
});

scene("back to the bot, with a fresh segment; both parts are rated, each for itself; the same matter goes up again", async () => {
  await expert.key("Alt+B");
  await expert.answers("return.title", "return.yes", { text: "已核对" });
  const parts = customer.panel.locator(".rating");
  await until("both parts ask", async () => (await parts.count()) === 2);
  for (const n of [0, 1]) await parts.nth(n).getByRole("button").nth(n === 0 ? 2 : 4).click();
  await customer.delivered();
  await customer.tell("转人工"); // to whom it was passed up: they know the matter
  await expert.look("转人工");
  await expert.claim();
  await expert.key("Alt+B");
  await expert.answers("return.title", "return.yes");
  await customer.panel.getByText(customer.say("bot.label"), { exact: true }).waitFor();
  await customer.tell("逾期一天会上征信吗");
  await until("the bot answers again", async () => (await customer.log.locator(".bot .bubble").count()) > 1);
  never(customer, "已核对");
});

scene("the next who takes it sees both ratings; a chat is closed with how it ended", async () => {
  await customer.tell("转人工"); // after another question: to the first line
  await first.look("转人工");
  await first.claim();
  await first.reads(first.say("rated.bot", { n: 3 }));
  await first.reads(first.say("rated", { n: 5 }));
  await first.key("Alt+W");
  await first.answers("close.title", "close.yes", { wrap: first.say("wrap.follow_up"), text: "周一回电" });
  await first.reads(first.say("wrap.follow_up"));
  never(customer, "周一回电");
});

scene("an earlier chat of the customer can be read, and nothing else", async () => {
  await customer.tell("上次说的事，想再问一下");
  await customer.delivered();
  await customer.tell("转人工");
  await customer.panel.getByText(customer.say("queue.next")).first().waitFor();
  await first.look("转人工");
  await first.context.getByRole("button").filter({ hasText: first.say("wrap.follow_up") }).click();
  const history = first.desk.getByRole("region", { name: first.say("earlier"), exact: true });
  await history.getByText(first.say("earlier.readonly")).waitFor();
  await history.getByText("额度异常，请专家看").waitFor(); // notes and all
  assert.equal(await history.getByRole("textbox").count(), 0);
  assert.equal(await history.getByRole("button", { name: first.say("draft") }).count(), 0);
  await inspect("desk-history", first.page, first.window.faults, [wide, phone]);
  await first.page.setViewportSize(wide);
  await history.getByRole("button", { name: first.say("earlier.close") }).click();
  await history.waitFor({ state: "hidden" });
  await first.claim();
});

scene("what the customer is typing is seen by who has the chat, without personal data", async () => {
  await customer.panel.getByText(customer.say("input.preview")).waitFor();
  await inspect("widget-preview", customer.page, customer.window.faults, sizes("zh-CN"));
  const unsent = first.desk.locator(".typing .unsent");
  await typesUntil(customer.input, "我的手机是13800138000，", unsent.getByText("我的手机是138****8000，"));
  await inspect("desk-preview", first.page, first.window.faults, [phone]);
  await first.page.setViewportSize(wide);
  await customer.input.fill("");
  await until("what was deleted is gone", async () => (await unsent.count()) === 0);
});

scene("an answer in one's own words that is worth an entry goes to the editors", async () => {
  const say = words("pages");
  await customer.tell("结清证明怎么开");
  await first.reads("结清证明怎么开");
  await first.tell("结清后第二天，在「我的-贷款记录」里就能下载证明。");
  await first.log.getByRole("button", { name: first.say("draft") }).last().click();
  await first.sheet("draft.title").waitFor();
  assert.equal(await first.sheet("draft.title").locator('[name="question"]').inputValue(), "结清证明怎么开");
  await inspect("desk-draft", first.page, first.window.faults, [wide, phone]);
  await first.page.setViewportSize(wide);
  await first.answers("draft.title", "draft.yes");
  await first.toast.getByText(first.say("draft.done")).waitFor();
  await lead.page.goto(server.url("/inbox"));
  await lead.page.getByRole("region", { name: say("hub.inbox.desk", { n: 1 }) }).getByRole("link", { name: "结清证明怎么开" }).click();
  await lead.page.getByRole("main").getByText("我的-贷款记录").first().waitFor();
  await first.key("Alt+W");
  await first.answers("close.title", "close.yes", { wrap: first.say("wrap.resolved") });
});

scene("who the host app says they are, and from which page they come, is seen at a glance", async () => {
  const window = await newWindow();
  const known = new Customer(window.page);
  await known.page.goto(server.url("/?from=sms&phone=13800138000#how"));
  const token = signed({ sub: "cust-1001", name: "王小明", vulnerable: true, vip: true, priority: 10_000, fields: { 会员等级: "金卡" } });
  await known.chat.evaluate((chat, token) => chat.identify(token), token);
  await known.unfold();
  await known.tell("还款失败怎么办");
  await known.delivered();
  await known.chat.evaluate((chat) => chat.setAttribute("page", "手机银行 还款"));
  await known.tell("转人工");
  await known.panel.getByText(known.say("queue.next")).first().waitFor();
  await first.look("转人工");
  const { context } = first;
  for (const text of ["reason.vulnerable_customer", "identity.verified", "identity.vulnerable", "identity.vip", "page", "page.later"]) await context.getByText(first.say(text), { exact: true }).first().waitFor();
  for (const text of ["王小明", "会员等级", "金卡", "手机银行 还款", server.url("/")]) await context.getByText(text, { exact: true }).first().waitFor();
  await context.getByText(first.say("identity.priority", { n: 60 })).waitFor();
  assert.equal(await context.getByText("13800138000").count(), 0);
  await inspect("desk-known", first.page, first.window.faults, [wide]);
  await first.page.setViewportSize(phone);
  await first.button("context.open").click();
  await inspect("desk-context", first.page, first.window.faults, [phone]);
  await first.button("context.close").click();
  await first.page.setViewportSize(wide);
  await first.claim();
  await first.key("Alt+W");
  await first.answers("close.title", "close.yes", { wrap: first.say("wrap.resolved") });
});

scene("an agent whose browser dies loses the chat to the queue, in front", async () => {
  const lost = await comes("怎么修改手机号");
  await first.look("转人工");
  await first.claim();
  await lost.reads(`客服${li.name}为您服务`);
  const login = await first.window.context.storageState();
  await first.window.context.close();
  closed(first.window);
  await lost.panel.getByText(lost.say("queue.next")).first().waitFor(); // 30 to 45 s
  const window = await newWindow({ storageState: login });
  first = new Agent(window.page);
  first.window = window;
  await window.page.goto(server.url("/desk"));
  await first.onDuty(true);
  await first.waiting.filter({ hasText: "转人工" }).waitFor();
});

scene("what nobody accepts in time goes to the next, and who let it pass is away", async () => {
  const say = words("pages");
  const second = await atDesk(zhao);
  await second.onDuty(true);
  await lead.page.goto(server.url("/queues"));
  await lead.page.getByRole("main").getByRole("link").filter({ hasText: "一线客服" }).click();
  await lead.page.locator('input[name="routing"][value="idle"]').check();
  await lead.page.locator('input[name="accept"]').fill("30");
  await lead.page.getByRole("button", { name: say("hub.save"), exact: true }).click();
  const [late, next] = await until("it is offered", async () => {
    if (await first.offers.count()) return [first, second];
    return (await second.offers.count()) && [second, first];
  });
  await next.offers.first().waitFor();
  await next.key("Alt+A");
  await next.mine.filter({ hasText: "转人工" }).waitFor();
  await late.desk.locator(".away").getByText(late.say("away.unaccepted")).waitFor();
  await until("off duty", async () => (await late.duty.getAttribute("aria-checked")) === "false");
  await inspect("desk-away", late.page, late.window.faults, [wide, phone]);
  await late.page.setViewportSize(wide);
  await late.desk.locator(".away").getByRole("button").click();
  await until("back on duty", async () => (await late.duty.getAttribute("aria-checked")) === "true");
});

// A desk with more chats than anybody can have: the server is real, its lists are not.
scene("of 500 chats a few rows are drawn, and all can be reached", async () => {
  const chat = (i, state) => ({ session: `${state}-${i}`, customer: `客户${i}`, state, lang: "zh-CN", seq: 5, fence: 1, since: new Date().toISOString(), heard: new Date().toISOString(), preview: "…" });
  const full = JSON.stringify({ type: "chats", waiting: 10_000, queue: Array.from({ length: 50 }, (_, i) => chat(i, "queued")), mine: Array.from({ length: 450 }, (_, i) => chat(i, "assigned")) });
  const window = await newWindow({ storageState: await first.window.context.storageState() });
  await window.page.routeWebSocket("**/desk/ws", (page) => {
    const socket = page.connectToServer();
    socket.onMessage((m) => page.send(JSON.parse(m).type === "chats" ? full : m));
  });
  const busy = new Agent(window.page);
  await window.page.goto(server.url("/desk"));
  await busy.desk.getByText(busy.say("waiting.more", { n: 10_000 })).waitFor();
  assert.ok((await busy.desk.locator("li.chat").count()) < 150, "all rows are drawn");
  assert.equal(await busy.mine.first().getAttribute("aria-setsize"), "450");
  const last = busy.mine.filter({ hasText: "客户449" });
  await until("the last row is there", async () => {
    await busy.desk.locator(".pane-lists").evaluate((pane) => { pane.scrollTop += 4000; });
    return (await last.count()) === 1;
  });
  assert.equal(await last.getAttribute("aria-posinset"), "450");
});
