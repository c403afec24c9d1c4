// What the plain pages do beyond HTML: <wenda-text> draws the Markdown it holds. Without
// script the source is shown, which is readable too.
import { fill } from "../common/dom";
import { render } from "../common/markdown";

class Text_ extends HTMLElement {
  connectedCallback(): void {
    if (this.classList.contains("drawn")) return;
    this.classList.add("drawn");
    fill(this, render(document, this.textContent || "", this.getAttribute("newtab") || ""));
  }
}

customElements.define("wenda-text", Text_);
