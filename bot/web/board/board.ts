// The live part of the supervisors' page:
//
//	<wenda-board lang="zh-CN" user="u1"></wenda-board>
//
// It speaks to the desk's socket and says at once that it only looks: nobody is at a
// desk because of it, and no chat is given to it.
import { browserLink, socketURL } from "../common/browser";
import { realClock } from "../common/clock";
import { openShelf } from "../common/shelf";
import { langOf } from "../common/text";
import { Shift } from "../desk/shift";
import { httpQueries } from "../desk/queries";
import { words } from "../desk/words";
import { Floor } from "./floor";

class BoardElement extends HTMLElement {
  private built = false;

  connectedCallback(): void {
    if (this.built) return;
    this.built = true;
    const say = words(langOf(this.getAttribute("lang")));
    const shelf = openShelf("wenda:board:" + (this.getAttribute("user") || "") + ":");
    const floor = new Floor(this, say, shelf, httpQueries());
    const shift = new Shift(shelf, realClock, say.lang, floor, (ears) => browserLink(socketURL(location.href, "/desk/ws"), ears), true);
    floor.attend(shift);
    shift.start();
  }
}

customElements.define("wenda-board", BoardElement);
