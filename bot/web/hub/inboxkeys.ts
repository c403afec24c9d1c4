const deeds: Record<string, string> = { "1": "phrasing", "2": "draft", "3": "outside", "4": "ignore", u: "undo" };

// deedOf is what a key does about a question; undefined if nothing.
export function deedOf(key: string): string | undefined { return Object.prototype.hasOwnProperty.call(deeds, key) ? deeds[key] : undefined; }

// next is the question that j or k goes to from the one at, -1 if none is in focus; undefined
// for other keys, and if there is none.
export function next(key: string, at: number, count: number): number | undefined {
  if (count === 0 || (key !== "j" && key !== "k")) return undefined;
  if (at < 0) return key === "j" ? 0 : count - 1;
  return Math.min(count - 1, Math.max(0, at + (key === "j" ? 1 : -1)));
}
