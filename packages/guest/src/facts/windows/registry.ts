import { isSampanError, MiB } from "@sampan/core";
import { readFileBytes } from "../../files/file-volume.ts";
import type { MountedFiles } from "../../files/mounted-files.ts";
import { Hive } from "../../registry/hive.ts";
import type { RegistryKey } from "../../registry/registry-key.ts";
import { valueNumber } from "../../registry/value.ts";

/** A hive on a volume that gives no part of a file is read up to here. */
const maxWholeHiveBytes = 16 * MiB;

/** A key by the path people know it by, and what is there; `undefined` when it is absent or its hive cannot be read. */
export interface RegistryPlace {
  readonly source: string;
  readonly key: RegistryKey | undefined;
}

/** What Windows is told by: the hives of a disk, or the registry of one that runs. */
export interface WindowsRegistry {
  /** A key below `HKLM\SOFTWARE`. */
  software(path: string): Promise<RegistryPlace>;
  /** A key below the control set Windows starts with, or has started with. */
  system(path: string): Promise<RegistryPlace>;
}

/** The hives SOFTWARE and SYSTEM of a Windows. One that cannot be read counts as empty, with a note. */
export class HiveRegistry implements WindowsRegistry {
  readonly #software: Hive | undefined;
  readonly #system: Hive | undefined;
  /** The set of settings Windows starts with, such as `ControlSet001`. */
  readonly controlSet: string;

  private constructor(software: Hive | undefined, system: Hive | undefined, controlSet: string) {
    this.#software = software;
    this.#system = system;
    this.controlSet = controlSet;
  }

  static async open(files: MountedFiles, windowsFolder: string, notes: string[]): Promise<HiveRegistry> {
    const folder = `${windowsFolder}/System32/config`;
    const software = await openHive(files, `${folder}/SOFTWARE`, notes);
    const system = await openHive(files, `${folder}/SYSTEM`, notes);
    return new HiveRegistry(software, system, await currentControlSet(system, notes));
  }

  async software(path: string): Promise<RegistryPlace> {
    return { source: `HKLM\\SOFTWARE\\${path}`, key: await this.#software?.key(path) };
  }

  async system(path: string): Promise<RegistryPlace> {
    const whole = `${this.controlSet}\\${path}`;
    return { source: `HKLM\\SYSTEM\\${whole}`, key: await this.#system?.key(whole) };
  }
}

async function openHive(files: MountedFiles, path: string, notes: string[]): Promise<Hive | undefined> {
  try {
    const place = await files.find(path);
    if (place?.node.kind !== "file") {
      notes.push(`${path} is missing: what it says is missing from these facts`);
      return undefined;
    }
    const { volume, node } = place;
    const whole = volume.readAt ? undefined : await readFileBytes(volume, node, maxWholeHiveBytes);
    const hive = await Hive.open(async (offset, length) =>
      whole
        ? whole.subarray(offset, offset + length)
        : ((await volume.readAt?.(node, offset, length)) as Uint8Array),
    );
    if (hive.dirty) {
      notes.push(`${path} was not written out whole: its last changes may be missing from these facts`);
    }
    return hive;
  } catch (error) {
    if (!isSampanError(error) || !error.code.startsWith("GUEST_")) throw error;
    notes.push(`${path} could not be read: ${error.message}`);
    return undefined;
  }
}

/** `Select\Current` tells the number of the set; the first one where nothing does. */
async function currentControlSet(system: Hive | undefined, notes: string[]): Promise<string> {
  try {
    const select = await system?.key("Select");
    const current =
      valueNumber(await select?.value("Current")) ?? valueNumber(await select?.value("Default"));
    if (current !== undefined && current >= 1 && current <= 999) {
      return `ControlSet${String(current).padStart(3, "0")}`;
    }
  } catch (error) {
    if (!isSampanError(error) || !error.code.startsWith("GUEST_")) throw error;
    notes.push(`the current control set could not be read: ${error.message}`);
  }
  return "ControlSet001";
}
