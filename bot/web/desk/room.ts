import type { Chat, Event, State, StateFrame } from "../common/frame";
import { Log } from "../common/log";

// Room is one chat as far as this page knows it.
export class Room {
  readonly log = new Log();
  readonly events: Event[] = [];
  readonly contacts = new Map<number, string>(); // revealed contact details, by the seq they are about; gone with the page
  chat: Chat | null = null;
  state: State = "queued";
  fence = 0;
  mine = false;
  named = ""; // the customer, as a note has it that names me
  cut = false; // the server refused to go on sending it
  joined = false; // a supervisor, this page's, speaks beside the owner
  private told = false; // the server said who owns it; the lists are older then

  constructor(readonly session: string) { this.log.start(session); }

  take(e: Event): "next" | "seen" | "gap" | "other" {
    const how = this.log.take(e);
    if (how === "next") this.events.push(e);
    return how;
  }

  listed(chat: Chat, mine: boolean): void {
    this.chat = chat;
    this.fence = Math.max(this.fence, chat.fence);
    if (this.told) return;
    this.state = chat.state;
    this.mine = mine;
  }

  owned(s: StateFrame): void {
    this.told = true;
    this.state = s.state;
    this.mine = !!s.mine;
    this.joined = !!s.joined;
    this.fence = Math.max(this.fence, s.fence || 0);
  }

  // title is the customer's name, as the lists have it, or who named me.
  title(): string { return this.chat ? this.chat.customer : this.named || this.session.slice(0, 8); }

  // lang is the customer's.
  lang(): string { return this.chat ? this.chat.lang : "zh-CN"; }

  // lastHanded is how it came to its present owner.
  lastHanded(): Event | undefined { return [...this.events].reverse().find((e) => e.kind === "handed"); }

  // find returns the line of that seq.
  find(seq: number): Event | undefined { return this.events.find((e) => e.seq === seq); }
}
