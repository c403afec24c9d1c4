import type { Shelf } from "../common/shelf";

// Kept is what this browser remembers of the chat: the way back to it, and how far it was
// read. What stands there may be anybody's work: what is odd counts as nothing.
export class Kept {
  constructor(private readonly shelf: Shelf) {}

  chat(): { token: string; session: string } {
    const { token, session } = this.of("chat");
    return { token: typeof token === "string" ? token : "", session: typeof session === "string" ? session : "" };
  }

  take(token: string, session: string): void { this.shelf.set("chat", JSON.stringify({ token, session })); }

  forget(): void { this.shelf.remove("chat"); }

  // readTo is the newest seq of a session that was looked at.
  readTo(session: string): number {
    const read = this.of("read");
    return read.session === session ? Number(read.seq) || 0 : 0;
  }

  read(session: string, seq: number): void { this.shelf.set("read", JSON.stringify({ session, seq })); }

  private of(name: string): Record<string, unknown> {
    try {
      return (JSON.parse(this.shelf.get(name) || "{}") || {}) as Record<string, unknown>;
    } catch {
      return {};
    }
  }
}
