import type { Act as Frame, Board, Chat, Claim, DeskWelcome, ErrorFrame, Event } from "../common/frame";
import type { LinkState } from "../common/link";
import type { Item } from "../common/outbox";
import { add, fill, h } from "../common/dom";
import { clockTime } from "../common/text";
import { Asks } from "../desk/asks";
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
import { Queues } from "./queues";
import { Waits } from "./waits";
import { Watching } from "./watching";

const TICK = 5000; // waiting times move on this often, in milliseconds
const NOTICE_FOR = 8000;

// Floor is the board: how the queues stand, who is there with what, and one chat that
// is looked into.
export class Floor implements View {
  private shift!: Shift;
  private alarms!: Alarms;
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

  constructor(private readonly root: HTMLElement, private readonly say: DeskWords, private readonly queries: Queries) {
    this.wait = h("p", { class: "empty" }, say.say("board.wait"));
  }

  attend(shift: Shift): void {
    const { say, root } = this;
    this.shift = shift;
    const office = new Office(this.queries, () => (shift.me ? shift.me.name : ""));
    const sheet = new Sheet(say);
    const asks = new Asks(say, sheet, this.queries, () => office.everybody(), (type, more) => shift.act(type, more));
    const sound = new Sound();
    this.alarms = new Alarms(say, (chat) => this.look(chat), () => sound.ring());
    this.queues = new Queues(say);
    this.waits = new Waits(say, shift, (chat) => this.look(chat));
    this.agents = new Agents(say, shift, (chat) => this.look(chat));
    this.watching = new Watching(say, shift, asks, sheet, () => shift.open(""));
    add(this.body, this.alarms.node, this.queues.node, this.waits.node, this.agents.node);
    root.classList.add("work");
    fill(root, h("div", { class: "floor" }, h("div", { class: "floor-head" }, h("p", { class: "floor-title", "aria-hidden": "true" }, say.say("board")), this.at, this.state), this.wait, this.body), this.watching.node, this.notice);
    root.dataset.pane = "floor";
    window.setInterval(() => this.draw(), TICK);
    document.addEventListener("keydown", (e) => {
      if (e.key !== "Escape" || e.isComposing || e.keyCode === 229) return;
      if (!sheet.hide()) shift.open("");
    });
  }

  // ---- View

  link(state: LinkState): void {
    this.state.className = "link-state " + state;
    fill(this.state, state === "idle" ? "" : this.say.say(`link.${state}` as "link.online"));
    this.watching.online(state === "online");
  }

  board(board: Board): void {
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
  lists(): void { /* … has no lists */ }
  news(): void { /* … and rings for nobody */ }
  contact(): void { /* … opens no sealed details */ }

  // ----

  private look(chat: Chat): void {
    this.shift.about(chat);
    this.shift.open(chat.session);
  }

  private draw(): void {
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
