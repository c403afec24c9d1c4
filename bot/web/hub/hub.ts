// What the knowledge hub's pages do beyond HTML. Without script every form works, too.
import { Inbox } from "./inbox";
import { Pick } from "./pick";
import { Progress } from "./progress";
import { waitWhileSending } from "./sending";

customElements.define("wenda-inbox", Inbox);
customElements.define("wenda-pick", Pick);
customElements.define("wenda-progress", Progress);
waitWhileSending();
