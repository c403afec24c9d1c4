import type { Shelf } from "../common/shelf";

// Marks are how far an agent has read each chat, over a reload.
export class Marks {
  private readonly read: Record<string, number>;

  constructor(private readonly shelf: Shelf) { this.read = load(shelf); }

  of(session: string): number { return this.read[session] || 0; }

  set(session: string, seq: number): void { this.read[session] = seq; }

  // keep forgets the chats that are in no list any more.
  keep(listed: Set<string>): void {
    for (const session of Object.keys(this.read)) if (!listed.has(session)) delete this.read[session];
    this.shelf.set("read", JSON.stringify(this.read));
  }
}

function load(shelf: Shelf): Record<string, number> {
  try {
    const marks: unknown = JSON.parse(shelf.get("read") || "{}");
    return marks && typeof marks === "object" ? (marks as Record<string, number>) : {};
  } catch {
    return {};
  }
}
