/** Things by a number, the smallest first; of equals the one that came first. Adding and taking cost the logarithm of how many there are. */
export interface Heap<T> {
  readonly size: number;
  add(key: number, item: T): void;
  /** The smallest key; `undefined` when empty. */
  firstKey(): number | undefined;
  /** Takes the item of the smallest key out; `undefined` when empty. */
  take(): T | undefined;
}

interface Entry<T> {
  readonly key: number;
  readonly seq: number;
  readonly item: T;
}

/** Makes an empty heap. */
export function createHeap<T>(): Heap<T> {
  const entries: Entry<T>[] = [];
  let seq = 0;
  return {
    get size() {
      return entries.length;
    },
    add(key, item) {
      entries.push({ key, seq: seq++, item });
      rise(entries);
    },
    firstKey: () => entries[0]?.key,
    take() {
      const first = entries[0];
      const last = entries.pop();
      if (first === undefined || last === undefined) return undefined;
      if (entries.length > 0) {
        entries[0] = last;
        sink(entries);
      }
      return first.item;
    },
  };
}

function isBefore<T>(one: Entry<T>, other: Entry<T>): boolean {
  return one.key === other.key ? one.seq < other.seq : one.key < other.key;
}

/** Brings the last entry up to its place. */
function rise<T>(entries: Entry<T>[]): void {
  let at = entries.length - 1;
  const entry = entries[at] as Entry<T>;
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = entries[above] as Entry<T>;
    if (!isBefore(entry, parent)) break;
    entries[at] = parent;
    at = above;
  }
  entries[at] = entry;
}

/** Brings the first entry down to its place. */
function sink<T>(entries: Entry<T>[]): void {
  let at = 0;
  const entry = entries[0] as Entry<T>;
  for (;;) {
    let below = 2 * at + 1;
    if (below >= entries.length) break;
    const right = entries[below + 1];
    if (right !== undefined && isBefore(right, entries[below] as Entry<T>)) below++;
    const child = entries[below] as Entry<T>;
    if (!isBefore(child, entry)) break;
    entries[at] = child;
    at = below;
  }
  entries[at] = entry;
}
