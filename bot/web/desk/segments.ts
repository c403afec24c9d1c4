import type { Event, Move, State } from "../common/frame";
import type { DeskWords } from "./words";

// Segment is a stretch of a chat with one owner.
export interface Segment {
  state: State;
  name: string; // of the agent, if it was one who spoke
  move?: Move; // how it began; none of the first
  ms: number; // how long it lasted, until now for the last
}

// segments cuts a transcript where the owner changed.
export function segments(events: readonly Event[], now = Date.now()): Segment[] {
  const all: (Segment & { at: number })[] = [];
  for (const e of events) {
    const at = Date.parse(e.at);
    const last = all[all.length - 1];
    if (e.kind === "handed" && e.move) {
      if (last) last.ms = Math.max(0, at - last.at);
      all.push({ state: e.move.to, name: "", move: e.move, ms: 0, at });
    } else if (!last) all.push({ state: "bot", name: "", ms: 0, at });
    else if (last.state === "assigned" && !last.name && e.from.role === "agent") last.name = e.from.name || "";
  }
  const last = all[all.length - 1];
  if (last) last.ms = last.state === "closed" ? 0 : Math.max(0, now - last.at);
  return all;
}

// moveReason says why the owner changed.
export function moveReason(move: Move, say: DeskWords): string {
  return move.reason === "left" && move.to === "bot" ? say.say("move.left") : say.code("reason", move.reason || "");
}
