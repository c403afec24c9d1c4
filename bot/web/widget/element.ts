import { browserLink, socketURL } from "../common/browser";
import { realClock } from "../common/clock";
import { add, fill, h, icon, icons, set } from "../common/dom";
import { openShelf, type Shelf } from "../common/shelf";
import { langOf } from "../common/text";
import { Chat } from "./chat";
import { dress } from "./dress";
import { Panel } from "./panel";
import { here, type Where } from "./where";
import { words, type WidgetWords } from "./words";

const MOST_UNREAD = 99;

export interface WendaChat extends HTMLElement {
  open(draft?: string): void;
  close(): void;
  identify(token: string): void;
}

// defineChat defines <wenda-chat>. source is the script's address: its host is the one
// that the chat talks to. Events: wenda-open, wenda-close, wenda-unread (detail: number).
export function defineChat(source: string): void {
  class Wenda extends HTMLElement implements WendaChat {
    private say!: WidgetWords;
    private shelf!: Shelf;
    private chat!: Chat;
    private panel!: Panel;
    private launcher: HTMLButtonElement | null = null;
    private built = false;

    connectedCallback(): void {
      if (this.built) return;
      this.built = true;
      this.say = words(langOf(this.getAttribute("lang") || document.documentElement.lang || navigator.language));
      this.shelf = openShelf("wenda:" + new URL(source).host + ":");
      this.build();
      window.addEventListener("storage", (e) => { if (e.key === null || e.key.endsWith(":chat")) this.chat.otherTab(); });
      document.addEventListener("visibilitychange", () => this.look());
      if (this.full()) this.open();
      else if (this.chat.known()) this.chat.start();
    }

    open(draft = ""): void {
      this.panel.show(true);
      this.chat.start();
      if (this.launcher) this.drawLauncher(0);
      this.look();
      this.panel.focus(draft);
      this.tell("wenda-open");
    }

    close(): void {
      if (this.full() || !this.panel.shown()) return;
      this.panel.show(false);
      if (this.launcher) {
        this.drawLauncher(0);
        this.launcher.focus();
      }
      this.tell("wenda-close");
    }

    identify(token: string): void { this.chat.identify(token); }

    // where: our own page has nothing to say about where somebody comes from.
    private where(): Where {
      const named = this.getAttribute("page") || "";
      return this.full() && !named ? {} : here(named, document.title, location);
    }

    private full(): boolean { return this.getAttribute("mode") === "page"; }

    private build(): void {
      const root = this.attachShadow({ mode: "open" });
      dress(root, source);
      const frame = h("div", { class: this.full() ? "wenda page" : "wenda", lang: this.say.lang });
      this.panel = new Panel(this.say, this.shelf, !this.full(), {
        close: () => this.close(),
        unread: (n) => this.unread(n),
        shown: () => this.look(),
      });
      this.chat = new Chat(this.shelf, realClock, this.say.lang, this.panel,
        (ears) => browserLink(socketURL(source, "/ws"), ears), this.getAttribute("token") || "", () => this.where());
      this.panel.attend(this.chat);
      add(frame, this.panel.node);
      if (!this.full()) {
        this.launcher = h("button", { type: "button", class: "launcher", click: () => (this.panel.shown() ? this.close() : this.open()) });
        this.drawLauncher(0);
        add(frame, this.launcher);
      }
      add(root, frame);
    }

    private drawLauncher(unread: number): void {
      const open = this.panel.shown();
      const count = unread > MOST_UNREAD ? MOST_UNREAD + "+" : String(unread);
      const label = open ? this.say.say("launcher.close") : unread ? this.say.say("launcher.unread", { n: count }) : this.say.say("launcher.open");
      set(this.launcher!, "aria-label", label);
      set(this.launcher!, "aria-expanded", String(open));
      fill(this.launcher!, icon(open ? icons.down : icons.chat), unread > 0 && h("span", { class: "badge" }, count));
    }

    private unread(n: number): void {
      if (n > 0 && this.looking()) {
        this.chat.seen();
        return;
      }
      if (this.launcher) this.drawLauncher(n);
      this.dispatchEvent(new CustomEvent("wenda-unread", { detail: n }));
    }

    private looking(): boolean { return this.panel.shown() && !document.hidden; }

    private look(): void {
      if (this.looking()) this.chat.seen();
    }

    private tell(name: string): void { this.dispatchEvent(new CustomEvent(name)); }
  }
  customElements.define("wenda-chat", Wenda);
}
