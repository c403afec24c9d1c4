import type { Chat, Chats } from "../common/frame";

// What an agent is told of with a sound or a notice of the desktop.
export const events = ["danger", "offered", "given", "said", "mention", "arrived", "moved"] as const;
export type EventName = (typeof events)[number];
export interface News { what: EventName; chat: Chat }

// news is what happened between two states of the lists. own tells the chats that this
// page itself took or gave away: those are no news.
export function news(before: Chats, now: Chats, own: (session: string) => boolean): News[] {
  const queue = bySession(before.queue), mine = bySession(before.mine);
  const found: News[] = [];
  for (const chat of now.queue) {
    const old = queue.get(chat.session);
    if (chat.accept_by && !(old && old.accept_by)) found.push({ what: "offered", chat });
    else if (!chat.accept_by && !old && !own(chat.session)) found.push({ what: mine.has(chat.session) ? "moved" : "arrived", chat });
  }
  for (const chat of now.mine) {
    const old = mine.get(chat.session);
    if (!old && !own(chat.session)) found.push({ what: "given", chat });
    else if (old && chat.danger && old.danger !== chat.danger) found.push({ what: "danger", chat });
    else if (old && old.heard !== chat.heard) found.push({ what: "said", chat });
  }
  const listed = bySession([...now.queue, ...now.mine]);
  for (const chat of before.mine) {
    if (!listed.has(chat.session) && !own(chat.session)) found.push({ what: "moved", chat });
  }
  return found;
}

function bySession(chats: Chat[]): Map<string, Chat> { return new Map(chats.map((c) => [c.session, c])); }
