/** A search backwards through the history. Immutable. */
export interface ReverseSearch {
  readonly query: string;
  /** Which of the entries it stands at, newest first; -1 while none fits. */
  readonly index: number;
}

/** The search before anything was typed. */
export const emptySearch: ReverseSearch = { query: "", index: -1 };

/** The search for another text: stays where it is as long as that fits. Entries are newest first. Pure. */
export function searchFor(search: ReverseSearch, query: string, entries: readonly string[]): ReverseSearch {
  if (query === "") return emptySearch;
  return { query, index: nextFitting(entries, query, Math.max(0, search.index), 1) };
}

/** The next older entry that fits (`step` 1), or the next newer one (-1); stays where it is when there is none. Pure. */
export function searchOn(search: ReverseSearch, step: 1 | -1, entries: readonly string[]): ReverseSearch {
  const here = entries[search.index];
  let index = search.index;
  do index = nextFitting(entries, search.query, index + step, step);
  while (index >= 0 && entries[index] === here);
  return index < 0 ? search : { ...search, index };
}

function nextFitting(entries: readonly string[], query: string, from: number, step: 1 | -1): number {
  // As editors have it: capitals are told apart only by who types some.
  const exact = /\p{Lu}/u.test(query);
  const wanted = exact ? query : query.toLowerCase();
  for (let index = from; index >= 0 && index < entries.length; index += step) {
    const entry = entries[index] ?? "";
    if ((exact ? entry : entry.toLowerCase()).includes(wanted)) return index;
  }
  return -1;
}
