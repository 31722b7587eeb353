import { readdir } from "node:fs/promises";
import { fixups, rules } from "@sampan/guest";
import { knownRegions } from "@sampan/sdk/catalogue";
import { knownNames } from "../../completion/known-names.ts";
import type { HomeQuestion } from "../../run/home-folders.ts";
import { disksOfRuns } from "./run-disks.ts";
import { sshHosts } from "./ssh-hosts.ts";
import type { FolderEntry, KnownName, ShellNamesKind } from "./world.ts";

/** Names that lie around the shell: read behind its back, and answered from memory. */
export interface Surroundings {
  /** What is known now. */
  names(kind: ShellNamesKind): readonly KnownName[];
  folder(path: string): readonly FolderEntry[] | undefined;
  /** Reads anew what may have changed, unless that was done just now. Never throws. */
  refresh(): Promise<void>;
  /** Reads a folder of this machine that a path is being typed into. Never throws. */
  look(path: string): Promise<void>;
}

const freshForMs = 2_000;
const mostEntries = 5_000;
const mostFolders = 200;

/** Makes the surroundings of a shell. Reads nothing yet. */
export function createSurroundings(question: HomeQuestion): Surroundings {
  const known = new Map<ShellNamesKind, readonly KnownName[]>([
    ["region", knownRegions.map(({ id, name }) => ({ value: id, summary: name, region: id }))],
    ["rule", rules.map(({ id, requirement }) => ({ value: id, summary: requirement }))],
    ["fix-up", fixups.map(({ id, summary }) => ({ value: id, summary }))],
  ]);
  const folders = new Map<string, readonly FolderEntry[]>();
  let refreshed: { readonly at: number; readonly done: Promise<void> } | undefined;
  const read = async (): Promise<void> => {
    // The prompt is shown first.
    await new Promise((turn) => setImmediate(turn));
    const runs = knownNames("run", question);
    known.set("run", runs);
    known.set("profile", knownNames("profile", question));
    known.set("source", await sshHosts(question.env));
    known.set("disk", await disksOfRuns(question, runs));
  };
  return {
    names: (kind) => known.get(kind) ?? [],
    folder: (path) => folders.get(path),
    refresh() {
      const now = performance.now();
      if (refreshed === undefined || now - refreshed.at > freshForMs) {
        refreshed = { at: now, done: read().catch(() => undefined) };
      }
      return refreshed.done;
    },
    async look(path) {
      if (folders.size >= mostFolders) folders.clear();
      folders.set(path, await entriesOf(path));
    },
  };
}

async function entriesOf(path: string): Promise<readonly FolderEntry[]> {
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
