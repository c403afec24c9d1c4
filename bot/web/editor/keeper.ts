// A Keeper sends what was typed to the server now and then, so that no accident costs
// more than the last words. It sends one thing at a time, and only what changed.
export interface Ears {
  kept(at: string): void; // the server has it, since that time of day
  unkept(): void; // it could not be sent; it will be tried again
  out(): void; // nobody is logged in any more
}

// Post sends a form's body; what it returns says what became of it.
export type Post = (body: string) => Promise<{ at: string } | "out" | "refused">;

export class Keeper {
  private sending = false;
  private refused = ""; // what the server will not keep is not sent again as it is

  constructor(private sent: string, private readonly post: Post, private readonly ears: Ears) {}

  dirty(body: string): boolean { return body !== this.sent; }

  // forget takes body as kept: it is being saved in another way.
  forget(body: string): void { this.sent = body; }

  async tick(body: string): Promise<void> {
    if (this.sending || !this.dirty(body) || body === this.refused) return;
    this.sending = true;
    try {
      const got = await this.post(body);
      if (got === "out") this.ears.out();
      else if (got === "refused") {
        this.refused = body;
        this.ears.unkept();
      } else {
        this.sent = body;
        this.ears.kept(got.at);
      }
    } catch {
      this.ears.unkept();
    } finally {
      this.sending = false;
    }
  }
}
