import type { MadeElsewhere, MadeThing } from "./plan-analysis.ts";

/** A thing that a plan of a file makes, with where that stands. */
export type PlacedThing = Pick<MadeThing, "key"> & Pick<MadeElsewhere, "start" | "end">;

const noThings: Readonly<Record<string, readonly MadeElsewhere[]>> = {};
/** Of more files that make one thing, so many are told. */
const mostPlaces = 8;

/** What the plans of several files make, by name: a file is asked which others make the same. */
export class MadeIndex {
  readonly #files = new Map<string, { readonly title: string; readonly things: readonly PlacedThing[] }>();
  readonly #byKey = new Map<string, Set<string>>();

  /** Takes what a file makes now, nothing for one that is gone. Gives the other files that are told something else since. */
  take(path: string, title: string, things: readonly PlacedThing[]): readonly string[] {
    const before = this.#files.get(path);
    if (before === undefined && things.length === 0) return [];
    if (before?.title === title && JSON.stringify(before.things) === JSON.stringify(things)) return [];
    const touched = new Set([...(before?.things ?? []), ...things].map(({ key }) => key));
    for (const { key } of before?.things ?? []) {
      const paths = this.#byKey.get(key);
      paths?.delete(path);
      if (paths?.size === 0) this.#byKey.delete(key);
    }
    if (things.length === 0) this.#files.delete(path);
    else this.#files.set(path, { title, things });
    for (const { key } of things) {
      const paths = this.#byKey.get(key) ?? new Set();
      this.#byKey.set(key, paths.add(path));
    }
    const affected = new Set([...touched].flatMap((key) => [...(this.#byKey.get(key) ?? [])]));
    affected.delete(path);
    return [...affected].sort();
  }

  /** Files that something is known of. */
  get paths(): readonly string[] {
    return [...this.#files.keys()];
  }

  /** What tells one answer about a file from another. */
  signature(path: string): string {
    const found = this.elsewhere(path);
    return found === noThings ? "" : JSON.stringify(found);
  }

  /** Where other files make what this one makes, by the key of the thing. Empty for nearly all files. */
  elsewhere(path: string): Readonly<Record<string, readonly MadeElsewhere[]>> {
    const found: Record<string, readonly MadeElsewhere[]> = {};
    for (const { key } of this.#files.get(path)?.things ?? []) {
      const others = [...(this.#byKey.get(key) ?? [])].filter((other) => other !== path).sort();
      if (others.length > 0)
        found[key] = others.slice(0, mostPlaces).flatMap((other) => this.#placeOf(other, key));
    }
    return Object.keys(found).length === 0 ? noThings : found;
  }

  #placeOf(path: string, key: string): readonly MadeElsewhere[] {
    const file = this.#files.get(path);
    const thing = file?.things.find((one) => one.key === key);
    if (file === undefined || thing === undefined) return [];
    return [{ path, title: file.title, start: thing.start, end: thing.end }];
  }
}
