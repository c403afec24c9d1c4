import { style, styleURL } from "wenda:style";
import { add, h } from "../common/dom";

// dress puts the style on. An adopted sheet needs no leave from the page's content
// policy; webviews that know none get a link.
export function dress(root: ShadowRoot, source: string): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
  } catch {
    add(root, h("link", { rel: "stylesheet", href: new URL(styleURL, source).href }));
  }
}
