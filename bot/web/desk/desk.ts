// The live part of the agents' page:
//
//	<wenda-desk lang="zh-CN" user="u1"></wenda-desk>
//
// user keeps what different people wrote on one computer apart. Logged out (close
// code 4401) the page goes to login, to come back here after. A chat in the address
// ("/desk#0192…") is opened.
import { browserLink, socketURL } from "../common/browser";
import { realClock } from "../common/clock";
import { openShelf } from "../common/shelf";
import { langOf } from "../common/text";
import { Page } from "./page";
import { httpQueries } from "./queries";
import { Shift } from "./shift";
import { words } from "./words";

class Desk extends HTMLElement {
  private built = false;

  connectedCallback(): void {
    if (this.built) return;
    this.built = true;
    const say = words(langOf(this.getAttribute("lang")));
    const shelf = openShelf("wenda:desk:" + (this.getAttribute("user") || "") + ":");
    const page = new Page(this, say, shelf, httpQueries());
    const shift = new Shift(shelf, realClock, say.lang, page, (ears) => browserLink(socketURL(location.href, "/desk/ws"), ears));
    page.attend(shift);
    shift.start();
    page.openNamed(location.hash);
  }
}

customElements.define("wenda-desk", Desk);
