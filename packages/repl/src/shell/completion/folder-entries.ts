import { readdir } from "node:fs/promises";
import type { FolderEntry } from "./world.ts";

const mostEntries = 5_000;

/** What lies in a folder of this machine, sorted; nothing where it cannot be read. */
export async function entriesOf(path: string): Promise<readonly FolderEntry[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries
      .slice(0, mostEntries)
      .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch {
    return [];
  }
}
