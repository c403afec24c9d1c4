import en from "../words/desk.en.json";
import zh from "../words/desk.zh-CN.json";
import { Words, minutesSince, type Lang } from "../common/text";

export type DeskKey = keyof typeof zh;
export type DeskWords = Words<DeskKey>;

export function words(lang: Lang): DeskWords { return new Words(lang, lang === "en" ? en : zh); }

// ago says how long something has lasted: 刚刚, 12 分钟, 1 小时 5 分.
export function ago(at: string, say: DeskWords): string {
  const n = minutesSince(at, Date.now());
  if (n < 1) return say.say("since.now");
  return n < 60 ? say.say("since.minutes", { n }) : say.say("since.hours", { h: Math.floor(n / 60), m: n % 60 });
}
