import type { Act, State } from "../common/frame";
import type { Item } from "../common/outbox";

// What an act makes of a chat.
export const NOW: Record<string, State | undefined> = {
  claim: "assigned", takeover: "assigned", return: "bot", close: "closed", transfer: "queued", escalate: "queued", reassign: "queued",
};

// writes tells acts that are words.
export function writes(type: string): boolean { return type === "say" || type === "note" || type === "whisper"; }

// written tells what people wrote, and may send again, from what they did.
export function written(item: Item): boolean { return writes(item.frame.type); }

// given are the answers that hold something.
export function given(more: Partial<Act>): Partial<Act> {
  return Object.fromEntries(Object.entries(more).filter(([, value]) => value)) as Partial<Act>;
}
