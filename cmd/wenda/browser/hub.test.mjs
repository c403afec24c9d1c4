// What customers did not get reaches the editors, who deal with it by keyboard; and a file
// becomes drafts after a dry run.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setUp } from "./agent.mjs";
import { Customer } from "./customer.mjs";
import { inspect, sizes } from "./inspect.mjs";
import { LIMIT, browser, server, stage } from "./scenes.mjs";
import { openWindow, same, until } from "./windows.mjs";

const zhou = { login: "zhou", name: "小周", password: "晴天 竹篮 打水 七分" };

let editor;
const folder = mkdtempSync(join(tmpdir(), "wenda-files-"));

stage("hub", [], async () => {
  editor = await openWindow(browser, server);
  await setUp(editor.page, server.setup, zhou);
});

after(() => rmSync(folder, { recursive: true, force: true }));

// file writes a file to be uploaded.
function file(name, text) {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function upload(page, path, mode) {
  await page.goto(server.url("/import"));
  await page.locator("#file").setInputFiles(path);
  await page.locator(`input[name=mode][value=${mode}]`).check();
  await page.getByRole("button", { name: "上传并试算" }).click();
  await page.locator(".counts").waitFor(); // the page loads itself anew when the dry run is over
}

test("a file with faults comes back with what is wrong, mended it becomes drafts", LIMIT, async () => {
  const { page, faults } = editor;
  await upload(page, file("half.csv", "id,question,answer,hot\nok-1,火星贷款怎么还,在 App 里还。,是\nok-2,木星贷款怎么还,在 App 里还。,也许\n"), "append");
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "下载带错误说明的文件" }).click()]);
  const back = readFileSync(await download.path(), "utf8");
  assert.match(back, /ok-2.*hot: 不是此列的取值/);
  await upload(page, file("mended.csv", back.replace("也许", "否")), "append");
  await page.locator("#why").fill("新产品");
  await page.getByRole("button", { name: "确认导入为草稿" }).click();
  await page.getByText("已生成 2 个草稿").waitFor();
  await page.goto(server.url("/editor/ok-2"));
  await page.getByText("木星贷款怎么还").first().waitFor();
  assert.deepEqual(faults, []);
});

test("what a customer did not get is dealt with by keyboard, and undone", LIMIT, async () => {
  const { page, faults } = editor;
  for (const question of ["能用鸡蛋还款吗", "月球分期可以吗"]) {
    const window = await openWindow(browser, server);
    const customer = new Customer(window.page);
    await customer.open(server.url("/"));
    await customer.tell(question);
    const none = customer.log.getByRole("button", { name: "都不是" });
    const lost = customer.log.getByRole("button", { name: "转人工" });
    await none.or(lost).last().waitFor();
    if (await none.count()) {
      await none.last().click();
      await lost.last().waitFor();
    }
    await window.context.close();
  }
  const clusters = page.locator(".cluster");
  await until("the inbox has both", async () => {
    await page.goto(server.url("/inbox"));
    return (await clusters.count()) === 2;
  });
  const [first, second] = await clusters.locator("h2").allInnerTexts();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  await page.keyboard.press("4");
  await page.keyboard.type("闲聊");
  await page.keyboard.press("Enter");
  await page.getByRole("status").filter({ hasText: "已忽略" }).waitFor();
  await same("one is left", () => clusters.locator("h2").allInnerTexts(), [second]);
  await page.keyboard.press("u");
  await page.getByRole("status").filter({ hasText: "已撤销" }).waitFor();
  await same("both are there", () => clusters.locator("h2").allInnerTexts(), [first, second]);
  await page.keyboard.press("j");
  await page.keyboard.press("2");
  await page.getByRole("link", { name: "打开草稿" }).click();
  await page.waitForURL("**/edit");
  assert.equal(await page.locator("input, textarea").evaluateAll((all, text) => all.some((field) => field.value === text), first), true);
  assert.deepEqual(faults, []);
});

const pages = {
  releases: "/releases", release: "/releases/1", publish: "/publish", retire: "/retire?id=repay-failed", cases: "/cases", inbox: "/inbox",
  "inbox-done": "/inbox?state=done", words: "/words", forbidden: "/words/forbidden", import: "/import",
  queues: "/queues", queue: "/queues/general", hours: "/hours", calendar: "/hours/office",
  health: "/health", // last: from now on the server is busy with looking
};

for (const lang of ["zh-CN", "en"]) {
  test(`every page of the hub can be read by everybody, in ${lang}`, LIMIT, async () => {
    for (const [name, path] of Object.entries(pages)) {
      await editor.page.goto(server.url(`${path}${path.includes("?") ? "&" : "?"}lang=${lang}`));
      await inspect(`hub-${name}-${lang}`, editor.page, editor.faults, sizes(lang));
    }
  });
}
