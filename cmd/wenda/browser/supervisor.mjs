// A supervisor at the live board.
import { words } from "./words.mjs";

export class Supervisor {
  constructor(page, server, lang = "zh-CN") {
    this.page = page;
    this.server = server;
    this.say = words("desk", lang);
    this.board = page.locator("wenda-board");
    this.queues = this.board.getByRole("region", { name: this.say("board.queues") }).getByRole("row");
    this.waits = this.board.getByRole("region", { name: this.say("board.waits") });
    this.people = this.board.getByRole("region", { name: this.say("board.agents") });
    this.watching = this.board.getByRole("region", { name: this.say("board.chat") });
    this.badge = this.board.locator('button[aria-controls="mentions"]:visible'); // rows of chats say so too
    this.called = this.board.getByRole("region", { name: this.say("mentioned") }).getByRole("listitem");
    this.silent = this.board.getByRole("button", { name: this.say("alerts.silent") });
    this.bells = this.board.getByRole("button", { name: this.say("alerts"), exact: true });
    this.log = this.watching.getByRole("log", { name: this.say("transcript") });
    this.input = this.watching.locator("form.writing textarea");
  }

  async open() {
    await this.page.goto(this.server.url("/board"));
    await this.people.waitFor();
  }

  button(key) { return this.watching.getByRole("button", { name: this.say(key), exact: true }); }

  // person is an agent's card.
  person(name) { return this.people.locator(".person").filter({ has: this.page.getByRole("heading", { name }) }); }

  // queue is a queue's line.
  queue(name) { return this.queues.filter({ has: this.page.getByRole("rowheader", { name }) }); }

  // watch opens a chat of an agent.
  async watch(name, preview) {
    await this.person(name).getByRole("button").filter({ hasText: preview }).click();
    await this.log.waitFor();
  }

  // lookAt opens a chat that waits.
  async lookAt(preview) {
    await this.waits.getByRole("button").filter({ hasText: preview }).click();
    await this.log.waitFor();
  }

  // close looks at no chat any more.
  async close() {
    if (await this.watching.count()) await this.watching.getByRole("button", { name: this.say("board.close") }).click();
    await this.watching.waitFor({ state: "hidden" });
  }

  // alarm is the line that tells of a danger of that kind.
  alarm(kind) { return this.board.getByRole("alert").locator(".alarm").filter({ hasText: kind }); }

  // bell is the switch of an event's sound, in the panel that is open.
  bell(event) { return this.board.getByRole("dialog", { name: this.say("alerts") }).getByRole("checkbox", { name: `${this.say("alert." + event)} · ${this.say("alerts.sound")}` }); }

  async tell(text) {
    await this.input.fill(text);
    await this.input.press("Enter");
  }

  async reads(text) { await this.log.getByText(text).last().waitFor(); }
}
