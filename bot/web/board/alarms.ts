import type { Board, Chat } from "../common/frame";
import { fill, h, icon, icons } from "../common/dom";
import type { DeskWords } from "../desk/words";

// Alarm is a chat whose customer spoke of a danger.
export interface Alarm { chat: Chat; agent: string }

// alarms are those of a board, of agents' chats first. Who waits because of a danger that
// the bot heard of is among them until somebody has taken the chat.
export function alarms(board: Board): Alarm[] {
  const risky = (c: Chat): boolean => !!c.danger || (c.state === "queued" && c.reason === "risk");
  const of = (chats: Chat[], agent: string): Alarm[] => chats.filter(risky).map((chat) => ({ chat, agent }));
  return [...board.agents.flatMap((a) => of(a.chats, a.name)), ...board.queues.flatMap((q) => of(q.chats, ""))];
}

// Alarms stand above all else on the board until a supervisor has looked into the chat;
// its line stays marked.
export class Alarms {
  readonly node = h("div", { class: "alarms", role: "alert", hidden: true });
  private readonly looked = new Set<string>();
  private shown = "";

  // ring is called with a new one.
  constructor(private readonly say: DeskWords, private readonly look: (chat: Chat) => void, private readonly ring: (chat: Chat) => void) {}

  draw(board: Board): void {
    const open = alarms(board).filter((a) => !this.looked.has(keyOf(a.chat)));
    const shown = JSON.stringify(open.map((a) => [keyOf(a.chat), a.agent, a.chat.customer]));
    if (shown === this.shown) return;
    const fresh = open.find((a) => !this.shown.includes(JSON.stringify(keyOf(a.chat))));
    if (fresh) this.ring(fresh.chat);
    this.shown = shown;
    this.node.hidden = open.length === 0;
    fill(this.node, ...open.map((a) => this.line(a)));
  }

  // seen says that a chat is looked into.
  seen(session: string, board: Board): void {
    alarms(board).filter((a) => a.chat.session === session).forEach((a) => this.looked.add(keyOf(a.chat)));
    this.draw(board);
  }

  private line({ chat, agent }: Alarm): HTMLElement {
    const { say } = this;
    return h("p", { class: "alarm" }, icon(icons.alert),
      h("span", {}, h("strong", {}, chat.danger ? say.code("danger", chat.danger) : say.code("flag", "risk")), " ", h("bdi", {}, chat.customer), " · ", agent ? h("bdi", {}, agent) : say.code("state", "queued")),
      h("button", { type: "button", class: "small", click: () => this.look(chat) }, say.say("look")));
  }
}

function keyOf(chat: Chat): string { return chat.session + " " + (chat.danger || ""); }
