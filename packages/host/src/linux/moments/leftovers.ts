import type { Shell } from "../../connection/shell.ts";
import type { HeldMoment } from "../../host.ts";
import { findMoment, releaseOnHost } from "./host-folder.ts";
import { given, linesOf } from "./host-view.ts";
import { idOfTags, isSnapshotName } from "./moment-names.ts";
import { readKeptMoment, stateOf } from "./moment-record.ts";
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
  return parseLeftovers(await listed(shell, signal)).left;
}

/**
 * Every moment that is held on the host, and what is left of those that are over, as moments too: these have a lease of 0. Changes
 * nothing, and renews nothing.
 */
export async function listMoments(shell: Shell, signal?: AbortSignal): Promise<readonly HeldMoment[]> {
  const { held, left } = parseLeftovers(await listed(shell, signal));
  const moments = left.map((leftover) => asMoment(leftover));
  for (const id of held) {
    const found = await findMoment(shell, id, undefined, signal);
    const kept = found === undefined ? undefined : readKeptMoment(found.moment, id);
    if (kept !== undefined) moments.push(kept);
  }
  return moments;
}

function asMoment({ id, snapshots }: Leftover): HeldMoment {
  const named = snapshots.map((one) => {
    const [group = "", name = ""] = one.split("/");
    return { group, name, volume: name, uuid: "", sizeBytes: 0 };
  });
  return {
    ...{ id, disk: "", consistency: "snapshot", leaseMs: 0 },
    made: snapshots.map((one) => `LVM snapshot ${one}`),
    notes: ["its lease is over, and it was not removed: the host was restarted, or it was in use"],
    state: stateOf({ kind: "snapshot", sizeBytes: 0, stable: false, snapshots: named, lvm: "" }),
  };
}

async function listed(shell: Shell, signal: AbortSignal | undefined): Promise<readonly string[]> {
  const { stdout } = await shell.script(leftoverScript, [], given({ asRoot: true }, signal));
  return linesOf(stdout);
}

/** Reads the answer of the script that lists what there is: ids of moments that are held, and leftovers. */
export function parseLeftovers(lines: readonly string[]): {
  readonly held: readonly string[];
  readonly left: readonly Leftover[];
} {
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
  const left = [...found].filter(([id]) => !held.has(id)).map(([id, snapshots]) => ({ id, snapshots }));
  return { held: [...held], left };
}

/** Removes a leftover; `HOST_MOMENT_LEFT` when something of it is still in use. */
export async function removeLeftover(shell: Shell, leftover: Leftover, signal?: AbortSignal): Promise<void> {
  await releaseOnHost(shell, leftover.id, leftover.snapshots, signal);
}
