import type { Clock } from "../common/clock";
import type { Chat, Chats, Mention } from "../common/frame";
import type { Shelf } from "../common/shelf";
import { Marks } from "./marks";
import { news, type News } from "./news";
import { Room } from "./room";

// For how long the lists may be older than what this page did, in milliseconds.
const OWN_FOR = 5000;

// Rooms are the chats that this page knows: those in the lists, and those that were looked into.
export class Rooms {
  chats: Chats = { type: "chats", waiting: 0, queue: [], mine: [] };
  mentions = new Map<string, Mention>(); // by chat: notes in which a colleague asked for me and I did not look since, the newest first
  private readonly rooms = new Map<string, Room>();
  private readonly marks: Marks;
  private readonly own = new Map<string, number>(); // chats that this page took or gave away, and when: no news for a moment
  private known = false; // the lists came once

  constructor(shelf: Shelf, private readonly clock: Clock) { this.marks = new Marks(shelf); }

  // find is a room that was looked into.
  find(session: string): Room | undefined { return this.rooms.get(session); }

  // get is a room that is looked into from now on.
  get(session: string): Room {
    let room = this.rooms.get(session);
    if (!room) {
      room = new Room(session);
      const chat = [...this.chats.queue, ...this.chats.mine].find((c) => c.session === session);
      if (chat) room.listed(chat, this.chats.mine.includes(chat));
      this.rooms.set(session, room);
    }
    return room;
  }

  // forget lets a room begin anew.
  forget(session: string): void { this.rooms.delete(session); }

  // moved: this page took the chat or gave it away.
  moved(session: string): void { this.own.set(session, this.clock.now()); }

  // take keeps the lists as they came, tells of each chat whose room was looked into, and
  // returns what is new to the agent.
  take(chats: Chats, relist: (room: Room, chat: Chat, mine: boolean) => void): News[] {
    const before = this.chats;
    this.chats = { ...chats, queue: chats.queue || [], mine: chats.mine || [] };
    for (const [list, mine] of [[this.chats.queue, false], [this.chats.mine, true]] as const) {
      for (const chat of list) {
        const room = this.rooms.get(chat.session);
        if (room) relist(room, chat, mine);
      }
    }
    const since = this.clock.now() - OWN_FOR;
    this.own.forEach((at, s) => { if (at < since) this.own.delete(s); });
    const found = this.known ? news(before, this.chats, (s) => this.own.has(s)) : [];
    this.known = true;
    return found;
  }

  unread(chat: Chat): boolean { return chat.seq > this.marks.of(chat.session); }

  // read marks a room as looked at, as far as it is here, keeps the marks of these chats, and
  // reports whether that is news.
  read(room: Room, keep: Set<string>): boolean {
    if (this.marks.of(room.session) >= room.log.cursor) return false;
    this.marks.set(room.session, room.log.cursor);
    this.marks.keep(keep);
    return true;
  }

  // listed are the chats in the lists.
  listed(): Set<string> { return new Set([...this.chats.queue, ...this.chats.mine].map((c) => c.session)); }
}
