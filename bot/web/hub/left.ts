export type Work = { phase: string; done: number; of: number; millis: number; over: boolean };

// secondsLeft is how long the rest takes if it goes on as it did; undefined while nobody can tell.
export function secondsLeft(work: Work): number | undefined {
  if (work.of <= 0 || work.done <= 0 || work.millis < 500) return undefined;
  return Math.max(1, Math.ceil((work.millis / work.done) * (work.of - work.done) / 1000));
}
