import type { Board, BoardQueue } from "../common/frame";
import { add, fill, h } from "../common/dom";
import { minutesSince } from "../common/text";
import { keyed } from "../desk/keyed";
import { ago, type DeskKey, type DeskWords } from "../desk/words";

const LATE = 2; // minutes of waiting that are said loudly
export const GOOD = 80; // of 100 answered in time

const slow = (q: BoardQueue): boolean => q.service >= 0 && q.service < GOOD;

// slowed are the queues in which too few are answered in time now, and were enough before.
export function slowed(before: Board, now: Board): BoardQueue[] {
  const already = new Set(before.queues.filter(slow).map((q) => q.skill));
  return now.queues.filter((q) => slow(q) && !already.has(q.skill));
}

// Queues is a line for each queue: who waits, for how long, who is there, and how many
// were answered in time.
export class Queues {
  readonly node: HTMLElement;
  private readonly rows = h("tbody", {});

  constructor(private readonly say: DeskWords) {
    const head: DeskKey[] = ["board.queue", "board.waiting", "board.oldest", "board.there", "board.service", "board.came", "board.left"];
    this.node = h("section", { class: "queues", "aria-labelledby": "queues" }, h("h2", { id: "queues" }, say.say("board.queues")),
      h("table", {}, h("thead", {}, h("tr", {}, ...head.map((key) => h("th", { scope: "col" }, say.say(key))))), this.rows),
      h("p", { class: "soft" }, say.say("board.service.hint")));
  }

  draw(queues: readonly BoardQueue[]): void {
    keyed(this.rows, [...queues], (q) => q.skill || "general", () => h("tr", {}), (row, q) => this.row(row, q));
  }

  private row(row: HTMLElement, q: BoardQueue): void {
    const { say } = this;
    const late = !!q.oldest && minutesSince(q.oldest, Date.now()) >= LATE;
    const stuck = q.waiting > q.left && q.free === 0;
    const cell = (key: DeskKey, text: string, kind = "", beside = ""): HTMLElement =>
      h("td", { class: kind || null, "data-label": say.say(key) }, text, beside && h("span", { class: "beside" }, " " + beside));
    row.className = q.waiting === 0 && q.offered === 0 ? "quiet" : "";
    fill(row);
    add(row, h("th", { scope: "row" }, h("bdi", {}, q.name || q.skill)),
      cell("board.waiting", String(q.waiting), "big" + (stuck ? " late" : ""), q.left > 0 ? say.say("board.messages", { n: q.left }) : ""),
      cell("board.oldest", q.oldest ? ago(q.oldest, say) : "–", late ? "late" : ""),
      cell("board.there", say.say("board.free", { there: q.there, free: q.free }), q.waiting > q.left && q.there === 0 ? "late" : ""),
      cell("board.service", q.service < 0 ? "–" : q.service + "%", slow(q) ? "late" : ""),
      cell("board.came", String(q.offered)), cell("board.left", String(q.abandoned)));
  }
}
