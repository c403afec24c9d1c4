// What can be said of any page: axe finds nothing to mend, and nothing sticks out.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { picture } from "./windows.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

// settle waits until nothing moves any more, so that no colour is measured half-way.
async function settle(page) {
  await page.evaluate(async () => {
    const ends = (a) => a.effect && a.effect.getComputedTiming().endTime !== Infinity;
    await Promise.allSettled(document.getAnimations().filter(ends).map((a) => a.finished));
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  });
}

// violations are what axe finds, each as a line: the rule, what is wrong, where.
// only limits it to some rules.
export async function violations(page, only) {
  await settle(page);
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const runOnly = only ? { type: "rule", values: only } : { type: "tag", values: TAGS };
  return page.evaluate(async (runOnly) => {
    const found = await window.axe.run(document, { runOnly, resultTypes: ["violations"], preload: false });
    return found.violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${v.help}: ${n.target.flat().join(" ")} ${n.any.map((c) => c.message).join("; ")}`));
  }, runOnly);
}

// stickingOut names what is wider than the window, or scrolls sideways. Code may.
export async function stickingOut(page) {
  return page.evaluate(() => {
    const found = [];
    const visit = (node) => {
      for (const e of node.children) {
        if (e.matches("pre, .unseen, .skip")) continue;
        const box = e.getBoundingClientRect();
        const name = `${e.tagName.toLowerCase()}.${e.className}`;
        if (box.width && box.height && (box.right > innerWidth + 1 || box.left < -1)) found.push(`${name} reaches from ${box.left} to ${box.right}`);
        if (e.scrollWidth > e.clientWidth + 1 && ["auto", "scroll"].includes(getComputedStyle(e).overflowX)) found.push(`${name} scrolls sideways`);
        if (e.shadowRoot) visit(e.shadowRoot);
        visit(e);
      }
    };
    const root = document.scrollingElement;
    if (root.scrollWidth > root.clientWidth) found.push(`the page is ${root.scrollWidth} wide`);
    visit(document.body);
    return found;
  });
}

export const wide = { width: 1440, height: 900 };
export const phone = { width: 390, height: 844 };

// sizes are the windows to look at a page in. In the second language only the words differ,
// so the narrow one is enough; WENDA_PROVE=1 takes all.
export const sizes = (lang) => (lang === "en" && !process.env.WENDA_PROVE ? [phone] : [wide, phone]);

// inspect looks at a page as it is, at every width, light and dark, and leaves pictures.
export async function inspect(name, page, faults, at = [wide, phone]) {
  for (const size of at) {
    await page.setViewportSize(size);
    for (const scheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme: scheme });
      const where = `${name}-${size.width}-${scheme}`;
      // Between the schemes nothing changes but colours.
      assert.deepEqual(await violations(page, scheme === "light" ? undefined : ["color-contrast", "link-in-text-block"]), [], where);
      assert.deepEqual(await stickingOut(page), [], where);
      await picture(page, where);
    }
  }
  assert.deepEqual(faults.splice(0), [], name);
}
