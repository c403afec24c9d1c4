// A Log is how far a reader has got in one session's transcript.
export class Log {
  session = "";
  cursor = 0; // newest seq read with nothing missing before it

  // start begins another session, from its first line.
  start(session: string): void {
    this.session = session;
    this.cursor = 0;
  }

  // take says what a line is to this reader: "next" moves the cursor; "seen" was had
  // before; "gap" means that a line before it is missing; "other" is another session's.
  // prev skips the lines that this reader may not see, so a hidden line is no gap.
  take(line: { session: string; seq: number; prev: number }): "next" | "seen" | "gap" | "other" {
    if (line.session !== this.session) return "other";
    if (line.seq <= this.cursor) return "seen";
    if (line.prev > this.cursor) return "gap";
    this.cursor = line.seq;
    return "next";
  }
}
