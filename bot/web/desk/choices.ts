import type { Command } from "./commands";
import type { Insert } from "./inserts";
import { keysOf, type Act } from "./keys";
import type { Office } from "./office";
import { plain } from "./plain";
import type { Shift } from "./shift";
import type { DeskWords } from "./words";

const HERE: Act[] = ["reply", "note", "transfer", "escalate", "snooze", "return", "close"]; // in the open chat, if it is mine
const ALWAYS: Act[] = ["next", "alerts", "help"];
const SAYS: Record<string, "keys.reply" | "keys.note" | "keys.next" | "alerts" | "help"> = {
  reply: "keys.reply", note: "keys.note", next: "keys.next", alerts: "alerts", help: "help",
};

// commandsNow are what the command bar offers now; what has to be fetched comes through more.
export function commandsNow(say: DeskWords, shift: Shift, office: Office, run: (act: Act) => void, available: (on: boolean) => void, insert: (i: Insert) => void, more: (c: Command[]) => void): Command[] {
  const room = shift.current && shift.current.mine ? shift.current : null;
  const act = (a: Act): Command => ({ id: a, label: say.say(SAYS[a] || (a as "close")), aside: keysOf(a), group: say.say("commands.acts"), run: () => run(a) });
  const on = !!shift.me && shift.me.available;
  const duty: Command = { id: "duty", label: say.say(on ? "commands.pause" : "commands.resume"), group: say.say("commands.acts"), run: () => available(!on) };
  const chats = shift.chats.mine.map((c): Command => ({ id: "chat " + c.session, label: c.customer, detail: c.preview, group: say.say("mine"), run: () => shift.open(c.session) }));
  if (room) {
    void office.replies(room).then((all) => more(all.map((r): Command => ({ id: r.entry, label: r.title, detail: plain(r.text), group: say.say("inserts.canned"),
      run: () => insert({ mode: "say", text: plain(r.text), entry: r.entry, revision: r.revision }) }))), () => { /* without them, then */ });
  }
  return [...(room ? HERE : []).map(act), ...ALWAYS.map(act), duty, ...chats];
}
