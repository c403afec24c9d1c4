import type { Clock } from "./clock";

// Aloud says which of many small changes a screen reader is to read: those that matter, and
// of the rest one each so often. What it keeps silent can still be read by who looks.
export class Aloud {
  private spoke = -Infinity;

  constructor(private readonly clock: Clock, private readonly every: number) {} // milliseconds

  may(matters: boolean): boolean {
    const now = this.clock.now();
    if (!matters && now - this.spoke < this.every) return false;
    this.spoke = now;
    return true;
  }
}
