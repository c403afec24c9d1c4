// nextOf is where j and k lead in a list of n: down, up, never beyond; -1 is nowhere yet.
export function nextOf(at: number, by: number, n: number): number {
  if (n === 0) return -1;
  if (at < 0) return by > 0 ? 0 : n - 1;
  return Math.min(n - 1, Math.max(0, at + by));
}
