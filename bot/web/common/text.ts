export type Lang = "zh-CN" | "en";

// langOf reads a language tag as the server does: what is not English is Chinese.
export function langOf(tag: string | null | undefined): Lang {
  return /^en(-|$)/i.test(tag || "") ? "en" : "zh-CN";
}

// runes counts as the server does: code points, not UTF-16 units.
export function runes(text: string): number {
  let n = 0;
  for (const _ of text) n++;
  return n;
}

// tidy is the first most runes of a text without what no frame may hold: halves of a
// letter, U+0000, code points that are none.
export function tidy(text: string, most: number): string {
  return Array.from(text).slice(0, most).filter((c) => !/^[\0\uD800-\uDFFF\uFDD0-\uFDEF]$/.test(c) && (c.codePointAt(0)! & 0xfffe) !== 0xfffe).join("");
}

// Words says sentences of one catalogue. {name} in a sentence is replaced by its value,
// which is never read as a placeholder itself.
export class Words<K extends string> {
  constructor(readonly lang: Lang, private readonly sentences: Record<K, string>) {}

  say(key: K, values: Record<string, string | number> = {}): string {
    return this.sentences[key].replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
  }

  // code says the sentence of group.code, or the code itself if it is newer than this page.
  code(group: string, code: string): string {
    return (this.sentences as Record<string, string>)[group + "." + code] || code;
  }

  list(parts: string[]): string { return parts.join(this.lang === "en" ? ", " : "、"); }
}

const two = (n: number): string => String(n).padStart(2, "0");

// clockTime is 08:05 for today, 3-14 08:05 for other days, in the reader's time zone.
export function clockTime(at: string, now: number): string {
  const t = new Date(at);
  if (isNaN(t.getTime())) return "";
  const time = two(t.getHours()) + ":" + two(t.getMinutes());
  return t.toDateString() === new Date(now).toDateString() ? time : t.getMonth() + 1 + "-" + t.getDate() + " " + time;
}

// percent shows a confidence. 100 % is kept for certainty and 0 % for nothing.
export function percent(p: number): string {
  const n = Math.round(p * 100);
  if (n === 100 && p < 1) return "99%";
  if (n === 0 && p > 0) return "1%";
  return n + "%";
}

// minutesSince is how many whole minutes ago at was, never less than 0: clocks differ.
export function minutesSince(at: string, now: number): number {
  const t = Date.parse(at);
  return isNaN(t) ? 0 : Math.max(0, Math.floor((now - t) / 60000));
}
