// Somebody who writes entries, and what they do on the editors' pages.
import { words } from "./words.mjs";

export class Author {
  constructor(page, server, lang = "zh-CN") {
    this.page = page;
    this.server = server;
    this.lang = lang;
    this.say = words("pages", lang);
    this.form = page.locator("form.edit");
    this.tried = page.locator('[data-part="tried"]');
    this.note = page.locator(".autosave");
  }

  async go(path) { return this.page.goto(this.server.url(path)); }

  button(key, values) { return this.page.getByRole("main").getByRole("button", { name: this.say(key, values), exact: true }); }

  // field is one of the form's, by its name: "zh-CN.answer".
  field(name) { return this.form.locator(`[name="${name}"]`); }

  // found is what the content checks say beside a field.
  found(name) { return this.page.locator(`[data-part="${name}.found"]`); }

  async write(fields) {
    for (const [name, text] of Object.entries(fields)) await this.field(name).fill(text);
  }

  // tries asks what is written, without saving it, and returns the two answers.
  async tries(text) {
    await this.field("said").fill(text);
    await this.field("said").press("Enter");
    const zones = this.tried.locator(".zone");
    await this.tried.locator(".outcome").first().waitFor();
    return zones.allInnerTexts();
  }

  // done waits until a page says that something was done.
  async done(key) { await this.page.getByRole("status").getByText(this.say(`done.${key}`)).waitFor(); }
}
