import { isSampanError, SampanError } from "@sampan/core";
import type { Shell } from "../connection/shell.ts";
import { type EsxiPower, powerOf } from "./power.ts";
import { vimCmd } from "./vim-cmd.ts";

/** A virtual machine that is registered on an ESXi, as its list says. */
export interface EsxiMachineEntry {
  /** The number ESXi knows it by; another after it was registered anew. */
  readonly id: number;
  readonly name: string;
  /** Its configuration, `[datastore1] web-01/web-01.vmx`. */
  readonly vmx: string;
  /** VMware's word for its guest, `debian12-64Guest`. */
  readonly guest: string;
}

const maximumMachines = 10_000;

/** A virtual machine of an ESXi, and whether it runs. */
export interface ListedEsxiMachine extends EsxiMachineEntry {
  /** `null` where the ESXi does not tell: of what it has lost, or of a line of a note that only looks like a machine. */
  readonly power: EsxiPower | null;
}

/**
 * Lists the virtual machines of an ESXi with their power state, in the order of its own list. Changes nothing; asks for each in turn,
 * so that a hundred of them take a while.
 *
 * @throws `HOST_COMMAND_FAILED` for what is no ESXi or refuses; `HOST_ANSWER_INVALID`.
 * @example
 * ```ts
 * const shell = await openSshShell({ host: "esxi-01", user: "root" });
 * for (const { name, power, guest } of await listEsxiMachines(shell)) console.log(name, power, guest);
 * await shell.close();
 * ```
 */
export async function listEsxiMachines(
  shell: Shell,
  signal?: AbortSignal,
): Promise<readonly ListedEsxiMachine[]> {
  const machines: ListedEsxiMachine[] = [];
  for (const entry of await registeredMachines(shell, signal)) {
    const power = await powerOf(shell, entry.id, signal).catch((error: unknown) => {
      if (isSampanError(error, "HOST_COMMAND_FAILED") || isSampanError(error, "HOST_ANSWER_INVALID"))
        return null;
      throw error;
    });
    machines.push({ ...entry, power });
  }
  return machines;
}

/** Lists the virtual machines of an ESXi by one command, which does not tell whether they run. */
export async function registeredMachines(
  shell: Shell,
  signal?: AbortSignal,
): Promise<readonly EsxiMachineEntry[]> {
  return parseMachines(await vimCmd(shell, ["vmsvc/getallvms"], signal ? { signal } : {}));
}

/**
 * Reads what `vim-cmd vmsvc/getallvms` prints: columns padded with spaces, in widths that differ between versions (4.0 to 8.0), the
 * last of which is a note of any number of lines.
 */
export function parseMachines(said: string): readonly EsxiMachineEntry[] {
  const machines: EsxiMachineEntry[] = [];
  for (const line of said.split("\n")) {
    if (machines.length >= maximumMachines) break;
    const [head = "", id = ""] = /^(\d{1,9}) +/.exec(line.slice(0, 4096)) ?? [];
    if (id === "") continue;
    const rest = line.slice(head.length, 4096);
    const end = /\.vmx {2,1000}([\w.-]{1,64}) {1,100}vmx-\d{1,3}(?: |$)/.exec(rest);
    // A name may hold a bracket of its own; columns are two spaces apart or more.
    const start = rest.search(/ {2}\[/);
    if (!end || start < 0 || start > end.index) continue;
    machines.push({
      id: Number(id),
      name: unescaped(rest.slice(0, start).trim()),
      vmx: rest.slice(start + 2, end.index + ".vmx".length),
      guest: end[1] ?? "",
    });
  }
  return machines;
}

/** Names hold `/`, `\` and `%` as escapes. */
function unescaped(name: string): string {
  return name.replace(/%(2f|5c|25)/gi, (written) => decodeURIComponent(written));
}

/**
 * Finds a machine by its name, its number, or the name of its configuration.
 *
 * A note may hold lines that look like machines. Those never stand for another: a name or number that occurs twice is refused.
 *
 * @throws `HOST_MACHINE_UNKNOWN` when there is none, or more than one.
 */
export function chooseMachine(
  machines: readonly EsxiMachineEntry[],
  wanted: string,
  title: string,
): EsxiMachineEntry {
  const byName = machines.filter(({ name, vmx }) => name === wanted || vmx === wanted);
  const found = byName.length > 0 ? byName : machines.filter(({ id }) => String(id) === wanted);
  const [machine] = found;
  const shown = JSON.stringify(wanted.slice(0, 100));
  if (machine === undefined) {
    const names = machines.slice(0, 20).map(({ name }) => name.slice(0, 60));
    throw new SampanError(
      "HOST_MACHINE_UNKNOWN",
      `looking for the machine ${shown} on ${title}: there is none`,
      {
        hint: names.length > 0 ? `It has: ${names.join(", ")}.` : "It has no machine at all.",
        details: { wanted, machines: machines.length },
      },
    );
  }
  const alike = machines.filter(({ id }) => id === machine.id).length;
  if (found.length > 1 || alike > 1) {
    throw new SampanError(
      "HOST_MACHINE_UNKNOWN",
      `looking for the machine ${shown} on ${title}: ${Math.max(found.length, alike)} are listed so`,
      { hint: "Give its number, or its file: `[datastore1] web-01/web-01.vmx`.", details: { wanted } },
    );
  }
  return machine;
}
