// An agent at the desk, and how one gets there.
import { until } from "./windows.mjs";
import { words } from "./words.mjs";

// fillIn answers the form that is open, by the names of its fields, and sends it.
export async function fillIn(page, { mode, ...fields }) {
  const form = page.getByRole("main").locator("form");
  if (mode) await form.locator(`input[name="mode"][value="${mode}"]`).check();
  for (const [name, text] of Object.entries(fields)) await form.locator(`input[name="${name}"]`).fill(text);
  await form.getByRole("button").click();
}

// setUp follows the one-time link and makes the first account; mode is solo or team.
export async function setUp(page, link, { login, name, password }, mode = "solo") {
  await page.goto(link);
  await fillIn(page, { mode, login, name, password, again: password });
  await page.waitForURL("**/desk");
}

// logIn answers the login form that is open.
export async function logIn(page, { login, password }) { await fillIn(page, { login, password }); }

export class Agent {
  constructor(page, lang = "zh-CN") {
    this.page = page;
    this.say = words("desk", lang);
    this.desk = page.locator("wenda-desk");
    this.duty = this.desk.getByRole("switch", { name: this.say("available.label") });
    this.waiting = this.desk.getByRole("region", { name: this.say("waiting") }).getByRole("listitem");
    this.mine = this.desk.getByRole("region", { name: this.say("mine") }).getByRole("listitem");
    this.log = this.desk.getByRole("log", { name: this.say("transcript") });
    this.context = this.desk.getByRole("complementary", { name: this.say("context"), exact: true });
    this.input = this.desk.locator("form textarea");
    this.clock = this.desk.locator(".pending .line");
    this.link = this.desk.locator(".link-state");
    this.offers = this.desk.getByRole("region", { name: this.say("offers") }).getByRole("listitem");
    this.called = this.desk.getByRole("region", { name: this.say("mentioned") }).getByRole("listitem");
    this.suggestions = this.desk.getByRole("region", { name: this.say("suggestions") }).getByRole("button");
    this.menu = this.desk.getByRole("listbox", { name: this.say("inserts") });
    this.toast = this.desk.locator(".toast");
  }

  // sheet is the question that stands above the composer.
  sheet(key) { return this.desk.getByRole("form", { name: this.say(key) }); }

  // answers fills the fields of a sheet, by their names, and agrees.
  async answers(key, yes, fields = {}) {
    const sheet = this.sheet(key);
    await sheet.waitFor();
    for (const [name, value] of Object.entries(fields)) {
      const field = sheet.locator(`[name="${name}"]`);
      if (await field.first().evaluate((f) => f.tagName === "SELECT")) await field.selectOption({ label: value });
      else if ((await field.first().getAttribute("type")) === "radio") await sheet.getByText(value, { exact: true }).click();
      else await field.fill(value);
    }
    await sheet.getByRole("button", { name: this.say(yes), exact: true }).click();
  }

  async key(keys) { await this.page.keyboard.press(keys); }

  button(key) { return this.desk.getByRole("button", { name: this.say(key), exact: true }); }

  // onDuty says whether the agent takes chats from now on. Until the server has said how the
  // switch stood, it is off and locked: who looks earlier would switch off what is on.
  async onDuty(on) {
    const stands = async () => (await this.duty.getAttribute("aria-checked")) === String(on);
    await until("the switch is known", () => this.duty.isEnabled());
    if (!(await stands())) await this.duty.click();
    await until("the switch stands", stands);
  }

  // look opens a waiting chat without taking it.
  async look(preview) { await this.waiting.filter({ hasText: preview }).getByRole("button").first().click(); }

  // claim takes the chat that is open, and waits until it is theirs.
  async claim() {
    await this.button("claim.room").click();
    await this.input.waitFor();
  }

  async write(text, mode = "reply") {
    await this.button(mode).click();
    await this.input.fill(text);
  }

  async tell(text) {
    await this.write(text);
    await this.button("send").click();
  }

  async note(text) {
    await this.write(text, "note");
    await this.button("send").click();
  }

  // names writes a note to a colleague, chosen from the list that an @ opens.
  async names(colleague, text) {
    await this.write("@" + colleague[0], "note");
    await this.menu.getByText(colleague).click();
    await this.input.pressSequentially(text);
    await this.button("send").click();
  }

  async reads(text) { await this.log.getByText(text).last().waitFor(); }

  // transcript is what the customer can read of the open chat, in order, one line of
  // text each: notes and remarks for staff are left out.
  async transcript() {
    return this.log.evaluate((log, reads) => [...log.querySelectorAll(".line:not(.note) .bubble, .aside")]
      .filter((said) => said.matches(".bubble") || said.textContent.startsWith(reads))
      .map((said) => said.textContent.replace(said.matches(".bubble") ? "" : reads, "").replace(/\s+/g, " ").trim()),
    this.say("reads", { text: "" }));
  }
}
