// Time and chance, so that tests can hold them in their hands.
export interface Clock {
  now(): number; // milliseconds
  after(ms: number, f: () => void): () => void; // returns what cancels it
  random(): number; // 0 to 1
}

export const realClock: Clock = {
  now: () => Date.now(),
  after: (ms, f) => {
    const timer = setTimeout(f, ms);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};
