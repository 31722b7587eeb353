// Not by the locale: the same file has the same order everywhere.
const natural = new Intl.Collator("en", { numeric: true });

/** Waves in the order they are migrated in: those the policy names first, the others by name, `2` before `10`. */
export function wavesInOrder(waves: Iterable<string>, first: readonly string[] = []): readonly string[] {
  const all = new Set(waves);
  const named = first.filter((wave) => all.has(wave));
  const known = new Set(first);
  const others = [...all].filter((wave) => !known.has(wave));
  return [...named, ...others.sort((a, b) => natural.compare(a, b) || (a < b ? -1 : 1))];
}
