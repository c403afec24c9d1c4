import type { Clock } from "../common/clock";
import type { Typing } from "../common/frame";
import { tidy } from "../common/text";

const TYPING_EVERY = 3000; // milliseconds
const SHOWN_EVERY = 1200; // the server takes one a second
const MOST = 2000; // runes; of longer ones the server shows the end of these

// Keystrokes tell a waiting or answering person that the customer is writing: that they
// do, or, where the company has its agents see that, what they have written so far.
export class Keystrokes {
  private at = 0; // when it was told last
  private text = "";
  private cancel: (() => void) | null = null;

  constructor(private readonly clock: Clock, private readonly send: (frame: Typing) => void) {}

  // typed: shown says whether the text itself may be seen.
  typed(text: string, shown: boolean): void {
    if (shown) return this.show(text);
    const now = this.clock.now();
    if (!text.trim() || now - this.at < TYPING_EVERY) return;
    this.at = now;
    this.send({ type: "typing" });
  }

  // said: what was written is sent; what is typed next is the next message.
  said(): void {
    if (this.cancel) this.cancel();
    this.cancel = null;
    this.at = 0;
    this.text = "";
  }

  // show tells the newest text, now or when the last time is long enough ago.
  private show(text: string): void {
    const now = tidy(text.trim(), MOST);
    if (now === this.text) return;
    this.text = now;
    if (!this.cancel) this.cancel = this.clock.after(Math.max(0, this.at + SHOWN_EVERY - this.clock.now()), () => this.tell());
  }

  private tell(): void {
    this.cancel = null;
    this.at = this.clock.now();
    this.send({ type: "typing", ...(this.text && { text: this.text }) });
  }
}
