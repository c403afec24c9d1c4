// The words on the pages, from the product's own catalogues: a test finds a button by
// what is written on it, also after somebody found a better word.
import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "..", "..", "..", "bot", "web", "words");

// words returns say(key, values) of one catalogue: widget, desk or pages.
export function words(catalogue, lang = "zh-CN") {
  const sentences = JSON.parse(readFileSync(join(folder, `${catalogue}.${lang}.json`), "utf8"));
  return (key, values = {}) => {
    if (!(key in sentences)) throw new Error(`no word ${key} in ${catalogue}.${lang}`);
    return sentences[key].replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
  };
}
