import { add, fill, h, icon, icons } from "../common/dom";
import type { Room } from "./room";
import type { DeskWords } from "./words";

const NOTICE_FOR = 8000; // milliseconds

export type Pane = "lists" | "chat" | "context";
export interface Offer { text: string; click?: () => void; href?: string } // goes with a notice

// Shell is the three panes, of which a phone shows one at a time, the title and notices.
export class Shell {
  readonly lists = h("aside", { class: "pane pane-lists" });
  private readonly title_ = document.title;
  private readonly heading = h("h2", { class: "room-title" });
  private readonly empty: HTMLElement;
  private readonly room = h("div", { class: "room", hidden: true });
  private readonly notice = h("div", { class: "toast", role: "alert", hidden: true });
  private noticeTimer = 0;

  constructor(private readonly root: HTMLElement, private readonly say: DeskWords, private readonly acts: { left(): void }) {
    this.empty = h("div", { class: "pick" }, icon(icons.chat), h("p", {}, say.say("pick")), h("p", { class: "soft" }, say.say("pick.hint")));
    window.addEventListener("popstate", () => { if (this.root.dataset.pane !== "lists") this.leave(); });
  }

  build(lists: HTMLElement[], room: HTMLElement[], over: HTMLElement, context: HTMLElement, panels: HTMLElement[]): void {
    const { say } = this;
    const back = h("button", { type: "button", class: "round only-narrow", "aria-label": say.say("back"), click: () => this.goBack() }, icon(icons.back));
    const more = h("button", { type: "button", class: "round only-not-wide", "aria-label": say.say("context.open"), click: () => this.pane("context") }, icon(icons.info));
    const less = h("button", { type: "button", class: "round only-not-wide", "aria-label": say.say("context.close"), click: () => this.pane("chat") }, icon(icons.close));
    add(this.room, h("div", { class: "room-head" }, back, this.heading, more), ...room, over);
    this.lists.setAttribute("aria-label", say.say("lists"));
    add(this.lists, ...lists);
    fill(this.root, this.lists,
      h("section", { class: "pane pane-chat", "aria-label": say.say("transcript") }, this.empty, this.room),
      h("aside", { class: "pane pane-context", "aria-label": say.say("context") },
        h("div", { class: "context-head" }, h("h2", {}, say.say("context")), less), context),
      this.notice, ...panels);
    this.root.dataset.pane = "lists";
  }

  open(room: Room | null): void {
    this.empty.hidden = room !== null;
    this.room.hidden = room === null;
    this.pane(room ? "chat" : "lists");
  }

  title(room: Room): void {
    fill(this.heading, h("bdi", {}, room.title()), h("span", { class: "state " + room.state }, this.say.code("state", room.state)));
  }

  // count says in the window's title how much asks for attention.
  count(n: number): void { document.title = n > 0 ? "(" + n + ") " + this.title_ : this.title_; }

  // pane shows one pane where there is room for one only. The phone's own back key works.
  pane(to: Pane): void {
    const from = this.root.dataset.pane;
    if (from === "lists" && to === "chat" && narrow()) history.pushState({ chat: true }, "");
    this.root.dataset.pane = document.body.dataset.pane = to;
  }

  toast(text: string, offer?: Offer): void {
    const { notice } = this;
    fill(notice, text, offer && (offer.href ? h("a", { class: "small", href: offer.href, target: "_blank", rel: "noopener" }, offer.text)
      : h("button", { type: "button", class: "small", click: () => {
        notice.hidden = true;
        if (offer.click) offer.click();
      } }, offer.text)));
    notice.hidden = false;
    clearTimeout(this.noticeTimer);
    this.noticeTimer = window.setTimeout(() => { notice.hidden = true; }, offer ? 3 * NOTICE_FOR : NOTICE_FOR);
  }

  private goBack(): void {
    if (history.state && history.state.chat) history.back();
    else this.leave();
  }

  private leave(): void {
    if (narrow()) this.acts.left();
  }
}

// narrow: there is room for one pane only, as in desk.css.
function narrow(): boolean { return window.matchMedia("(max-width: 899px)").matches; }
