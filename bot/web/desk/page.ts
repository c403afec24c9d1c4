import type { Act as Frame, Board, Claim, DeskWelcome, ErrorFrame, Event, Speaker } from "../common/frame";
import type { LinkState } from "../common/link";
import type { Item } from "../common/outbox";
import type { Shelf } from "../common/shelf";
import { Alerts } from "./alerts";
import { Asks, saidOf } from "./asks";
import { Bar } from "./bar";
import { commandsNow } from "./choices";
import { Commands } from "./commands";
import { Composer } from "./composer";
import { Context } from "./context";
import { written } from "./doing";
import { Drafts, type Mode } from "./drafts";
import { History } from "./history";
import { helpPanel, onKeys, type Act } from "./keys";
import { Lists } from "./lists";
import { events, type News } from "./news";
import { Office } from "./office";
import type { Queries } from "./queries";
import type { Room } from "./room";
import { Sheet } from "./sheet";
import { Shell } from "./shell";
import type { Shift } from "./shift";
import { Sound } from "./sound";
import { Suggestions } from "./suggestions";
import { Transcript } from "./transcript";
import type { View } from "./view";
import type { DeskWords } from "./words";

const TICK = 15000; // waiting times move on this often, in milliseconds
const SECOND = 1000; // … while somebody waits to be accepted

// Page is the desk: what a Shift knows, shown, and what the agent does, handed on.
export class Page implements View {
  private shift!: Shift;
  private list!: Lists;
  private bar!: Bar;
  private alerts!: Alerts;
  private commands!: Commands;
  private readonly office: Office;
  private readonly asks: Asks;
  private readonly sheet: Sheet;
  private readonly help;
  private readonly context: Context;
  private readonly history: History;
  private readonly transcript: Transcript;
  private readonly composer: Composer;
  private readonly suggestions: Suggestions;
  private readonly drafts: Drafts;
  private readonly shell: Shell;
  private ticks = 0;

  constructor(root: HTMLElement, private readonly say: DeskWords, private readonly shelf: Shelf, queries: Queries) {
    root.classList.add("work");
    const me = (): string => (this.shift.me ? this.shift.me.id : "");
    this.drafts = new Drafts(shelf);
    this.office = new Office(queries, () => (this.shift.me ? this.shift.me.name : ""));
    this.sheet = new Sheet(say);
    this.asks = new Asks(say, this.sheet, queries, () => this.office.everybody(), (type, more) => this.shift.act(type, more));
    this.help = helpPanel(say);
    this.history = new History(say, queries, me, () => this.shell.toast(say.say("error")));
    this.context = new Context(say, queries, (e) => {
      this.shell.pane("chat");
      void this.history.show(e);
    });
    this.transcript = new Transcript(say, { me, reveal: (about) => this.asks.reveal(about), teach: (e) => this.teach(e) }, {
      retry: (item) => this.shift.retry(item),
      override: (item) => this.override(item, item.error),
      edit: (item) => this.edit(item),
      drop: (item) => this.forget(item),
    });
    this.composer = new Composer(say, this.drafts, this.office, {
      send: (mode, said) => this.shift.act(mode, said),
      typed: () => this.shift.typed(),
      claim: (session) => this.shift.claim(session),
      refuse: (session) => this.refuse(session),
      act: (act) => this.run(act),
      more: () => this.commands.toggle(),
    });
    this.suggestions = new Suggestions(say, queries, () => this.shift.online(), (s) => this.composer.insert(this.office.inserted(s)));
    this.shell = new Shell(root, say, { left: () => this.shift.open("") });
  }

  attend(shift: Shift): void {
    const { say, shell } = this;
    this.shift = shift;
    this.list = new Lists(say, shift, (session) => this.refuse(session));
    this.alerts = new Alerts(say, this.shelf, new Sound(), (session) => shift.open(session), events);
    this.commands = new Commands(say, () => commandsNow(say, shift, this.office, (act) => this.run(act), (on) => this.bar.setDuty(on), (i) => this.composer.insert(i), (more) => this.commands.add(more)));
    this.bar = new Bar(say, { available: (on) => shift.available(on), alerts: () => this.run("alerts"), commands: () => this.commands.toggle(), help: () => this.run("help") });
    shell.build([this.bar.node, this.list.node], [this.transcript.node, this.suggestions.node, this.sheet.node, this.composer.node], this.history.node, this.context.node,
      [this.help.node, this.alerts.panel.node, this.commands.panel.node]);
    this.list.within(shell.lists);
    this.list.draw();
    window.setInterval(() => this.tick(), SECOND);
    document.addEventListener("visibilitychange", () => shift.seen());
    const acts = Object.fromEntries((["next", "accept", "down", "up", "reply", "note", "transfer", "escalate", "snooze", "return", "close", "alerts", "help"] as Act[])
      .map((act) => [act, () => this.run(act)])) as Record<Act, () => void>;
    onKeys({ acts, insert: (n) => this.suggestions.pick(n), commands: () => this.commands.toggle(), escape: () => this.escape() });
  }

  // openNamed opens the chat that the address names: "/desk#0192…".
  openNamed(hash: string): void { if (/^#[\w-]{1,64}$/.test(hash)) this.shift.open(hash.slice(1)); }

  // ---- View

  link(state: LinkState): void {
    this.bar.link(state);
    this.composer.online(state === "online");
    if (this.shift) this.suggestions.follow(this.shift.current);
    this.list.draw();
  }

  welcomed(me: DeskWelcome): void {
    this.bar.welcomed(me);
    this.list.draw();
  }

  available(on: boolean, reason: string): void { this.bar.switched(on, reason); }

  lists(): void {
    this.list.draw();
    const { shift } = this;
    const { queue, mine } = shift.chats;
    this.shell.count(queue.length + mine.filter((c) => shift.unread(c) && !(shift.current && shift.current.session === c.session)).length);
    if (shift.me) this.drafts.prune(shift.listedSessions());
  }

  news({ what, chat }: News): void {
    this.alerts.tell(what, chat.session);
    if (what !== "said") this.bar.tell(this.say.code("alert", what) + " " + chat.customer);
    if (what === "danger" && !this.reading(chat.session)) this.shell.toast(this.say.code("danger", chat.danger || "") + " · " + chat.customer, { text: this.say.say("look"), click: () => this.shift.open(chat.session) });
    if (what === "mention") this.shell.toast(this.say.say("mention", { name: chat.customer }), { text: this.say.say("look"), click: () => this.shift.open(chat.session) });
  }

  // reading: the chat is open before the agent's eyes.
  private reading(session: string): boolean { return !document.hidden && !!this.shift.current && this.shift.current.session === session; }

  board(_: Board): void { /* is another page's */ }

  opened(room: Room | null): void {
    this.sheet.hide();
    this.history.hide();
    this.shell.open(room);
    if (room) {
      this.transcript.show(room, this.shift.box.all());
      this.owner(room);
      if (room.mine && !window.matchMedia("(hover: none)").matches) this.composer.focus();
    }
    this.lists();
  }

  line(room: Room, e: Event): void {
    this.transcript.line(room, e);
    this.context.draw(room);
    this.suggestions.follow(room);
  }

  outgoing(item: Item): void {
    const room = this.shift.current;
    if (room) this.transcript.outgoing(room, item);
  }

  sent(cid: string): void { this.transcript.sent(cid); }

  owner(room: Room): void {
    this.shell.title(room);
    this.composer.show(room);
    this.transcript.resealed(room);
    this.context.draw(room);
    this.suggestions.follow(room);
  }

  typing(_room: Room, _from: Speaker, text: string): void { this.transcript.typing(text); }

  contact(room: Room, _about: number, _text: string): void { this.transcript.resealed(room); }

  done(act: Frame | Claim): void {
    if (act.type === "transfer" || act.type === "escalate") this.shell.toast(this.say.say("transferred"));
  }

  refused(e: ErrorFrame, item: Item | undefined): void {
    if (item && e.code === "blocked") return this.asks.blocked(e.text, () => this.edit(item));
    if (item && e.code === "needs_reason") return this.override(item, e.text);
    if (item && e.code === "needs_wrap") return void this.asks.close();
    const beside = !!item && written(item) && !!this.shift.current && (item.frame as Frame).session === this.shift.current.session;
    if (beside && e.code !== "not_owner") return; // said beside the message
    const nobody = e.code === "empty" && !!item && (item.frame.type as string) === "claim";
    this.shell.toast(nobody ? this.say.say("waiting.none") : e.text || this.say.say("error"), e.code === "version" ? { text: this.say.say("reload"), click: () => location.reload() } : undefined);
  }

  loggedOut(): void { location.assign("/login?next=" + encodeURIComponent(location.pathname)); }

  // ----

  private run(act: Act): void {
    const { shift } = this;
    const room = shift.current && shift.current.mine ? shift.current : null;
    switch (act) {
      case "next": return shift.claim();
      case "accept": return this.list.accept();
      case "down": return this.list.step(1);
      case "up": return this.list.step(-1);
      case "reply": return this.composer.focus("say");
      case "note": return this.composer.focus("note");
      case "alerts": return this.alerts.panel.toggle();
      case "help": return this.help.toggle();
    }
    if (!room || !shift.online()) return;
    switch (act) {
      case "transfer": return void this.asks.transfer(shift.me ? shift.me.id : "", "transfer", room.chat ? room.chat.skill || "" : undefined);
      case "escalate": return void this.asks.escalate();
      case "snooze": return room.chat && room.chat.snoozed ? shift.act("snooze") : void this.asks.snooze();
      case "return": return void this.asks.giveBack();
      case "close": return void this.asks.close();
    }
  }

  private escape(): void {
    for (const open of [this.commands.panel, this.alerts.panel, this.help, this.sheet, this.history]) if (open.hide()) return;
  }

  private tick(): void {
    if (++this.ticks % (TICK / SECOND) === 0 || this.shift.chats.queue.some((c) => c.accept_by)) this.list.draw();
  }

  private refuse(session: string): void {
    if (!this.shift.current || this.shift.current.session !== session) return this.shift.actIn(session, "refuse");
    this.asks.refuse((text) => this.shift.actIn(session, "refuse", { text }));
  }

  private override(item: Item, rule: string): void { this.asks.override(rule, (override) => this.shift.retry(item, { override })); }

  private edit(item: Item): void {
    this.forget(item);
    this.composer.put(item.frame.type as Mode, saidOf(item));
  }

  private teach(e: Event): void {
    const { shell, say } = this;
    const room = this.shift.current;
    if (room) this.asks.draft(room, e, (url) => shell.toast(say.say("draft.done"), url ? { text: say.say("look"), href: url } : undefined), () => shell.toast(say.say("error")));
  }

  private forget(item: Item): void {
    this.shift.box.drop(item.frame.cid);
    this.transcript.sent(item.frame.cid);
  }
}
