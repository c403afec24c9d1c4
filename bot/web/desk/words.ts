import en from "../words/desk.en.json";
import zh from "../words/desk.zh-CN.json";
import { Words, minutesSince, type Lang } from "../common/text";

export type DeskKey = keyof typeof zh;
export type DeskWords = Words<DeskKey>;

export function words(lang: Lang): DeskWords { return new Words(lang, lang === "en" ? en : zh); }

// ago says how long something has lasted: 刚刚, 12 分钟, 1 小时 5 分.
export function ago(at: string, say: DeskWords): string { return lasting(minutesSince(at, Date.now()), say); }

// minutes says how long so many milliseconds are.
export function minutes(ms: number, say: DeskWords): string { return ms < 60000 ? say.say("since.seconds", { n: Math.round(ms / 1000) }) : lasting(Math.floor(ms / 60000), say); }

function lasting(n: number, say: DeskWords): string {
  if (n < 1) return say.say("since.now");
  return n < 60 ? say.say("since.minutes", { n }) : say.say("since.hours", { h: Math.floor(n / 60), m: n % 60 });
}

// secondsUntil is how many seconds there are to a time, never less than 0.
export function secondsUntil(at: string): number {
  const n = Math.ceil((Date.parse(at) - Date.now()) / 1000);
  return n > 0 ? n : 0;
}
