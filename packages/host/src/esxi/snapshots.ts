import { posix } from "node:path";
import { type Clock, isSampanError, SampanError, systemClock } from "@sampan/core";
import type { Shell } from "../connection/shell.ts";
import type { EsxiMachine } from "./machine.ts";
import { readRemoteText } from "./remote-text.ts";
import { vimCmd } from "./vim-cmd.ts";
import { parseVmxText } from "./vmx-text.ts";

/** A snapshot of a machine. */
export interface EsxiSnapshot {
  readonly id: number;
  readonly name: string;
  /** The descriptors whose disks stand still since, by where they are plugged in. */
  readonly disks: ReadonlyMap<string, string>;
}

const maximumSnapshots = 512;
const maximumDisks = 256;
/** How long a snapshot may take to come or go: a machine that writes much is quiesced for minutes. */
const patienceMs = 15 * 60_000;

/** Reads the list of a machine's snapshots. */
export async function readSnapshots(
  shell: Shell,
  vmsd: string,
  signal?: AbortSignal,
): Promise<readonly EsxiSnapshot[]> {
  const bytes = await readRemoteText(shell, vmsd, signal);
  return bytes === undefined ? [] : parseSnapshots(bytes, posix.dirname(vmsd));
}

/** Reads a `.vmsd` file; names of disks are taken from the folder it lies in. */
export function parseSnapshots(bytes: Uint8Array, folder: string): readonly EsxiSnapshot[] {
  const values = parseVmxText(bytes);
  const snapshots: EsxiSnapshot[] = [];
  for (let index = 0; index < maximumSnapshots; index++) {
    const id = values.get(`snapshot${index}.uid`);
    if (id === undefined || !/^\d{1,9}$/.test(id)) continue;
    const disks = new Map<string, string>();
    for (let disk = 0; disk < maximumDisks; disk++) {
      const file = values.get(`snapshot${index}.disk${disk}.filename`);
      const node = values.get(`snapshot${index}.disk${disk}.node`);
      if (file === undefined) break;
      if (node !== undefined) disks.set(node.toLowerCase(), posix.resolve(folder, file));
    }
    snapshots.push({ id: Number(id), name: values.get(`snapshot${index}.displayname`) ?? "", disks });
  }
  return snapshots;
}

/**
 * Makes a snapshot of a running machine, without its memory: first with the file systems quiesced by VMware Tools, and where that
 * fails without.
 *
 * @throws `HOST_SNAPSHOT_IMPOSSIBLE` when ESXi refuses both.
 */
export async function createSnapshot(
  shell: Shell,
  machine: EsxiMachine,
  name: string,
  options: { readonly clock?: Clock; readonly signal?: AbortSignal } = {},
): Promise<{ readonly snapshot: EsxiSnapshot; readonly quiesced: boolean }> {
  const { clock = systemClock, signal } = options;
  const description = "Made by Sampan to read the disks; it may be removed when no run goes on.";
  for (const quiesced of [true, false]) {
    try {
      await vimCmd(
        shell,
        ["vmsvc/snapshot.create", String(machine.id), name, description, "0", quiesced ? "1" : "0"],
        { timeoutMs: patienceMs, ...(signal && { signal }) },
      );
      const snapshot = await until(clock, signal, async () =>
        (await readSnapshots(shell, machine.vmsd, signal)).find((found) => found.name === name),
      );
      if (snapshot !== undefined) return { snapshot, quiesced };
      // It may still come; another of the same name would make both hard to tell apart.
      break;
    } catch (error) {
      if (!isSampanError(error, "HOST_COMMAND_FAILED")) throw error;
      if (!quiesced) {
        throw new SampanError(
          "HOST_SNAPSHOT_IMPOSSIBLE",
          `making a snapshot of ${machine.name}: ${error.message}`,
          {
            hint: "Look at the machine's tasks in the ESXi console; or switch it off and read its disks then.",
            cause: error,
            details: error.details,
          },
        );
      }
    }
  }
  throw new SampanError(
    "HOST_SNAPSHOT_IMPOSSIBLE",
    `making a snapshot of ${machine.name}: it never appeared`,
    {
      hint: `Look at the machine's snapshots, and remove ${name} if it is there.`,
    },
  );
}

/**
 * Removes a snapshot; nothing happens when it is gone already.
 *
 * ESXi's own list must give the same name the same number, so that no other snapshot is ever removed.
 *
 * @throws `HOST_COMMAND_FAILED` when it is still there afterwards.
 */
export async function removeSnapshot(
  shell: Shell,
  machine: Pick<EsxiMachine, "id" | "name" | "vmsd">,
  name: string,
  options: { readonly clock?: Clock; readonly signal?: AbortSignal } = {},
): Promise<void> {
  const { clock = systemClock, signal } = options;
  const asked = signal ? { signal } : {};
  const there = async () =>
    (await readSnapshots(shell, machine.vmsd, signal)).find((found) => found.name === name);
  const snapshot = await there();
  if (snapshot === undefined) return;
  const doing = `removing the snapshot ${name} of ${machine.name}`;
  const listed = await vimCmd(shell, ["vmsvc/snapshot.get", String(machine.id)], asked);
  if (idsOf(listed, name).join() !== String(snapshot.id)) {
    throw new SampanError(
      "HOST_COMMAND_FAILED",
      `${doing}: ESXi lists it under another number than its file ${machine.vmsd}`,
      { hint: "Remove it in the ESXi console.", details: { id: snapshot.id } },
    );
  }
  await vimCmd(shell, ["vmsvc/snapshot.remove", String(machine.id), String(snapshot.id)], {
    timeoutMs: 4 * patienceMs,
    ...asked,
  });
  const gone = await until(clock, signal, async () => ((await there()) === undefined ? true : undefined));
  if (gone) return;
  throw new SampanError(
    "HOST_COMMAND_FAILED",
    `${doing}: it is still there after ${patienceMs / 60_000} minutes`,
    {
      hint: "ESXi may still be merging it; look at the machine's tasks in its console.",
      retryable: true,
    },
  );
}

/** The numbers under which `vim-cmd vmsvc/snapshot.get` lists a name (ESXi 5.0 and later). */
function idsOf(listed: string, name: string): readonly number[] {
  const lines = listed.split("\n");
  return lines.flatMap((line, index) => {
    if (/^[-| ]*Snapshot Name {1,20}: (.*)$/.exec(line)?.[1]?.trim() !== name) return [];
    const id = /^[-| ]*Snapshot Id {1,20}: (\d{1,9})$/.exec(lines[index + 1] ?? "")?.[1];
    return id === undefined ? [] : [Number(id)];
  });
}

/** Asks again every second or so until there is an answer, for a while. */
async function until<T>(
  clock: Clock,
  signal: AbortSignal | undefined,
  ask: () => Promise<T | undefined>,
): Promise<T | undefined> {
  const end = clock.monotonic() + patienceMs;
  for (let waitMs = 250; ; waitMs = Math.min(waitMs * 2, 5_000)) {
    const answer = await ask();
    if (answer !== undefined || clock.monotonic() >= end) return answer;
    await clock.sleep(waitMs, signal);
  }
}
