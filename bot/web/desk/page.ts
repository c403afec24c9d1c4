import type { Act, Chat, DeskWelcome, ErrorFrame, Event, Speaker } from "../common/frame";
import type { LinkState } from "../common/link";
import type { Item } from "../common/outbox";
import type { Shelf } from "../common/shelf";
import { add, fill, h, icon, icons } from "../common/dom";
import { Bar } from "./bar";
import { Composer, type Mode } from "./composer";
import { Context } from "./context";
import { Help, onKeys } from "./keys";
import { Lists } from "./lists";
import type { Room } from "./room";
import { Sheet } from "./sheet";
import { written, type Shift, type View } from "./shift";
import { Sound } from "./sound";
import { Transcript } from "./transcript";
import type { DeskWords } from "./words";

const TICK = 15000; // waiting times move on this often, in milliseconds
const NOTICE_FOR = 8000;

type Pane = "lists" | "chat" | "context";

// Page is the desk as three panes; on a phone one of them at a time.
export class Page implements View {
  private shift!: Shift;
  private list!: Lists;
  private bar!: Bar;
  private readonly title = document.title;
  private readonly sound: Sound;
  private readonly sheet: Sheet;
  private readonly help: Help;
  private readonly context: Context;
  private readonly transcript: Transcript;
  private readonly composer: Composer;
  private readonly heading = h("h2", { class: "room-title" });
  private readonly empty: HTMLElement;
  private readonly room = h("div", { class: "room", hidden: true });
  private readonly notice = h("div", { class: "toast", role: "alert", hidden: true });
  private noticeTimer = 0;

  constructor(private readonly root: HTMLElement, private readonly say: DeskWords, shelf: Shelf) {
    this.sound = new Sound(shelf);
    this.sheet = new Sheet(say);
    this.help = new Help(say);
    this.context = new Context(say);
    this.transcript = new Transcript(say, { me: () => (this.shift.me ? this.shift.me.id : ""), reveal: (about) => this.askReveal(about) }, {
      retry: (item) => this.shift.retry(item),
      edit: (item) => {
        this.forget(item);
        this.composer.put(item.frame.type as Mode, item.label);
      },
      drop: (item) => this.forget(item),
    });
    this.composer = new Composer(say, shelf, {
      send: (mode, text) => this.shift.act(mode, text),
      typed: () => this.shift.typed(),
      claim: (session) => this.shift.claim(session),
      giveBack: () => this.askReturn(),
      close: () => this.askClose(),
    });
    this.empty = h("div", { class: "pick" }, icon(icons.chat), h("p", {}, say.say("pick")), h("p", { class: "soft" }, say.say("pick.hint")));
  }

  attend(shift: Shift): void {
    this.shift = shift;
    this.list = new Lists(this.say, shift);
    this.bar = new Bar(this.say, this.sound, { available: (on) => shift.available(on), help: () => this.help.toggle() });
    this.build();
    this.list.draw();
    window.setInterval(() => this.list.draw(), TICK);
    document.addEventListener("visibilitychange", () => shift.seen());
    window.addEventListener("popstate", () => { if (this.root.dataset.pane !== "lists") this.leave(); });
    onKeys({
      next: () => shift.claim(), down: () => this.list.step(1), up: () => this.list.step(-1),
      reply: () => this.composer.focus("say"), note: () => this.composer.focus("note"), help: () => this.help.toggle(),
      escape: () => this.help.hide() || this.sheet.hide(),
    });
  }

  // ---- View

  link(state: LinkState): void {
    this.bar.link(state);
    this.composer.online(state === "online");
    this.list.draw();
  }

  welcomed(me: DeskWelcome): void {
    this.bar.welcomed(me);
    this.list.draw();
  }

  lists(): void { this.drawLists(); }

  arrived(chat: Chat): void {
    this.sound.ring();
    this.bar.tell(this.say.say("new", { name: chat.customer }));
  }

  opened(room: Room | null): void {
    this.sheet.hide();
    this.empty.hidden = room !== null;
    this.room.hidden = room === null;
    this.pane(room ? "chat" : "lists");
    if (room) {
      this.transcript.show(room, this.shift.box.all());
      this.owner(room);
      if (room.mine && !window.matchMedia("(hover: none)").matches) this.composer.focus();
    }
    this.drawLists();
  }

  line(room: Room, e: Event): void {
    this.transcript.line(room, e);
    this.context.draw(room);
  }

  outgoing(item: Item): void {
    const room = this.shift.current;
    if (room) this.transcript.outgoing(room, item);
  }

  sent(cid: string): void { this.transcript.sent(cid); }

  owner(room: Room): void {
    fill(this.heading, h("bdi", {}, room.title()), h("span", { class: "state " + room.state }, this.say.code("state", room.state)));
    this.composer.show(room);
    this.transcript.resealed(room);
    this.context.draw(room);
  }

  typing(_room: Room, _from: Speaker): void { this.transcript.typing(); }

  contact(room: Room, _about: number, _text: string): void { this.transcript.resealed(room); }

  refused(e: ErrorFrame, item: Item | undefined): void {
    const beside = !!item && written(item) && !!this.shift.current && (item.frame as Act).session === this.shift.current.session;
    if (beside && e.code !== "not_owner") return; // said beside the message
    const nobody = e.code === "empty" && !!item && item.frame.type === "claim";
    this.toast(nobody ? this.say.say("waiting.none") : e.text || this.say.say("error"), e.code === "version");
  }

  loggedOut(): void {
    location.assign("/login?next=" + encodeURIComponent(location.pathname));
  }

  // ----

  private build(): void {
    const { say } = this;
    const back = h("button", { type: "button", class: "round only-narrow", "aria-label": say.say("back"), click: () => this.goBack() }, icon(icons.back));
    const more = h("button", { type: "button", class: "round only-not-wide", "aria-label": say.say("context.open"), click: () => this.pane("context") }, icon(icons.info));
    const less = h("button", { type: "button", class: "round only-not-wide", "aria-label": say.say("context.close"), click: () => this.pane("chat") }, icon(icons.close));
    add(this.room, h("div", { class: "room-head" }, back, this.heading, more), this.transcript.node, this.sheet.node, this.composer.node);
    fill(this.root,
      h("aside", { class: "pane pane-lists", "aria-label": say.say("lists") }, this.bar.node, this.list.node),
      h("section", { class: "pane pane-chat", "aria-label": say.say("transcript") }, this.empty, this.room),
      h("aside", { class: "pane pane-context", "aria-label": say.say("context") },
        h("div", { class: "context-head" }, h("h2", {}, say.say("context")), less), this.context.node),
      this.notice, this.help.node);
    this.root.dataset.pane = "lists";
  }

  // pane shows one pane where there is room for one only. The phone's own back key works.
  private pane(to: Pane): void {
    const from = this.root.dataset.pane;
    if (from === "lists" && to === "chat" && narrow()) history.pushState({ chat: true }, "");
    this.root.dataset.pane = document.body.dataset.pane = to;
  }

  private goBack(): void {
    if (history.state && history.state.chat) history.back();
    else this.leave();
  }

  private leave(): void {
    if (narrow()) this.shift.open("");
  }

  private drawLists(): void {
    this.list.draw();
    const { queue, mine } = this.shift.chats;
    const fresh = mine.filter((c) => this.shift.unread(c) && !(this.shift.current && this.shift.current.session === c.session)).length;
    const n = queue.length + fresh;
    document.title = n > 0 ? "(" + n + ") " + this.title : this.title;
    const room = this.shift.current;
    if (this.shift.me) this.composer.prune(new Set([...queue, ...mine].map((c) => c.session).concat(room ? room.session : [])));
  }

  private askReturn(): void {
    const { say } = this;
    this.sheet.ask({ title: say.say("return.title"), field: say.say("return.note"), yes: say.say("return.yes"), done: (text) => this.shift.act("return", text) });
  }

  private askClose(): void {
    this.sheet.ask({ title: this.say.say("close.title"), yes: this.say.say("close.yes"), done: () => this.shift.act("close") });
  }

  private askReveal(about: number): void {
    const { say } = this;
    this.sheet.ask({ title: say.say("reveal.title"), field: say.say("reveal.why"), needed: true, yes: say.say("reveal"),
      done: (text) => this.shift.act("reveal", text, about) });
  }

  private forget(item: Item): void {
    this.shift.box.drop(item.frame.cid);
    this.transcript.sent(item.frame.cid);
  }

  private toast(text: string, reload: boolean): void {
    fill(this.notice, text, reload && h("button", { type: "button", class: "small", click: () => location.reload() }, this.say.say("reload")));
    this.notice.hidden = false;
    clearTimeout(this.noticeTimer);
    if (!reload) this.noticeTimer = window.setTimeout(() => { this.notice.hidden = true; }, NOTICE_FOR);
  }
}

// narrow: there is room for one pane only, as in desk.css.
function narrow(): boolean { return window.matchMedia("(max-width: 899px)").matches; }
