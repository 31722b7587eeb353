import type { MadeElsewhere, MadeThing } from "./plan-analysis.ts";

/** A thing that a plan of a file makes, with where that stands. */
export type PlacedThing = Pick<MadeThing, "key"> & Pick<MadeElsewhere, "start" | "end">;

/** Of more files that make one thing, so many are told. */
const mostPlaces = 8;

/** What the plans of several files make, by name: a file is asked which others make the same. */
export class MadeIndex {
  /** What each file makes, by key; of several the first. */
  readonly #files = new Map<string, ReadonlyMap<string, MadeElsewhere>>();
  /** Where each thing is made, in the order of the paths. */
  readonly #places = new Map<string, MadeElsewhere[]>();

  /** Takes what a file makes now, nothing for one that is gone. Gives the other files that are told something else since. */
  take(path: string, title: string, things: readonly PlacedThing[]): readonly string[] {
    const before = this.#files.get(path) ?? new Map<string, MadeElsewhere>();
    const now = new Map<string, MadeElsewhere>();
    for (const { key, start, end } of things) if (!now.has(key)) now.set(key, { path, title, start, end });
    const affected = new Set<string>();
    for (const key of new Set([...before.keys(), ...now.keys()])) {
      if (JSON.stringify(before.get(key)) === JSON.stringify(now.get(key))) continue;
      for (const other of this.#put(key, path, now.get(key))) affected.add(other);
    }
    if (now.size === 0) this.#files.delete(path);
    else this.#files.set(path, now);
    return [...affected].sort();
  }

  /** Files that something is known of. */
  get paths(): readonly string[] {
    return [...this.#files.keys()];
  }

  /** What tells one answer about a file from another. */
  signature(path: string): string {
    const found = this.elsewhere(path);
    return Object.keys(found).length === 0 ? "" : JSON.stringify(found);
  }

  /** Where other files make what this one makes, by the key of the thing. Empty for nearly all files. */
  elsewhere(path: string): Readonly<Record<string, readonly MadeElsewhere[]>> {
    const found: Record<string, readonly MadeElsewhere[]> = {};
    for (const key of this.#files.get(path)?.keys() ?? []) {
      const places = this.#places.get(key)?.slice(0, mostPlaces + 1) ?? [];
      const others = places.filter((other) => other.path !== path).slice(0, mostPlaces);
      if (others.length > 0) found[key] = others;
    }
    return found;
  }

  /** Says where a file makes a thing, or that it does not. Gives the other files that are told of it. */
  #put(key: string, path: string, place: MadeElsewhere | undefined): readonly string[] {
    const places = this.#places.get(key) ?? [];
    const at = indexFor(places, path);
    places.splice(at, places[at]?.path === path ? 1 : 0, ...(place === undefined ? [] : [place]));
    if (places.length === 0) this.#places.delete(key);
    else this.#places.set(key, places);
    // Behind those that are told nobody hears of it: thousands of files that make one thing stay cheap.
    if (at > mostPlaces) return [];
    return places.map((other) => other.path).filter((other) => other !== path);
  }
}

/** Where a path stands among places in the order of their paths, or belongs. */
function indexFor(places: readonly MadeElsewhere[], path: string): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle]?.path ?? "") < path) low = middle + 1;
    else high = middle;
  }
  return low;
}
