import en from "../words/widget.en.json";
import zh from "../words/widget.zh-CN.json";
import { Words, type Lang } from "../common/text";

export type WidgetWords = Words<keyof typeof zh>;

export function words(lang: Lang): WidgetWords { return new Words(lang, lang === "en" ? en : zh); }
