import { add, fill, h, icon, icons } from "../common/dom";
import { Writing } from "../common/writing";
import { Drafts, empty, type Draft, type Mode } from "./drafts";
import { Inserts, type Insert, type Source } from "./inserts";
import { keysOf, type Act } from "./keys";
import type { Room } from "./room";
import type { DeskWords } from "./words";

const LINES = 8;

// Said is what is sent: for the customer with the entry it came from, for colleagues with those it is to reach.
export interface Said { text: string; entry?: string; revision?: number; mentions?: string }

export interface ComposerActs {
  send(mode: Mode, said: Said): void;
  typed(): void;
  claim(session: string): void;
  refuse(session: string): void;
  act(act: Act): void;
  more(): void; // all one may do here
}

// Composer is where the agent writes to the customer or to colleagues. What is not
// sent yet is kept for each chat.
export class Composer {
  readonly node = h("div", { class: "composer" });
  private readonly form: HTMLFormElement;
  private readonly writing: Writing;
  private readonly inserts: Inserts;
  private readonly modes: Record<Mode, HTMLButtonElement>;
  private readonly buttons: HTMLButtonElement[];
  private readonly source = h("p", { class: "source", hidden: true });
  private draft: Draft = empty();
  private room: Room | null = null; // whose text is in the field

  constructor(private readonly say: DeskWords, private readonly drafts: Drafts, source: Source, private readonly acts: ComposerActs) {
    const send = h("button", { type: "submit", class: "primary" }, icon(icons.send), say.say("send"));
    this.writing = new Writing({ id: "write" }, LINES, {
      left: (n) => say.say("count.left", { n }),
      over: (n) => say.say("count.over", { n }),
      send: (text) => this.send(text),
      changed: (text, sendable) => {
        send.disabled = !sendable;
        this.keep(text);
      },
    });
    const { input } = this.writing;
    this.inserts = new Inserts(say, input, source, (i) => this.insert(i));
    input.addEventListener("input", () => this.typed());
    input.addEventListener("blur", () => this.inserts.menu.hide());
    this.modes = { say: this.modeButton("say"), note: this.modeButton("note") };
    this.buttons = (["transfer", "escalate", "snooze", "return", "close"] as const).map((act) =>
      h("button", { type: "button", class: "plain-button act-" + act, title: keysOf(act), click: () => acts.act(act) }, say.say(act)));
    const more = h("button", { type: "button", class: "round act-more", "aria-label": say.say("more"), title: "Ctrl/⌘ K", click: () => acts.more() }, icon(icons.more));
    const field = h("div", { class: "field" }, this.inserts.menu.node, input);
    field.addEventListener("keydown", (e) => { this.inserts.menu.key(e); }, { capture: true }); // before the field itself: Enter chooses, and sends nothing
    this.form = h("form", { class: "writing", novalidate: true, submit: (e: Event) => {
      e.preventDefault();
      this.writing.submit();
    } },
      h("div", { class: "row tools" }, this.modes.say, this.modes.note, h("span", { class: "gap" }), ...this.buttons, more),
      field, h("div", { class: "row end" }, this.source, this.writing.count, send));
  }

  // show draws what can be done in a room now.
  show(room: Room): void {
    if (!room.mine) {
      fill(this.node, this.instead(room));
      return;
    }
    if (this.form.parentNode !== this.node) fill(this.node, this.form);
    const snooze = this.buttons[2];
    fill(snooze, this.say.say(room.chat && room.chat.snoozed ? "wake" : "snooze"));
    if (this.room !== room) this.restore(room);
  }

  online(on: boolean): void { this.buttons.forEach((b) => { b.disabled = !on; }); }

  // put gives a text back that could not be sent.
  put(mode: Mode, said: Said): void {
    this.setMode(mode);
    if (mode === "say" && said.entry) Object.assign(this.draft, { entry: said.entry, revision: said.revision || 0 });
    this.writing.text = this.writing.text.trim() ? this.writing.text + "\n" + said.text : said.text;
    this.drawSource();
    this.focus();
  }

  // insert puts an entry's text where the cursor is; of an empty field, or a search, it becomes all.
  insert(i: Insert): void {
    if (this.draft.mode !== i.mode) this.setMode(i.mode);
    if (i.entry) {
      this.draft.entry = i.entry;
      this.draft.revision = i.revision || 0;
    }
    const { input } = this.writing;
    const from = i.from ?? input.selectionStart, to = i.to ?? input.selectionEnd;
    const text = this.writing.text;
    this.writing.text = text.slice(0, from) + i.text + text.slice(to);
    this.focus();
    input.setSelectionRange(from + i.text.length, from + i.text.length);
    this.drawSource();
  }

  focus(mode?: Mode): void {
    if (mode && mode !== this.draft.mode) this.setMode(mode);
    if (this.form.parentNode) this.writing.input.focus();
  }

  private send(text: string): void {
    const { mode, entry, revision } = this.draft;
    const mentions = mode === "note" ? this.inserts.mentioned(text) : "";
    this.draft[mode] = "";
    if (mode === "say") this.forgetSource();
    this.setMode("say"); // a note is an exception: what comes next is for the customer again
    this.acts.send(mode, { text, ...(mode === "say" && entry && { entry, revision }), ...(mentions && { mentions }) });
  }

  private typed(): void {
    const { text } = this.writing;
    if (this.draft.mode === "say" && !text) this.forgetSource();
    if (this.draft.mode === "say" && text.trim() && !text.startsWith("/")) this.acts.typed();
    this.inserts.look(this.draft.mode, this.room);
  }

  // instead of writing: say whose chat it is, and offer to take it if it waits.
  private instead(room: Room): HTMLElement {
    const { say } = this;
    const offered = room.state === "queued" && !!room.chat && !!room.chat.accept_by;
    const text = offered ? "not.mine.offered" : room.state === "queued" ? "not.mine.queued" : room.state === "closed" ? "not.mine.closed" : room.state === "bot" ? "not.mine.bot" : "not.mine";
    const box = h("div", { class: "instead" }, h("p", {}, say.say(text)));
    if (room.state === "queued") add(box, h("button", { type: "button", class: "primary", title: keysOf("accept"), click: () => this.acts.claim(room.session) }, say.say("claim.room")));
    if (offered) add(box, h("button", { type: "button", class: "plain-button", click: () => this.acts.refuse(room.session) }, say.say("refuse")));
    return box;
  }

  private modeButton(mode: Mode): HTMLButtonElement {
    return h("button", { type: "button", class: "tab", "aria-pressed": "false", title: keysOf(mode === "say" ? "reply" : "note"), click: () => {
      this.focus(mode);
      this.keep(this.writing.text);
    } }, this.say.say(mode === "say" ? "reply" : "note"));
  }

  // setMode turns to the customer or to colleagues; each has a text of its own.
  private setMode(mode: Mode): void {
    this.draft.mode = mode;
    this.modes.say.setAttribute("aria-pressed", String(mode === "say"));
    this.modes.note.setAttribute("aria-pressed", String(mode === "note"));
    this.form.classList.toggle("noting", mode === "note");
    const hint = this.say.say(mode === "say" ? "reply.hint" : "note.hint");
    this.writing.input.placeholder = hint;
    this.writing.input.setAttribute("aria-label", hint);
    this.inserts.menu.hide();
    this.writing.text = this.draft[mode];
    this.drawSource();
  }

  private restore(room: Room): void {
    this.room = null; // what the field holds until now is not this room's
    this.draft = this.drafts.get(room.session);
    this.setMode(this.draft.mode);
    this.room = room;
  }

  private keep(text: string): void {
    if (!this.room) return;
    this.draft[this.draft.mode] = text;
    this.drafts.set(this.room.session, this.draft);
  }

  private forgetSource(): void {
    this.draft.entry = "";
    this.draft.revision = 0;
    this.drawSource();
  }

  // drawSource says from which entry the text comes: it is recorded with what is sent.
  private drawSource(): void {
    const { entry, revision, mode } = this.draft;
    this.source.hidden = !entry || mode !== "say";
    fill(this.source, this.say.say("source"), " ", h("code", {}, entry + (revision ? " r" + revision : "")));
  }
}
