// Time, storage and sockets that tests hold in their hands.
import type { Clock } from "../common/clock";
import type { Frame } from "../common/frame";
import { Link, type Ears, type Socket } from "../common/link";
import { openShelf, type Shelf } from "../common/shelf";

// Time stands still until it is told to pass.
export class Time implements Clock {
  private t = 1_700_000_000_000;
  private due: { at: number; f: () => void }[] = [];

  constructor(readonly random: () => number = () => 0.5) {}

  now(): number { return this.t; }

  after(ms: number, f: () => void): () => void {
    const entry = { at: this.t + ms, f };
    this.due.push(entry);
    return () => { this.due = this.due.filter((d) => d !== entry); };
  }

  pass(ms: number): void {
    const end = this.t + ms;
    for (;;) {
      const next = this.due.filter((d) => d.at <= end).sort((a, b) => a.at - b.at)[0];
      if (!next) break;
      this.due = this.due.filter((d) => d !== next);
      this.t = Math.max(this.t, next.at);
      next.f();
    }
    this.t = end;
  }
}

// memory is a localStorage.
export function memory(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (k: string) => kept.get(k) ?? null,
    setItem: (k: string, v: string) => { kept.set(k, v); },
    removeItem: (k: string) => { kept.delete(k); },
    key: (i: number) => [...kept.keys()][i] ?? null,
    clear: () => kept.clear(),
    get length() { return kept.size; },
  };
}

export function shelf(storage: Storage = memory()): Shelf { return openShelf("test:", () => storage); }

// Wire is one socket as the server's side sees it.
export class Wire implements Socket {
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  closed = false;
  open = false;
  readonly sent: (Frame & Record<string, unknown>)[] = [];
  onsent: (f: Frame & Record<string, unknown>) => void = () => {};

  send(data: string): void {
    if (!this.open || this.closed) throw new Error("not open");
    const frame = JSON.parse(data);
    this.sent.push(frame);
    this.onsent(frame);
  }

  close(): void { this.closed = true; }

  accept(): void {
    this.open = true;
    this.onopen?.();
  }

  say(frame: object): void { if (!this.closed) this.onmessage?.({ data: JSON.stringify(frame) }); }

  cut(code = 1006): void {
    if (this.closed) return;
    this.closed = true;
    this.onclose?.({ code });
  }

  types(): string[] { return this.sent.map((f) => f.type); }

  last(type: string): (Frame & Record<string, unknown>) | undefined { return [...this.sent].reverse().find((f) => f.type === type); }
}

// Net makes Links and keeps their wires.
export class Net {
  readonly wires: Wire[] = [];
  network = true;
  visible = true;
  ondial: (w: Wire) => void = () => {};

  constructor(private readonly time: Time) {}

  connect = (ears: Ears): Link => new Link(() => {
    const wire = new Wire();
    this.wires.push(wire);
    this.ondial(wire);
    return wire;
  }, this.time, { hasNetwork: () => this.network, visible: () => this.visible }, ears);

  get wire(): Wire { return this.wires[this.wires.length - 1]; }
}

// chance is a small repeatable source of chance (mulberry32).
export function chance(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = a;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
