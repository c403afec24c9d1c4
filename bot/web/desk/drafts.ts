import type { Shelf } from "../common/shelf";

const DRAFT = "draft.";

export type Mode = "say" | "note";

// Draft is what was typed in a chat and not sent: for the customer and for colleagues,
// each for itself.
export interface Draft {
  mode: Mode;
  say: string;
  note: string;
  entry: string; // whose text was inserted, possibly edited since; "" if none
  revision: number;
}

export const empty = (): Draft => ({ mode: "say", say: "", note: "", entry: "", revision: 0 });

// Drafts keeps them for each chat, over a reload.
export class Drafts {
  constructor(private readonly shelf: Shelf) {}

  get(session: string): Draft {
    const none = empty();
    try {
      const kept = JSON.parse(this.shelf.get(DRAFT + session) || "{}") as Partial<Draft>;
      return { mode: kept.mode === "note" ? "note" : "say", say: String(kept.say || ""), note: String(kept.note || ""),
        entry: String(kept.entry || ""), revision: Number(kept.revision) || 0 };
    } catch {
      return none; // an unreadable draft is none
    }
  }

  set(session: string, draft: Draft): void {
    if (draft.say || draft.note) this.shelf.set(DRAFT + session, JSON.stringify(draft));
    else this.shelf.remove(DRAFT + session);
  }

  // prune forgets the drafts of chats that are in no list any more.
  prune(listed: Set<string>): void {
    this.shelf.keys().filter((k) => k.startsWith(DRAFT) && !listed.has(k.slice(DRAFT.length))).forEach((k) => this.shelf.remove(k));
  }
}
