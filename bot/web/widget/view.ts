import type { Event, Speaker, StateFrame } from "../common/frame";
import type { LinkState } from "../common/link";
import type { Item } from "../common/outbox";

// View is what shows a Chat.
export interface View {
  link(state: LinkState): void;
  started(again: boolean): void; // lines of another session follow; again: the same one, from its start
  line(event: Event, fresh: boolean): void; // fresh: said just now, not history
  outgoing(item: Item): void; // something of ours changed its state
  sent(cid: string): void; // the line of this cid was shown: nothing is outgoing any more
  state(state: StateFrame): void;
  typing(from: Speaker): void;
  thinking(on: boolean): void; // the bot owes an answer to what was said
  notice(text: string): void;
  reload(text: string): void; // this page is too old
  unread(n: number): void;
  preview(on: boolean): void; // agents see what is typed before it is sent
}
