import type { Act as Frame, Board, BoardQueue, Chat, Claim, DeskWelcome, ErrorFrame, Event } from "../common/frame";
import type { LinkState } from "../common/link";
import type { Item } from "../common/outbox";
import type { Shelf } from "../common/shelf";
import { add, fill, h } from "../common/dom";
import { clockTime } from "../common/text";
import { Alerts, type Alert } from "../desk/alerts";
import { Asks } from "../desk/asks";
import type { News } from "../desk/news";
import { Office } from "../desk/office";
import type { Queries } from "../desk/queries";
import type { Room } from "../desk/room";
import { Sheet } from "../desk/sheet";
import { Sound } from "../desk/sound";
import { written } from "../desk/doing";
import type { Shift } from "../desk/shift";
import type { View } from "../desk/view";
import type { DeskWords } from "../desk/words";
import { Agents } from "./agents";
import { Alarms } from "./alarms";
import { Mentioned } from "./mentioned";
import { GOOD, Queues, slowed } from "./queues";
import { Waits } from "./waits";
import { Watching } from "./watching";

const TICK = 5000; // waiting times move on this often, in milliseconds
const NOTICE_FOR = 8000;
const EVENTS: Alert[] = ["danger", "service", "mention"];

// Floor is the board: how the queues stand, who is there with what, and one chat that
// is looked into.
export class Floor implements View {
  private shift!: Shift;
  private alarms!: Alarms;
  private alerts!: Alerts;
  private mentioned!: Mentioned;
  private queues!: Queues;
  private waits!: Waits;
  private agents!: Agents;
  private watching!: Watching;
  private last: Board | null = null;
  private readonly state = h("span", { class: "link-state", role: "status" });
  private readonly at = h("span", { class: "soft" });
  private readonly notice = h("div", { class: "toast", role: "alert", hidden: true });
  private readonly wait: HTMLElement;
  private readonly body = h("div", { class: "floor-body", hidden: true });
  private timer = 0;

  constructor(private readonly root: HTMLElement, private readonly say: DeskWords, private readonly shelf: Shelf, private readonly queries: Queries) {
    this.wait = h("p", { class: "empty" }, say.say("board.wait"));
  }

  attend(shift: Shift): void {
    const { say, root } = this;
    this.shift = shift;
    const office = new Office(this.queries, () => (shift.me ? shift.me.name : ""));
    const sheet = new Sheet(say);
    const asks = new Asks(say, sheet, this.queries, () => office.everybody(), (type, more) => shift.act(type, more));
    this.alerts = new Alerts(say, this.shelf, new Sound(), (session) => shift.open(session), EVENTS);
    this.mentioned = new Mentioned(say, shift);
    this.alarms = new Alarms(say, (chat) => this.look(chat), (chat) => this.alerts.tell("danger", chat.session));
    this.queues = new Queues(say);
    this.waits = new Waits(say, shift, (chat) => this.look(chat));
    this.agents = new Agents(say, shift, (chat) => this.look(chat));
    this.watching = new Watching(say, shift, asks, sheet, () => shift.open(""));
    add(this.body, this.alarms.node, this.queues.node, this.waits.node, this.agents.node);
    root.classList.add("work");
    fill(root, h("div", { class: "floor" }, this.head(), this.mentioned.node, this.wait, this.body), this.watching.node, this.notice, this.alerts.panel.node);
    root.dataset.pane = "floor";
    window.setInterval(() => this.draw(), TICK);
    document.addEventListener("visibilitychange", () => shift.seen());
    document.addEventListener("keydown", (e) => {
      if (e.key !== "Escape" || e.isComposing || e.keyCode === 229) return;
      if (!this.alerts.panel.hide() && !sheet.hide()) shift.open("");
    });
  }

  // head is the first line: what page this is, as of when, and what concerns who looks.
  private head(): HTMLElement {
    const { say } = this;
    const bells = h("button", { type: "button", class: "tab", click: () => this.alerts.panel.toggle() }, say.say("alerts"));
    return h("div", { class: "floor-head" }, h("p", { class: "floor-title", "aria-hidden": "true" }, say.say("board")), this.at,
      h("div", { class: "floor-acts" }, this.state, this.alerts.silent, this.mentioned.badge, bells));
  }

  // ---- View

  link(state: LinkState): void {
    this.state.className = "link-state " + state;
    fill(this.state, state === "idle" ? "" : this.say.say(`link.${state}` as "link.online"));
    this.watching.online(state === "online");
  }

  board(board: Board): void {
    if (this.last) slowed(this.last, board).forEach((q) => this.slow(q));
    this.last = board;
    const open = this.shift.current;
    const chat = open && chats(board).find((c) => c.session === open.session);
    if (chat) this.shift.about(chat);
    if (chat && !document.hidden) this.alarms.seen(chat.session, board);
    this.draw();
  }

  opened(room: Room | null): void {
    this.root.dataset.pane = document.body.dataset.pane = room ? "chat" : "floor";
    this.watching.show(room);
    if (room && this.last) this.alarms.seen(room.session, this.last);
    this.draw();
  }

  line(room: Room, e: Event): void { this.watching.line(room, e); }

  outgoing(item: Item): void { this.watching.outgoing(item); }

  sent(cid: string): void { this.watching.sent(cid); }

  owner(room: Room): void { this.watching.owner(room); }

  typing(): void { this.watching.typing(); }

  // done: who took a chat over goes on at the desk.
  done(act: Frame | Claim): void {
    if (act.type === "takeover") location.assign("/desk#" + act.session);
    if (act.type === "reassign") this.toast(this.say.say("transferred"));
  }

  refused(e: ErrorFrame, item: Item | undefined): void {
    if (item && written(item) && e.code !== "not_owner") return; // said beside the message
    this.toast(e.text || this.say.say("error"));
  }

  loggedOut(): void { location.assign("/login?next=" + encodeURIComponent(location.pathname)); }

  welcomed(_: DeskWelcome): void { /* a board is at no desk */ }
  available(): void { /* … takes no chats */ }
  lists(): void { this.draw(); } // … it has no lists; what names me is marked

  // news: of a note in the chat that is being read nobody needs to be told.
  news({ what, chat }: News): void {
    const open = this.shift.current;
    if (document.hidden || !open || open.session !== chat.session) this.alerts.tell(what, chat.session);
  }

  contact(): void { /* … opens no sealed details */ }

  // ----

  private slow(queue: BoardQueue): void {
    this.alerts.tell("service", "");
    this.toast(this.say.say("board.slow", { n: GOOD, name: queue.name || queue.skill }));
  }

  private look(chat: Chat): void {
    this.shift.about(chat);
    this.shift.open(chat.session);
  }

  private draw(): void {
    this.mentioned.draw(); // how long ago it was
    if (!this.last) return;
    this.wait.hidden = true;
    this.body.hidden = false;
    fill(this.at, this.say.say("board.at", { time: clockTime(this.last.at, Date.now()) }));
    this.alarms.draw(this.last);
    this.queues.draw(this.last.queues);
    this.waits.draw(this.last.queues);
    this.agents.draw(this.last.agents);
  }

  private toast(text: string): void {
    fill(this.notice, text);
    this.notice.hidden = false;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => { this.notice.hidden = true; }, NOTICE_FOR);
  }
}

// chats are all that stand on a board.
function chats(board: Board): Chat[] { return [...board.agents, ...board.queues].flatMap((of) => of.chats); }
