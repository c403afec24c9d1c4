const SHORTEST = 500;
const LONGEST = 15000;

// backoff is how long to wait before try number n (0 is the first), in milliseconds: a
// random time between half a second and a ceiling that doubles from 1 s to 15 s, so
// that those who were thrown out together do not come back together.
export function backoff(n: number, random: number): number {
  const ceiling = Math.min(LONGEST, SHORTEST * 2 ** Math.min(n + 1, 10));
  return Math.round(SHORTEST + random * (ceiling - SHORTEST));
}
