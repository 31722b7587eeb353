/** Longer words are no names, and comparing them would only cost time. */
const longestName = 100;

/**
 * The up to three names that a mistyped one was most likely meant to be, nearest first; none when nothing is near. Case does
 * not count, a part that is missing at the end counts little. Pure.
 */
export function closestNames(given: string, names: readonly string[]): readonly string[] {
  const wanted = given.toLowerCase();
  if (wanted === "" || wanted.length > longestName) return [];
  const limit = Math.max(2, Math.floor(wanted.length / 4));
  return [...new Set(names)]
    .map((name) => ({ name, distance: distanceOf(wanted, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .filter(({ distance }, index, all) => index === 0 || distance <= (all[0]?.distance ?? 0) + 1)
    .slice(0, 3)
    .map(({ name }) => name);
}

/** Letters to change, or one and a bit for a name that only goes on where the given one ends. */
function distanceOf(given: string, name: string): number {
  if (given.length >= 4 && name.startsWith(given)) return 1 + (name.length - given.length) / longestName;
  const length = Math.abs(given.length - name.length);
  return length > given.length ? Number.POSITIVE_INFINITY : editDistance(given, name);
}

/** Insertions, deletions and changes from one word to the other (Levenshtein), by one row of the table at a time. */
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let line = 1; line <= one.length; line++) {
    const next = [line];
    for (let column = 1; column <= other.length; column++) {
      const changed = one[line - 1] === other[column - 1] ? 0 : 1;
      next.push(
        Math.min((row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1, (row[column - 1] ?? 0) + changed),
      );
    }
    row = next;
  }
  return row[other.length] ?? 0;
}
