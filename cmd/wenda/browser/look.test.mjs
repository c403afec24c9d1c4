// Every page at two widths, light and dark, in both languages: readable by everybody,
// without errors, within its window, asking nobody else for anything. What strangers
// write stays text.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Agent, fillIn, logIn, setUp } from "./agent.mjs";
import { Customer } from "./customer.mjs";
import { inspect, phone, stickingOut, violations, wide, sizes } from "./inspect.mjs";
import { hurryNobody } from "./patience.mjs";
import { LIMIT, browser, server, stage } from "./scenes.mjs";
import { openWindow, typesUntil, until } from "./windows.mjs";

const zhou = { login: "zhou", name: "小周", password: "晴天 竹篮 打水 七分" };
const langs = { "zh-CN": "zh-CN", en: "en-GB" }; // language of the page, of the browser

let staff; // logged in

stage("look");

// inLanguage plays with a window of that language.
async function inLanguage(lang, options, play) {
  const window = await openWindow(browser, server, { locale: langs[lang], ...options });
  await play(window, lang, (path) => server.url(`${path}${path.includes("?") ? "&" : "?"}lang=${lang}`));
  await window.context.close();
}

async function inAllLanguages(options, play) { await Promise.all(Object.keys(langs).map((lang) => inLanguage(lang, options, play))); }

test("the set-up form and its answers", LIMIT, async () => {
  await inAllLanguages({}, async ({ page, faults }, lang, url) => {
    await page.goto(url(server.setup.slice(server.base.length)));
    await inspect(`setup-${lang}`, page, faults, sizes(lang));
    await fillIn(page, { mode: "team", login: "A!", name: "小周", password: "1234567890", again: "1234567890" });
    await page.locator("#password-fault, #login-fault").first().waitFor();
    await inspect(`setup-faults-${lang}`, page, faults, sizes(lang));
  });
  const { context, page } = await openWindow(browser, server);
  await setUp(page, server.setup, zhou);
  await hurryNobody(page, server, "general");
  staff = await context.storageState();
  await context.close();
});

test("pages for everybody", LIMIT, async () => {
  const pages = { demo: "/", login: "/login", docs: "/docs", "setup-used": "/setup?token=x", missing: "/no/such/page" };
  await inAllLanguages({}, async ({ page, faults }, lang, url) => {
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(url(path));
      await inspect(`${name}-${lang}`, page, faults, sizes(lang));
    }
    await page.goto(url("/login"));
    await logIn(page, { login: "nobody", password: "让我进去吧" });
    await page.getByRole("alert").waitFor();
    await inspect(`login-wrong-${lang}`, page, faults, sizes(lang));
  });
});

test("pages for staff", LIMIT, async () => {
  const pages = {
    editor: "/editor", "editor-none": "/editor?q=不存在的东西", entry: "/editor/repay-failed",
    queues: "/queues", queue: "/queues/general", "queue-new": "/queues/new",
  };
  await inAllLanguages({ storageState: staff }, async ({ page, faults }, lang, url) => {
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(url(path));
      await inspect(`${name}-${lang}`, page, faults, sizes(lang));
    }
  });
});

const questions = { "zh-CN": "卡里有钱为什么还款失败", en: "Why did my repayment fail although there is money on the card?" };

for (const [language, question] of Object.entries(questions)) {
  test(`the widget, and the desk with its chat, in ${language}`, LIMIT, () => inLanguage(language, {}, async (window, lang, url) => {
    const customer = new Customer(window.page, lang);
    await customer.open(url("/"));
    await customer.delivered();
    await inspect(`widget-${lang}`, window.page, window.faults, sizes(lang));
    await customer.tell(question);
    await customer.button("vote.up").click();
    await customer.tell("13812345678");
    await customer.log.locator(".masked").waitFor();
    await inspect(`widget-answered-${lang}`, window.page, window.faults, sizes(lang));

    const work = await openWindow(browser, server, { storageState: staff });
    const agent = new Agent(work.page, lang);
    await work.page.goto(url("/desk"));
    await agent.onDuty(true);
    await inspect(`desk-empty-${lang}`, work.page, work.faults, sizes(lang));
    await work.page.setViewportSize(wide);
    await customer.askHuman();
    await customer.panel.getByText(customer.say("queue.next")).waitFor();
    await inspect(`widget-queued-${lang}`, window.page, window.faults, sizes(lang));
    await agent.look("");
    await agent.claim();
    await agent.tell("您好，我是小周。我看到您的还款没有成功，我来帮您查一下。");
    await agent.note("卡是别的银行的，已核对");
    await agent.reads("已核对");
    await customer.reads("我来帮您查一下");
    await customer.tell("谢谢！");
    await agent.reads("谢谢！");
    await inspect(`desk-${lang}`, work.page, work.faults, sizes(lang));
    await agent.button("context.open").click();
    await inspect(`desk-context-${lang}`, work.page, work.faults, [phone]);
    await agent.button("context.close").click();
    await agent.button("return").click();
    await inspect(`desk-sheet-${lang}`, work.page, work.faults, [phone]);
    await agent.button("cancel").click();
    await agent.button("back").click();
    await inspect(`desk-lists-${lang}`, work.page, work.faults, [phone]);

    const alone = new Customer(await window.context.newPage(), lang);
    await alone.page.goto(url("/chat"));
    await alone.reads("谢谢！");
    await inspect(`chat-${lang}`, alone.page, window.faults, sizes(lang));
    await work.page.setViewportSize(wide);
    await agent.mine.first().getByRole("button").click();
    await agent.button("close").click();
    await agent.button("close.yes").click();
    await alone.button("rating.value", { n: 5, word: alone.say("rating.5") }).last().waitFor();
    await inspect(`chat-rating-${lang}`, alone.page, window.faults, sizes(lang));
    await agent.onDuty(false);
    await work.context.close();
  }));
}

const probes = ["<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "[点我](javascript:alert(1)) javascript:alert(1)", '"><svg onload=alert(1)>'];

test("what strangers write stays text", LIMIT, async () => {
  const rogue = { login: "rogue", name: probes[0], password: "晴天 竹篮 打水 七分" };
  server.run(["user", "create", "--login", rogue.login, "--name", rogue.name], rogue.password);
  const [at, work] = [await openWindow(browser, server), await openWindow(browser, server)];
  await work.page.goto(server.url("/login?next=javascript:alert(1)"));
  await logIn(work.page, rogue);
  await work.page.waitForURL(server.url("/desk"));
  const [customer, agent] = [new Customer(at.page), new Agent(work.page)];
  await agent.onDuty(true);
  await customer.open(server.url("/?lang=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"));
  await customer.tell(probes[1]); // to the bot
  await customer.tell("转人工");
  await agent.look("转人工");
  await agent.claim();
  for (const probe of probes) {
    await customer.tell(probe);
    await agent.reads(probe);
    await agent.tell(probe);
    if (probe.includes("](")) await agent.answers("override.title", "override.yes", { why: probe }); // a link that nobody approved
    await customer.log.locator(".agent .bubble").getByText(probe, { exact: true }).waitFor();
  }
  await agent.note(probes[0]);
  await until("the list shows the newest", async () => (await agent.mine.innerText()).includes(probes.at(-1)));
  await agent.write(probes[0]);
  await typesUntil(agent.input, probes[0], customer.panel.getByText(customer.say("typing.agent", { name: rogue.name })));
  const reader = await openWindow(browser, server, { storageState: staff });
  await reader.page.goto(server.url(`/editor?q=${encodeURIComponent(probes[3])}`));
  for (const { page, faults } of [at, work, reader]) {
    assert.equal(await page.locator("img, script:not([src]), [onload], [onerror], a[href^='javascript' i]").count(), 0);
    assert.deepEqual(faults, []);
  }
  await Promise.all([at, work, reader].map((w) => w.context.close()));
});

test("what was changed in queues and hours is told with what it was and is", LIMIT, async () => {
  await inLanguage("zh-CN", { storageState: staff }, async ({ page }, _, url) => {
    const saves = async (path, fields) => {
      await page.goto(url(path));
      for (const [id, text] of Object.entries(fields)) await page.locator(`#${id}`).fill(text);
      await page.locator("form.form > button.button").first().click();
      await page.waitForURL("**/*did=saved*");
    };
    await saves("/queues/expert", { zh: "产品咨询", accept: "45", most: "40" });
    const week = Object.fromEntries([1, 2, 3, 4, 5].map((day) => [`day${day}`, "09:00-12:00, 13:30-20:00"]));
    await saves("/hours/office", { ...week, day6: "10:00-16:00", days: "2027-10-01,holiday,国庆节\n2027-10-09,workday,补班" });
    await saves("/hours/office", { days: "2027-10-01,workday,国庆节值班,10:00-16:00" });
    await page.goto(url("/changes"));
    for (const said of ["中文名 “专家岗” → “产品咨询”", "等待接受（秒） 30 → 45", "最多等待人数 不限 → 40", "周一至周五 09:00–18:00 → 09:00–12:00, 13:30–20:00", "周六 休息 → 10:00–16:00",
      "日期 2027-10-01 放假 国庆节 → 上班 国庆节值班 10:00–16:00", "去掉 2027-10-09 上班 补班"]) await page.getByText(said, { exact: true }).waitFor();
  });
  const pages = { changes: "/changes", "queue-changed": "/queues/expert", "calendar-changed": "/hours/office", hours: "/hours" };
  await inAllLanguages({ storageState: staff }, async ({ page, faults }, lang, url) => {
    for (const [name, path] of Object.entries(pages)) {
      await page.goto(url(path));
      await inspect(`${name}-${lang}`, page, faults, sizes(lang));
    }
  });
});

test("the tests above notice what is wrong", LIMIT, async () => {
  const { context, page, faults } = await openWindow(browser, server);
  const customer = new Customer(page);
  await customer.open(server.url());
  await customer.reads("不是真人");
  await page.evaluate(() => {
    const inside = document.querySelector("wenda-chat").shadowRoot.querySelector(".log");
    inside.insertAdjacentHTML("beforeend", '<button></button><p>faint</p><div style="color:red">wide</div>');
    inside.querySelector(":scope > p").style.cssText = "color: #ccc; background: #fff";
    inside.querySelector(":scope > div:last-child").style.width = "3000px";
    inside.querySelector(":scope > p").scrollIntoView(); // axe measures what can be seen
  });
  await page.evaluate(() => new Image().src = "https://elsewhere.invalid/x.png");
  await page.evaluate(() => setTimeout(() => alert("here")));
  for (const what of [/a dialog: here/, /content policy: img-src/, /content policy: style-src/]) {
    await until(String(what), () => faults.some((fault) => what.test(fault)));
  }
  for (const what of [/^button-name:/m, /^color-contrast:/m]) assert.match((await violations(page)).join("\n"), what);
  assert.match((await stickingOut(page)).join("\n"), /^div\. reaches/m);
  await page.goto("http://elsewhere.invalid/").catch(() => {});
  assert.match(faults.join("\n"), /^asked another host: /m);
  await context.close();
});
