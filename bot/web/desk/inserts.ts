import { percent } from "../common/text";
import type { Mode } from "./drafts";
import { Menu, matching, type Option } from "./menu";
import { plain } from "./plain";
import type { Colleague, Queries, Reply, Suggestion } from "./queries";
import type { Room } from "./room";
import type { DeskWords } from "./words";

const WAIT = 250; // milliseconds between the last letter and the search
const MOST = 12;

// Insert is a text for the field, and what of the field it takes the place of.
export interface Insert { mode: Mode; text: string; entry?: string; revision?: number; from?: number; to?: number }

// Source is where texts and names come from.
export interface Source {
  queries: Queries;
  replies(room: Room): Promise<Reply[]>; // canned ones, with the names filled in
  colleagues(): Promise<Colleague[]>;
}

// Inserts is what the field offers while one types: after a leading "/" approved replies
// and answers of the hub, after an "@" in a note the colleagues.
export class Inserts {
  readonly menu: Menu;
  private readonly names = new Map<string, string>(); // user ids by the name that was inserted
  private found = new Map<string, Insert>();
  private timer = 0;
  private turn = 0; // of the newest look: what comes late is for none

  constructor(private readonly say: DeskWords, private readonly field: HTMLTextAreaElement, private readonly source: Source, insert: (i: Insert) => void) {
    this.menu = new Menu("inserts", say.say("inserts"), field, (o) => {
      const i = this.found.get(o.id);
      if (i) insert(i);
    });
  }

  look(mode: Mode, room: Room | null): void {
    const turn = ++this.turn;
    clearTimeout(this.timer);
    const { value } = this.field;
    const at = mode === "note" ? mentionAt(value, this.field.selectionStart) : null;
    if (at) void this.people(turn, at);
    else if (mode === "say" && room && value.startsWith("/") && !value.includes("\n")) void this.texts(turn, room, value.slice(1).trim());
    else this.menu.hide();
  }

  // mentioned are the ids of those whose name stands in a note, one space between.
  mentioned(text: string): string {
    return [...this.names].filter(([name]) => text.includes("@" + name)).map(([, id]) => id).join(" ");
  }

  private async people(turn: number, at: Mention): Promise<void> {
    const all = await this.source.colleagues().catch(() => []);
    if (turn !== this.turn) return;
    const fit = matching(all, at.typed, (c) => c.name).slice(0, MOST);
    this.show(fit.map((c) => {
      this.names.set(c.name, c.id);
      return [{ id: c.id, label: c.name, aside: this.say.say(c.takes ? "colleague.takes" : "colleague.away") }, { mode: "note", text: "@" + c.name + " ", from: at.from, to: at.to }];
    }));
  }

  // texts shows the approved replies at once and the hub's answers when they come.
  private async texts(turn: number, room: Room, typed: string): Promise<void> {
    const to = this.field.value.length;
    const replies = matching(await this.source.replies(room).catch(() => []), typed, (r) => r.title + " " + r.text).slice(0, MOST);
    if (turn !== this.turn) return;
    const canned = replies.map((r) => this.canned(r, to));
    this.show(canned);
    if (!typed) return;
    this.timer = window.setTimeout(() => void this.source.queries.suggest(typed, room.lang(), room.session).then((answers) => {
      if (turn === this.turn) this.show([...canned, ...answers.map((s) => this.answer(s, to))]);
    }, () => { /* the approved replies are there all the same */ }), WAIT);
  }

  private canned(r: Reply, to: number): [Option, Insert] {
    const text = plain(r.text);
    return [{ id: r.entry, label: r.title, detail: text, group: this.say.say("inserts.canned") }, { mode: "say", text, entry: r.entry, revision: r.revision, from: 0, to }];
  }

  private answer(s: Suggestion, to: number): [Option, Insert] {
    const text = plain(s.answer);
    return [{ id: s.entry, label: s.question, detail: text, aside: percent(s.confidence), group: this.say.say("inserts.hub") },
      { mode: "say", text, entry: s.entry, revision: s.revision, from: 0, to }];
  }

  private show(all: [Option, Insert][]): void {
    this.found = new Map(all.map(([o, i]) => [o.id, i]));
    this.menu.show(all.map(([o]) => o));
  }
}

export interface Mention { typed: string; from: number; to: number }

// mentionAt finds the name that is being typed before the cursor: an "@" and no space since.
export function mentionAt(text: string, cursor: number): Mention | null {
  const m = /(?:^|[\s，。、；：（(])@([^\s@]{0,20})$/.exec(text.slice(0, cursor));
  return m && { typed: m[1], from: cursor - m[1].length - 1, to: cursor };
}
