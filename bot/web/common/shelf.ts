// A Shelf is a corner of localStorage that never throws: where storage is refused or
// full, it remembers for as long as the page lives.
export interface Shelf {
  get(key: string): string | null;
  set(key: string, value: string): boolean; // whether it will be there after a reload
  remove(key: string): void;
  keys(): string[];
}

type Storage_ = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

// openShelf keeps its keys under prefix. storage is asked for late: reading
// window.localStorage throws where cookies are blocked.
export function openShelf(prefix: string, storage: () => Storage_ = () => localStorage): Shelf {
  const memory = new Map<string, string>();
  const tryIt = <T>(f: (s: Storage_) => T, otherwise: T): T => {
    try {
      return f(storage());
    } catch {
      return otherwise;
    }
  };
  return {
    get: (key) => memory.get(key) ?? tryIt((s) => s.getItem(prefix + key), null),
    set: (key, value) => {
      const kept = tryIt((s) => (s.setItem(prefix + key, value), true), false);
      if (kept) memory.delete(key);
      else memory.set(key, value);
      return kept;
    },
    remove: (key) => {
      memory.delete(key);
      tryIt((s) => s.removeItem(prefix + key), undefined);
    },
    keys: () => {
      const found = new Set(memory.keys());
      tryIt((s) => {
        for (let i = 0; i < s.length; i++) {
          const key = s.key(i);
          if (key !== null && key.startsWith(prefix)) found.add(key.slice(prefix.length));
        }
      }, undefined);
      return [...found];
    },
  };
}
