import { Keeper } from "./keeper";
import { lines, said } from "./lines";
import { ask, encoded, swap, type Asked } from "./swap";

const KEEP_EVERY = 2000; // milliseconds
const CHECK_AFTER = 700; // after the last key

// Form is the entry being written: kept as it is typed, checked as it is typed, tried
// without leaving the page.
export class Form {
  private readonly keeper: Keeper;
  private readonly note: HTMLElement | null;
  private timer = 0;
  private readonly asked: Record<string, Asked> = {}; // by step
  private leaving = false;

  constructor(private readonly form: HTMLFormElement) {
    this.note = form.querySelector(".autosave");
    this.keeper = new Keeper(this.body(), (body) => this.keep(body), {
      kept: (at) => this.tell((form.dataset.kept || "").replace("{at}", at)),
      unkept: () => this.tell(form.dataset.unkept || ""),
      out: () => this.tell(form.dataset.out || ""),
    });
    form.addEventListener("input", (e) => this.typed(e.target as HTMLElement));
    form.addEventListener("keydown", (e) => this.enter(e));
    form.addEventListener("submit", (e) => this.submit(e));
    form.querySelectorAll<HTMLTextAreaElement>("[data-lines]").forEach((area) => this.count(area));
    window.setInterval(() => { if (!this.leaving) void this.keeper.tick(this.body()); }, KEEP_EVERY);
    window.addEventListener("pagehide", () => this.last());
  }

  private url(step: string): string { return this.form.action.replace(/\/edit$/, "/" + step); }

  // body is what is kept: all but what the customer of a trial says.
  private body(): string {
    const fields = new URLSearchParams(encoded(this.form));
    fields.delete("said");
    return fields.toString();
  }

  private async keep(body: string): Promise<{ at: string } | "out" | "refused"> {
    const answer = await fetch(this.url("keep"), { method: "POST", body: new URLSearchParams(body), credentials: "same-origin" });
    if (answer.redirected) return "out";
    if (answer.status >= 400 && answer.status < 500) return "refused";
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  // last sends what the next tick would have, when the page goes away.
  private last(): void {
    const body = this.body();
    if (this.leaving || !this.keeper.dirty(body)) return;
    navigator.sendBeacon(this.url("keep"), new URLSearchParams(body));
  }

  private typed(target: HTMLElement): void {
    if (target.id === "said" || target.id === "why") return;
    if (target instanceof HTMLTextAreaElement && target.dataset.lines !== undefined) this.count(target);
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.ask("check", (part) => part !== "tried"), CHECK_AFTER);
  }

  private count(area: HTMLTextAreaElement): void {
    const into = this.form.querySelector('[data-for="' + area.id + '"]');
    if (!into) return;
    const { n, twice } = lines(area.value);
    const words = [(this.form.dataset.count || "").replace("{n}", String(n))];
    if (twice.length) words.push((this.form.dataset.twice || "").replace("{lines}", said(twice)));
    into.textContent = words.join(" · ");
    into.classList.toggle("twice", twice.length > 0);
  }

  // enter tries in the field of what the customer says, and sends nothing elsewhere: half
  // an entry is not saved by accident.
  private enter(e: KeyboardEvent): void {
    if (e.key !== "Enter" || e.isComposing || !(e.target instanceof HTMLInputElement) || e.ctrlKey || e.metaKey) return;
    e.preventDefault();
    if (e.target.id === "said") void this.ask("try", (part) => part === "tried");
  }

  private submit(e: SubmitEvent): void {
    const step = (e.submitter as HTMLButtonElement | null)?.getAttribute("value");
    if (step === "try" || step === "check") {
      e.preventDefault();
      void this.ask(step, (part) => (part === "tried") === (step === "try"));
      return;
    }
    this.leaving = true;
  }

  // ask lets the server look at what is written, and shows what it found. Only the newest
  // question of a kind is answered.
  private async ask(step: "check" | "try", wanted: (part: string) => boolean): Promise<void> {
    if (this.asked[step]) this.asked[step].stop();
    const asked = (this.asked[step] = ask(this.url(step), encoded(this.form)));
    const result = this.form.querySelector<HTMLElement>('[data-part="tried"]');
    if (result && step === "try") result.setAttribute("aria-busy", "true");
    try {
      const page = await asked.page;
      if (page === "out") this.tell(this.form.dataset.out || "");
      else swap(page, wanted);
    } catch {
      this.tell(this.form.dataset.unkept || ""); // no network: the next key asks again
    } finally {
      if (result && step === "try") result.removeAttribute("aria-busy");
    }
  }

  private tell(words: string): void {
    if (this.note && this.note.textContent !== words) this.note.textContent = words;
  }
}
