// The small Markdown that answers are written in: paragraphs, lists, **bold** and
// https links. Everything else is text. What is read here becomes nodes, never HTML
// source, so nothing an entry holds can act on the page.

export type Link = { kind: "link"; text: string; href: string; host: string };
export type Span = { kind: "text"; text: string } | { kind: "bold"; text: string } | { kind: "break" } | Link;
export type Block = { kind: "paragraph"; spans: Span[] } | { kind: "list"; ordered: boolean; start: number; items: Span[][] };

const BULLET = /^\s{0,3}[-*•]\s+(.*)$/;
const NUMBER = /^\s{0,3}(\d{1,3})(?:[.)]\s+|、\s*)(.*)$/;

export function parse(source: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | null = null;
  for (const line of source.replace(/\r\n?/g, "\n").split("\n")) {
    const bullet = BULLET.exec(line);
    const number = bullet ? null : NUMBER.exec(line);
    if (line.trim() === "") {
      open = open && open.kind === "list" ? open : null; // a blank line between items keeps the list
    } else if (bullet || number) {
      if (!open || open.kind !== "list" || open.ordered !== !!number) {
        open = { kind: "list", ordered: !!number, start: number ? Number(number[1]) : 1, items: [] };
        blocks.push(open);
      }
      open.items.push(spans(bullet ? bullet[1] : number![2]));
    } else if (open && open.kind === "list" && /^\s{2,}\S/.test(line)) {
      open.items[open.items.length - 1].push({ kind: "break" }, ...spans(line.trim()));
    } else if (open && open.kind === "paragraph") {
      open.spans.push({ kind: "break" }, ...spans(line.trim()));
    } else {
      open = { kind: "paragraph", spans: spans(line.trim()) };
      blocks.push(open);
    }
  }
  return blocks;
}

// In one pass: an escaped sign, bold, [text](https://…), a bare https://….
const INLINE = /\\([\\*_[\]()-])|\*\*([^*\n]+?)\*\*|\[([^\][\n]+)\]\(([^()\s]+)\)|(https:\/\/[A-Za-z0-9\-._~:/?#@!$&'*+,;=%]+)/g;

function spans(text: string): Span[] {
  const out: Span[] = [];
  const say = (words: string): void => {
    const last = out[out.length - 1];
    if (words && last && last.kind === "text") last.text += words;
    else if (words) out.push({ kind: "text", text: words });
  };
  let at = 0;
  for (let m = INLINE.exec(text); m; m = INLINE.exec(text)) {
    say(text.slice(at, m.index));
    at = m.index + m[0].length;
    if (m[1]) say(m[1]);
    else if (m[2]) out.push({ kind: "bold", text: m[2] });
    else if (m[3]) {
      const link = linked(m[3], m[4]);
      if (link) out.push(link);
      else say(m[0]);
    } else {
      const bare = m[5].replace(/[.,;:!?'*]+$/, ""); // the sentence's, not the address's
      const link = linked(bare, bare);
      if (link) out.push(link);
      else say(bare);
      say(m[5].slice(bare.length));
    }
  }
  say(text.slice(at));
  return out;
}

// linked makes a link of an https address without a user name in it ("https://bank.cn@evil.cn"); null for all others.
function linked(text: string, address: string): Link | null {
  try {
    const url = new URL(address);
    if (url.protocol !== "https:" || url.username || url.password) return null;
    return { kind: "link", text, href: url.href, host: url.host };
  } catch {
    return null;
  }
}

// render makes nodes of source. newTab is what a screen reader says of a link.
export function render(doc: Document, source: string, newTab: string): DocumentFragment {
  const into = doc.createDocumentFragment();
  for (const block of parse(source)) {
    if (block.kind === "paragraph") {
      const p = doc.createElement("p");
      draw(doc, p, block.spans, newTab);
      into.appendChild(p);
      continue;
    }
    const list = doc.createElement(block.ordered ? "ol" : "ul");
    if (block.ordered && block.start !== 1) list.setAttribute("start", String(block.start));
    for (const item of block.items) {
      const li = doc.createElement("li");
      draw(doc, li, item, newTab);
      list.appendChild(li);
    }
    into.appendChild(list);
  }
  return into;
}

function draw(doc: Document, into: Element, line: Span[], newTab: string): void {
  for (const span of line) {
    if (span.kind === "text") into.appendChild(doc.createTextNode(span.text));
    else if (span.kind === "break") into.appendChild(doc.createElement("br"));
    else if (span.kind === "bold") {
      const strong = doc.createElement("strong");
      strong.textContent = span.text;
      into.appendChild(strong);
    } else drawLink(doc, into, span, newTab);
  }
}

// drawLink shows the host beside a link whose text does not say it already.
function drawLink(doc: Document, into: Element, link: Link, newTab: string): void {
  const a = doc.createElement("a");
  a.setAttribute("href", link.href);
  a.setAttribute("target", "_blank");
  a.setAttribute("rel", "noopener noreferrer");
  a.setAttribute("title", newTab);
  a.textContent = link.text;
  into.appendChild(a);
  if (linked("", link.text.trim())?.host === link.host) return;
  const host = doc.createElement("span");
  host.setAttribute("class", "host");
  host.textContent = " (" + link.host + ")";
  into.appendChild(host);
}
