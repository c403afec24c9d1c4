import { CHOOSE_BOT, type Event, type Speaker, type StateFrame } from "../common/frame";
import type { LinkState } from "../common/link";
import type { Item } from "../common/outbox";
import type { Shelf } from "../common/shelf";
import { fill, h, set } from "../common/dom";
import type { Chat } from "./chat";
import { Composer } from "./composer";
import { Header } from "./header";
import { Lines } from "./lines";
import { Queue } from "./queue";
import type { View } from "./view";
import type { WidgetWords } from "./words";

const NOTICE_FOR = 6000; // milliseconds
const BACK_FOR = 2000;

export interface Owner {
  close(): void;
  unread(n: number): void;
  shown(): void; // a line was added
}

// Panel is the chat's window: header, state of the line, conversation, composer.
export class Panel implements View {
  readonly node: HTMLElement;
  private chat!: Chat;
  private readonly header: Header;
  private readonly status = h("div", { class: "status", role: "status" });
  private readonly queue: Queue;
  private readonly confirm = h("div", { class: "confirm", role: "group", hidden: true });
  private readonly lines: Lines;
  private readonly composer: Composer;
  private readonly again: HTMLElement;
  private spoke = false;
  private was: LinkState = "idle";
  private statusTimer = 0;

  constructor(private readonly say: WidgetWords, shelf: Shelf, floating: boolean, private readonly owner: Owner) {
    this.lines = new Lines(say, {
      choose: (choice, label) => {
        this.chat.choose(choice, label);
        this.lines.node.focus();
      },
      vote: (about, value, reasons) => this.chat.vote(about, value, reasons),
      rate: (part, value, reasons) => this.chat.rate(part, value, reasons),
    }, {
      retry: (item) => this.chat.retry(item),
      edit: (item) => {
        this.forget(item);
        this.composer.put(item.label);
        this.composer.input.focus();
      },
      drop: (item) => this.forget(item),
    });
    this.composer = new Composer(say, (text) => this.chat.say(text), (text) => this.chat && this.chat.typed(text));
    this.queue = new Queue(say, {
      leave: (label) => this.chat.choose(CHOOSE_BOT, label),
      ask: () => this.composer.input.focus(),
    });
    this.again = h("p", { class: "again" }, h("button", { type: "button", class: "link", click: () => this.composer.input.focus() }, say.say("again")));
    this.header = new Header(say, shelf, floating, {
      human: () => this.chat.askHuman(say.say("human")),
      end: () => this.askEnd(),
      close: () => owner.close(),
      large: (on) => {
        this.node.classList.toggle("large", on);
        this.composer.fit();
      },
    });
    this.node = h("section", { class: "panel", role: "dialog", "aria-label": say.say("title"), hidden: floating, keydown: (e: KeyboardEvent) => this.key(e) },
      this.header.node, this.status, this.queue.node, this.lines.node, this.confirm, this.composer.node);
    this.header.restore();
    const seen = window.visualViewport;
    if (seen) ["resize", "scroll"].forEach((e) => seen.addEventListener(e, () => this.aboveKeyboard(seen)));
  }

  attend(chat: Chat): void {
    this.chat = chat;
    chat.box.all().forEach((item) => this.outgoing(item));
    this.state(chat.state);
  }

  show(on: boolean): void { this.node.hidden = !on; }

  shown(): boolean { return !this.node.hidden; }

  // focus goes to the input, except where that would throw up a keyboard over the welcome card.
  focus(draft: string): void {
    this.composer.put(draft);
    this.lines.toEnd();
    const touch = window.matchMedia("(hover: none)").matches;
    (touch && !draft ? this.lines.node : this.composer.input).focus();
  }

  // ---- View

  link(state: LinkState): void {
    const back = state === "online" && (this.was === "waiting" || this.was === "offline");
    if (state !== "connecting" || this.was === "idle") this.was = state;
    clearTimeout(this.statusTimer);
    if (back) return this.brief("link.back", BACK_FOR);
    this.tellLink(state);
  }

  started(again: boolean): void {
    if (again) this.lines.clear();
    else this.lines.divide();
    this.spoke = false;
    this.lines.afterwards(null);
  }

  line(e: Event, fresh: boolean): void {
    if (e.from.role === "customer" && e.kind === "message") this.spoke = true;
    this.lines.add(e, fresh);
    this.over();
    this.owner.shown();
  }

  outgoing(item: Item): void {
    if (item.state === "failed" && item.frame.type === "vote") this.lines.unvote(item.frame.about);
    if (item.state === "failed" && item.frame.type === "rate") this.lines.unrate(item.frame.part);
    if (item.state === "failed" && item.frame.type !== "send") {
      this.chat.box.drop(item.frame.cid);
      if (item.error) this.notice(item.error);
    }
    this.lines.outgoing(item);
    if (!item.kept && (this.was === "waiting" || this.was === "offline")) this.tellLink(this.was);
  }

  sent(cid: string): void { this.lines.sent(cid); }

  state(s: StateFrame): void {
    this.header.state(s);
    this.composer.hint(s.state);
    this.queue.state(s);
    if (s.state === "closed") this.confirm.hidden = true;
    this.over();
  }

  typing(from: Speaker): void { this.lines.typing(from); }

  thinking(on: boolean): void { this.lines.thinking(on); }

  notice(text: string): void {
    this.tell(text);
    clearTimeout(this.statusTimer);
    this.statusTimer = window.setTimeout(() => this.tell(""), NOTICE_FOR);
  }

  reload(text: string): void {
    fill(this.status, text, h("button", { type: "button", class: "link", click: () => location.reload() }, this.say.say("reload")));
  }

  unread(n: number): void { this.owner.unread(n); }

  preview(on: boolean): void { this.composer.preview(on); }

  // ----

  // over shows how to go on when somebody's chat has ended.
  private over(): void {
    const closed = this.chat.state.state === "closed" && this.spoke;
    if (closed !== !!this.again.parentNode) this.lines.afterwards(closed ? this.again : null);
  }

  // tellLink says what is wrong with the connection. It promises that nothing is lost
  // only where the browser keeps what is to be sent.
  private tellLink(state: LinkState): void {
    if (state === "online" || state === "idle") return this.tell("");
    const unsaved = this.chat.box.all().some((i) => !i.kept && i.state !== "failed" && i.state !== "acked");
    this.tell(this.say.say(unsaved ? "link.unsaved" : `link.${state}` as "link.waiting"));
  }

  private tell(text: string): void { if (this.status.textContent !== text) fill(this.status, text); }

  private brief(key: "link.back", ms: number): void {
    this.tell(this.say.say(key));
    this.statusTimer = window.setTimeout(() => this.tell(""), ms);
  }

  private askEnd(): void {
    const done = (end: boolean) => (): void => {
      this.confirm.hidden = true;
      if (end) this.chat.end();
      this.composer.input.focus();
    };
    const yes = h("button", { type: "button", class: "solid", click: done(true) }, this.say.say("end.yes"));
    set(this.confirm, "aria-label", this.say.say("end.sure"));
    fill(this.confirm, h("span", {}, this.say.say("end.sure")), yes, h("button", { type: "button", class: "quiet", click: done(false) }, this.say.say("end.no")));
    this.confirm.hidden = false;
    yes.focus();
  }

  private forget(item: Item): void {
    this.chat.box.drop(item.frame.cid);
    this.lines.sent(item.frame.cid);
  }

  private key(e: KeyboardEvent): void {
    e.stopPropagation(); // the page's own shortcuts are not for what is typed here
    if (e.key === "Escape" && !e.isComposing) {
      if (!this.header.closeMenu()) this.owner.close();
    }
    if (e.key === "Tab") this.keepFocus(e);
  }

  // aboveKeyboard: some phones lay their keyboard over the page instead of shrinking it.
  private aboveKeyboard(seen: VisualViewport): void {
    const covered = this.covers() && window.innerHeight - seen.height > 80 && seen.scale === 1;
    this.node.style.top = covered ? seen.offsetTop + "px" : "";
    this.node.style.bottom = covered ? "auto" : "";
    this.node.style.height = covered ? seen.height + "px" : "";
  }

  private covers(): boolean { return this.shown() && this.node.clientWidth >= window.innerWidth; }

  // keepFocus: where the panel covers the page, Tab must not wander behind it.
  private keepFocus(e: KeyboardEvent): void {
    if (!this.covers()) return;
    const all = Array.from(this.node.querySelectorAll<HTMLElement>("button:not([disabled]), textarea, a[href], [tabindex='0']"))
      .filter((x) => x.offsetParent !== null);
    const root = this.node.getRootNode() as ShadowRoot;
    const edge = e.shiftKey ? all[0] : all[all.length - 1];
    if (root.activeElement !== edge) return;
    e.preventDefault();
    (e.shiftKey ? all[all.length - 1] : all[0]).focus();
  }
}
