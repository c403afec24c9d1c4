import assert from "node:assert/strict";
import { test } from "node:test";
import { parse, render, type Block, type Span } from "../common/markdown";
import { chance } from "./fake";

const text = (t: string): Span => ({ kind: "text", text: t });
const p = (...spans: Span[]): Block => ({ kind: "paragraph", spans });
const link = (t: string, href: string, host: string): Span => ({ kind: "link", text: t, href, host });
const br: Span = { kind: "break" };

const cases: [string, string, Block[]][] = [
  ["nothing", "", []],
  ["only blanks", " \n\n \t\n", []],
  ["paragraphs and line breaks", "一\n二\r\n\r\n三", [p(text("一"), br, text("二")), p(text("三"))]],
  ["bold", "a **b** c**d**", [p(text("a "), { kind: "bold", text: "b" }, text(" c"), { kind: "bold", text: "d" })]],
  ["stars that are no bold", "2 ** 3 * 4 **", [p(text("2 ** 3 * 4 **"))]],
  ["escapes", "\\*\\*no\\*\\* \\[x\\]", [p(text("**no** [x]"))]],
  ["bullets", "先：\n- 一\n* 二\n• 三\n后", [
    p(text("先：")), { kind: "list", ordered: false, start: 1, items: [[text("一")], [text("二")], [text("三")]] }, p(text("后"))]],
  ["numbers, also Chinese", "3. 三\n4) 四\n5、五", [{ kind: "list", ordered: true, start: 3, items: [[text("三")], [text("四")], [text("五")]] }]],
  ["a blank line between items keeps the list", "1. a\n\n2. b", [{ kind: "list", ordered: true, start: 1, items: [[text("a")], [text("b")]] }]],
  ["an item of two lines", "- a\n  b", [{ kind: "list", ordered: false, start: 1, items: [[text("a"), br, text("b")]] }]],
  ["a decimal is no list", "3.5%起", [p(text("3.5%起"))]],
  ["a minus is no list", "-5 元", [p(text("-5 元"))]],
  ["link", "见[说明](https://a.example.cn/x?y=1)。", [p(text("见"), link("说明", "https://a.example.cn/x?y=1", "a.example.cn"), text("。"))]],
  ["bare link beside Chinese", "见https://a.example.cn/x，谢谢", [p(text("见"), link("https://a.example.cn/x", "https://a.example.cn/x", "a.example.cn"), text("，谢谢"))]],
  ["bare link at the end of a sentence", "See https://a.example.cn/x.", [p(text("See "), link("https://a.example.cn/x", "https://a.example.cn/x", "a.example.cn"), text("."))]],
  ["only https", "[a](http://x.cn) [b](javascript:alert(1)) [c](data:text/html,x) [d](//x.cn) [e](/x)",
    [p(text("[a](http://x.cn) [b](javascript:alert(1)) [c](data:text/html,x) [d](//x.cn) [e](/x)"))]],
  ["no user names in addresses", "[bank](https://bank.cn@evil.cn/) https://bank.cn:x@evil.cn/", [p(text("[bank](https://bank.cn@evil.cn/) https://bank.cn:x@evil.cn/"))]],
  ["HTML is text", "<img src=x onerror=alert(1)> &amp; <b>x</b>", [p(text("<img src=x onerror=alert(1)> &amp; <b>x</b>"))]],
  ["headings, quotes, code and images are text", "# a\n> b\n`c` ![d](https://x.cn/d.png)", [
    p(text("# a"), br, text("> b"), br, text("`c` !"), link("d", "https://x.cn/d.png", "x.cn"))]],
];

for (const [name, source, want] of cases) {
  test("markdown: " + name, () => assert.deepEqual(parse(source), want));
}

// A document that can do nothing but what render may do.
class Node_ {
  children: Node_[] = [];
  attrs: Record<string, string> = {};
  textContent = "";

  constructor(readonly name: string) {}

  appendChild(c: Node_): Node_ {
    this.children.push(c);
    return c;
  }

  setAttribute(k: string, v: string): void { this.attrs[k] = v; }
}

const doc = {
  createDocumentFragment: () => new Node_("#fragment"),
  createElement: (name: string) => new Node_(name),
  createTextNode: (t: string) => {
    const n = new Node_("#text");
    n.textContent = t;
    return n;
  },
} as unknown as Document;

function draw(source: string): Node_ { return render(doc, source, "opens") as unknown as Node_; }

function walk(n: Node_, f: (n: Node_) => void): void {
  f(n);
  n.children.forEach((c) => walk(c, f));
}

function said(n: Node_): string { return n.textContent + n.children.map(said).join(""); }

test("a link shows its host unless its text is the address, and gives nothing away", () => {
  const a = draw("[说明](https://a.cn/x)").children[0];
  assert.deepEqual(a.children[0].attrs, { href: "https://a.cn/x", target: "_blank", rel: "noopener noreferrer", title: "opens" });
  assert.equal(said(a), "说明 (a.cn)");
  assert.equal(said(draw("https://a.cn/x")), "https://a.cn/x");
  assert.equal(said(draw("[https://bank.cn](https://evil.cn/)")), "https://bank.cn (evil.cn)");
  assert.equal(said(draw("[https://evil.cn.bank.cn](https://evil.cn/)")), "https://evil.cn.bank.cn (evil.cn)");
});

test("whatever the source, only known elements and https links come out, and no word is lost", () => {
  const random = chance(7);
  const bits = ["**", "[", "]", "(", ")", "https://a.cn/", "javascript:", "<script>", "\n", "\n\n", "- ", "1. ", "5、", "\\", "*", "中文", "a b", "@", "  "];
  for (let i = 0; i < 3000; i++) {
    let source = "";
    for (let n = random() * 14; n > 0; n--) source += bits[Math.floor(random() * bits.length)];
    const out = draw(source);
    walk(out, (n) => {
      assert.match(n.name, /^(#fragment|#text|p|br|ul|ol|li|strong|a|span)$/, source);
      if (n.attrs.href) assert.match(n.attrs.href, /^https:\/\//, source);
      for (const k of Object.keys(n.attrs)) assert.match(k, /^(href|target|rel|title|class|start)$/, source);
    });
    const han = (s: string): number => s.split("中文").length;
    assert.equal(han(said(out)), han(source), source);
  }
});

test("a hostile source costs no more than its length", () => {
  for (const unit of ["**", "[", "[a](", "\\", "1. ", "https://", "* "]) {
    assert.ok(parse(unit.repeat(20000)).length >= 1);
  }
});
