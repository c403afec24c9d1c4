import type { Shelf } from "../common/shelf";
import { add, fill, h, icon, icons } from "../common/dom";
import { Writing } from "../common/writing";
import type { Room } from "./room";
import type { DeskWords } from "./words";

const LINES = 8;
const DRAFT = "draft.";

export type Mode = "say" | "note";

export interface ComposerActs {
  send(mode: Mode, text: string): void;
  typed(): void;
  claim(session: string): void;
  giveBack(): void;
  close(): void;
}

interface Draft { mode: Mode; text: string }

// Composer is where the agent writes to the customer or to colleagues. What is not
// sent yet is kept for each chat.
export class Composer {
  readonly node = h("div", { class: "composer" });
  private readonly form: HTMLFormElement;
  private readonly writing: Writing;
  private readonly modes: Record<Mode, HTMLButtonElement>;
  private readonly buttons: HTMLButtonElement[];
  private mode: Mode = "say";
  private drafted: Room | null = null; // whose text is in the field

  constructor(private readonly say: DeskWords, private readonly shelf: Shelf, private readonly acts: ComposerActs) {
    const send = h("button", { type: "submit", class: "primary" }, icon(icons.send), say.say("send"));
    const back = h("button", { type: "button", class: "plain-button", click: () => acts.giveBack() }, say.say("return"));
    const close = h("button", { type: "button", class: "plain-button", click: () => acts.close() }, say.say("close"));
    this.buttons = [back, close];
    this.writing = new Writing({ id: "write" }, LINES, {
      left: (n) => say.say("count.left", { n }),
      over: (n) => say.say("count.over", { n }),
      send: (text) => {
        const mode = this.mode;
        this.setMode("say"); // a note is an exception: what comes next is for the customer again
        acts.send(mode, text);
      },
      changed: (text, sendable) => {
        send.disabled = !sendable;
        this.keep(text);
      },
    });
    this.writing.input.addEventListener("input", () => { if (this.mode === "say" && this.writing.text.trim()) acts.typed(); });
    this.modes = { say: this.modeButton("say"), note: this.modeButton("note") };
    this.form = h("form", { class: "writing", novalidate: true, submit: (e: Event) => {
      e.preventDefault();
      this.writing.submit();
    } },
      h("div", { class: "row tools" }, this.modes.say, this.modes.note, h("span", { class: "gap" }), back, close),
      this.writing.input, h("div", { class: "row end" }, this.writing.count, send));
  }

  // show draws what can be done in a room now.
  show(room: Room): void {
    if (!room.mine) {
      fill(this.node, this.instead(room));
      return;
    }
    if (this.form.parentNode !== this.node) fill(this.node, this.form);
    if (this.drafted !== room) this.restore(room);
  }

  online(on: boolean): void { this.buttons.forEach((b) => { b.disabled = !on; }); }

  // put gives a text back that could not be sent.
  put(mode: Mode, text: string): void {
    this.setMode(mode);
    this.writing.text = this.writing.text.trim() ? this.writing.text + "\n" + text : text;
    this.focus();
  }

  focus(mode?: Mode): void {
    if (mode) this.setMode(mode);
    if (this.form.parentNode) this.writing.input.focus();
  }

  // instead of writing: say whose chat it is, and offer to take it if it waits.
  private instead(room: Room): HTMLElement {
    const { say } = this;
    const text = room.state === "queued" ? "not.mine.queued" : room.state === "closed" ? "not.mine.closed" : room.state === "bot" ? "not.mine.bot" : "not.mine";
    const box = h("div", { class: "instead" }, h("p", {}, say.say(text)));
    if (room.state === "queued") add(box, h("button", { type: "button", class: "primary", click: () => this.acts.claim(room.session) }, say.say("claim.room")));
    return box;
  }

  private modeButton(mode: Mode): HTMLButtonElement {
    return h("button", { type: "button", class: "tab", "aria-pressed": "false", title: mode === "say" ? "Alt+L" : "Alt+P", click: () => {
      this.focus(mode);
      this.keep(this.writing.text);
    } },
      this.say.say(mode === "say" ? "reply" : "note"));
  }

  private setMode(mode: Mode): void {
    this.mode = mode;
    this.modes.say.setAttribute("aria-pressed", String(mode === "say"));
    this.modes.note.setAttribute("aria-pressed", String(mode === "note"));
    this.form.classList.toggle("noting", mode === "note");
    const hint = this.say.say(mode === "say" ? "reply.hint" : "note.hint");
    this.writing.input.placeholder = hint;
    this.writing.input.setAttribute("aria-label", hint);
  }

  // prune forgets the drafts of chats that are in no list any more.
  prune(listed: Set<string>): void {
    this.shelf.keys().filter((k) => k.startsWith(DRAFT) && !listed.has(k.slice(DRAFT.length))).forEach((k) => this.shelf.remove(k));
  }

  private restore(room: Room): void {
    this.drafted = room;
    let draft: Draft = { mode: "say", text: "" };
    try {
      draft = { ...draft, ...(JSON.parse(this.shelf.get(DRAFT + room.session) || "{}") as Partial<Draft>) };
    } catch { /* an unreadable draft is none */ }
    this.setMode(draft.mode === "note" ? "note" : "say");
    this.writing.text = String(draft.text);
  }

  private keep(text: string): void {
    if (!this.drafted) return;
    const key = DRAFT + this.drafted.session;
    if (text) this.shelf.set(key, JSON.stringify({ mode: this.mode, text } as Draft));
    else this.shelf.remove(key);
  }
}
