import type { Insert } from "./inserts";
import { plain } from "./plain";
import type { Colleague, Colleagues, Queries, Reply, Suggestion } from "./queries";
import type { Room } from "./room";

const FRESH = 3000; // milliseconds for which who takes chats is believed
const STEADY = 300000; // … and what approved replies there are

interface Kept<T> { at: number; value: Promise<T> }

// Office is what is the same in every chat: the colleagues, and the approved replies.
// What was asked for a moment ago is not asked again.
export class Office {
  private people: Kept<Colleagues> | null = null;
  private readonly canned = new Map<string, Kept<Reply[]>>(); // by skill and language

  constructor(readonly queries: Queries, private readonly name: () => string) {}

  everybody(): Promise<Colleagues> {
    this.people = this.keep(this.people, FRESH, () => this.queries.colleagues());
    return this.people.value.catch(() => {
      this.people = null;
      return { agents: [], queues: [], wraps: [] };
    });
  }

  async colleagues(): Promise<Colleague[]> { return (await this.everybody()).agents; }

  // replies are the approved ones for a chat, with the names of who talks in it.
  async replies(room: Room): Promise<Reply[]> {
    const skill = (room.chat && room.chat.skill) || "", key = skill + " " + room.lang();
    const kept = this.keep(this.canned.get(key) || null, STEADY, () => this.queries.canned(skill, room.lang()));
    this.canned.set(key, kept);
    const names: Record<string, string> = { customer: room.chat ? room.title() : "", agent: this.name() };
    return (await kept.value.catch((e) => {
      this.canned.delete(key);
      throw e;
    })).map((r) => ({ ...r, text: filled(r.text, names) }));
  }

  inserted(s: Suggestion): Insert { return { mode: "say", text: plain(s.answer), entry: s.entry, revision: s.revision }; }

  private keep<T>(kept: Kept<T> | null, during: number, get: () => Promise<T>): Kept<T> {
    const now = Date.now();
    return kept && now - kept.at < during ? kept : { at: now, value: get() };
  }
}

// filled puts names where {customer} and {agent} stand; what it does not know stays.
export function filled(text: string, names: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => names[name] || whole);
}
