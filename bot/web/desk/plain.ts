import { parse, type Span } from "../common/markdown";

// plain is an answer as an agent would type it: an entry is written in Markdown, what
// people say to each other is not.
export function plain(source: string): string {
  return parse(source).map((block) => {
    if (block.kind === "paragraph") return words(block.spans);
    return block.items.map((item, i) => (block.ordered ? block.start + i + ". " : "• ") + words(item)).join("\n");
  }).join("\n");
}

function words(line: Span[]): string {
  return line.map((s) => {
    if (s.kind === "break") return "\n";
    return s.kind === "link" && s.text !== s.href ? s.text + " " + s.href : s.text;
  }).join("");
}
