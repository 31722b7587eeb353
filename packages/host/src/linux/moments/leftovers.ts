import type { Shell } from "../../connection/shell.ts";
import { releaseOnHost } from "./host-folder.ts";
import { given, linesOf } from "./host-view.ts";
import { idOfTags, isSnapshotName } from "./moment-names.ts";
import { leftoverScript } from "./scripts.ts";

/** What is left on a host of a moment that nobody holds any more. Plain JSON. */
export interface Leftover {
  /** Id of the moment. */
  readonly id: string;
  /** Snapshots as `GROUP/NAME`. */
  readonly snapshots: readonly string[];
}

const idForm = /^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/;

/**
 * Finds what is left of moments whose lease is over. Only what bears Sampan's tag, has a name of Sampan's and is a snapshot
 * counts; moments whose lease runs are left alone. Changes nothing.
 */
export async function findLeftovers(shell: Shell, signal?: AbortSignal): Promise<readonly Leftover[]> {
  const { stdout } = await shell.script(leftoverScript, [], given({ asRoot: true }, signal));
  return parseLeftovers(linesOf(stdout));
}

/** Reads the answer of the script that lists leftovers. */
export function parseLeftovers(lines: readonly string[]): readonly Leftover[] {
  const held = new Set<string>();
  const found = new Map<string, string[]>();
  for (const line of lines) {
    const [word, first = "", second] = line.split(" ", 3);
    if (word === "moment" && idForm.test(first)) {
      if (second === "held") held.add(first);
      else if (!found.has(first)) found.set(first, []);
    }
    if (word !== "lv") continue;
    const [group = "", name = "", attributes = "", tags = ""] = first.split("|");
    const id = idOfTags(tags.split(","));
    const ours = id !== undefined && isSnapshotName(name) && /^[sS]/.test(attributes);
    if (ours && /^[\w+.][\w+.-]{0,126}$/.test(group))
      found.set(id, [...(found.get(id) ?? []), `${group}/${name}`]);
  }
  return [...found].filter(([id]) => !held.has(id)).map(([id, snapshots]) => ({ id, snapshots }));
}

/** Removes a leftover; `HOST_MOMENT_LEFT` when something of it is still in use. */
export async function removeLeftover(shell: Shell, leftover: Leftover, signal?: AbortSignal): Promise<void> {
  await releaseOnHost(shell, leftover.id, leftover.snapshots, signal);
}
