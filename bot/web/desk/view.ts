import type { Act, Board, Claim, DeskWelcome, ErrorFrame, Event, Speaker } from "../common/frame";
import type { LinkState } from "../common/link";
import type { Item } from "../common/outbox";
import type { News } from "./news";
import type { Room } from "./room";

// View is what shows a Shift.
export interface View {
  link(state: LinkState): void;
  welcomed(me: DeskWelcome): void;
  available(on: boolean, reason: string): void; // the server switched it
  lists(): void; // waiting and mine changed, or what is unread in them
  news(what: News): void;
  board(board: Board): void;
  opened(room: Room | null): void;
  line(room: Room, event: Event): void;
  outgoing(item: Item): void;
  sent(cid: string): void;
  owner(room: Room): void; // who owns the room changed
  typing(room: Room, from: Speaker, text: string): void; // text: what they have written, where it may be seen
  contact(room: Room, about: number, text: string): void;
  done(act: Act | Claim): void; // something that is no text was done
  refused(error: ErrorFrame, item: Item | undefined): void;
  loggedOut(): void;
}
