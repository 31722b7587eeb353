import { isSampanError } from "@sampan/core";
import type { Shell } from "../connection/shell.ts";
import { volumesFolder } from "./datastore-path.ts";
import { registeredMachines } from "./list-machines.ts";
import { readMachine } from "./machine.ts";
import { readSnapshots, removeSnapshot } from "./snapshots.ts";

/** A snapshot that a run left behind. */
export interface EsxiLeftover {
  readonly machine: string;
  readonly snapshot: string;
  /** Removes it. A run that still reads it ends with `HOST_MOMENT_LOST`. */
  remove(signal?: AbortSignal): Promise<void>;
}

/**
 * Finds Sampan's snapshots on all machines of an ESXi: of runs that go on, and of runs that were killed on a host that was restarted
 * before their lease was over.
 */
export async function findEsxiLeftovers(
  shell: Shell,
  options: { readonly volumesFolder?: string; readonly signal?: AbortSignal } = {},
): Promise<readonly EsxiLeftover[]> {
  const { volumesFolder: volumes = volumesFolder, signal } = options;
  const leftovers: EsxiLeftover[] = [];
  for (const entry of await registeredMachines(shell, signal)) {
    const machine = await readMachine(shell, entry, volumes, signal).catch((error: unknown) => {
      // A machine whose files are gone has no snapshots that could be read.
      if (isSampanError(error, "HOST_MACHINE_UNKNOWN") || isSampanError(error, "HOST_ANSWER_INVALID"))
        return undefined;
      throw error;
    });
    if (machine === undefined) continue;
    for (const { name } of await readSnapshots(shell, machine.vmsd, signal)) {
      if (!/^sampan-[A-Za-z0-9-]{1,64}$/.test(name)) continue;
      leftovers.push({
        machine: machine.name,
        snapshot: name,
        remove: (asked) => removeSnapshot(shell, machine, name, asked ? { signal: asked } : {}),
      });
    }
  }
  return leftovers;
}
