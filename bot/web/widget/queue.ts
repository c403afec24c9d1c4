import { Aloud } from "../common/aloud";
import { realClock, type Clock } from "../common/clock";
import { fill, h } from "../common/dom";
import type { StateFrame } from "../common/frame";
import type { WidgetWords } from "./words";

const BEYOND = 51; // this place in the queue stands for "50+"
const HOUR = 60; // minutes
const READ_EVERY = 60000; // milliseconds between two places that are read aloud, the first and the last excepted

// placeText says where a customer stands, waitText how long it takes; "" if nobody knows.
export function placeText(say: WidgetWords, position = 0): string {
  if (position === 0) return say.say("queue.waiting");
  if (position === 1) return say.say("queue.next");
  return position >= BEYOND ? say.say("queue.many") : say.say("queue.ahead", { n: position - 1 });
}

export function waitText(say: WidgetWords, ms = 0): string {
  const n = Math.round(ms / 60000);
  if (ms <= 0) return "";
  if (n <= 1) return say.say("queue.soon");
  return n > HOUR ? say.say("queue.long") : say.say("queue.wait", { n });
}

export interface QueueActs {
  leave(label: string): void;
  ask(): void; // go on asking the bot
}

// Queue tells a customer who waits for a person their place and about how long it takes,
// and what they can do meanwhile.
export class Queue {
  readonly node = h("div", { class: "queue", hidden: true });
  private readonly told = h("p", { class: "place" });
  private readonly leave: HTMLElement;
  private aloud: Aloud;
  private position = -1;

  constructor(private readonly say: WidgetWords, acts: QueueActs, private readonly clock: Clock = realClock) {
    const leave = say.say("queue.leave");
    this.aloud = new Aloud(clock, READ_EVERY);
    this.leave = h("button", { type: "button", class: "link", click: () => acts.leave(leave) }, leave);
    fill(this.node, this.told, h("div", { class: "ways" },
      h("button", { type: "button", class: "link", click: () => acts.ask() }, say.say("queue.ask")), this.leave));
  }

  state(s: StateFrame): void {
    const waits = s.state === "queued";
    if (this.node.hidden && waits) {
      this.aloud = new Aloud(this.clock, READ_EVERY); // another wait: its first place is read
      this.position = -1;
    }
    this.node.hidden = !waits;
    if (waits) this.draw(s);
  }

  private draw(s: StateFrame): void {
    const place = placeText(this.say, s.position);
    const wait = waitText(this.say, s.wait_ms);
    this.leave.hidden = !s.may_leave;
    if (this.told.textContent === place + wait) return;
    const next = s.position === 1 && this.position !== 1;
    this.position = s.position || 0;
    this.told.setAttribute("aria-live", this.aloud.may(next) ? "polite" : "off");
    fill(this.told, h("span", {}, place), wait && h("span", { class: "wait" }, wait));
  }
}
