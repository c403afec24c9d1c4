// A customer at the widget: what they see and what they do.
import { until } from "./windows.mjs";
import { words } from "./words.mjs";

export class Customer {
  constructor(page, lang = "zh-CN") {
    this.page = page;
    this.say = words("widget", lang);
    this.chat = page.locator("wenda-chat");
    this.launcher = this.chat.locator(".launcher");
    this.panel = page.getByRole("dialog", { name: this.say("title") });
    this.log = this.panel.getByRole("log", { name: this.say("log") });
    this.input = this.panel.getByRole("textbox", { name: this.say("input") });
    this.sendButton = this.panel.getByRole("button", { name: this.say("send"), exact: true });
    this.clock = this.panel.locator(".sending");
  }

  button(key, values) { return this.panel.getByRole("button", { name: this.say(key, values), exact: true }); }

  // open comes to a page that has the widget on it and opens it, as a person does.
  async open(url) {
    await this.page.goto(url);
    await this.unfold();
  }

  async unfold() {
    await this.launcher.click();
    await this.input.waitFor();
  }

  async write(text) { await this.input.fill(text); }

  async tell(text) {
    await this.write(text);
    await this.sendButton.click();
  }

  // askHuman presses the button in the header, which is always there.
  async askHuman() { await this.panel.getByRole("button", { name: this.say("human"), exact: true }).first().click(); }

  // reads waits until a text is in the conversation.
  async reads(text) { await this.log.getByText(text).last().waitFor(); }

  // delivered waits until nothing of theirs is on its way any more.
  async delivered() { await until("everything sent", async () => (await this.outbox()).length === 0 && (await this.clock.count()) === 0); }

  // asked is the card that asks to rate a part of the chat with these words.
  asked(question) { return this.log.getByRole("region", { name: question }); }

  // outbox is what this browser keeps for sending.
  async outbox() { return this.page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes(":out."))); }

  // transcript is everything on the page that was said, in order, one line of text each.
  async transcript() {
    return this.log.evaluate((log) => [...log.querySelectorAll(".bubble, .notice")].map((said) => {
      const shown = said.cloneNode(true);
      shown.querySelectorAll(".masked, .choices").forEach((aside) => aside.remove());
      return shown.textContent.replace(/\s+/g, " ").trim();
    }));
  }
}
