// The story of an answer: written, tried, reviewed by a second person, published into a
// chat that is open all the while, and taken back. Nothing is lost on the way, and nobody
// waves their own words through.
import assert from "node:assert/strict";
import { logIn, setUp } from "./agent.mjs";
import { Author } from "./author.mjs";
import { Customer } from "./customer.mjs";
import { inspect, phone, wide, sizes } from "./inspect.mjs";
import { browser, newWindow, scene, server, stage } from "./scenes.mjs";
import { openWindow, until } from "./windows.mjs";

const zhou = { login: "zhou", name: "小周", password: "晴天 竹篮 打水 七分" };
const li = { login: "li", name: "小李", password: "海风 纸鹤 三杯 热茶" };
const question = "你们的吉祥物叫什么名字";
const answer = "我们的吉祥物叫**豆豆**，是一只小熊。";
const langs = { "zh-CN": "zh-CN", en: "en-GB" }; // language of the page, of the browser

stage("editor");

let writer, reviewer, customer;
let desk; // the writer's window
let entry; // the new entry's address

// looked looks at the page that somebody has open, in both languages.
async function looked(name, who) {
  for (const lang of Object.keys(langs)) {
    const window = await openWindow(browser, server, { locale: langs[lang], storageState: await who.page.context().storageState() });
    const at = new URL(who.page.url());
    at.searchParams.set("lang", lang);
    await window.page.goto(at.href);
    await inspect(`${name}-${lang}`, window.page, window.faults, sizes(lang));
    await window.context.close();
  }
}

// asks puts the question to the bot again, and returns what it said last. A busy machine
// may have put the chat into the queue: there the bot is silent.
async function asks() {
  const leave = customer.button("queue.leave");
  if (await leave.count()) await leave.click();
  await customer.tell(question);
  await customer.delivered();
  await new Promise((resolve) => setTimeout(resolve, 1000)); // a customer reads, too
  return (await customer.transcript()).at(-1);
}

scene("a team: one writes, another reviews, a customer is in a chat", async () => {
  desk = await newWindow();
  await setUp(desk.page, server.setup, zhou, "team");
  writer = new Author(desk.page, server);
  server.run(["user", "create", "--login", li.login, "--name", li.name, "--role", "editor"], li.password);
  const other = await newWindow();
  reviewer = new Author(other.page, server);
  await reviewer.go("/review");
  await logIn(other.page, li);
  await other.page.waitForURL("**/review");
  customer = new Customer((await newWindow()).page);
  await customer.open(server.url());
  assert.doesNotMatch(await asks(), /豆豆/);
});

scene("the list is walked through by keys", async () => {
  const { page } = writer;
  await writer.go("/editor");
  await looked("editor", writer);
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  const first = page.locator(".entries a").first();
  assert.equal(await first.evaluate((a) => a === document.activeElement), true);
  await page.keyboard.press("?");
  await page.locator("details.keys[open]").getByText(writer.say("keys.search"), { exact: true }).waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("还款失败");
  await page.keyboard.press("Enter");
  await page.waitForURL(/q=/);
  await page.locator('.entries a[href="/editor/repay-failed"]').waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/editor\/[\w-]+$/);
  await writer.go("/editor");
  await page.keyboard.press("n");
  await page.waitForURL(/\/editor\/e-\w+\/edit$/);
});

scene("what is typed is kept, checked and shown as customers will see it", async () => {
  const { page } = writer;
  await writer.write({ "zh-CN.question": question, "zh-CN.answer": "我们保证通过，**豆豆**也一样。", "zh-CN.similar": "吉祥物\n小熊叫啥\n吉祥物？" });
  await writer.found("zh-CN.answer").getByText("保证通过").waitFor();
  await page.locator(".count.twice").getByText("1 = 3").waitFor();
  const preview = page.locator('wenda-preview[for="zh-CN.answer"]');
  await preview.locator(".bubble strong").getByText("豆豆").waitFor();
  const [shown, said] = await Promise.all([preview.locator(".bubble"), customer.log.locator(".bubble").first()].map((bubble) => bubble.evaluate((b) => {
    const { font, color, borderRadius, backgroundColor, lineHeight, padding } = getComputedStyle(b);
    return { font, color, borderRadius, backgroundColor, lineHeight, padding };
  })));
  assert.deepEqual(shown, said, "the preview is not what the widget shows");
  await writer.note.getByText(writer.say("edit.saved", { at: "" }).trim()).waitFor();
  await page.reload();
  assert.equal(await writer.field("zh-CN.question").inputValue(), question);
  await page.getByText(writer.say("edit.drop")).waitFor();
  await looked("edit-found", writer);
  await writer.button("edit.submit").click(); // saved, and not sent: the checks forbid it
  await page.waitForURL(/\/editor\/e-\w+\?/);
  await writer.done("saved");
  entry = new URL(page.url()).pathname;
  assert.equal(await writer.button("entry.submit").count(), 0);
  await looked("entry-blocked", writer);
});

scene("it is tried before anybody else sees it", async () => {
  const { page } = writer;
  await page.keyboard.press("e");
  await page.waitForURL("**/edit");
  await writer.write({ "zh-CN.answer": answer, "zh-CN.similar": "吉祥物\n小熊叫啥\n吉祥物叫啥名" });
  const [live, draft] = await writer.tries(question);
  assert.equal(draft, writer.say("zone.answer"));
  assert.notEqual(live, draft);
  await inspect("edit-tried", page, desk.faults);
  await page.setViewportSize(wide);
  await writer.field("why").fill("客户问到");
  await until("nothing is found any more", async () => (await writer.found("zh-CN.answer").innerText()).trim() === "");
  await writer.button("edit.submit").click();
  await writer.done("submitted");
  assert.equal(await writer.button("entry.approve").count(), 0, "an author can approve");
  await looked("entry-review-own", writer);
});

scene("a second person reviews it", async () => {
  const { page } = reviewer;
  await page.reload();
  await looked("review", reviewer);
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await page.waitForURL(`**${entry}`);
  await page.getByText("豆豆").first().waitFor();
  await looked("entry-review", reviewer);
  await reviewer.button("entry.approve").click();
  await reviewer.done("approved");
  await page.getByText(reviewer.say("review.none")).waitFor();
});

scene("it is published into the open chat", async () => {
  const { page } = reviewer;
  await reviewer.go(entry);
  await page.getByRole("link", { name: reviewer.say("entry.publish"), exact: true }).click();
  await page.waitForURL(/publish.entry=/);
  await page.locator('button[value="check"]').click();
  await page.locator('[name="why"]').fill("客户常问");
  await page.locator('button[value="publish"]').click();
  await page.waitForURL(/\/releases/);
  await until("the bot answers with it", async () => (await asks()).includes("豆豆"));
  await customer.log.locator(".bubble strong").getByText("豆豆").last().waitFor();
  await reviewer.go(entry);
  await looked("entry-live", reviewer);
});

scene("two who change it at once see both changes", async () => {
  await Promise.all([writer, reviewer].map((who) => who.go(`${entry}/edit`)));
  await reviewer.write({ "zh-CN.answer": answer.replace("小熊", "棕色小熊") });
  await reviewer.button("edit.save").click();
  await reviewer.done("saved");
  await reviewer.go(`${entry}/compare`);
  await looked("compare", reviewer);
  await writer.write({ "zh-CN.answer": answer.replace("豆豆", "豆豆熊"), "zh-CN.similar": "吉祥物" });
  await writer.button("edit.save").click();
  const { page } = writer;
  await page.getByRole("alert").getByText(writer.say("trouble.changed")).waitFor();
  assert.equal(await writer.field("zh-CN.answer").inputValue(), answer.replace("豆豆", "豆豆熊"));
  await page.locator(".three ins").getByText("棕色").waitFor();
  await inspect("edit-three", page, desk.faults);
  await page.setViewportSize(wide);
  await writer.write({ "zh-CN.answer": answer.replace("豆豆", "豆豆熊").replace("小熊", "棕色小熊") });
  await writer.button("edit.save").click();
  await writer.done("saved");
  await looked("entry-draft", writer);
});

scene("one action takes it back", async () => {
  const { page } = reviewer;
  await reviewer.go("/releases/1");
  await page.locator('[name="why"]').fill("说法不妥");
  await page.locator('[name="sure"]').check();
  await page.locator('form[action$="/rollback"] button').click();
  await page.waitForURL(/did=rolledback/);
  await until("the bot has no answer to it any more", async () => !(await asks()).includes("豆豆"));
});

scene("without script the forms work as well", async () => {
  const plain = await newWindow({ javaScriptEnabled: false, storageState: await writer.page.context().storageState(), viewport: phone });
  const author = new Author(plain.page, server);
  await author.go(`${entry}/edit`);
  await author.write({ "zh-CN.question": "吉祥物是谁", said: "吉祥物是谁" });
  await author.button("try.do").click();
  await author.tried.getByText(author.say("zone.answer")).waitFor();
  assert.equal(await author.field("zh-CN.question").inputValue(), "吉祥物是谁");
  await author.write({ "zh-CN.answer": "百分百下款" });
  await author.button("edit.check").click();
  await author.found("zh-CN.answer").getByText("百分百下款").waitFor();
  await author.write({ "zh-CN.answer": "一只小熊。" });
  await author.button("edit.save").click();
  await author.done("saved");
});
