import { fill, h } from "../common/dom";
import { Work, secondsLeft } from "./left";

const EVERY = 500; // milliseconds

// <wenda-progress href="…"> asks how far something is and shows it; when it is over the page is
// loaded anew. Its words are attributes: phase-NAME, left, passed.
export class Progress extends HTMLElement {
  private bar = h("progress", { class: "progress", max: 1 });
  private said = h("p", { class: "soft", role: "status" });
  private timer = 0;

  connectedCallback(): void {
    this.bar.setAttribute("aria-label", this.getAttribute("label") || "");
    fill(this, this.bar, this.said);
    void this.look();
  }

  disconnectedCallback(): void { clearTimeout(this.timer); }

  private async look(): Promise<void> {
    try {
      const answer = await fetch(this.getAttribute("href") || "", { headers: { Accept: "application/json" } });
      const work = (await answer.json()) as Work;
      if (work.over) {
        location.reload();
        return;
      }
      this.show(work);
    } catch {
      // asked again below
    }
    this.timer = window.setTimeout(() => void this.look(), EVERY);
  }

  private show(work: Work): void {
    if (work.of > 0) this.bar.value = work.done / work.of;
    else this.bar.removeAttribute("value");
    const left = secondsLeft(work);
    const words = [this.getAttribute("phase-" + work.phase)];
    if (work.of > 0) words.push(`${work.done} / ${work.of}`);
    words.push(left === undefined ? this.say("passed", Math.floor(work.millis / 1000)) : this.say("left", left));
    const text = words.filter(Boolean).join(" · ");
    if (this.said.textContent !== text) fill(this.said, text);
  }

  private say(name: string, seconds: number): string { return (this.getAttribute(name) || "").replace("#", String(seconds)); }
}
