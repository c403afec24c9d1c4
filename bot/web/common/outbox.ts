import type { Clock } from "./clock";
import type { Code, Resent } from "./frame";
import type { Shelf } from "./shelf";

// How long an ack may take before the frame is sent once more, in milliseconds.
// Sending twice is harmless: the server knows the cid.
const ACK_WITHIN = 12000;
// What was left from longer ago than this is not sent without being asked, in milliseconds.
const STALE = 24 * 3600 * 1000;
// How long to wait after an error that says "try again" and not when, in milliseconds.
const RETRY = 2000;
// How often a frame is sent without an answer before it counts as failed.
const MOST_SENDS = 6;
const PREFIX = "out.";

export interface Item {
  frame: Resent;
  label: string; // what the page shows for it
  at: number;
  state: "waiting" | "sent" | "acked" | "failed";
  error: string; // why it waits or failed, a sentence; "" if there is nothing to say
  code: Code | "stale" | "";
  seq: number; // what it became; 0 until acked
  sends: number; // how often it was sent on a connection that stayed
  kept: boolean; // a reload does not lose it
}

// An Outbox keeps what was said until it is acked: on a shelf, so that neither a
// reload nor a dead network loses it. One frame is on its way at a time, so the
// order of what was said is the order of what arrives.
export class Outbox {
  private items: Item[] = [];
  private ready = false;
  private holding = false; // told to wait
  private cancel: () => void = () => {};

  constructor(
    private readonly shelf: Shelf,
    private readonly clock: Clock,
    private readonly send: (frame: Resent) => boolean,
    private readonly changed: (item: Item) => void,
  ) {
    this.items = shelf.keys().filter((k) => k.startsWith(PREFIX)).map((k) => this.load(k)).filter((i): i is Item => i !== null)
      .sort((a, b) => a.at - b.at);
  }

  // all are the frames that are not acked, oldest first.
  all(): readonly Item[] { return this.items; }

  find(cid: string): Item | undefined { return this.items.find((i) => i.frame.cid === cid); }

  // add takes a frame to send. What is not kept is lost with the page.
  add(frame: Resent, label = "", keep = true): Item {
    const last = this.items[this.items.length - 1];
    const at = Math.max(this.clock.now(), last ? last.at + 1 : 0); // the order survives a reload
    const item: Item = { frame, label, at, state: "waiting", error: "", code: "", seq: 0, sends: 0, kept: false };
    this.items.push(item);
    if (keep) item.kept = this.shelf.set(PREFIX + frame.cid, JSON.stringify({ frame, label, at }));
    this.changed(item);
    this.next();
    return item;
  }

  // open says that the other side listens; shut that it does not any more.
  open(): void {
    if (this.ready) return; // a second welcome, for a new session
    this.ready = true;
    this.items.forEach((i) => { i.sends = 0; });
    this.again();
  }

  shut(): void {
    this.ready = false;
    if (!this.holding) this.cancel();
  }

  acked(cid: string, seq: number): Item | undefined {
    const item = this.take(cid);
    if (!item) return undefined;
    item.state = "acked";
    item.seq = seq;
    item.error = item.code = "";
    this.changed(item);
    this.next();
    return item;
  }

  // refused is an error about cid. With a time to wait, or a code that says "not now",
  // it is tried again; else it failed, and what comes behind it goes on.
  refused(cid: string, code: Code, text: string, retryMS = 0): void {
    const item = this.find(cid);
    if (!item) return;
    item.error = text;
    item.code = code;
    if (retryMS > 0 || code === "rate" || code === "busy") {
      item.state = "waiting";
      item.sends = 0; // it was answered
      this.changed(item);
      this.holding = true;
      this.pause(retryMS || RETRY);
      return;
    }
    item.state = "failed";
    this.shelf.remove(PREFIX + cid);
    this.changed(item);
    this.next();
  }

  // retry sends a failed frame again, at the end of the line; as frame, if given.
  retry(cid: string, frame?: Resent): void {
    const item = this.take(cid);
    if (item) this.add(frame || item.frame, item.label);
  }

  // drop forgets a frame.
  drop(cid: string): Item | undefined {
    const item = this.take(cid);
    this.next();
    return item;
  }

  private next(): void {
    const head = this.items.find((i) => i.state !== "failed");
    if (!this.ready || this.holding || !head || head.state === "sent" || head.state === "acked") return;
    if (head.sends >= MOST_SENDS) {
      this.refused(head.frame.cid, "internal", "");
      return;
    }
    if (!this.send(head.frame)) return;
    head.sends++;
    head.state = "sent";
    this.changed(head);
    this.pause(ACK_WITHIN);
  }

  // pause tries the head again after ms.
  private pause(ms: number): void {
    this.cancel();
    this.cancel = this.clock.after(ms, () => {
      this.holding = false;
      if (this.ready) this.again();
    });
  }

  private again(): void {
    this.items.forEach((i) => { if (i.state === "sent") i.state = "waiting"; });
    this.next();
  }

  private take(cid: string): Item | undefined {
    const item = this.find(cid);
    if (!item) return undefined;
    this.items = this.items.filter((i) => i !== item);
    this.shelf.remove(PREFIX + cid);
    if (item.state === "sent" && !this.holding) this.cancel();
    return item;
  }

  private load(key: string): Item | null {
    try {
      const kept = JSON.parse(this.shelf.get(key) || "") as Pick<Item, "frame" | "label" | "at">;
      if (!kept.frame || typeof kept.frame.cid !== "string" || PREFIX + kept.frame.cid !== key) throw new Error("not an item");
      const stale = this.clock.now() - kept.at > STALE;
      return { frame: kept.frame, label: kept.label, at: kept.at, state: stale ? "failed" : "waiting", error: "", code: stale ? "stale" : "", seq: 0, sends: 0, kept: true };
    } catch {
      this.shelf.remove(key);
      return null;
    }
  }
}
