import type { CommandEntry } from "./command-entry.ts";

/** The word that several commands begin with, and what its own help says. */
export interface CommandGroup {
  readonly name: string;
  readonly summary: string;
  readonly details?: string;
}

/** First words of commands whose names have two: `sampan fleet run`. */
export const commandGroups: readonly CommandGroup[] = [
  {
    name: "fleet",
    summary: "Migrate many hosts: inventories, waves, and workers beside the disks of several sites.",
    details:
      "With a store (Redis or PostgreSQL, by --store or SAMPAN_FLEET_STORE) any number of workers in any number of data centres share\n" +
      "the work. Without one the machine that runs `sampan fleet run` does all of it alone.",
  },
];

/** What can stand behind `sampan` for these commands: names of one word, and each first word of the others once; in their order. */
export function firstWords(
  entries: readonly CommandEntry[],
): readonly { readonly name: string; readonly summary: string }[] {
  const words = new Map<string, { readonly name: string; readonly summary: string }>();
  for (const { name, summary } of entries) {
    const [first = "", second] = name.split(" ");
    if (second === undefined) words.set(first, { name, summary });
    else if (!words.has(first)) {
      words.set(first, {
        name: first,
        summary: commandGroups.find((group) => group.name === first)?.summary ?? "",
      });
    }
  }
  return [...words.values()];
}
