import type { Act as Frame, Event } from "../common/frame";
import type { Item } from "../common/outbox";
import type { Colleagues, Queries } from "./queries";
import type { Room } from "./room";
import type { Field, Pick, Sheet } from "./sheet";
import type { DeskWords } from "./words";

const MINUTES = [15, 60, 180]; // to snooze for
const MORNING = 9; // o'clock, of the next day

export type Acting = (type: Frame["type"], more?: Partial<Frame>) => void;

// Asks are the questions before an act: what has to be said with it, and that it is meant.
export class Asks {
  constructor(private readonly say: DeskWords, private readonly sheet: Sheet, private readonly queries: Queries, private readonly colleagues: () => Promise<Colleagues>,
    private readonly act: Acting) {}

  async giveBack(): Promise<void> {
    const { say } = this;
    this.sheet.ask({ title: say.say("return.title"), fields: [line("text", say.say("note.optional"))], yes: say.say("return.yes"), done: ({ text }) => this.act("return", { text }) });
  }

  async close(): Promise<void> {
    const { say } = this;
    const { wraps } = await this.colleagues();
    const fields: Field[] = [line("text", say.say("note.optional"))];
    if (wraps.length) fields.unshift({ kind: "few", name: "wrap", label: say.say("wrap"), needed: true, value: wraps[0].code, picks: wraps.map((w) => ({ value: w.code, label: w.name })) });
    this.sheet.ask({ title: say.say("close.title"), fields, yes: say.say("close.yes"), done: (v) => this.act("close", v) });
  }

  // transfer offers everybody but me, and every queue; none is picked beforehand, and the one
  // the chat comes from is marked.
  async transfer(me: string, type: "transfer" | "reassign" = "transfer", from?: string): Promise<void> {
    const { say } = this;
    const { agents, queues } = await this.colleagues();
    const people: Pick[] = agents.filter((a) => a.id !== me).map((a) => ({ value: "agent:" + a.id, off: !a.takes,
      label: a.name + " · " + (a.takes ? say.say("colleague.free", { n: a.free }) : say.say("colleague.away")) }));
    this.sheet.ask({
      title: say.say(type === "transfer" ? "transfer.title" : "reassign.title"), hint: say.say("transfer.hint"), yes: say.say(type === "transfer" ? "transfer.yes" : "reassign.yes"),
      fields: [{ kind: "many", name: "to", label: say.say("transfer.to"), needed: true, none: say.say("transfer.pick"), groups: [
        { label: say.say("transfer.queues"), picks: queues.map((q) => ({ value: "skill:" + q.skill, label: q.skill === from ? say.say("transfer.same", { name: q.name }) : q.name })) }, { label: say.say("transfer.agents"), picks: people },
      ] }, { ...line("text", say.say("note.needed")), needed: type === "transfer" }],
      done: ({ to, text }) => this.act(type, { text, ...destination(to) }),
    });
  }

  async escalate(): Promise<void> {
    const { say } = this;
    this.sheet.ask({ title: say.say("escalate.title"), fields: [{ ...line("text", say.say("note.needed")), needed: true }], yes: say.say("escalate.yes"), done: ({ text }) => this.act("escalate", { text }) });
  }

  async snooze(now = new Date()): Promise<void> {
    const { say } = this;
    const picks = [...MINUTES.map((n) => ({ value: String(n), label: n < 60 ? say.say("since.minutes", { n }) : say.say("snooze.hours", { n: n / 60 }) })),
      { value: String(untilMorning(now)), label: say.say("snooze.morning") }];
    this.sheet.ask({ title: say.say("snooze.title"), fields: [{ kind: "few", name: "minutes", label: say.say("snooze.for"), needed: true, value: picks[0].value, picks }],
      yes: say.say("snooze.yes"), done: ({ minutes }) => this.act("snooze", { minutes: Number(minutes) }) });
  }

  refuse(refuse: (text: string) => void): void {
    const { say } = this;
    this.sheet.ask({ title: say.say("refuse.title"), fields: [line("text", say.say("refuse.why"))], yes: say.say("refuse"), done: ({ text }) => refuse(text) });
  }

  reveal(about: number): void {
    const { say } = this;
    this.sheet.ask({ title: say.say("reveal.title"), fields: [{ ...line("text", say.say("reveal.why")), needed: true }], yes: say.say("reveal"), done: ({ text }) => this.act("reveal", { text, about }) });
  }

  takeover(): void {
    this.sheet.ask({ title: this.say.say("takeover.title"), yes: this.say.say("board.takeover"), done: () => this.act("takeover") });
  }

  // blocked: what was written breaks a rule and goes out only changed.
  blocked(rule: string, change: () => void): void {
    this.sheet.ask({ title: this.say.say("blocked.title"), hint: rule, yes: this.say.say("blocked.yes"), done: change });
  }

  // override: it may break one, and goes out if somebody says why. That is recorded.
  override(rule: string, send: (why: string) => void): void {
    const { say } = this;
    this.sheet.ask({ title: say.say("override.title"), hint: rule, fields: [{ ...line("why", say.say("override.why")), needed: true }], yes: say.say("override.yes"), done: ({ why }) => send(why) });
  }

  // draft makes an entry for the editors of what was asked and what was answered.
  draft(room: Room, e: Event, done: (url: string) => void, failed: () => void): void {
    const { say } = this;
    this.sheet.ask({
      title: say.say("draft.title"), hint: say.say("draft.hint"), yes: say.say("draft.yes"),
      fields: [{ ...line("question", say.say("draft.question")), value: questionBefore(room, e.seq), needed: true }, { kind: "lines", name: "answer", label: say.say("draft.answer"), value: e.text, needed: true }],
      done: ({ question, answer }) => void this.queries.draft(room.session, e.seq, question, answer).then((made) => done(made.url), failed),
    });
  }
}

function line(name: string, label: string): Field & { kind: "line" } { return { kind: "line", name, label }; }

function destination(to: string): Partial<Frame> {
  return to.startsWith("agent:") ? { agent: to.slice(6) } : { skill: to.slice(6) };
}

// untilMorning is how many minutes there are to nine o'clock of tomorrow.
export function untilMorning(now: Date): number {
  const then = new Date(now);
  then.setDate(then.getDate() + 1);
  then.setHours(MORNING, 0, 0, 0);
  return Math.max(1, Math.round((then.getTime() - now.getTime()) / 60000));
}

// questionBefore is what the customer said last before a line.
export function questionBefore(room: Room, seq: number): string {
  const said = room.events.filter((e) => e.seq < seq && e.kind === "message" && e.from.role === "customer");
  return said.length ? said[said.length - 1].text || "" : "";
}

// saidOf is what an item would say again.
export function saidOf(item: Item): { text: string; entry?: string; revision?: number } {
  const act = item.frame as Frame;
  return { text: item.label, entry: act.entry, revision: act.revision };
}
